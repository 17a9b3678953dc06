"""A small routine: it adds up words of memory."""

from __future__ import annotations

import struct

from armsym.binary.image import Image, Segment, Symbol

ENTRY, TABLE = 0x1000, 0x2000
MOV, LDR, ADD, SUBS, B_NE = 0xD2800003, 0xF8408424, 0x8B040063, 0xF1000442, 0x54FFFFA1
STR, NOP, RET = 0xF9000003, 0xD503201F, 0xD65F03C0

# x0 = out, x1 = in, x2 = n.
WORDS = (
    MOV,  # mov x3, #0
    LDR,  # ldr x4, [x1], #8
    ADD,  # add x3, x3, x4
    SUBS,  # subs x2, x2, #1
    B_NE,  # b.ne ldr
    NOP,
    STR,  # str x3, [x0]
    RET,
)
ARGUMENTS = "u64 out[1], const u64 in[n], n = 3..20"


def image(*words: int) -> Image:
    """The words as the routine `sum`, and a table."""
    code = struct.pack(f"<{len(words)}I", *words)
    segments = (
        Segment("code", ENTRY, code, writable=False, executable=True, constant=True),
        Segment("table", TABLE, bytes(16), writable=False, executable=False, constant=True),
    )
    symbols = (
        Symbol("sum", ENTRY, len(code), "func", "global", ".text"),
        Symbol("table", TABLE, 16, "object", "local", ".rodata"),
    )
    return Image("sum", "0" * 64, "shared object", segments, symbols, {})
