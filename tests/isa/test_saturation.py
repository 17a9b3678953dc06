"""Saturating SIMD instructions, with FPSR.QC; products of bytes."""

from __future__ import annotations

import pytest

from armsym.bv.concrete import ConcreteBuilder
from isa.outcomes import Undefined
from tests.isa.simd import B, Case, D, H, S, check_effect, run_on

QC = {"QC": 1}
MIN32, MAX32 = -1 << 31, (1 << 31) - 1
MIN64, MAX64 = -1 << 63, (1 << 63) - 1

SUMS = [
    Case(
        "sqadd v0.4h, v1.4h, v2.4h",
        0x0E620C20,
        {"v1": H(0x7FFF, -0x8000, 1), "v2": H(1, -1, 2)},
        {"v0": H(0x7FFF, -0x8000, 3), **QC},
    ),
    Case(
        "sqadd v0.2s, v1.2s, v2.2s",
        0x0EA20C20,
        {"v1": S(MAX32, MIN32), "v2": S(0, 1)},
        {"v0": S(MAX32, MIN32 + 1)},
    ),
    Case(
        "uqadd v0.16b, v1.16b, v2.16b",
        0x6E220C20,
        {"v1": B(255, 128, 3), "v2": B(1, 127, 4)},
        {"v0": B(255, 255, 7), **QC},
    ),
    Case("uqadd d0, d1, d2", 0x7EE20C20, {"v1": D(-2, 9), "v2": D(1, 9)}, {"v0": D(-1)}),
    Case(
        "sqsub v0.2d, v1.2d, v2.2d",
        0x4EE22C20,
        {"v1": D(MIN64, 0), "v2": D(1, MIN64)},
        {"v0": D(MIN64, MAX64), **QC},
    ),
    Case("uqsub h0, h1, h2", 0x7E622C20, {"v1": H(1, 5), "v2": H(2, 5)}, {"v0": 0, **QC}),
    Case("uqsub b0, b1, b2", 0x7E222C20, {"v1": B(2), "v2": B(2)}, {"v0": 0}),
    Case(
        "suqadd v0.8b, v1.8b",
        0x0E203820,
        {"v0": B(-128, 127, 0, 126), "v1": B(255, 1, 128, 1)},
        {"v0": B(127, 127, 127, 127), **QC},
    ),
    Case("usqadd s0, s1", 0x7EA03820, {"v0": S(5, 1), "v1": S(-6, 1)}, {"v0": 0, **QC}),
    Case("usqadd v0.2d, v1.2d", 0x6EE03820, {"v0": D(-1, 1), "v1": D(-1, -1)}, {"v0": D(-2, 0)}),
    Case("sqabs v0.8b, v1.8b", 0x0E207820, {"v1": B(-128, -127, 5)}, {"v0": B(127, 127, 5), **QC}),
    Case("sqneg d0, d1", 0x7EE07820, {"v1": D(MIN64, 1)}, {"v0": D(MAX64), **QC}),
    Case("sqneg v0.2s, v1.2s", 0x2EA07820, {"v1": S(MAX32, 0)}, {"v0": S(-MAX32, 0)}),
]

# QC stays set: it is cumulative.
STICKY = [
    Case("sqadd s0, s1, s2", 0x5EA20C20, {"v1": 1, "v2": 1, "QC": 1}, {"v0": 2}),
    Case("sqdmull d0, s1, s2", 0x5EA2D020, {"v1": 1, "v2": 1, "QC": 1}, {"v0": 2}),
    Case("uqxtn b0, h1", 0x7E214820, {"v1": 7, "QC": 1}, {"v0": 7}),
]

