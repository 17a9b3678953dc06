"""Advanced SIMD: whole effects, refusals, coverage of the encodings, symbolic equals concrete."""

from __future__ import annotations

import random

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term, show
from isa import CLAUSES, Clause
from isa.outcomes import Outcome, Undefined, Unmodelled
from tests.isa.simd import B, Case, D, H, S, check_effect, registers, run_on

THREE_SAME = [
    Case(
        "shadd v0.8b, v1.8b, v2.8b",
        0x0E220420,
        {"v1": B(127, -128, -1, 1), "v2": B(127, -128)},
        {"v0": B(127, -128, -1, 0)},
    ),
    Case(
        "uhadd v0.8b, v1.8b, v2.8b",
        0x2E220420,
        {"v1": B(255, 128, 3), "v2": B(255, 1)},
        {"v0": B(255, 64, 1)},
    ),
    Case(
        "srhadd v0.4h, v1.4h, v2.4h",
        0x0E621420,
        {"v1": H(-1, -3, 2), "v2": H(0)},
        {"v0": H(0, -1, 1)},
    ),
    Case(
        "urhadd v0.2s, v1.2s, v2.2s", 0x2EA21420, {"v1": S(-1, 2), "v2": S(-1, 1)}, {"v0": S(-1, 2)}
    ),
    Case(
        "shsub v0.2s, v1.2s, v2.2s",
        0x0EA22420,
        {"v1": S(1 << 31, 0), "v2": S(1, 1)},
        {"v0": S(0xBFFFFFFF, -1)},
    ),
    Case(
        "uhsub v0.2s, v1.2s, v2.2s",
        0x2EA22420,
        {"v1": S(1 << 31, 0), "v2": S(1, 1)},
        {"v0": S(0x3FFFFFFF, -1)},
    ),
    Case(
        "cmgt v0.2d, v1.2d, v2.2d", 0x4EE23420, {"v1": D(1, -1), "v2": D(-1, 1)}, {"v0": D(-1, 0)}
    ),
    Case(
        "cmhi v0.2d, v1.2d, v2.2d", 0x6EE23420, {"v1": D(1, -1), "v2": D(-1, 1)}, {"v0": D(0, -1)}
    ),
    Case("cmge v0.2s, v1.2s, v2.2s", 0x0EA23C20, {"v1": S(5, -1), "v2": S(5, 1)}, {"v0": S(-1, 0)}),
    Case(
        "cmhs v0.2s, v1.2s, v2.2s", 0x2EA23C20, {"v1": S(5, -1), "v2": S(5, 1)}, {"v0": S(-1, -1)}
    ),
    Case("cmtst v0.2s, v1.2s, v2.2s", 0x0EA28C20, {"v1": S(6, 6), "v2": S(9, 2)}, {"v0": S(0, -1)}),
    Case(
        "cmeq v0.4h, v1.4h, v2.4h",
        0x2E628C20,
        {"v1": H(6, 6), "v2": H(6, 7)},
        {"v0": H(-1, 0, -1, -1)},
    ),
    Case(
        "sshl v0.4s, v1.4s, v2.4s",
        0x4EA24420,
        {"v1": S(1, -8, 1, 1 << 31), "v2": S(0xABCD04, 0xFE, 32, 0x80)},
        {"v0": S(16, -2, 0, -1)},
    ),
    Case(
        "ushl v0.4s, v1.4s, v2.4s",
        0x6EA24420,
        {"v1": S(1, -8, 1, 1 << 31), "v2": S(0xABCD04, 0xFE, 32, 0x80)},
        {"v0": S(16, 0x3FFFFFFE, 0, 0)},
    ),
    Case(
        "srshl v0.4h, v1.4h, v2.4h",
        0x0E625420,
        {"v1": H(3, -3, 0x7FFF, -5), "v2": H(-1, -1, -16, -17)},
        {"v0": H(2, -1, 0, 0)},
    ),
    Case(
        "urshl v0.8b, v1.8b, v2.8b",
        0x2E225420,
        {"v1": B(255, 128, 127, 255, 255), "v2": B(-8, -8, -8, -9, 1)},
        {"v0": B(1, 1, 0, 0, 254)},
    ),
    Case("smax v0.8b, v1.8b, v2.8b", 0x0E226420, {"v1": B(-1, 5), "v2": B(1, 4)}, {"v0": B(1, 5)}),
    Case("umin v0.8b, v1.8b, v2.8b", 0x2E226C20, {"v1": B(-1, 5), "v2": B(1, 4)}, {"v0": B(1, 4)}),
    Case(
        "sabd v0.8b, v1.8b, v2.8b",
        0x0E227420,
        {"v1": B(-128, 1), "v2": B(127, 3)},
        {"v0": B(255, 2)},
    ),
    Case(
        "uaba v0.4h, v1.4h, v2.4h",
        0x2E627C20,
        {"v0": H(1, 1, 1, 1), "v1": H(0, 9), "v2": H(0xFFFF, 4)},
        {"v0": H(0, 6, 1, 1)},
    ),
    Case("add v0.2d, v1.2d, v2.2d", 0x4EE28420, {"v1": D(-1, 5), "v2": D(1, 6)}, {"v0": D(0, 11)}),
    Case("add d0, d1, d2", 0x5EE28420, {"v1": D(-1, 5), "v2": D(2, 6)}, {"v0": D(1, 0)}),
    Case("sub v0.16b, v0.16b, v0.16b", 0x6E208400, {}, {"v0": 0}),
    Case(
        "mls v0.2s, v1.2s, v2.2s",
        0x2EA29420,
        {"v0": S(1, 2), "v1": S(3, -1), "v2": S(4, 5)},
        {"v0": S(-11, 7)},
    ),
    Case(
        "mul v0.4h, v1.4h, v2.4h", 0x0E629C20, {"v1": H(256, -1), "v2": H(256, -1)}, {"v0": H(0, 1)}
    ),
    Case(
        "pmul v0.8b, v1.8b, v2.8b",
        0x2E229C20,
        {"v1": B(255, 3), "v2": B(255, 3)},
        {"v0": B(0x55, 5)},
    ),
    Case("addp v0.2d, v1.2d, v2.2d", 0x4EE2BC20, {"v1": D(1, 2), "v2": D(4, 8)}, {"v0": D(3, 12)}),
    Case("addp d0, v1.2d", 0x5EF1B820, {"v1": D(-1, 3)}, {"v0": 2}),
    Case(
        "umaxp v0.4s, v1.4s, v2.4s",
        0x6EA2A420,
        {"v1": S(1, -1, 7, 6), "v2": S(2, 3, 4, 5)},
        {"v0": S(-1, 7, 3, 5)},
    ),
    Case(
        "bsl v0.8b, v1.8b, v2.8b",
        0x2E621C20,
        {"v0": 0xFF00F, "v1": 0x12345, "v2": 0x6789A},
        {"v0": 0x12895},
    ),
    Case(
        "bit v0.8b, v1.8b, v2.8b",
        0x2EA21C20,
        {"v0": 0x12345, "v1": 0x6789A, "v2": 0xFF00F},
        {"v0": 0x6734A},
    ),
    Case(
        "bif v0.8b, v1.8b, v2.8b",
        0x2EE21C20,
        {"v0": 0x12345, "v1": 0x6789A, "v2": 0xFF00F},
        {"v0": 0x12895},
    ),
    Case("orn v0.8b, v1.8b, v2.8b", 0x0EE21C20, {"v1": 0, "v2": D(5)}, {"v0": D(~5)}),
    Case(
        "bic v0.16b, v1.16b, v2.16b", 0x4E621C20, {"v1": D(-1, 7), "v2": D(1, 4)}, {"v0": D(-2, 3)}
    ),
]

