"""Dynamic relocations: the slots that the loader fills before a linked image runs.

Sources: System V ABI, "Dynamic Linking" (and its `SHT_RELR`); AAELF64, "Dynamic relocations".
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from armsym.binary import elf
from armsym.binary.elf import ElfFile, ElfSymbol, Rela
from armsym.binary.image import SLOT_SIZE, Address
from armsym.errors import ArmsymError

# Reads memory as the file fills it: address, size, what it is.
Read = Callable[[int, int, str], bytes]

DT_PLTRELSZ, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_STRSZ = 2, 5, 6, 7, 8, 10
DT_REL, DT_JMPREL, DT_RELRSZ, DT_RELR, DT_FLAGS_1 = 17, 23, 35, 36, 0x6FFFFFFB
DT_ANDROID_REL, DT_ANDROID_RELA = 0x6000000F, 0x60000011
DF_1_PIE = 0x08000000

R_AARCH64_COPY, R_AARCH64_RELATIVE = 1024, 1027
SYMBOL_ADDRESS = {257: "ABS64", 1025: "GLOB_DAT", 1026: "JUMP_SLOT"}
# Of these values nothing is known; the number is how many slots each fills.
OPAQUE = {
    1028: ("TLS_DTPMOD", 1),
    1029: ("TLS_DTPREL", 1),
    1030: ("TLS_TPREL", 1),
    1031: ("TLSDESC", 2),
    1032: ("IRELATIVE", 1),
}


@dataclass
class Dynamic:
    """What the dynamic relocations of one file do.

    `slots` is by address; `copied` lists the ranges that R_AARCH64_COPY fills with bytes from
    another file.  Raises elf-truncated, unsupported-relocation.
    """

    file: ElfFile
    read: Read
    slots: dict[int, Address] = field(default_factory=dict)
    copied: list[range] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tags = self._read_tags()
        self.executable = self.file.type == elf.ET_EXEC or bool(
            self._tags.get(DT_FLAGS_1, 0) & DF_1_PIE
        )
        for tag in (DT_REL, DT_ANDROID_REL, DT_ANDROID_RELA):
            if tag in self._tags:
                raise self._unsupported(f"a relocation table of the form {tag:#x}")
        self._symbols: dict[int, ElfSymbol] = {}
        self._indices: dict[str, int] = {}
        for table in self._tables():
            for entry in self.file.parse_relocations(table):
                self._relocate(entry)
        for place in self._relative_places():
            addend = int.from_bytes(self.read(place, SLOT_SIZE, "RELR slot"), "little", signed=True)
            self._fill(place, Address(None, addend))
        if any(b - a < SLOT_SIZE for a, b in pairwise(sorted(self.slots))):
            raise self.file.corrupt("dynamic relocations that overlap")

    def _unsupported(self, what: str) -> ArmsymError:
        return ArmsymError("unsupported-relocation", f"{self.file.path}: {what}")

    def _read_tags(self) -> dict[int, int]:
        """The dynamic section: the value of each tag; of a repeated tag (DT_NEEDED) the last."""
        tags = {}
        for header in self.file.program_headers:
            if header.type == elf.PT_DYNAMIC:
                data = self.read(header.address, header.file_size & ~15, "dynamic section")
                for tag, value in struct.iter_unpack("<QQ", data):
                    if tag == 0:
                        break
                    tags[tag] = value
        return tags

    def _table(self, start: int, size: int) -> bytes:
        if start not in self._tags:
            return b""
        return self.read(self._tags[start], self._tags.get(size, 0), f"dynamic table {start}")

    def _tables(self) -> Iterator[bytes]:
        """The tables of Elf64_Rela; those of a static executable only its sections tell."""
        yield self._table(DT_RELA, DT_RELASZ)
        yield self._table(DT_JMPREL, DT_PLTRELSZ)
        if not self._tags:
            for section in self.file.sections:
                if section.type == elf.SHT_RELA and section.flags & elf.SHF_ALLOC:
                    yield self.file.contents(section)

    def _relocate(self, entry: Rela) -> None:
        if entry.type == 0:
            return
        if entry.type == R_AARCH64_RELATIVE:
            self._fill(entry.offset, Address(None, entry.addend))
        elif entry.type in SYMBOL_ADDRESS:
            self._fill(entry.offset, self._address(entry))
        elif entry.type in OPAQUE:
            name, count = OPAQUE[entry.type]
            for place in range(entry.offset, entry.offset + count * SLOT_SIZE, SLOT_SIZE):
                self._fill(place, Address(f"{name}@{place:#x}", 0))
        elif entry.type == R_AARCH64_COPY:
            self.copied.append(range(entry.offset, entry.offset + self._symbol(entry.symbol).size))
        else:
            raise self._unsupported(f"dynamic relocation {entry.type} at {entry.offset:#x}")

    def _fill(self, place: int, value: Address) -> None:
        if self.slots.setdefault(place, value) != value:
            raise self.file.corrupt(f"two dynamic relocations at {place:#x}")

    def _address(self, entry: Rela) -> Address:
        """The value of symbol + addend.

        Only an executable's own definitions, and those that no other file can replace, are known.
        """
        symbol = self._symbol(entry.symbol)
        is_here = symbol.section not in (elf.SHN_UNDEF, elf.SHN_ABS, elf.SHN_COMMON)
        is_plain = symbol.type not in (elf.STT_TLS, elf.STT_GNU_IFUNC)
        is_final = (
            self.executable
            or symbol.binding == elf.STB_LOCAL
            or symbol.visibility != elf.STV_DEFAULT
        )
        if is_here and is_plain and is_final:
            return Address(None, symbol.value + entry.addend)
        return Address(self._unique_name(symbol, entry.symbol), entry.addend)

    def _unique_name(self, symbol: ElfSymbol, index: int) -> str:
        """The symbol's name; versions of one name are different symbols and so get the index."""
        if not symbol.name or self._indices.setdefault(symbol.name, index) != index:
            return f"{symbol.name}@{index}"
        return symbol.name

    def _symbol(self, index: int) -> ElfSymbol:
        if index not in self._symbols:
            if DT_SYMTAB not in self._tags:
                raise self.file.corrupt("a dynamic relocation without a symbol table")
            place = self._tags[DT_SYMTAB] + index * elf.SYMBOL_SIZE
            entry = self.read(place, elf.SYMBOL_SIZE, "dynamic symbol")
            strings = self._table(DT_STRTAB, DT_STRSZ)
            self._symbols[index] = next(self.file.parse_symbols(entry, strings))
        return self._symbols[index]

    def _relative_places(self) -> Iterator[int]:
        """The addresses that DT_RELR packs: an even entry is one, an odd one a bitmap of 63."""
        place = 0
        for (entry,) in struct.iter_unpack("<Q", self._relr()):
            if entry % 2 == 0:
                yield entry
                place = entry + SLOT_SIZE
            else:
                yield from (place + SLOT_SIZE * i for i in range(63) if entry >> (i + 1) & 1)
                place += 63 * SLOT_SIZE

    def _relr(self) -> bytes:
        table = self._table(DT_RELR, DT_RELRSZ)
        if len(table) % 8:
            raise self.file.corrupt("a RELR table that ends within an entry")
        return table
