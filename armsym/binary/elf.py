"""The ELF64 file format: headers, sections, symbols and relocation entries, read within bounds.

Written out here rather than taken from a library because a proof trusts this reader: every byte
it takes comes through `ElfFile.slice`, so that a file cut off or corrupted anywhere is an
`ArmsymError` and nothing else.  Names and layouts are those of the System V ABI, chapters 4 and 5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from armsym.errors import ArmsymError

MAGIC = b"\x7fELF"
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
EM_AARCH64 = 183
PT_LOAD, PT_DYNAMIC, PT_GNU_RELRO = 1, 2, 0x6474E552
PF_X, PF_W = 1, 2
SHT_SYMTAB, SHT_RELA, SHT_NOBITS, SHT_REL, SHT_DYNSYM = 2, 4, 8, 9, 11
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHN_UNDEF, SHN_LORESERVE, SHN_ABS, SHN_COMMON = 0, 0xFF00, 0xFFF1, 0xFFF2
STB_LOCAL, STB_WEAK = 0, 2
STT_SECTION, STT_FILE, STT_TLS, STT_GNU_IFUNC = 3, 4, 6, 10
STV_DEFAULT = 0

SYMBOL_SIZE = 24
MAX_IMAGE = 1 << 28  # bytes of memory of one segment; a larger size is taken for a corrupt one

MACHINES = {3: "x86", 20: "PowerPC", 21: "PowerPC64", 40: "32-bit Arm", 62: "x86-64", 243: "RISC-V"}


class Section(NamedTuple):
    """A section header, Elf64_Shdr."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class ProgramHeader(NamedTuple):
    """A program header, Elf64_Phdr."""

    type: int
    flags: int
    offset: int
    address: int
    physical_address: int
    file_size: int
    memory_size: int
    alignment: int


class ElfSymbol(NamedTuple):
    """A symbol table entry, Elf64_Sym, with its name."""

    name: str
    info: int
    other: int
    section: int
    value: int
    size: int

    @property
    def type(self) -> int:
        return self.info & 15

    @property
    def binding(self) -> int:
        return self.info >> 4

    @property
    def visibility(self) -> int:
        return self.other & 3


class Rela(NamedTuple):
    """A relocation entry with addend, Elf64_Rela."""

    offset: int
    info: int
    addend: int

    @property
    def type(self) -> int:
        return self.info & 0xFFFF_FFFF

    @property
    def symbol(self) -> int:
        return self.info >> 32


class ElfFile:
    """An AArch64 ELF file.

    Raises not-an-elf, wrong-architecture, unsupported-elf and elf-truncated; the last from every
    method too.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        if data[:4] != MAGIC:
            raise ArmsymError("not-an-elf", f"{path}: not an ELF file")
        ident = self.slice(0, 16, "ELF header")
        if ident[4] != 2:
            raise self._wrong_architecture("a 32-bit ELF")
        if ident[5] != 1:
            raise self._wrong_architecture("a big-endian ELF")
        fields = struct.unpack("<HHIQQQIHHHHHH", self.slice(16, 48, "ELF header"))
        self.type, machine = fields[0], fields[1]
        phoff, shoff, phentsize, phnum = fields[4], fields[5], fields[8], fields[9]
        shentsize, shnum, shstrndx = fields[10:]
        if machine != EM_AARCH64:
            name = MACHINES.get(machine, f"machine {machine}")
            raise self._wrong_architecture(f"an ELF for {name}")
        if (phnum and phentsize != 56) or (shnum and shentsize != 64):
            raise self.corrupt("a header of a size that ELF64 does not have")
        if (shoff and not shnum) or phnum == 0xFFFF:
            raise ArmsymError("unsupported-elf", f"{path}: more headers than e_shnum, e_phnum hold")
        headers = self.slice(phoff, 56 * phnum, "program headers")
        self.program_headers = [ProgramHeader(*f) for f in struct.iter_unpack("<IIQQQQQQ", headers)]
        headers = self.slice(shoff, 64 * shnum, "section headers")
        self.sections = [Section(*f) for f in struct.iter_unpack("<IIQQQQIIQQ", headers)]
        self._names = shstrndx

    def _wrong_architecture(self, what: str) -> ArmsymError:
        return ArmsymError(
            "wrong-architecture", f"{self.path}: {what}", "armsym reads little-endian AArch64"
        )

    def corrupt(self, what: str) -> ArmsymError:
        """The error for whatever a well-formed file does not have."""
        return ArmsymError("elf-truncated", f"{self.path}: truncated or corrupt: {what}")

    def slice(self, offset: int, size: int, what: str) -> bytes:
        """`size` bytes of the file; `what` names them in the error."""
        if offset + size > len(self.data):
            raise self.corrupt(f"{what} at {offset:#x}, {size:#x} bytes, end behind the file")
        return self.data[offset : offset + size]

    def section(self, index: int) -> Section:
        if index >= len(self.sections):
            raise self.corrupt(f"no section {index}")
        return self.sections[index]

    @cached_property
    def section_names(self) -> list[str]:
        """The name of every section, by index; a file without names has empty ones."""
        if not self._names:
            return [""] * len(self.sections)
        table = self.contents(self.section(self._names))
        return [self.string(table, s.name) for s in self.sections]

    def contents(self, section: Section) -> bytes:
        """A section's bytes; zeros for one without bytes in the file."""
        if section.type == SHT_NOBITS:
            return bytes(self.checked_size(section.size))
        return self.slice(section.offset, section.size, "section")

    def checked_size(self, size: int) -> int:
        """A size in memory that the file only claims."""
        if size > MAX_IMAGE:
            raise self.corrupt(f"{size:#x} bytes of memory")
        return size

    def string(self, table: bytes, offset: int) -> str:
        """The string at an offset of a string table."""
        end = table.find(b"\0", offset)
        if end < 0:
            raise self.corrupt(f"no string at {offset:#x} of a string table")
        return table[offset:end].decode(errors="backslashreplace")

    def symbols(self, section: Section) -> list[ElfSymbol]:
        """The entries of a symbol table."""
        strings = self.contents(self.section(section.link))
        entries = self.contents(section)
        return list(self.parse_symbols(entries, strings))

    def parse_symbols(self, entries: bytes, strings: bytes) -> Iterator[ElfSymbol]:
        """The symbols that `entries`, 24 bytes each, describe."""
        if len(entries) % SYMBOL_SIZE:
            raise self.corrupt("a symbol table that ends within an entry")
        for name, info, other, shndx, value, size in struct.iter_unpack("<IBBHQQ", entries):
            yield ElfSymbol(self.string(strings, name), info, other, shndx, value, size)

    def parse_relocations(self, entries: bytes) -> list[Rela]:
        """The relocations that `entries`, 24 bytes each, describe."""
        if len(entries) % 24:
            raise self.corrupt("a relocation table that ends within an entry")
        return [Rela(*fields) for fields in struct.iter_unpack("<QQq", entries)]
