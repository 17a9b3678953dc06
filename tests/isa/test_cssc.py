"""FEAT_CSSC, which no oracle has: words and effects are derived by hand, from the manual."""

from __future__ import annotations

import pytest

from tests.isa.step import MIN, ONES, Case, check_effect

W_ONES = 0xFFFFFFFF

COUNTS = [
    Case("ctz x0, x1", 0xDAC01820, {"x1": 0}, {"x0": 64}),
    Case("ctz x0, x1", 0xDAC01820, {"x1": MIN}, {"x0": 63}),
    Case("ctz x0, x1", 0xDAC01820, {"x1": ONES}, {"x0": 0}),
    Case("ctz x0, x1", 0xDAC01820, {"x1": 0b11000}, {"x0": 3}),
    Case("ctz w0, w1", 0x5AC01820, {"x1": 1 << 32}, {"x0": 32}),
    Case("ctz w0, w1", 0x5AC01820, {"x1": 5 << 31}, {"x0": 31}),
    Case("ctz w0, wzr", 0x5AC01BE0, {}, {"x0": 32}),
    Case("cnt x0, x1", 0xDAC01C20, {"x1": 0}, {"x0": 0}),
    Case("cnt x0, x1", 0xDAC01C20, {"x1": ONES}, {"x0": 64}),
    Case("cnt x0, x1", 0xDAC01C20, {"x1": MIN | 0x0F0F}, {"x0": 9}),
    Case("cnt w0, w1", 0x5AC01C20, {"x1": ONES}, {"x0": 32}),
    Case("cnt xzr, x1", 0xDAC01C3F, {"x1": ONES}),
    Case("abs x0, x1", 0xDAC02020, {"x1": ONES}, {"x0": 1}),
    Case("abs x0, x1", 0xDAC02020, {"x1": MIN}, {"x0": MIN}),
    Case("abs x0, x1", 0xDAC02020, {"x1": MIN - 1}, {"x0": MIN - 1}),
    Case("abs w0, w1", 0x5AC02020, {"x1": 1 << 31}, {"x0": 1 << 31}),
    Case("abs w0, w1", 0x5AC02020, {"x1": ONES - 1}, {"x0": 2}),
    Case("abs w0, w1", 0x5AC02020, {"x1": ONES << 31 & ONES}, {"x0": 1 << 31}),
]

REGISTERS = [
    Case("smax x0, x1, x2", 0x9AC26020, {"x1": ONES, "x2": 1}, {"x0": 1}),
    Case("umax x0, x1, x2", 0x9AC26420, {"x1": ONES, "x2": 1}, {"x0": ONES}),
    Case("smin x0, x1, x2", 0x9AC26820, {"x1": ONES, "x2": 1}, {"x0": ONES}),
    Case("umin x0, x1, x2", 0x9AC26C20, {"x1": ONES, "x2": 1}, {"x0": 1}),
    Case("smax w0, w1, w2", 0x1AC26020, {"x1": MIN | 5, "x2": 7}, {"x0": 7}),
    Case("umin w0, w1, w2", 0x1AC26C20, {"x1": W_ONES, "x2": MIN | 7}, {"x0": 7}),
    Case("smin x0, x1, x2", 0x9AC26820, {"x1": MIN, "x2": MIN - 1}, {"x0": MIN}),
    Case("smin w0, w1, wzr", 0x1ADF6820, {"x1": 5}, {"x0": 0}),
    Case("umax xzr, x1, x2", 0x9AC2643F),
]

# Immediates: of eight bits, with a sign for the signed ones.
IMMEDIATES = [
    Case("smax x0, x1, #-1", 0x91C3FC20, {"x1": MIN}, {"x0": ONES}),
    Case("smax w0, w1, #-128", 0x11C20020, {"x1": 1 << 31}, {"x0": 0xFFFFFF80}),
    Case("umax x0, x1, #255", 0x91C7FC20, {"x1": 7}, {"x0": 255}),
    Case("smin x0, x1, #127", 0x91C9FC20, {"x1": 200}, {"x0": 127}),
    Case("smin w0, w1, #-1", 0x11CBFC20, {"x1": 0}, {"x0": W_ONES}),
    Case("umin x0, x1, #128", 0x91CE0020, {"x1": ONES}, {"x0": 128}),
    Case("umin w0, w1, #0", 0x11CC0020, {"x1": ONES}, {"x0": 0}),
    Case("umin x0, xzr, #9", 0x91CC27E0, {}, {"x0": 0}),
]

CASES = [*COUNTS, *REGISTERS, *IMMEDIATES]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.text}, {i}" for i, case in enumerate(CASES)])
def test_effect(case: Case) -> None:
    check_effect(case)
