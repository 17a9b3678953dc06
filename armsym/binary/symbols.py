"""Symbol table entries as the symbols of an image."""

from __future__ import annotations

from armsym.binary import elf
from armsym.binary.elf import ElfFile, ElfSymbol
from armsym.binary.image import Symbol

KINDS = {0: "notype", 1: "object", 2: "func", elf.STT_GNU_IFUNC: "ifunc"}
BINDINGS = {elf.STB_LOCAL: "local", 1: "global", elf.STB_WEAK: "weak", 10: "unique"}


def symbol_table(file: ElfFile) -> list[ElfSymbol]:
    """The entries of the static symbol table or, in a stripped file, of the dynamic one."""
    tables = [s for s in file.sections if s.type in (elf.SHT_SYMTAB, elf.SHT_DYNSYM)]
    return file.symbols(min(tables, key=lambda s: s.type)) if tables else []


def is_place(symbol: ElfSymbol) -> bool:
    """Whether an entry names an address of code or data in this file."""
    return (
        bool(symbol.name)
        and elf.SHN_UNDEF < symbol.section < elf.SHN_LORESERVE
        and symbol.type not in (elf.STT_SECTION, elf.STT_FILE, elf.STT_TLS)
    )


def image_symbol(file: ElfFile, symbol: ElfSymbol, address: int) -> Symbol:
    """The symbol of an image that an entry stands for, at an address.  Raises elf-truncated."""
    file.section(symbol.section)
    return Symbol(
        name=symbol.name,
        address=address,
        size=symbol.size,
        kind=KINDS.get(symbol.type, f"type{symbol.type}"),
        binding=BINDINGS.get(symbol.binding, f"binding{symbol.binding}"),
        section=file.section_names[symbol.section],
    )


def linked_symbols(file: ElfFile) -> tuple[Symbol, ...]:
    """The defined symbols of a linked file, whose values are addresses already."""
    return tuple(image_symbol(file, s, s.value) for s in symbol_table(file) if is_place(s))
