"""Executables and shared objects: what the kernel and the dynamic loader make of them in memory."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from itertools import pairwise

from armsym.binary import elf
from armsym.binary.elf import ElfFile, ElfSymbol, ProgramHeader, Rela
from armsym.binary.image import SLOT_SIZE, Address, Image, Segment, Symbol
from armsym.errors import ArmsymError

PAGE = 4096
DT_PLTRELSZ, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_STRSZ = 2, 5, 6, 7, 8, 10
DT_SYMBOLIC, DT_REL, DT_JMPREL, DT_FLAGS, DT_RELRSZ, DT_RELR = 16, 17, 23, 30, 35, 36
DT_FLAGS_1, DT_ANDROID_REL, DT_ANDROID_RELA = 0x6FFFFFFB, 0x6000000F, 0x60000011
DF_SYMBOLIC, DF_1_PIE = 2, 0x0800_0000

# AAELF64, "Dynamic relocations": what the eight bytes at the place hold after loading.
R_ABS64, R_COPY, R_RELATIVE = 257, 1024, 1027
SYMBOL_VALUES = {R_ABS64: "ABS64", 1025: "GLOB_DAT", 1026: "JUMP_SLOT"}
# Values of which nothing is known, and how many slots each fills.
OPAQUE = {
    1028: ("TLS_DTPMOD", 1),
    1029: ("TLS_DTPREL", 1),
    1030: ("TLS_TPREL", 1),
    1031: ("TLSDESC", 2),
    1032: ("IRELATIVE", 1),
}


def linked_image(file: ElfFile) -> Image:
    """The image of an executable or shared object.  Raises elf-truncated, unsupported-relocation.

    A writable segment is constant only where RELRO protects it after its relocations; what the
    dynamic loader computes is a slot, never the bytes in the file.
    """
    return _Loader(file).image()


class _Loader:
    """One file on its way into memory."""

    def __init__(self, file: ElfFile) -> None:
        self.file = file
        loads = [p for p in file.program_headers if p.type == elf.PT_LOAD and p.memory_size]
        self.loads = sorted(loads, key=lambda p: p.address)
        self.memory = [self._memory(p) for p in self.loads]
        if any(a.address + a.memory_size > b.address for a, b in pairwise(self.loads)):
            raise file.corrupt("segments that overlap")
        self.dynamic = self._dynamic()
        flags = self.dynamic.get(elf_flag := DT_FLAGS_1, 0)
        del elf_flag
        self.executable = file.type == elf.ET_EXEC or bool(flags & DF_1_PIE)
        self.symbolic = DT_SYMBOLIC in self.dynamic or bool(
            self.dynamic.get(DT_FLAGS, 0) & DF_SYMBOLIC
        )
