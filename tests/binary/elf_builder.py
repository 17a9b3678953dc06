"""Small ELF files by hand, so that tests need no compiler and no binary of somebody else's."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

NOP = struct.pack("<I", 0xD503201F)
ALLOC, WRITE, EXEC = 2, 1, 4
TEXT = ALLOC | EXEC
DATA = ALLOC | WRITE
REL, EXECUTABLE, SHARED = 1, 2, 3
LOAD, DYNAMIC, RELRO = 1, 2, 0x6474E552
R, RX, RW = 4, 5, 6


@dataclass
class Section:
    """A section to be; `size` is for one without bytes in the file."""

    name: str
    data: bytes = b""
    flags: int = TEXT
    type: int = 1
    link: int = 0
    info: int = 0
    alignment: int = 4
    size: int | None = None


@dataclass
class Symbol:
    """A symbol to be: `section` is an index, 0 for an undefined one."""

    name: str
    section: int = 0
    value: int = 0
    size: int = 0
    type: int = 0
    binding: int = 1
    visibility: int = 0

    def pack(self, name: int) -> bytes:
        info = self.binding << 4 | self.type
        return struct.pack(
            "<IBBHQQ", name, info, self.visibility, self.section, self.value, self.size
        )


@dataclass
class Segment:
    """A program header to be; `data` is what it loads."""

    address: int
    data: bytes = b""
    flags: int = RX
    type: int = LOAD
    memory_size: int | None = None
    alignment: int = 0x1000


# The place's offset, the relocation's type, the symbol's index and the addend.
Relocation = tuple[int, int, int, int]


def rela(relocations: Sequence[Relocation]) -> bytes:
    """A table of Elf64_Rela."""
    return b"".join(struct.pack("<QQq", o, s << 32 | t, a) for o, t, s, a in relocations)


def string_table(names: Sequence[str]) -> tuple[bytes, list[int]]:
    """The names as a string table, and the offset of each."""
    table, offsets = b"\0", []
    for name in names:
        offsets.append(len(table))
        table += name.encode() + b"\0"
    return table, offsets


def symbol_table(symbols: Sequence[Symbol]) -> tuple[bytes, bytes]:
    """The entries, after the null one, and the string table."""
    strings, offsets = string_table([s.name for s in symbols])
    packed = [s.pack(o) for s, o in zip(symbols, offsets, strict=True)]
    return bytes(24) + b"".join(packed), strings


@dataclass
class Elf:
    """An ELF file to be.

    Sections and symbols count from 1; `relocations` is by section.  The tables that hold symbols,
    relocations and names come behind the sections given.
    """

    type: int = REL
    sections: list[Section] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    relocations: dict[int, list[Relocation]] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    machine: int = 183
    ident: bytes = b"\x7fELF\x02\x01\x01"
    relocation_type: int = 4

    def build(self) -> bytes:
        """The file's bytes."""
        sections = self._all_sections()
        body = bytearray(64 + 56 * len(self.segments))
        headers = [self._program_header(body, s) for s in self.segments]
        body[64 : 64 + 56 * len(headers)] = b"".join(headers)
        names, offsets = string_table([s.name for s in sections])
        sections[-1].data = names
        table = bytes(64)
        for section, name in zip(sections, offsets, strict=True):
            table += self._section_header(body, section, name)
        body[:64] = self._header(len(body), len(sections) + 1)
        return bytes(body + table)

    def _all_sections(self) -> list[Section]:
        entries, strings = symbol_table(self.symbols)
        count = len(self.sections) + len(self.relocations)
        tables = [
            Section(f".rela{i}", rela(r), 0, self.relocation_type, count + 1, i)
            for i, r in self.relocations.items()
        ]
        return [
            *self.sections,
            *tables,
            Section(".symtab", entries, 0, 2, count + 2, 1),
            Section(".strtab", strings, 0, 3),
            Section(".shstrtab", b"", 0, 3),
        ]

    @staticmethod
    def _program_header(body: bytearray, segment: Segment) -> bytes:
        offset, size = len(body), len(segment.data)
        body += segment.data
        memory = size if segment.memory_size is None else segment.memory_size
        address = segment.address
        fields = (segment.type, segment.flags, offset, address, address, size, memory)
        return struct.pack("<IIQQQQQQ", *fields, segment.alignment)

    @staticmethod
    def _section_header(body: bytearray, section: Section, name: int) -> bytes:
        offset, size = len(body), len(section.data) if section.size is None else section.size
        body += section.data
        fields = (name, section.type, section.flags, 0, offset, size, section.link, section.info)
        return struct.pack("<IIQQQQIIQQ", *fields, section.alignment, 0)

    def _header(self, section_headers: int, count: int) -> bytes:
        program_headers = 64 if self.segments else 0
        fields = (self.type, self.machine, 1, 0, program_headers, section_headers, 0)
        sizes = (64, 56, len(self.segments), 64, count, count - 1)
        return self.ident.ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", *fields, *sizes)
