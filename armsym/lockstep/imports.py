"""What stands for the functions of other libraries that a routine calls: a few lines of A64."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from armsym.concrete import ConcreteRegion

_RET = 0xD65F03C0
_RETURN_0 = (0xD2800000, _RET)  # mov x0, #0

# Copies upwards, a byte at a time.
_MEMCPY = (
    0xAA0003E3,  # mov x3, x0
    0xB40000A2,  # cbz x2, ret
    0x38401424,  # ldrb w4, [x1], #1
    0x38001464,  # strb w4, [x3], #1
    0xF1000442,  # subs x2, x2, #1
    0x54FFFFA1,  # b.ne ldrb
    _RET,
)
_FUNCTIONS: Mapping[str, tuple[int, ...]] = {
    "memcpy": _MEMCPY,
    "memmove": _MEMCPY,
    "memset": (
        0xAA0003E3,  # mov x3, x0
        0xB4000082,  # cbz x2, ret
        0x38001461,  # strb w1, [x3], #1
        0xF1000442,  # subs x2, x2, #1
        0x54FFFFC1,  # b.ne strb
        _RET,
    ),
    # Always the first time.
    "pthread_once": (
        0xA9BF7BFD,  # stp x29, x30, [sp, #-16]!
        0xD63F0020,  # blr x1
        0xD2800000,  # mov x0, #0
        0xA8C17BFD,  # ldp x29, x30, [sp], #16
        _RET,
    ),
}


def function(name: str, address: int) -> ConcreteRegion:
    """The code of a function of another library; those that are not known here return 0."""
    words = _FUNCTIONS.get(name, _RETURN_0)
    return ConcreteRegion(name, address, struct.pack(f"<{len(words)}I", *words), "rx")