THREE_DIFFERENT = [
    Case(
        "saddl2 v0.2d, v1.4s, v2.4s",
        0x4EA20020,
        {"v1": S(0, 0, -1, 1), "v2": S(0, 0, -2, 2)},
        {"v0": D(-3, 3)},
    ),
    Case(
        "uaddl v0.2d, v1.2s, v2.2s",
        0x2EA20020,
        {"v1": S(-1, 1, 9), "v2": S(-1, 2)},
        {"v0": D(0x1FFFFFFFE, 3)},
    ),
    Case(
        "usubw2 v0.8h, v1.8h, v2.16b",
        0x6E223020,
        {"v1": H(0, 1), "v2": D(-1, 0xFF01)},
        {"v0": H(-1, -254)},
    ),
    Case(
        "addhn v0.4h, v1.4s, v2.4s",
        0x0E624020,
        {"v1": S(0x17FFF, 0x18000, -1, 5), "v2": S(0, 0, 1, 5)},
        {"v0": H(1, 1, 0, 0)},
    ),
    Case(
        "raddhn2 v0.8h, v1.4s, v2.4s",
        0x6E624020,
        {"v0": D(7, 7), "v1": S(0x17FFF, 0x18000, -1, 5), "v2": S(0, 0, 1, 5)},
        {"v0": D(7, H(1, 2, 0, 0))},
    ),
    Case(
        "rsubhn v0.2s, v1.2d, v2.2d",
        0x2EA26020,
        {"v1": D(0, 1 << 31), "v2": D(1, 0)},
        {"v0": S(0, 1)},
    ),
    Case(
        "sabal v0.8h, v1.8b, v2.8b",
        0x0E225020,
        {"v0": H(1), "v1": B(-128, 1), "v2": B(127, 1)},
        {"v0": H(256)},
    ),
    Case(
        "uabdl v0.8h, v1.8b, v2.8b", 0x2E227020, {"v1": B(-128, 1), "v2": B(127, 1)}, {"v0": H(1)}
    ),
    Case(
        "umlal2 v0.2d, v1.4s, v2.4s",
        0x6EA28020,
        {"v0": D(1, 2), "v1": S(9, 9, -1, 3), "v2": S(9, 9, -1, 4)},
        {"v0": D(0xFFFFFFFE00000002, 14)},
    ),
    Case(
        "smlsl v0.4s, v1.4h, v2.4h",
        0x0E62A020,
        {"v0": S(1), "v1": H(-2), "v2": H(3)},
        {"v0": S(7)},
    ),
    Case(
        "smull v0.8h, v1.8b, v2.8b",
        0x0E22C020,
        {"v1": B(-128, -1), "v2": B(-128, 1)},
        {"v0": H(16384, -1)},
    ),
    Case(
        "pmull v0.1q, v1.1d, v2.1d",
        0x0EE2E020,
        {"v1": D(-1, 9), "v2": D(-1, 9)},
        {"v0": D(0x5555555555555555, 0x5555555555555555)},
    ),
    Case(
        "pmull2 v0.1q, v1.2d, v2.2d",
        0x4EE2E020,
        {"v1": D(9, 1 << 63 | 1), "v2": D(9, 6)},
        {"v0": D(6, 3)},
    ),
    Case(
        "pmull2 v0.8h, v1.16b, v2.16b",
        0x4E22E020,
        {"v1": D(9, 0xFF), "v2": D(9, 0xFF)},
        {"v0": H(0x5555)},
    ),
    Case(
        "mul v0.4h, v1.4h, v15.h[7]",
        0x0F7F8820,
        {"v1": H(1, 2, 3, -1), "v15": 5 << 112},
        {"v0": H(5, 10, 15, -5)},
    ),
    Case(
        "mls v0.4s, v1.4s, v31.s[2]",
        0x6F9F4820,
        {"v0": 0, "v1": S(1, 2, 3, -1), "v31": 5 << 64},
        {"v0": S(-5, -10, -15, 5)},
    ),
    Case(
        "umlal2 v0.2d, v1.4s, v31.s[1]",
        0x6FBF2020,
        {"v0": D(1, 1), "v1": S(9, 9, 2, -1), "v31": S(9, -1, 9, 9)},
        {"v0": D(0x1FFFFFFFF, 0xFFFFFFFE00000002)},
    ),
    Case(
        "smull v0.4s, v1.4h, v2.h[3]",
        0x0F72A020,
        {"v1": H(-1, 2), "v2": H(9, 9, 9, -3)},
        {"v0": S(3, -6)},
    ),
]

