"""Data processing (register): effects, refusals, symbolic runs, CRC-32 against zlib."""

from __future__ import annotations

import zlib

import pytest

from armsym.concrete import RunOutcome
from isa import Clause
from tests.isa.step import (
    MIN,
    ONES,
    SP,
    Case,
    check_effect,
    check_refusal,
    check_symbolic,
    classes_of,
    step,
)

SHIFTED = [
    Case("and x0, x1, x2", 0x8A020020, {"x1": 0b1100, "x2": 0b1010}, {"x0": 0b1000}),
    Case("bic x0, x1, x2", 0x8A220020, {"x1": 0b1100, "x2": 0b1010}, {"x0": 0b0100}),
    Case("orr w0, w1, w2", 0x2A020020, {"x1": ONES, "x2": 0}, {"x0": 0xFFFFFFFF}),
    Case("orn w0, w1, w2", 0x2A220020, {"x1": 1, "x2": ONES}, {"x0": 1}),
    Case("eor x0, x1, x2, ror #63", 0xCAC2FC20, {"x1": 0, "x2": MIN}, {"x0": 1}),
    Case("eon x0, x1, x2, lsl #63", 0xCA22FC20, {"x1": 0, "x2": 3}, {"x0": MIN - 1}),
    Case("and w0, w1, w2, asr #31", 0x0A827C20, {"x1": ONES, "x2": 1 << 31}, {"x0": 0xFFFFFFFF}),
    Case("orr w0, w1, w2, lsr #31", 0x2A427C20, {"x1": 0, "x2": 3 << 31}, {"x0": 1}),
    Case(
        "eor w0, w1, w2, ror #8",
        0x4AC22020,
        {"x1": 0, "x2": 0x1000000AB},
        {"x0": 0xAB << 24},
    ),
    Case("orr x0, xzr, x1", 0xAA0103E0, {"x1": 7, "sp": ONES}, {"x0": 7}),
    Case("orr xzr, xzr, x1", 0xAA0103FF),
    Case("ands xzr, x1, x2", 0xEA02003F, {"x1": MIN, "x2": ONES, "nzcv": 7}, {"nzcv": 0b1000}),
    Case("bics w0, w1, w1", 0x6A210020, {"nzcv": 0b1011}, {"x0": 0, "nzcv": 0b0100}),
    Case("add x0, xzr, x1, lsl #3", 0x8B010FE0, {"x1": 5}, {"x0": 40}),
    Case("sub x0, xzr, x1", 0xCB0103E0, {"x1": 1}, {"x0": ONES}),
    Case("add xzr, x1, x2", 0x8B02003F),
    Case("add w0, w1, w2, asr #4", 0x0B821020, {"x1": 0, "x2": 1 << 31}, {"x0": 0xF8000000}),
    Case("sub w0, w1, w2, lsr #4", 0x4B421020, {"x1": 0, "x2": 1 << 31}, {"x0": 0xF8000000}),
    Case("adds x0, x1, x2", 0xAB020020, {"x1": ONES, "x2": 1}, {"x0": 0, "nzcv": 0b0110}),
    Case("adds x0, x1, x2", 0xAB020020, {"x1": MIN, "x2": MIN}, {"x0": 0, "nzcv": 0b0111}),
    Case("subs xzr, x1, x2", 0xEB02003F, {"x1": 1, "x2": 2}, {"nzcv": 0b1000}),
    Case("subs w0, w1, w2", 0x6B020020, {"x1": 5, "x2": 5 | 1 << 32}, {"x0": 0, "nzcv": 0b0110}),
]

EXTENDED = [
    Case("add sp, sp, x1, uxtx #4", 0x8B2173FF, {"x1": 2}, {"sp": SP + 32}),
    Case("sub x0, sp, w1, sxtb #2", 0xCB218BE0, {"x1": 0xFF}, {"x0": SP + 4}),
    Case("add x0, x1, w2, uxth", 0x8B222020, {"x1": 1, "x2": ONES}, {"x0": 0x10000}),
    Case("add x0, x1, w2, uxtb #4", 0x8B221020, {"x1": 0, "x2": 0x1FF}, {"x0": 0xFF0}),
    Case("add x0, x1, w2, sxtw #3", 0x8B22CC20, {"x1": 8, "x2": 0xFFFFFFFF}, {"x0": 0}),
    Case("add x0, x1, w2, uxtw #3", 0x8B224C20, {"x1": 8, "x2": ONES}, {"x0": 8 << 32}),
    Case("add w0, w1, w2, sxth", 0x0B22A020, {"x1": 0, "x2": 0x8000}, {"x0": 0xFFFF8000}),
    Case("add w0, w1, w2, sxtx", 0x0B22E020, {"x1": 1, "x2": 2 | 1 << 40}, {"x0": 3}),
    Case("subs xzr, sp, x1, uxtx", 0xEB2163FF, {"x1": SP}, {"nzcv": 0b0110}),
    Case("adds x0, sp, xzr, uxtx", 0xAB3F63E0, {"sp": MIN}, {"x0": MIN, "nzcv": 0b1000}),
]

