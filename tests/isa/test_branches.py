"""Branches, hints, barriers: effects, conditions, refusals, symbolic runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.term import signed
from armsym.concrete import RunOutcome
from isa import Clause
from tests.isa.step import (
    MIN,
    ONES,
    PC,
    Case,
    check_effect,
    check_refusal,
    check_symbolic,
    classes_of,
    step,
)

K, M = 1 << 10, 1 << 20

CASES = [
    Case("b #134217724", 0x15FFFFFF, {}, {"pc": PC + 128 * M - 4}),
    Case("b #-134217728", 0x16000000, {}, {"pc": PC - 128 * M}),
    Case("b #-4", 0x17FFFFFF, {"pc": 0}, {"pc": ONES - 3}),
    Case("bl #134217724", 0x95FFFFFF, {}, {"pc": PC + 128 * M - 4, "x30": PC + 4}),
    Case("bl #-134217728", 0x96000000, {}, {"pc": PC - 128 * M, "x30": PC + 4}),
    Case("b.eq #1048572", 0x547FFFE0, {"nzcv": 4}, {"pc": PC + M - 4}),
    Case("b.ne #-1048576", 0x54800001, {}, {"pc": PC - M}),
    Case("b.eq #-1048576", 0x54800000),
    Case("b.al #8", 0x5400004E, {}, {"pc": PC + 8}),
    Case("b.nv #8", 0x5400004F, {}, {"pc": PC + 8}),
    Case("cbz x1, #1048572", 0xB47FFFE1, {"x1": 0}, {"pc": PC + M - 4}),
    Case("cbz x1, #-1048576", 0xB4800001, {"x1": 0}, {"pc": PC - M}),
    Case("cbz x1, #8", 0xB4000041, {"x1": MIN}),
    Case("cbz w1, #8", 0x34000041, {"x1": MIN}, {"pc": PC + 8}),
    Case("cbz xzr, #8", 0xB400005F, {"sp": 16}, {"pc": PC + 8}),
    Case("cbnz xzr, #8", 0xB500005F, {"sp": 16}),
    Case("cbnz x1, #-1048576", 0xB5800001, {"x1": MIN}, {"pc": PC - M}),
    Case("cbnz w1, #8", 0x35000041, {"x1": MIN}),
    Case("tbz x1, #63, #32764", 0xB6FBFFE1, {"x1": MIN - 1}, {"pc": PC + 32 * K - 4}),
    Case("tbz x1, #63, #8", 0xB6F80041, {"x1": MIN}),
    Case("tbz xzr, #4, #8", 0x3620005F, {"sp": 16}, {"pc": PC + 8}),
    Case("tbnz w1, #31, #-32768", 0x37FC0001, {"x1": 1 << 31}, {"pc": PC - 32 * K}),
    Case("tbnz w1, #0, #8", 0x37000041, {"x1": ONES - 1}),
    Case("br x1", 0xD61F0020, {"x1": 0x1234}, {"pc": 0x1234}),
    Case("br xzr", 0xD61F03E0, {}, {"pc": 0}),
    Case("blr x1", 0xD63F0020, {"x1": 0x1234}, {"pc": 0x1234, "x30": PC + 4}),
    Case("blr x30", 0xD63F03C0, {"x30": 0x1234}, {"pc": 0x1234, "x30": PC + 4}),
    Case("ret", 0xD65F03C0, {"x30": 0x1234}, {"pc": 0x1234}),
    Case("ret x1", 0xD65F0020, {"x1": 0x1234, "x30": 4}, {"pc": 0x1234}),
    *[
        Case("nop", 0xD503201F),
        Case("yield", 0xD503203F),
        Case("wfe", 0xD503205F),
        Case("sev", 0xD503209F),
        Case("bti c", 0xD503245F),
        Case("csdb", 0xD503229F),
        Case("hint #127", 0xD5032FFF),
        Case("paciasp", 0xD503233F),
        Case("autiasp", 0xD50323BF),
        Case("pacib1716", 0xD503215F),
        Case("autibz", 0xD50323DF),
        Case("clrex", 0xD5033F5F),
        Case("dsb ish", 0xD5033B9F),
        Case("dsb oshnxs", 0xD503323F),
        Case("ssbb", 0xD503309F),
        Case("dmb sy", 0xD5033FBF),
        Case("isb", 0xD5033FDF),
        Case("sb", 0xD50330FF),
    ],
]


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


def overflows(x: int, y: int) -> bool:
    return not -MIN <= signed(x, 64) - signed(y, 64) < MIN


# What each condition says of x and y after CMP x, y.
CONDITIONS: list[tuple[str, Callable[[int, int], bool]]] = [
    ("eq", lambda x, y: x == y),
    ("ne", lambda x, y: x != y),
    ("hs", lambda x, y: x >= y),
    ("lo", lambda x, y: x < y),
    ("mi", lambda x, y: x - y & MIN != 0),
    ("pl", lambda x, y: x - y & MIN == 0),
    ("vs", overflows),
    ("vc", lambda x, y: not overflows(x, y)),
    ("hi", lambda x, y: x > y),
    ("ls", lambda x, y: x <= y),
    ("ge", lambda x, y: signed(x, 64) >= signed(y, 64)),
    ("lt", lambda x, y: signed(x, 64) < signed(y, 64)),
    ("gt", lambda x, y: signed(x, 64) > signed(y, 64)),
    ("le", lambda x, y: signed(x, 64) <= signed(y, 64)),
]
CORNERS = (0, 1, 2, MIN - 1, MIN, MIN + 1, ONES)


@pytest.mark.parametrize(
    ("cond", "meaning"), [*enumerate(c[1] for c in CONDITIONS)], ids=[c[0] for c in CONDITIONS]
)
def test_condition_after_compare(cond: int, meaning: Callable[[int, int], bool]) -> None:
    for x in CORNERS:
        for y in CORNERS:
            compared = step(0xEB02003F, {"x1": x, "x2": y}).state  # cmp x1, x2
            branched = step(0x54000040 | cond, {"nzcv": compared.nzcv}).state  # b.cond #8
            assert branched.pc == PC + (8 if meaning(x, y) else 4), (x, y)


REFUSALS = [
    (RunOutcome.UNDEFINED, "branch to a register with opc 0011", 0xD67F0020),
    (RunOutcome.UNDEFINED, "BR with op4 = 1", 0xD61F0021),
    (RunOutcome.UNDEFINED, "B.cond with o1 = 1", 0x55000040),
    (RunOutcome.UNDEFINED, "DSB nXS with CRm = 0", 0xD503303F),
    (RunOutcome.UNDEFINED, "DSB nXS with CRm = 3", 0xD503333F),
    (RunOutcome.UNDEFINED, "barrier with op2 = 000", 0xD503301F),
    (RunOutcome.UNPREDICTABLE, "SB with CRm = 1", 0xD50331FF),
    (RunOutcome.UNMODELLED, "bc.eq #8", 0x54000050),
    (RunOutcome.UNMODELLED, "xpaclri", 0xD50320FF),
    (RunOutcome.UNMODELLED, "chkfeat x16", 0xD503251F),
    (RunOutcome.UNMODELLED, "braa x0, x1", 0xD71F0801),
    (RunOutcome.UNMODELLED, "blraaz x0", 0xD63F081F),
    (RunOutcome.UNMODELLED, "retaa", 0xD65F0BFF),
    (RunOutcome.UNMODELLED, "eret", 0xD69F03E0),
    (RunOutcome.UNMODELLED, "svc #0", 0xD4000001),
    (RunOutcome.UNMODELLED, "brk #0", 0xD4200000),
    (RunOutcome.UNMODELLED, "hlt #0", 0xD4400000),
    (RunOutcome.UNMODELLED, "mrs x0, nzcv", 0xD53B4200),
]


@pytest.mark.parametrize(("outcome", "text", "word"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(outcome: RunOutcome, text: str, word: int) -> None:
    check_refusal(outcome, word)


CLASSES = classes_of("branches")


@pytest.mark.parametrize("clause", CLASSES, ids=[c.name for c in CLASSES])
def test_symbolic_run_evaluates_to_the_concrete_one(clause: Clause) -> None:
    check_symbolic(clause)