TWO_REGISTER = [
    Case(
        "rev64 v0.16b, v1.16b",
        0x4E200820,
        {"v1": B(*range(16))},
        {"v0": B(*range(7, -1, -1), *range(15, 7, -1))},
    ),
    Case("rev64 v0.2s, v1.2s", 0x0EA00820, {"v1": S(1, 2, 3, 4)}, {"v0": S(2, 1)}),
    Case("rev32 v0.8h, v1.8h", 0x6E600820, {"v1": H(*range(8))}, {"v0": H(1, 0, 3, 2, 5, 4, 7, 6)}),
    Case("rev16 v0.8b, v1.8b", 0x0E201820, {"v1": B(*range(8))}, {"v0": B(1, 0, 3, 2, 5, 4, 7, 6)}),
    Case("cnt v0.8b, v1.8b", 0x0E205820, {"v1": B(0, 1, 255, 0x81)}, {"v0": B(0, 1, 8, 2)}),
    Case("clz v0.4s, v1.4s", 0x6EA04820, {"v1": S(0, 1, -1, 0x7000)}, {"v0": S(32, 31, 0, 17)}),
    Case("cls v0.4h, v1.4h", 0x0E604820, {"v1": H(0, -1, 1, -2)}, {"v0": H(15, 15, 14, 14)}),
    Case("rbit v0.8b, v1.8b", 0x2E605820, {"v1": B(1, 0xD0)}, {"v0": B(0x80, 0x0B)}),
    Case("mvn v0.8b, v1.8b", 0x2E205820, {"v1": D(5)}, {"v0": D(~5)}),
    Case("uaddlp v0.4h, v1.8b", 0x2E202820, {"v1": B(255, 255, 1, 2)}, {"v0": H(510, 3)}),
    Case("saddlp v0.1d, v1.2s", 0x0EA02820, {"v1": S(-1, -1)}, {"v0": D(-2)}),
    Case(
        "uadalp v0.2d, v1.4s",
        0x6EA06820,
        {"v0": D(1, -1), "v1": S(-1, 1, 0, 1)},
        {"v0": D(0x100000001, 0)},
    ),
    Case("abs v0.2d, v1.2d", 0x4EE0B820, {"v1": D(1 << 63, -5)}, {"v0": D(1 << 63, 5)}),
    Case("neg d0, d1", 0x7EE0B820, {"v1": D(5, 5)}, {"v0": D(-5)}),
    Case(
        "cmle v0.4s, v1.4s, #0", 0x6EA09820, {"v1": S(0, -1, 1, 1 << 31)}, {"v0": S(-1, -1, 0, -1)}
    ),
    Case(
        "cmlt v0.4s, v1.4s, #0", 0x4EA0A820, {"v1": S(0, -1, 1, 1 << 31)}, {"v0": S(0, -1, 0, -1)}
    ),
    Case("cmgt v0.4s, v1.4s, #0", 0x4EA08820, {"v1": S(0, -1, 1, 1 << 31)}, {"v0": S(0, 0, -1, 0)}),
    Case("cmge d0, d1, #0", 0x7EE08820, {"v1": D(0, -1)}, {"v0": D(-1)}),
    Case("xtn v0.2s, v1.2d", 0x0EA12820, {"v1": D(0x123456789, -1)}, {"v0": S(0x23456789, -1)}),
    Case("xtn2 v0.4s, v1.2d", 0x4EA12820, {"v0": D(5, 5), "v1": D(1, -1)}, {"v0": S(5, 0, 1, -1)}),
    Case(
        "shll2 v0.4s, v1.8h, #16",
        0x6E613820,
        {"v1": D(9, H(1, -1))},
        {"v0": S(0x10000, 0xFFFF0000)},
    ),
    Case(
        "addv b0, v1.16b",
        0x4E31B820,
        {"v1": B(*range(240, 256))},
        {"v0": sum(range(240, 256)) % 256},
    ),
    Case("uaddlv h0, v1.8b", 0x2E303820, {"v1": D(-1, -1)}, {"v0": 255 * 8}),
    Case("saddlv d0, v1.4s", 0x4EB03820, {"v1": S(-1, -1, -1, 1)}, {"v0": D(-2)}),
    Case("smaxv b0, v1.8b", 0x0E30A820, {"v1": B(-1, -2, 3)}, {"v0": 3}),
    Case("uminv s0, v1.4s", 0x6EB1A820, {"v1": S(-1, 5, 4, 6)}, {"v0": 4}),
]

