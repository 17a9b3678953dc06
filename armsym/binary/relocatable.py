"""Relocatable objects: their sections laid out in memory, and their relocations applied."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from armsym.binary import elf
from armsym.binary.elf import ElfFile, ElfSymbol, Rela, Section
from armsym.binary.image import PAGE, SLOT_SIZE, Address, Image, Segment
from armsym.binary.relocations import (
    GOT_EXPRESSIONS,
    R_AARCH64_ABS64,
    R_AARCH64_NONE,
    RELOCATIONS,
    UNSUPPORTED,
)
from armsym.binary.symbols import image_symbol, is_place, symbol_table
from armsym.errors import ArmsymError


def relocatable_image(file: ElfFile) -> Image:
    """The image of a relocatable object, as a linker could lay it out.

    Sections begin at pages of their own, from address 0 up; then come the undefined symbols, then
    the GOT.  Raises elf-truncated, unsupported-relocation, relocation-overflow.
    """
    return _Layout(file).image()


@dataclass
class _Placed:
    """A section at its address, with what relocations make of its bytes."""

    name: str
    address: int
    flags: int
    data: bytearray
    slots: dict[int, Address] = field(default_factory=dict)

    def segment(self) -> Segment:
        writable = bool(self.flags & elf.SHF_WRITE)
        return Segment(
            name=self.name,
            address=self.address,
            data=bytes(self.data),
            writable=writable,
            executable=bool(self.flags & elf.SHF_EXECINSTR),
            constant=not writable,
            slots=self.slots,
        )


class _Layout:
    """One object: which address each section, undefined symbol and GOT entry has."""

    def __init__(self, file: ElfFile) -> None:
        self.file = file
        self.end = 0  # of all that has an address so far
        self.placed = self._place_sections()
        self.externals = self._place_externals()
        self.got = _Placed("GOT", self._allocate(1), 0, bytearray())  # last: it grows
        self._got_offsets: dict[int, int] = {}

    def image(self) -> Image:
        for section in self.file.sections:
            if section.info in self.placed:
                self._relocate_section(section)
        segments = [*self.placed.values(), self.got]
        return Image(
            path=self.file.path,
            sha256=hashlib.sha256(self.file.data).hexdigest(),
            kind="relocatable",
            segments=tuple(p.segment() for p in segments if p.data),
            symbols=tuple(
                image_symbol(self.file, s, self.placed[s.section].address + s.value)
                for s in symbol_table(self.file)
                if is_place(s) and s.section in self.placed
            ),
            externals=self.externals,
        )

    def _allocate(self, size: int, alignment: int = PAGE) -> int:
        """Whole pages behind all others."""
        unit = max(alignment, PAGE)
        address = -(-self.end // unit) * unit
        self.end = self.file.checked_size(address + max(size, 1))
        return address

    def _place_sections(self) -> dict[int, _Placed]:
        placed: dict[int, _Placed] = {}
        names = set()
        for index, section in enumerate(self.file.sections):
            if section.flags & elf.SHF_ALLOC:
                name = self.file.section_names[index]
                name = f"{name}#{index}" if name in names else name
                names.add(name)
                address = self._allocate(section.size, section.alignment)
                data = bytearray(self.file.contents(section))
                placed[index] = _Placed(name, address, section.flags, data)
        return placed

    def _place_externals(self) -> dict[str, int]:
        return {
            s.name: self._allocate(s.size if s.section == elf.SHN_COMMON else 1)
            for s in symbol_table(self.file)
            if s.name and s.section in (elf.SHN_UNDEF, elf.SHN_COMMON)
        }

    def _relocate_section(self, section: Section) -> None:
        target = self.placed[section.info]
        if section.type == elf.SHT_REL:
            message = f"{self.file.path}: {target.name} has relocations without addends (SHT_REL)"
            raise ArmsymError("unsupported-relocation", message)
        if section.type == elf.SHT_RELA:
            symbols = self.file.symbols(self.file.section(section.link))
            for entry in self.file.parse_relocations(self.file.contents(section)):
                if entry.symbol >= len(symbols):
                    raise self.file.corrupt(f"no symbol {entry.symbol}")
                if entry.type not in R_AARCH64_NONE:
                    self._relocate(target, entry, symbols[entry.symbol])

    def _relocate(self, target: _Placed, entry: Rela, symbol: ElfSymbol) -> None:
        S = self._address(target, entry, symbol)
        if entry.type == R_AARCH64_ABS64:
            self._check_place(target, entry, SLOT_SIZE)
            target.slots[entry.offset] = Address(None, S + entry.addend)
            return
        relocation = RELOCATIONS.get(entry.type)
        if relocation is None:
            raise self._error("unsupported-relocation", target, entry, symbol, "is not applied")
        place = slice(entry.offset, entry.offset + relocation.field.size)
        self._check_place(target, entry, relocation.field.size)
        G = self._got_entry(S + entry.addend) if relocation.expression in GOT_EXPRESSIONS else 0
        old = int.from_bytes(target.data[place], "little")
        try:
            new = relocation.apply(old, S, entry.addend, target.address + entry.offset, G)
        except ValueError as error:
            raise self._error("relocation-overflow", target, entry, symbol, str(error)) from error
        target.data[place] = new.to_bytes(relocation.field.size, "little")

    def _check_place(self, target: _Placed, entry: Rela, size: int) -> None:
        if entry.offset + size > len(target.data):
            raise self.file.corrupt(f"a relocation at {target.name}+{entry.offset:#x}")

    def _address(self, target: _Placed, entry: Rela, symbol: ElfSymbol) -> int:
        """S.  A weak undefined symbol may turn out to be null, so no address can be given to it;
        nor to an indirect function, which is whatever its resolver returns.
        """
        if symbol.section in self.placed and symbol.type != elf.STT_GNU_IFUNC:
            return self.placed[symbol.section].address + symbol.value
        if symbol.name in self.externals and symbol.binding != elf.STB_WEAK:
            return self.externals[symbol.name]
        why = "the symbol is weak, indirect, absolute or in no section that is loaded"
        raise self._error("unsupported-relocation", target, entry, symbol, why)

    def _got_entry(self, value: int) -> int:
        """The address of the GOT entry that holds an address of the image."""
        if value not in self._got_offsets:
            self._got_offsets[value] = len(self.got.data)
            self.got.slots[len(self.got.data)] = Address(None, value)
            self.got.data.extend(bytes(SLOT_SIZE))
        return self.got.address + self._got_offsets[value]

    def _error(
        self, code: str, target: _Placed, entry: Rela, symbol: ElfSymbol, why: str
    ) -> ArmsymError:
        known = RELOCATIONS.get(entry.type)
        name = known.name if known else UNSUPPORTED.get(entry.type, f"relocation {entry.type}")
        where = f"{self.file.path}: {target.name}+{entry.offset:#x}"
        against = symbol.name or f"section {symbol.section}"
        return ArmsymError(code, f"{where}: {name} against {against}: {why}")
