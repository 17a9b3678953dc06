"""Data processing (immediate): effects, refusals, symbolic runs."""

from __future__ import annotations

from contextlib import suppress

import pytest

from armsym.concrete import RunOutcome
from isa import Clause
from isa.immediate.logical_immediate import decode_bit_masks
from isa.outcomes import Undefined
from tests.isa.step import (
    MIN,
    ONES,
    PC,
    SP,
    Case,
    check_effect,
    check_refusal,
    check_symbolic,
    classes_of,
)

CASES = [
    Case("add x0, x1, #1, lsl #12", 0x91400420, {"x1": 5}, {"x0": 0x1005}),
    Case("add sp, sp, #16", 0x910043FF, {}, {"sp": SP + 16}),
    Case("sub sp, x1, #1", 0xD100043F, {"x1": 0}, {"sp": ONES}),
    Case("add w0, wsp, #1", 0x110007E0, {"sp": ONES}, {"x0": 0}),
    Case("adds xzr, sp, #1", 0xB10007FF, {"sp": ONES}, {"nzcv": 0b0110}),
    Case("subs w0, w1, #1", 0x71000420, {"x1": 1 << 32}, {"x0": 0xFFFFFFFF, "nzcv": 0b1000}),
    Case("subs x0, x1, #0", 0xF1000020, {"x1": 0}, {"x0": 0, "nzcv": 0b0110}),
    Case("subs x0, x1, #1", 0xF1000420, {"x1": MIN}, {"x0": MIN - 1, "nzcv": 0b0011}),
    Case("adds w0, w1, #1", 0x31000420, {"x1": MIN - 1 >> 32}, {"x0": 1 << 31, "nzcv": 0b1001}),
    Case("adr x0, #1048575", 0x707FFFE0, {}, {"x0": PC + 0xFFFFF}),
    Case("adr x0, #-1048576", 0x10800000, {}, {"x0": PC - 0x100000}),
    Case("adr xzr, #4", 0x1000003F),
    Case("adrp x0, #4294963200", 0xF07FFFE0, {"pc": PC + 0xABC}, {"x0": PC + 0xFFFFF000}),
    Case("adrp x0, #-4294967296", 0x90800000, {"pc": PC + 0xABC}, {"x0": PC - 0x100000000}),
    Case("and x0, x1, #0xff0", 0x927C1C20, {"x1": 0x12345}, {"x0": 0x340}),
    Case("and x0, xzr, #1", 0x924003E0, {"sp": ONES}, {"x0": 0}),
    Case("orr sp, xzr, #0x5555555555555555", 0xB200F3FF, {}, {"sp": 0x5555555555555555}),
    Case("eor w0, w1, #0xc0000003", 0x52020C20, {"x1": ONES}, {"x0": 0x3FFFFFFC}),
    Case("eor x0, x1, #0xf0f0f0f0f0f0f0f0", 0xD204CC20, {"x1": 0}, {"x0": 0xF0F0F0F0F0F0F0F0}),
    Case(
        "ands xzr, x1, #0x8000000000000000", 0xF241003F, {"x1": ONES, "nzcv": 7}, {"nzcv": 0b1000}
    ),
    Case("ands w0, w1, #1", 0x72000020, {"x1": 2, "nzcv": 0b1011}, {"x0": 0, "nzcv": 0b0100}),
    Case("movz x0, #0xabcd, lsl #48", 0xD2F579A0, {}, {"x0": 0xABCD << 48}),
    Case("movz xzr, #1", 0xD280003F),
    Case("movn w0, #0", 0x12800000, {}, {"x0": 0xFFFFFFFF}),
    Case("movn x0, #1, lsl #16", 0x92A00020, {}, {"x0": ONES - 0x10000}),
    Case("movk x0, #0x1234, lsl #32", 0xF2C24680, {"x0": ONES}, {"x0": 0xFFFF1234FFFFFFFF}),
    Case("movk w0, #1", 0x72800020, {"x0": ONES}, {"x0": 0xFFFF0001}),
    Case("lsl x0, x1, #63", 0xD3410020, {"x1": 3}, {"x0": MIN}),
    Case("lsl w0, w1, #4", 0x531C6C20, {"x1": 0x12345678}, {"x0": 0x23456780}),
    Case("lsr w0, w1, #31", 0x531F7C20, {"x1": 0x180000000}, {"x0": 1}),
    Case("asr x0, x1, #63", 0x937FFC20, {"x1": MIN}, {"x0": ONES}),
    Case("asr w0, w1, #4", 0x13047C20, {"x1": 0x80000000}, {"x0": 0xF8000000}),
    Case("ubfx x0, x1, #8, #12", 0xD3484C20, {"x1": 0x123456789}, {"x0": 0x567}),
    Case("sbfx x0, x1, #4, #4", 0x93441C20, {"x1": 0x180}, {"x0": ONES - 7}),
    Case("ubfiz x0, x1, #60, #4", 0xD3440C20, {"x1": 0xAB}, {"x0": 0xB << 60}),
    Case("sbfiz w0, w1, #8, #4", 0x13180C20, {"x1": 0x9}, {"x0": 0xFFFFF900}),
    Case("bfi x0, x1, #8, #8", 0xB3781C20, {"x0": ONES, "x1": 0x12}, {"x0": ONES - 0xED00}),
    Case("bfxil w0, w1, #16, #8", 0x33105C20, {"x0": ONES, "x1": 0x120000}, {"x0": 0xFFFFFF12}),
    Case("bfc x0, #0, #4", 0xB3400FE0, {"x0": ONES}, {"x0": ONES - 15}),
    Case("sxtb w0, w1", 0x13001C20, {"x1": 0x80}, {"x0": 0xFFFFFF80}),
    Case("sxtw x0, w1", 0x93407C20, {"x1": 0x80000000}, {"x0": 0xFFFFFFFF80000000}),
    Case("uxth w0, w1", 0x53003C20, {"x1": ONES}, {"x0": 0xFFFF}),
    Case("ror x0, x1, #1", 0x93C10420, {"x1": 1}, {"x0": MIN}),
    Case("ror w0, w1, #31", 0x13817C20, {"x1": 0x180000000}, {"x0": 1}),
    Case("ror x0, xzr, #1", 0x93DF07E0, {"sp": ONES}, {"x0": 0}),
    Case("extr x0, x1, x2, #4", 0x93C21020, {"x1": 0xAB, "x2": 0xCD}, {"x0": 0xB << 60 | 0xC}),
    Case("extr w0, w1, w2, #31", 0x13827C20, {"x1": 1, "x2": ONES}, {"x0": 3}),
    Case("extr x0, x1, x2, #0", 0x93C20020, {"x1": 1, "x2": 2}, {"x0": 2}),
    Case("extr x0, xzr, x1, #60", 0x93C1F3E0, {"x1": 7 << 60}, {"x0": 7}),
]


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