SHIFTS = [
    Case("sshr v0.4s, v1.4s, #32", 0x4F200420, {"v1": S(-1, 1, 1 << 31)}, {"v0": S(-1, 0, -1)}),
    Case("ushr v0.2d, v1.2d, #64", 0x6F400420, {"v1": D(-1, -1)}, {"v0": 0}),
    Case("ushr d0, d1, #1", 0x7F7F0420, {"v1": D(-1, -1)}, {"v0": (1 << 63) - 1}),
    Case("ssra v0.8h, v1.8h, #4", 0x4F1C1420, {"v0": H(1, 1), "v1": H(-16, 32)}, {"v0": H(0, 3)}),
    Case("urshr v0.8b, v1.8b, #8", 0x2F082420, {"v1": B(255, 128, 127)}, {"v0": B(1, 1)}),
    Case(
        "srshr v0.8b, v1.8b, #1", 0x0F0F2420, {"v1": B(127, -128, -1, 1)}, {"v0": B(64, -64, 0, 1)}
    ),
    Case("srsra v0.2d, v1.2d, #1", 0x4F7F3420, {"v0": D(7, 7), "v1": D(3, -3)}, {"v0": D(9, 6)}),
    Case("shl v0.2d, v1.2d, #63", 0x4F7F5420, {"v1": D(3, 2)}, {"v0": D(1 << 63, 0)}),
    Case("shl v0.8b, v1.8b, #0", 0x0F085420, {"v1": D(3, 2)}, {"v0": 3}),
    Case(
        "sli v0.4s, v1.4s, #12",
        0x6F2C5420,
        {"v0": S(-1, 5), "v1": S(0, -1)},
        {"v0": S(0xFFF, 0xFFFFF005)},
    ),
    Case(
        "sri v0.4s, v1.4s, #20",
        0x6F2C4420,
        {"v0": S(-1, 5 << 12), "v1": S(0, -1)},
        {"v0": S(0xFFFFF000, 0x5FFF)},
    ),
    Case("sri v0.2d, v1.2d, #64", 0x6F404420, {"v0": D(3, 4), "v1": D(-1, -1)}, {}),
    Case("sli d0, d1, #1", 0x7F415420, {"v0": D(3, 4), "v1": D(2, 2)}, {"v0": 5}),
    Case("shrn v0.2s, v1.2d, #32", 0x0F208420, {"v1": D(0x123456789, -1)}, {"v0": S(1, -1)}),
    Case(
        "rshrn2 v0.16b, v1.8h, #8",
        0x4F088C20,
        {"v0": D(6, 6), "v1": H(0x17F, 0x180, -1)},
        {"v0": D(6, B(1, 2, 0))},
    ),
    Case("sxtl v0.2d, v1.2s", 0x0F20A420, {"v1": S(-1, 1)}, {"v0": D(-1, 1)}),
    Case(
        "ushll2 v0.2d, v1.4s, #31",
        0x6F3FA420,
        {"v1": S(9, 9, -1, 1)},
        {"v0": D(0xFFFFFFFF << 31, 1 << 31)},
    ),
]

