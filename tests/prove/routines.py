"""Tiny routines by hand, the images that hold them, and a contract that most of them share."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable

from armsym.binary.image import Image, Segment, Symbol
from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result

ENTRY = 0x1000

# LLVM's words; the texts are as a disassembler prints them for an instruction at address 0.
WORDS = {
    ".inst 0xf8408421": 0xF8408421,  # ldr x1, [x1], #8: CONSTRAINED UNPREDICTABLE
    "add sp, sp, #0x10": 0x910043FF,
    "add x2, x2, #1": 0x91000442,
    "add x2, x2, #2": 0x91000842,
    "add x2, x2, x3": 0x8B030042,
    "and x3, x2, #7": 0x92400843,
    "b #0": 0x14000000,
    "b.ne #8": 0x54000041,
    "br x1": 0xD61F0020,
    "cbz x1, #0x10": 0xB4000081,
    "cbz x2, #0x10": 0xB4000082,
    "cbz x2, #4": 0xB4000022,
    "cbz x2, #8": 0xB4000042,
    "cmp x2, x4": 0xEB04005F,
    "cset x3, eq": 0x9A9F17E3,
    "fadd d0, d1, d2": 0x1E622820,
    "fmov d8, x2": 0x9E670048,
    "ldadd x2, x4, [x0]": 0xF8220004,
    "ldr x19, [sp], #0x10": 0xF84107F3,
    "ldr x2, [sp, #-8]!": 0xF85F8FE2,
    "ldr x2, [sp]": 0xF94003E2,
    "ldr x2, [x0]": 0xF9400002,
    "ldr x2, [x1]": 0xF9400022,
    "ldrb w2, [x1, #8]": 0x39402022,
    "ldrb w4, [x3, x2]": 0x38626864,
    "ldrb w4, [x1, x3]": 0x38636824,
    "ldur x2, [x1, #1]": 0xF8401022,
    "mov v8.d[1], x2": 0x4E181C48,
    "mov x0, #7": 0xD28000E0,
    "mov x19, x2": 0xAA0203F3,
    "mov x30, x1": 0xAA0103FE,
    "mov x4, #0x1234": 0xD2824684,
    "nop": 0xD503201F,
    "prfm pldl1keep, [sp, #0x80]": 0xF98043E0,
    "prfm pldl1keep, [x1, #0x80]": 0xF9804020,
    "prfm pldl1keep, [x1, x2]": 0xF8A26820,
    "ret": 0xD65F03C0,
    "str x19, [sp, #-0x10]!": 0xF81F0FF3,
    "str x2, [x0, #8]": 0xF9000402,
    "str x2, [x0]": 0xF9000002,
    "str x2, [x1]": 0xF9000022,
    "sub sp, sp, #0x10": 0xD10043FF,
    "tbnz x2, #0x3f, #8": 0xB7F80042,
    "udiv x3, x2, x2": 0x9AC20843,
    "udiv x3, x4, x4": 0x9AC40883,
    "udf #0": 0x00000000,
}


def image_of(*lines: str, data: bytes = b"") -> Image:
    """An image with a function `routine` at ENTRY, and constant data on the page behind it."""
    return image_of_words(*[WORDS[line] for line in lines], data=data)


def image_of_words(*words: int, data: bytes = b"") -> Image:
    """The same, the instructions as words."""
    code = struct.pack(f"<{len(words)}I", *words)
    segments = (
        Segment("code", ENTRY, code, writable=False, executable=True, constant=True),
        Segment("data", ENTRY + 0x1000, data, writable=False, executable=False, constant=True),
    )
    symbol = Symbol("routine", ENTRY, len(code), "func", "global", ".text")
    used = segments if data else segments[:1]
    return Image("routine.o", hashlib.sha256(code).hexdigest(), "relocatable", used, (symbol,), {})


def plus_one(words: list[Term]) -> list[Term]:
    """The specification: the word and one more."""
    return [words[0] + 1]


def increments(c: Contract) -> None:
    """`(uint64_t *out, const uint64_t *in, size_t n)`: *out becomes *in + 1; n is public."""
    out = c.buffer("out", elements=1, width=64, access="w")
    given = c.buffer("in", elements=1, width=64, access="r")
    c.arguments(out, given, c.scalar("n"))
    c.ensures(out, plus_one, given)


def attempt(
    *lines: str, state: Callable[[Contract], None] = increments, solver_seconds: float = 10.0
) -> Result:
    """What comes of proving that the lines fulfil a contract."""
    return prove(Proof("routine", state), image_of(*lines), "routine", solver_seconds)