SHIFTS = [
    Case(
        "sqshl v0.4s, v1.4s, v2.4s",
        0x4EA24C20,
        {"v1": S(1, -1, -1, 1 << 30), "v2": S(31, 31, 127, 0xFF)},
        {"v0": S(MAX32, MIN32, MIN32, 1 << 29), **QC},
    ),
    Case(
        "uqshl v0.8b, v1.8b, v2.8b",
        0x2E224C20,
        {"v1": B(1, 3, 0, 255), "v2": B(7, 7, 100, -8)},
        {"v0": B(128, 255, 0, 0), **QC},
    ),
    Case(
        "sqrshl v0.4h, v1.4h, v2.4h",
        0x0E625C20,
        {"v1": H(3, -3, 0x7FFF, 2), "v2": H(-1, -1, -128, 14)},
        {"v0": H(2, -1, 0, 0x7FFF), **QC},
    ),
    Case("uqrshl d0, d1, d2", 0x7EE25C20, {"v1": D(-1), "v2": D(-1)}, {"v0": D(1 << 63)}),
    Case(
        "sqshl v0.4h, v1.4h, #15",
        0x0F1F7420,
        {"v1": H(1, -1, 0, -2)},
        {"v0": H(0x7FFF, -0x8000, 0, -0x8000), **QC},
    ),
    Case("uqshl b0, b1, #0", 0x7F087420, {"v1": B(255, 1)}, {"v0": 255}),
    Case("sqshlu v0.2d, v1.2d, #63", 0x6F7F6420, {"v1": D(1, -1)}, {"v0": D(1 << 63, 0), **QC}),
    Case("sqshlu s0, s1, #1", 0x7F216420, {"v1": S(MAX32)}, {"v0": S(-2)}),
    Case(
        "sqshrn v0.8b, v1.8h, #1",
        0x0F0F9420,
        {"v1": H(256, 255, -256, -258, 0, 0, 0, 0)},
        {"v0": B(127, 127, -128, -128), **QC},
    ),
    Case(
        "uqshrn2 v0.8h, v1.4s, #16",
        0x6F109420,
        {"v1": S(-1, 1 << 16, 0, 0)},
        {"v0": H(*[0x1010] * 4, -1, 1)},
    ),
    Case("sqshrun v0.2s, v1.2d, #32", 0x2F208420, {"v1": D(-1, 5 << 32)}, {"v0": S(0, 5), **QC}),
    Case("sqrshrn h0, s1, #1", 0x5F1F9C20, {"v1": S(0xFFFF)}, {"v0": 0x7FFF, **QC}),
    Case("uqrshrn s0, d1, #32", 0x7F209C20, {"v1": D(0x1_7FFF_FFFF)}, {"v0": 1}),
    Case("sqrshrun b0, h1, #8", 0x7F088C20, {"v1": H(-129, 7)}, {"v0": 0, **QC}),
    Case("sqrshrun b0, h1, #8", 0x7F088C20, {"v1": H(-128, 7)}, {"v0": 0}),
]

NARROW = [
    Case(
        "sqxtn v0.4h, v1.4s",
        0x0E614820,
        {"v1": S(0x8000, -0x8001, 5, -5)},
        {"v0": H(0x7FFF, -0x8000, 5, -5), **QC},
    ),
    Case(
        "uqxtn2 v0.16b, v1.8h",
        0x6E214820,
        {"v1": H(256, 255, -1, 0, 1, 2, 3, 4)},
        {"v0": B(*[0x10] * 8, 255, 255, 255, 0, 1, 2, 3, 4), **QC},
    ),
    Case("sqxtun v0.2s, v1.2d", 0x2EA12820, {"v1": D(-1, 1 << 32)}, {"v0": S(0, -1), **QC}),
    Case("sqxtun b0, h1", 0x7E212820, {"v1": H(255, 1)}, {"v0": 255}),
    Case("sqxtn s0, d1", 0x5EA14820, {"v1": D(MIN32)}, {"v0": S(MIN32)}),
]