PERMUTATIONS = [
    Case(
        "zip1 v0.4s, v1.4s, v2.4s",
        0x4E823820,
        {"v1": S(0, 1, 2, 3), "v2": S(4, 5, 6, 7)},
        {"v0": S(0, 4, 1, 5)},
    ),
    Case(
        "zip2 v0.4s, v1.4s, v2.4s",
        0x4E827820,
        {"v1": S(0, 1, 2, 3), "v2": S(4, 5, 6, 7)},
        {"v0": S(2, 6, 3, 7)},
    ),
    Case(
        "uzp1 v0.4s, v1.4s, v2.4s",
        0x4E821820,
        {"v1": S(0, 1, 2, 3), "v2": S(4, 5, 6, 7)},
        {"v0": S(0, 2, 4, 6)},
    ),
    Case(
        "uzp2 v0.4s, v1.4s, v2.4s",
        0x4E825820,
        {"v1": S(0, 1, 2, 3), "v2": S(4, 5, 6, 7)},
        {"v0": S(1, 3, 5, 7)},
    ),
    Case(
        "trn1 v0.4s, v1.4s, v2.4s",
        0x4E822820,
        {"v1": S(0, 1, 2, 3), "v2": S(4, 5, 6, 7)},
        {"v0": S(0, 4, 2, 6)},
    ),
    Case(
        "trn2 v0.4s, v1.4s, v2.4s",
        0x4E826820,
        {"v1": S(0, 1, 2, 3), "v2": S(4, 5, 6, 7)},
        {"v0": S(1, 5, 3, 7)},
    ),
    Case(
        "ext v0.16b, v1.16b, v2.16b, #5",
        0x6E022820,
        {"v1": B(*range(16)), "v2": B(*range(16, 32))},
        {"v0": B(*range(5, 21))},
    ),
    Case(
        "ext v0.8b, v1.8b, v2.8b, #7",
        0x2E023820,
        {"v1": B(*range(16)), "v2": B(*range(16, 32))},
        {"v0": B(7, *range(16, 23))},
    ),
    Case(
        "tbl v0.8b, { v1.16b }, v2.8b",
        0x0E020020,
        {"v1": B(*range(100, 116)), "v2": B(0, 15, 16, 255, 1)},
        {"v0": B(100, 115, 0, 0, 101, 100, 100, 100)},
    ),
    Case(
        "tbx v0.8b, { v1.16b }, v2.8b",
        0x0E021020,
        {"v0": D(-1, -1), "v1": B(*range(100, 116)), "v2": B(0, 15, 16, 255, 1)},
        {"v0": B(100, 115, 255, 255, 101, 100, 100, 100)},
    ),
    Case(
        "tbl v2.8b, { v31.16b, v0.16b, v1.16b }, v2.8b",
        0x0E0243E2,
        {"v2": B(0, 15, 16, 31, 32, 47, 48, 64)},
        {"v2": B(0x2F, 0x2F, 0x10, 0x10, 0x11, 0x11, 0, 0)},
    ),
    Case(
        "tbl v0.8b, { v1.16b, v2.16b, v3.16b, v4.16b }, v5.8b",
        0x0E056020,
        {"v5": B(0, 16, 32, 48, 63, 64, 127, 128)},
        {"v0": B(0x11, 0x12, 0x13, 0x14, 0x14, 0, 0, 0)},
    ),
]