REFUSALS = [
    (RunOutcome.UNDEFINED, "32-bit AND with an element of 64", 0x12400020),
    (RunOutcome.UNDEFINED, "AND with an element of 1 bit", 0x9200F820),
    (RunOutcome.UNDEFINED, "AND without an element", 0x9200FC20),
    (RunOutcome.UNDEFINED, "AND with 2 ones of 2", 0x9200F420),
    (RunOutcome.UNDEFINED, "AND with 64 ones of 64", 0x9240FC20),
    (RunOutcome.UNDEFINED, "32-bit MOVZ at bit 32", 0x52C00020),
    (RunOutcome.UNDEFINED, "move wide with opc 01", 0xB2800020),
    (RunOutcome.UNDEFINED, "64-bit UBFM with N = 0", 0xD3001020),
    (RunOutcome.UNDEFINED, "32-bit UBFM with immr = 32", 0x53200020),
    (RunOutcome.UNDEFINED, "32-bit UBFM with imms = 32", 0x53008020),
    (RunOutcome.UNDEFINED, "bitfield with opc 11", 0xF3401020),
    (RunOutcome.UNDEFINED, "64-bit EXTR with N = 0", 0x93820020),
    (RunOutcome.UNDEFINED, "32-bit EXTR with imms = 32", 0x13828020),
    (RunOutcome.UNDEFINED, "EXTR with o0 = 1", 0x93E20020),
    (RunOutcome.UNMODELLED, "addg x0, x1, #0, #0", 0x91800020),
]


@pytest.mark.parametrize(("outcome", "text", "word"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(outcome: RunOutcome, text: str, word: int) -> None:
    check_refusal(outcome, word)


CLASSES = classes_of("immediate")


@pytest.mark.parametrize("clause", CLASSES, ids=[c.name for c in CLASSES])
def test_symbolic_run_evaluates_to_the_concrete_one(clause: Clause) -> None:
    check_symbolic(clause)


@pytest.mark.parametrize("width", [32, 64])
def test_bit_masks_are_all_the_rotated_runs(width: int) -> None:
    """Of every element size e there are e - 1 runs in e rotations; no two sizes share a mask."""
    masks = set()
    for fields in range(1 << 13):
        with suppress(Undefined):
            masks.add(decode_bit_masks(fields >> 12, fields >> 6 & 63, fields & 63, width))
    assert len(masks) == sum(size * (size - 1) for size in (2, 4, 8, 16, 32, 64) if size <= width)