PRODUCTS = [
    Case(
        "sqdmulh v0.4h, v1.4h, v2.4h",
        0x0E62B420,
        {"v1": H(-0x8000, -1, 0x4000, 3), "v2": H(-0x8000, 1, 0x4000, 0x4000)},
        {"v0": H(0x7FFF, -1, 0x2000, 1), **QC},
    ),
    Case(
        "sqrdmulh v0.4h, v1.4h, v2.4h",
        0x2E62B420,
        {"v1": H(-0x8000, -1, 0x4000, 3), "v2": H(0x7FFF, 1, 0x4000, 0x4000)},
        {"v0": H(-0x7FFF, 0, 0x2000, 2)},
    ),
    Case(
        "sqrdmulh s0, s1, v2.s[3]",
        0x5FA2D820,
        {"v1": S(MIN32), "v2": S(0, 0, 0, MIN32)},
        {"v0": S(MAX32), **QC},
    ),
    Case(
        "sqdmulh v0.8h, v1.8h, v15.h[7]",
        0x4F7FC820,
        {"v1": H(*[0x4000] * 8), "v15": H(*[0] * 7, 2)},
        {"v0": H(*[1] * 8)},
    ),
    Case(
        "sqrdmlah v0.4h, v1.4h, v2.4h",
        0x2E428420,
        {"v0": H(0x7FFF, 1, -1, 0), "v1": H(1, 1, 1, -1), "v2": H(0x4000, 0x4000, -0x4000, 0x4000)},
        {"v0": H(0x7FFF, 2, -1, 0), **QC},
    ),
    Case(
        "sqrdmlsh v0.4h, v1.4h, v2.4h",
        0x2E428C20,
        {
            "v0": H(-0x8000, 1, 0, 0),
            "v1": H(-0x8000, 1, 1, -1),
            "v2": H(-0x8000, 0x4000, -0x4000, 0x4000),
        },
        {"v0": H(-0x8000, 1, 1, 1), **QC},
    ),
    Case(
        "sqrdmlah h0, h1, v2.h[1]",
        0x7F52D020,
        {"v0": H(5, 1), "v1": H(0x4000), "v2": H(0, 4)},
        {"v0": 7},
    ),
    Case(
        "sqrdmlsh v0.2s, v1.2s, v2.s[0]",
        0x2F82F020,
        {"v0": S(MIN32, 9), "v1": S(0, 1 << 30), "v2": S(4)},
        {"v0": S(MIN32, 7)},
    ),
    Case(
        "sqdmull v0.4s, v1.4h, v2.4h",
        0x0E62D020,
        {"v1": H(-0x8000, 2, -3, 0), "v2": H(-0x8000, 3, 5, 9)},
        {"v0": S(MAX32, 12, -30, 0), **QC},
    ),
    Case(
        "sqdmull2 v0.2d, v1.4s, v2.s[1]",
        0x4FA2B020,
        {"v1": S(9, 9, 2, -2), "v2": S(9, 3)},
        {"v0": D(12, -12)},
    ),
    Case(
        "sqdmlal d0, s1, s2",
        0x5EA29020,
        {"v0": D(MAX64 - 1, 4), "v1": 1, "v2": 1},
        {"v0": D(MAX64), **QC},
    ),
    Case(
        "sqdmlal v0.4s, v1.4h, v2.h[0]",
        0x0F423020,
        {"v0": S(-1, 1, 2, 3), "v1": H(-0x8000, 1, 2, 3), "v2": H(-0x8000)},
        {"v0": S(MAX32 - 1, 1 - 0x10000, 2 - 0x20000, 3 - 0x30000), **QC},
    ),
    Case("sqdmlsl s0, h1, h2", 0x5E62B020, {"v0": S(5, 4), "v1": 2, "v2": 1}, {"v0": 1}),
    Case(
        "sqdmlsl2 v0.4s, v1.8h, v2.8h",
        0x4E62B020,
        {"v0": S(MIN32, 0, 1, 2), "v1": H(*[7] * 4, 1, 2, 3, 4), "v2": H(*[7] * 4, 1, 1, 1, 1)},
        {"v0": S(MIN32, -4, -5, -6), **QC},
    ),
]