COPIES = [
    Case("dup v0.8h, v1.h[7]", 0x4E1E0420, {"v1": H(0, 0, 0, 0, 0, 0, 0, 5)}, {"v0": H(*[5] * 8)}),
    Case("mov b0, v1.b[15]", 0x5E1F0420, {"v1": 7 << 120}, {"v0": 7}),
    Case("dup v0.4s, w1", 0x4E040C20, {"x1": 0x123456789}, {"v0": S(*[0x23456789] * 4)}),
    Case("dup v0.2d, xzr", 0x4E080FE0, {}, {"v0": 0}),
    Case("smov w0, v1.b[3]", 0x0E072C20, {"v1": B(0, 0, 0, -2)}, {"x0": 0xFFFFFFFE}),
    Case("smov x0, v1.s[3]", 0x4E1C2C20, {"v1": S(0, 0, 0, -2)}, {"x0": 2**64 - 2}),
    Case("smov xzr, v1.h[0]", 0x4E022C3F, {}, {}),
    Case("umov w0, v1.h[4]", 0x0E123C20, {"v1": H(0, 0, 0, 0, -2)}, {"x0": 0xFFFE}),
    Case("mov x0, v31.d[1]", 0x4E183FE0, {"v31": D(1, -2)}, {"x0": 2**64 - 2}),
    Case("mov wzr, v1.s[0]", 0x0E043C3F, {}, {}),
    Case("mov v0.d[1], xzr", 0x4E181FE0, {"v0": D(1, 2)}, {"v0": D(1, 0)}),
    Case("mov v0.b[14], w30", 0x4E1D1FC0, {"v0": 0}, {"v0": 30 << 112}),
    Case(
        "mov v0.s[3], v31.s[1]",
        0x6E1C27E0,
        {"v0": D(5, 6), "v31": S(1, 2, 3, 4)},
        {"v0": S(5, 0, 6, 2)},
    ),
    Case("fmov x0, d1", 0x9E660020, {"v1": D(5, 6)}, {"x0": 5}),
    Case("fmov x0, v1.d[1]", 0x9EAE0020, {"v1": D(5, 6)}, {"x0": 6}),
    Case("fmov w0, h1", 0x1EE60020, {"v1": D(-1, -1)}, {"x0": 0xFFFF}),
    Case("fmov s0, w1", 0x1E270020, {"x1": 2**64 - 1}, {"v0": 0xFFFFFFFF}),
    Case("fmov v0.d[1], x1", 0x9EAF0020, {"v0": D(5, 6), "x1": 7}, {"v0": D(5, 7)}),
    Case("fmov d0, xzr", 0x9E6703E0, {}, {"v0": 0}),
    Case("fmov xzr, d0", 0x9E66001F, {}, {}),
    Case("fmov d31, d1", 0x1E60403F, {"v1": D(5, 6)}, {"v31": 5}),
    Case("fcsel d0, d1, d2, eq", 0x1E620C20, {"v1": D(5, 6), "v2": D(7, 8)}, {"v0": 5}),
    Case("fcsel s0, s1, s2, ne", 0x1E221C20, {"v1": D(5, 6), "v2": D(7, 8)}, {"v0": 7}),
]