CARRY = [
    Case("adc x0, x1, x2", 0x9A020020, {"x1": 1, "x2": 2, "nzcv": 2}, {"x0": 4}),
    Case("adcs x0, x1, xzr", 0xBA1F0020, {"x1": ONES, "nzcv": 2}, {"x0": 0, "nzcv": 0b0110}),
    Case(
        "adcs w0, w1, w2",
        0x3A020020,
        {"x1": MIN - 1 >> 32, "x2": 0, "nzcv": 2},
        {"x0": 1 << 31, "nzcv": 9},
    ),
    Case("sbc x0, x1, x2", 0xDA020020, {"x1": 5, "x2": 2}, {"x0": 2}),
    Case("sbcs x0, x1, x2", 0xFA020020, {"x1": 5, "x2": 5}, {"x0": ONES, "nzcv": 0b1000}),
    Case("sbcs x0, xzr, xzr", 0xFA1F03E0, {"nzcv": 2}, {"x0": 0, "nzcv": 0b0110}),
    Case("rmif x1, #60, #10", 0xBA1E042A, {"x1": 0xA << 60, "nzcv": 0b0101}, {"nzcv": 0b1111}),
    Case("rmif xzr, #0, #15", 0xBA0007EF, {"nzcv": 0b1111}, {"nzcv": 0}),
    Case("setf8 w1", 0x3A00082D, {"x1": 0x180, "nzcv": 0b0110}, {"nzcv": 0b1010}),
    Case("setf8 w1", 0x3A00082D, {"x1": 0x100, "nzcv": 0b0000}, {"nzcv": 0b0101}),
    Case("cfinv", 0xD500401F, {"nzcv": 0b1010}, {"nzcv": 0b1000}),
    Case("cfinv", 0xD500401F, {"nzcv": 0b0101}, {"nzcv": 0b0111}),
    # Flags of a comparison: less, equal, greater, unordered.
    *[
        Case("axflag", 0xD500405F, {"nzcv": arm}, {"nzcv": external})
        for arm, external in [(0b1000, 0), (0b0110, 0b0110), (0b0010, 0b0010), (0b0011, 0b0100)]
    ],
    *[
        Case("xaflag", 0xD500403F, {"nzcv": external}, {"nzcv": arm})
        for arm, external in [(0b1000, 0), (0b0110, 0b0110), (0b0010, 0b0010), (0b0011, 0b0100)]
    ],
    Case("setf16 w1", 0x3A00482D, {"x1": 0x8000, "nzcv": 0b0010}, {"nzcv": 0b1011}),
]

CONDITIONAL = [
    Case("ccmp x1, x2, #5, eq", 0xFA420025, {"x1": 1, "x2": 1, "nzcv": 0b0100}, {"nzcv": 0b0110}),
    Case("ccmp x1, x2, #5, eq", 0xFA420025, {"x1": 1, "x2": 1, "nzcv": 0b1011}, {"nzcv": 5}),
    Case("ccmp w1, #31, #0, al", 0x7A5FE820, {"x1": 1 << 32}, {"nzcv": 0b1000}),
    Case("ccmn xzr, #0, #0, ne", 0xBA401BE0, {}, {"nzcv": 0b0100}),
    Case("ccmn x1, x2, #15, ge", 0xBA42A02F, {"x1": MIN, "x2": MIN, "nzcv": 9}, {"nzcv": 0b0111}),
    Case("ccmn x1, x2, #15, ge", 0xBA42A02F, {"nzcv": 0b1000}, {"nzcv": 15}),
    Case("csel x0, x1, x2, hi", 0x9A828020, {"x1": 1, "x2": 2, "nzcv": 0b0010}, {"x0": 1}),
    Case("csel w0, w1, w2, hi", 0x1A828020, {"x1": 1, "x2": ONES, "nzcv": 6}, {"x0": ONES >> 32}),
    Case("csinc x0, x1, x2, vs", 0x9A826420, {"x2": ONES}, {"x0": 0}),
    Case("csinv x0, xzr, xzr, eq", 0xDA9F03E0, {}, {"x0": ONES}),
    Case("csinv w0, wzr, wzr, eq", 0x5A9F03E0, {}, {"x0": 0xFFFFFFFF}),
    Case("csneg x0, x1, x2, mi", 0xDA824420, {"x2": 1}, {"x0": ONES}),
    Case("csneg x0, x1, x2, mi", 0xDA824420, {"x1": 3, "nzcv": 8}, {"x0": 3}),
    Case("csel xzr, x1, x2, al", 0x9A82E03F),
]