# Bytes of 0xFF are -1 signed, 255 unsigned.
DOTS = [
    Case(
        "sdot v0.2s, v1.8b, v2.8b",
        0x0E829420,
        {"v0": S(1, 2), "v1": B(-1, -1, 1, 2, 1), "v2": B(-1, 3, 5, 7, 9)},
        {"v0": S(1 + 1 - 3 + 5 + 14, 2 + 9)},
    ),
    Case(
        "udot v0.2s, v1.8b, v2.8b",
        0x2E829420,
        {"v0": S(-1, 2), "v1": B(-1, -1, 1, 2), "v2": B(-1, 3, 5, 7)},
        {"v0": S(255 * 255 + 765 + 19 - 1, 2)},
    ),
    Case(
        "usdot v0.2s, v1.8b, v2.8b",
        0x0E829C20,
        {"v0": S(0, 0), "v1": B(-1), "v2": B(-1)},
        {"v0": S(-255, 0)},
    ),
    Case(
        "usdot v0.2s, v1.8b, v2.4b[3]",
        0x0FA2F820,
        {"v0": S(0, 0), "v1": B(0, -1, 0, 0, -2), "v2": S(9, 9, 9, 0xFF02)},
        {"v0": S(-255, 508)},
    ),
    Case(
        "sudot v0.2s, v1.8b, v2.4b[1]",
        0x0F22F020,
        {"v0": S(0, 0), "v1": B(-1, 0, 0, 0, -2), "v2": S(9, 0x02FF)},
        {"v0": S(-255, -510)},
    ),
    Case(
        "sdot v0.4s, v1.16b, v31.4b[0]",
        0x4F9FE020,
        {"v0": 0, "v1": S(1, 2, 3, 4), "v31": B(-7)},
        {"v0": S(-7, -14, -21, -28)},
    ),
    Case(
        "udot v0.4s, v1.16b, v31.4b[2]",
        0x6F9FE820,
        {"v0": 0, "v1": S(1, 2, 3, 4), "v31": S(0, 0, 0xF9)},
        {"v0": S(249, 498, 747, 996)},
    ),
    Case(
        "smmla v0.4s, v1.16b, v2.16b",
        0x4E82A420,
        {"v0": S(1, 2, 3, 4), "v1": B(-1, *[0] * 7, 2), "v2": B(-3, *[0] * 7, 5)},
        {"v0": S(1 + 3, 2 - 5, 3 - 6, 4 + 10)},
    ),
    Case(
        "ummla v0.4s, v1.16b, v2.16b",
        0x6E82A420,
        {"v0": 0, "v1": B(-1, *[0] * 6, 1, 2), "v2": B(-1, *[0] * 6, 4, 5)},
        {"v0": S(255 * 255 + 4, 255 * 5, 510, 10)},
    ),
    Case(
        "usmmla v0.4s, v1.16b, v2.16b",
        0x4E82AC20,
        {"v0": 0, "v1": B(-1, *[0] * 7, 2), "v2": B(-1, *[0] * 7, 5)},
        {"v0": S(-255, 255 * 5, -2, 10)},
    ),
]

CASES = [*SUMS, *STICKY, *SHIFTS, *NARROW, *PRODUCTS, *DOTS]


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


def test_a_wrong_qc_is_noticed() -> None:
    sqadd = SUMS[0]
    with pytest.raises(AssertionError):
        check_effect(sqadd._replace(after={"v0": sqadd.after["v0"]}))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("sqadd v0.1d, v1.1d, v2.1d", 0x0EE20C20),
        ("sqdmulh v0.8b, v1.8b, v2.8b", 0x0E22B420),
        ("sqdmulh v0.2d, v1.2d, v2.2d", 0x4EE2B420),
        ("sqrdmulh b0, b1, b2", 0x7E22B420),
        ("sqrdmlah v0.2d, v1.2d, v2.2d", 0x6EC28420),
        ("sqdmull v0.8h, v1.8b, v2.8b", 0x0E22D020),
        ("sqdmull of 64-bit scalars", 0x5EE2D020),
        ("sqdmulh with a byte of a vector", 0x0F02C020),
        ("sqxtn of 128-bit elements", 0x0EE14820),
        ("xtn of a scalar", 0x5E212820),
        ("shrn of a scalar", 0x5F0F8420),
        ("sqshl v0.1d, v1.1d, #1", 0x0F417420),
        ("sqshlu with U = 0", 0x0F0F6420),
        ("sqshrn from 128 bits", 0x0F419420),
        ("sdot of halfwords", 0x0E429420),
        ("usdot with U = 1", 0x2E829C20),
        ("smmla with size 01", 0x4E42A420),
        ("sdot by element, size 01", 0x0F42E020),
    ],
)
def test_refusal(text: str, word: int) -> None:
    builder = ConcreteBuilder()
    with pytest.raises(Undefined):
        run_on(builder, word, lambda width, _: builder.const(width, 0))