IMMEDIATES = [
    Case("movi v0.2s, #0x12, lsl #24", 0x0F006640, {}, {"v0": S(0x12000000, 0x12000000)}),
    Case("movi v0.4s, #0x12, msl #8", 0x4F00C640, {}, {"v0": S(*[0x12FF] * 4)}),
    Case("mvni v0.4s, #0x12, msl #16", 0x6F00D640, {}, {"v0": S(*[0xFFED0000] * 4)}),
    Case("mvni v0.8h, #0x80", 0x6F048400, {}, {"v0": H(*[0xFF7F] * 8)}),
    Case("movi v0.16b, #0xe1", 0x4F07E420, {}, {"v0": B(*[0xE1] * 16)}),
    Case("movi d0, #0xff0000ff00ffff00", 0x2F04E6C0, {}, {"v0": 0xFF0000FF00FFFF00}),
    Case("movi v0.2d, #0xff000000000000ff", 0x6F04E420, {}, {"v0": D(*[0xFF000000000000FF] * 2)}),
    Case(
        "orr v0.4s, #0xff, lsl #8",
        0x4F0737E0,
        {"v0": S(0, 0x123456, -1, 1)},
        {"v0": S(0xFF00, 0x12FF56, -1, 0xFF01)},
    ),
    Case(
        "bic v0.8h, #0xff, lsl #8",
        0x6F07B7E0,
        {"v0": D(-1, 0x12345)},
        {"v0": D(0x00FF00FF00FF00FF, 0x10045 & ~0xFF00FF00)},
    ),
    Case("fmov v0.2d, #1.0", 0x6F03F600, {}, {"v0": D(*[0x3FF0000000000000] * 2)}),
    Case("fmov v0.2s, #-0.125", 0x0F06F400, {}, {"v0": S(0xBE000000, 0xBE000000)}),
    Case("fmov v0.8h, #31.0", 0x4F01FFE0, {}, {"v0": H(*[0x4FC0] * 8)}),
    Case("fmov s0, #2.5", 0x1E209000, {}, {"v0": 0x40200000}),
    Case("fmov d0, #-2.0", 0x1E701000, {}, {"v0": 0xC000000000000000}),
]

CASES = [
    *(*THREE_SAME, *THREE_DIFFERENT, *TWO_REGISTER, *SHIFTS),
    *(*PERMUTATIONS, *COPIES, *IMMEDIATES),
]


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