SOURCES = [
    Case("rbit x0, x1", 0xDAC00020, {"x1": 0b110}, {"x0": 3 << 61}),
    Case("rbit w0, w1", 0x5AC00020, {"x1": 0b110 | 1 << 32}, {"x0": 3 << 29}),
    Case("rev16 x0, x1", 0xDAC00420, {"x1": 0x0102030405060708}, {"x0": 0x0201040306050807}),
    Case("rev32 x0, x1", 0xDAC00820, {"x1": 0x0102030405060708}, {"x0": 0x0403020108070605}),
    Case("rev x0, x1", 0xDAC00C20, {"x1": 0x0102030405060708}, {"x0": 0x0807060504030201}),
    Case("rev w0, w1", 0x5AC00820, {"x1": 0x0102030405060708}, {"x0": 0x08070605}),
    Case("clz x0, x1", 0xDAC01020, {"x1": 0}, {"x0": 64}),
    Case("clz w0, w1", 0x5AC01020, {"x1": 1 << 40 | 1}, {"x0": 31}),
    Case("cls x0, x1", 0xDAC01420, {"x1": ONES}, {"x0": 63}),
    Case("cls w0, w1", 0x5AC01420, {"x1": 0xC0000000}, {"x0": 1}),
    Case("udiv x0, x1, x2", 0x9AC20820, {"x1": ONES, "x2": 10}, {"x0": ONES // 10}),
    Case("udiv x0, x1, xzr", 0x9ADF0820, {}, {"x0": 0}),
    Case("udiv w0, w1, w2", 0x1AC20820, {"x1": 7 | 1 << 32, "x2": 2 | 1 << 32}, {"x0": 3}),
    Case("sdiv x0, x1, x2", 0x9AC20C20, {"x1": ONES - 6, "x2": 2}, {"x0": ONES - 2}),
    Case("sdiv x0, x1, x2", 0x9AC20C20, {"x1": 7, "x2": ONES - 1}, {"x0": ONES - 2}),
    Case("sdiv x0, x1, x2", 0x9AC20C20, {"x1": MIN, "x2": ONES}, {"x0": MIN}),
    Case("sdiv w0, w1, w2", 0x1AC20C20, {"x1": 1 << 31, "x2": ONES}, {"x0": 1 << 31}),
    Case("sdiv x0, x1, xzr", 0x9ADF0C20, {"x1": ONES}, {"x0": 0}),
    Case("lsl x0, x1, x2", 0x9AC22020, {"x1": 3, "x2": 65}, {"x0": 6}),
    Case("lsr w0, w1, w2", 0x1AC22420, {"x1": ONES, "x2": 32 + 4}, {"x0": 0x0FFFFFFF}),
    Case("asr w0, w1, w2", 0x1AC22820, {"x1": 1 << 31, "x2": ONES}, {"x0": 0xFFFFFFFF}),
    Case("ror x0, x1, x2", 0x9AC22C20, {"x1": 1, "x2": 64}, {"x0": 1}),
    Case("ror w0, w1, w2", 0x1AC22C20, {"x1": 1 << 32 | 3, "x2": 1}, {"x0": 0x80000001}),
    Case("madd x0, x1, x2, x3", 0x9B020C20, {"x1": ONES, "x2": 2, "x3": 5}, {"x0": 3}),
    Case("msub w0, w1, w2, w3", 0x1B028C20, {"x1": 3, "x2": 2, "x3": 5}, {"x0": 0xFFFFFFFF}),
    Case("mul x0, x1, x2", 0x9B027C20, {"x1": 3, "x2": 2, "sp": ONES}, {"x0": 6}),
    Case("smull x0, w1, w2", 0x9B227C20, {"x1": 0xFFFFFFFF, "x2": 2}, {"x0": ONES - 1}),
    Case("umull x0, w1, w2", 0x9BA27C20, {"x1": ONES, "x2": ONES}, {"x0": 0xFFFFFFFE00000001}),
    Case("smsubl x0, w1, w2, x3", 0x9B228C20, {"x1": 1 << 31, "x2": 1, "x3": 0}, {"x0": 1 << 31}),
    Case("umsubl x0, w1, w2, x3", 0x9BA28C20, {"x1": 3, "x2": 2, "x3": 7}, {"x0": 1}),
    Case("smulh x0, x1, x2", 0x9B427C20, {"x1": ONES, "x2": 1}, {"x0": ONES}),
    Case("smulh x0, x1, x2", 0x9B427C20, {"x1": MIN, "x2": MIN}, {"x0": 1 << 62}),
    Case("umulh x0, x1, x2", 0x9BC27C20, {"x1": ONES, "x2": ONES}, {"x0": ONES - 1}),
]

CASES = SHIFTED + EXTENDED + CARRY + CONDITIONAL + SOURCES


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


REFUSALS = [
    (RunOutcome.UNDEFINED, "32-bit AND shifted by 32", 0x0A028020),
    (RunOutcome.UNDEFINED, "32-bit ADD shifted by 32", 0x0B028020),
    (RunOutcome.UNDEFINED, "ADD rotated", 0x8BC20020),
    (RunOutcome.UNDEFINED, "extended ADD shifted by 5", 0x8B221420),
    (RunOutcome.UNDEFINED, "extended ADD with opt = 01", 0x8B620020),
    (RunOutcome.UNDEFINED, "32-bit REV of 64", 0x5AC00C20),
    (RunOutcome.UNDEFINED, "CRC32B with sf = 1", 0x9AC24020),
    (RunOutcome.UNDEFINED, "CRC32X with sf = 0", 0x1AC24C20),
    (RunOutcome.UNDEFINED, "CSEL with S = 1", 0xBA820020),
    (RunOutcome.UNDEFINED, "CSEL with op2 = 10", 0x9A820820),
    (RunOutcome.UNDEFINED, "CCMP with S = 0", 0xDA420020),
    (RunOutcome.UNDEFINED, "CCMP with o3 = 1", 0xFA420030),
    (RunOutcome.UNDEFINED, "32-bit SMADDL", 0x1B220020),
    (RunOutcome.UNDEFINED, "SMULH with o0 = 1", 0x9B42FC20),
    (RunOutcome.UNPREDICTABLE, "SMULH with Ra = 0", 0x9B420020),
    (RunOutcome.UNMODELLED, "pacia x0, x1", 0xDAC10020),
    (RunOutcome.UNMODELLED, "xpaci x0", 0xDAC143E0),
    (RunOutcome.UNMODELLED, "pacga x0, x1, x2", 0x9AC23020),
    (RunOutcome.UNMODELLED, "subp x0, x1, x2", 0x9AC20020),
]


@pytest.mark.parametrize(("outcome", "text", "word"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(outcome: RunOutcome, text: str, word: int) -> None:
    check_refusal(outcome, word)


def crc(words: dict[int, int], data: bytes) -> int:
    """The CRC of data by instructions on W0 and X1, given by the number of bytes that they take."""
    value = 0xFFFFFFFF
    while data:
        size = max(n for n in words if n <= len(data))
        chunk, data = int.from_bytes(data[:size], "little"), data[size:]
        value = step(words[size], {"x0": value, "x1": chunk}).state.general[0]
    return value ^ 0xFFFFFFFF


CRC32 = {1: 0x1AC14000, 2: 0x1AC14400, 4: 0x1AC14800, 8: 0x9AC14C00}
CRC32C = {size: word | 1 << 12 for size, word in CRC32.items()}


def test_crc32() -> None:
    text = bytes(range(200, 231))
    assert crc(CRC32, text) == zlib.crc32(text)
    assert crc({1: CRC32[1]}, text) == zlib.crc32(text)


def test_crc32c() -> None:
    """The check value of CRC-32C in the catalogue of parametrised CRC algorithms."""
    assert crc(CRC32C, b"123456789") == 0xE3069283


CLASSES = classes_of("register")


@pytest.mark.parametrize("clause", CLASSES, ids=[c.name for c in CLASSES])
def test_symbolic_run_evaluates_to_the_concrete_one(clause: Clause) -> None:
    check_symbolic(clause)
