"""A small routine with all that a certificate can need: two paths, a constant, a slot, lemmas."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

from armsym.binary.image import Address, Image, Segment, Symbol
from armsym.bv.builder import RawBuilder
from armsym.bv.pool import Pool
from armsym.check.certificate import Certificate
from armsym.contract.language import Contract
from armsym.contract.load import load
from armsym.prove.certify import Evidence, certify
from armsym.prove.sat.search import search

SPEC = Path(__file__).with_name("routine_proof.py")
CODE, DATA = 0x1000, 0x2000

# x0 = out, x1 = in, x2 = flag; the texts are a disassembler's.
LINES = (
    (0x39400023, "ldrb w3, [x1]"),
    (0x12000463, "and w3, w3, #3"),
    (0x1B037C64, "mul w4, w3, w3"),
    (0x10007FA5, "adr x5, #0x2000"),
    (0xF94004A7, "ldr x7, [x5, #8]"),
    (0x394000E5, "ldrb w5, [x7]"),
    (0x0B050084, "add w4, w4, w5"),
    (0x39000004, "strb w4, [x0]"),
    (0x39400426, "ldrb w6, [x1, #1]"),
    (0x6B06007F, "cmp w3, w6"),
    (0x1A9F27E8, "cset w8, lo"),
    (0x39000408, "strb w8, [x0, #1]"),
    (0xB4000082, "cbz x2, #0x1040"),
    (0x4A0300C6, "eor w6, w6, w3"),
    (0x39000806, "strb w6, [x0, #2]"),
    (0xD65F03C0, "ret"),
    (0x0A2300C9, "bic w9, w6, w3"),
    (0x0A260066, "bic w6, w3, w6"),
    (0x2A060126, "orr w6, w9, w6"),
    (0x39000806, "strb w6, [x0, #2]"),
    (0xD65F03C0, "ret"),
)
# At DATA the constant 7; then a slot that holds its address once the image is loaded.
CONSTANTS = bytes([7, *bytes(15)])
STEPS = 13 + 3 + 5

# The words of `out`, 12 general registers and 8 vector registers.
GOALS_OF_A_PATH = 3 + 12 + 8


def image() -> Image:
    """The routine `mixed`, and `twin`, which is the same from its second instruction on."""
    code = struct.pack(f"<{len(LINES)}I", *[word for word, _ in LINES])
    slots = {8: Address(None, DATA)}
    segments = (
        Segment("code", CODE, code, writable=False, executable=True, constant=True),
        Segment("data", DATA, CONSTANTS, False, False, True, slots),
    )
    symbols = tuple(
        Symbol(name, address, 0, "func", "global", ".text")
        for name, address in [("mixed", CODE), ("twin", CODE + 4)]
    )
    return Image(
        "mixed.o", hashlib.sha256(code).hexdigest(), "shared object", segments, symbols, {}
    )


def contract() -> Contract:
    (proof,) = load(SPEC)
    return proof.contract()


def evidence() -> Evidence:
    """Lemmas for what the meaning of terms leaves open, and their instances on both paths.

    The square is a table; the comparison a refutation of clauses.
    """
    b = RawBuilder()
    x, y = b.var(2, "x"), b.var(8, "y")
    wide_x, wide_y = b.zero_extend(x, 32), b.zero_extend(y, 32)
    byte = wide_x[7:0]
    square = (wide_x * wide_x + 7)[7:0], (byte + 1) * (byte + 1) - byte * 2 + 6
    less = b.zero_extend(b.ult(wide_x, wide_y), 8), b.zero_extend(b.ult(byte, y), 8)
    low, high = b.apply(8, "in", b.const(64, 0))[1:0], b.apply(8, "in", b.const(64, 1))
    pool = Pool()
    lemmas: list[dict[str, Any]] = [
        {"by": "table", "roots": pool.add(square)},
        {"by": "clausal", "roots": pool.add(less), "proof": search(*less, 10.0)},
        {"by": "instance", "roots": pool.add([x, low]), "of": [0]},
        {"by": "instance", "roots": pool.add([x, y, low, high]), "of": [1]},
    ]
    uses = [[goal + n, 2 + n] for goal in (0, GOALS_OF_A_PATH) for n in range(2)]
    return Evidence(lemmas, uses, pool)


def certificate() -> Certificate:
    """The certificate of `mixed`."""
    executed = range(CODE, CODE + 4 * len(LINES), 4)
    return certify(contract(), image(), "mixed", STEPS, executed, evidence()).certificate