UNDEFINED = [
    ("add v0.1d, v1.1d, v2.1d", 0x0EE28420),
    ("mul v0.2d, v1.2d, v2.2d", 0x4EE29C20),
    ("pmul v0.4h, v1.4h, v2.4h", 0x2E629C20),
    ("add s0, s1, s2", 0x5EA28420),
    ("mul d0, d1, d2", 0x5EE29C20),
    ("addp with U = 1", 0x6E22BC20),
    ("saddl of 64-bit elements", 0x0EE20020),
    ("pmull of 16-bit elements", 0x0E62E020),
    ("pmull with U = 1", 0x2E22E020),
    ("mul v0.16b, v1.16b, v2.b[0]", 0x4F028020),
    ("rev32 v0.4s, v1.4s", 0x6EA00820),
    ("rev16 v0.8h, v1.8h", 0x4E601820),
    ("cnt v0.8h, v1.8h", 0x4E605820),
    ("not of size 10", 0x6EA05820),
    ("neg s0, s1", 0x7EA0B820),
    ("addv s0, v1.2s", 0x0EB1B820),
    ("addv d0, v1.2d", 0x4EF1B820),
    ("addp s0, v1.2s", 0x5EB1B820),
    ("sri with U = 0", 0x4F204420),
    ("shl v0.1d, v1.1d, #1", 0x0F415420),
    ("shl s0, s1, #1", 0x5F215420),
    ("shrn from 128 bits", 0x0F408420),
    ("ushll to 128 bits", 0x2F40A420),
    ("permute with opcode 000", 0x4E020820),
    ("zip1 v0.1d, v1.1d, v2.1d", 0x0EC23820),
    ("ext v0.8b, v1.8b, v2.8b, #8", 0x2E024020),
    ("dup with imm5 x0000", 0x4E100420),
    ("dup v0.1d, v1.d[0]", 0x0E080420),
    ("umov w0, v1.d[0]", 0x0E083C20),
    ("umov x0, v1.s[0]", 0x4E043C20),
    ("smov w0, v1.s[0]", 0x0E042C20),
    ("ins with Q = 0", 0x0E041C20),
    ("fmov v0.1d, #1.0", 0x2F03F600),
    ("modified immediate with cmode 0000, o2 = 1", 0x4F000C00),
    ("scalar shl with immh 0000", 0x5F005420),
    ("fmov w0, d1", 0x1E660020),
    ("fmov x0, s1", 0x9E260020),
    ("fmov with ftype 10", 0x1EA04020),
]

UNMODELLED = [
    ("fadd v0.4s, v1.4s, v2.4s", 0x4E22D420),
    ("fadd d0, d1, d2", 0x1E622820),
    ("scvtf v0.4s, v1.4s, #1", 0x4F3FE420),
    ("fmla v0.4s, v1.4s, v2.s[0]", 0x4F821020),
]


@pytest.mark.parametrize(
    ("outcome", "text", "word"),
    [(Undefined, *row) for row in UNDEFINED] + [(Unmodelled, *row) for row in UNMODELLED],
)
def test_refusal(outcome: type[Outcome], text: str, word: int) -> None:
    builder = ConcreteBuilder()
    with pytest.raises(outcome):
        run_on(builder, word, lambda width, _: builder.const(width, 0))


CLASSES = [c for c in CLAUSES if c.semantics.__module__.startswith(("isa.simd.", "isa.crypto."))]


def words(clause: Clause, count: int) -> list[int]:
    source = random.Random(clause.name)
    return [clause.pattern.random_word(source) for _ in range(count)]


def outcome_of(builder: Builder, word: int, values: RandomAssignment) -> list[int] | type[Outcome]:
    """The registers' values after a word; variables, if the builder has them, until the end."""

    def leaf(width: int, name: str) -> Term:
        if isinstance(builder, ConcreteBuilder):
            return builder.const(width, values(width, name, ()))
        return builder.var(width, name)

    try:
        return evaluate(registers(run_on(builder, word, leaf)), values)
    except Outcome as refusal:
        return type(refusal)


@pytest.mark.parametrize("clause", CLASSES, ids=[c.name for c in CLASSES])
def test_symbolic_run_is_the_concrete_one(clause: Clause) -> None:
    for seed, word in enumerate(words(clause, 6)):
        values = RandomAssignment(seed)
        expected = outcome_of(ConcreteBuilder(), word, values)
        assert outcome_of(RawBuilder(), word, values) == expected, hex(word)


@pytest.mark.parametrize(("op", "word"), [("tbl", 0x4E020020), ("tbx", 0x4E021020)])
def test_a_table_of_literals_is_one_table(op: str, word: int) -> None:
    """Where indices are unknown and the 16 bytes are not; TBX keeps an unknown byte."""
    b = RawBuilder()
    table = B(*range(100, 116))
    cpu = run_on(b, word, lambda w, name: b.const(w, table) if name == "v1" else b.var(w, name))
    result = cpu.V.values[0]
    assert ("(table[8, 100, 101, " in show(result, 3)) == (op == "tbl")
    for index in range(256):
        found, kept = evaluate([result[7:0], b.var(128, "v0")[7:0]], lambda w, n, a, i=index: i)
        beyond = kept if op == "tbx" else 0
        assert found == (100 + index if index < 16 else beyond)
