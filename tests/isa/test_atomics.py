"""Atomic, exclusive and ordered accesses, as a single core sees them."""

from __future__ import annotations

import pytest

from armsym.concrete import ConcreteRegion, Machine, RunOutcome, RunResult
from armsym.oracle import Unicorn
from tests.isa.test_loads_stores import DATA, Case, check_effect, execute, initial, mem, vector

HERE = 0x40  # where X1 points
WORD = 0x43424140  # what is there
ABOVE = {"x2": 1 << 31 | WORD}
BYTES = WORD.to_bytes(4, "little")

OPERATIONS = [
    Case(
        "ldadd w2, w0, [x1]",
        0xB8220020,
        {"x0": WORD},
        {HERE: b"\x3f\x41\x42\x43"},
        {"x2": 0xFFFFFFFF},
    ),
    Case("ldaddalb w2, w0, [x1]", 0x38E20020, {"x0": 0x40}, {HERE: b"\0"}, {"x2": 0x1C0}),
    Case("ldclrah w2, w0, [x1]", 0x78A21020, {"x0": 0x4140}, {HERE: b"\x40\x40"}, {"x2": 0x0100}),
    Case(
        "ldeorl x2, x0, [x1]",
        0xF8622020,
        {"x0": mem(HERE, 8)},
        {HERE: bytes(8)},
        {"x2": mem(HERE, 8)},
    ),
    Case("ldset w2, w0, [x1]", 0xB8223020, {"x0": WORD}, {HERE: b"\x41\x41\x42\x43"}, {"x2": 1}),
    Case("ldsmax w2, w0, [x1]", 0xB8224020, {"x0": WORD}, {HERE: BYTES}, ABOVE),
    Case("ldumax w2, w0, [x1]", 0xB8226020, {"x0": WORD}, {HERE: b"\x40\x41\x42\xc3"}, ABOVE),
    Case("ldsmin w2, w0, [x1]", 0xB8225020, {"x0": WORD}, {HERE: b"\x40\x41\x42\xc3"}, ABOVE),
    Case("ldumin w2, w0, [x1]", 0xB8227020, {"x0": WORD}, {HERE: BYTES}, ABOVE),
    Case("ldsminb w2, w0, [x1]", 0x38225020, {"x0": 0x40}, {HERE: b"\x80"}, {"x2": 0x80}),
    Case("ldsmaxh w2, w0, [x1]", 0x78224020, {"x0": 0x4140}, {}, {"x2": 0xFFFF}),
    Case("stadd w2, [x1]", 0xB822003F, {}, {HERE: b"\x41"}, {"x2": 1}),
    Case("ldadd x2, xzr, [sp]", 0xF82203FF, {}, {0x80: b"\x81"}, {"x2": 1}),
    Case("ldadd xzr, x0, [x1]", 0xF83F0020, {"x0": mem(HERE, 8)}),
    Case("ldadd x0, x0, [x1]", 0xF8200020, {"x0": mem(HERE, 8)}, {HERE: b"\x42"}, {"x0": 2}),
    Case("swp x2, x0, [x1]", 0xF8228020, {"x0": mem(HERE, 8)}, {HERE: b"\2" * 8}),
    Case("swpalb w2, w0, [x1]", 0x38E28020, {"x0": 0x40}, {HERE: b"\2"}),
]

COMPARISONS = [
    Case("cas w2, w3, [x1]", 0x88A27C23, {"x2": WORD}, {HERE: b"\3" * 4}, {"x2": 7 << 32 | WORD}),
    Case("cas w2, w3, [x1]", 0x88A27C23, {"x2": WORD}, {}, {"x2": WORD + 1}),
    Case("casalb w2, w3, [x1]", 0x08E2FC23, {"x2": 0x40}, {HERE: b"\3"}, {"x2": 0x140}),
    Case(
        "cas x2, xzr, [sp]",
        0xC8A27FFF,
        {"x2": mem(0x80, 8)},
        {0x80: bytes(8)},
        {"x2": mem(0x80, 8)},
    ),
    Case(
        "casp w2, w3, w4, w5, [x1]",
        0x08227C24,
        {"x2": mem(HERE, 4), "x3": mem(HERE + 4, 4)},
        {HERE: b"\4" * 4 + b"\5" * 4},
        {"x2": mem(HERE, 4), "x3": mem(HERE + 4, 4)},
    ),
    Case(
        "caspal x2, x3, x4, x5, [x1]",
        0x4862FC24,
        {"x2": mem(HERE, 8), "x3": mem(HERE + 8, 8)},
        {},
        {"x2": mem(HERE, 8), "x3": mem(HERE, 8)},
    ),
]

ORDERED = [
    Case("ldapr x0, [x1]", 0xF8BFC020, {"x0": mem(HERE, 8)}),
    Case("ldaprb w0, [x1]", 0x38BFC020, {"x0": 0x40}),
    Case("ldapur w0, [x1, #-4]", 0x995FC020, {"x0": mem(0x3C, 4)}),
    Case("ldapursw x0, [x1, #80]", 0x99850020, {"x0": 0xFFFFFFFF93929190}),
    Case("stlurh w3, [sp, #-2]", 0x591FE3E3, {}, {0x7E: b"\3\3"}),
]

EXCLUSIVE = [
    Case("ldxr x0, [x1]", 0xC85F7C20, {"x0": mem(HERE, 8)}),
    Case("ldaxrb w0, [x1]", 0x085FFC20, {"x0": 0x40}),
    Case("ldxp w0, w2, [x1]", 0x887F0820, {"x0": WORD, "x2": mem(0x44, 4)}),
    Case("ldaxp x0, xzr, [sp]", 0xC87FFFE0, {"x0": mem(0x80, 8)}),
    Case("stxr w0, x2, [x1]", 0xC8007C22, {"x0": 1}),
    Case("stlxp wzr, x2, x3, [x1]", 0xC83F8C22),
]

# FEAT_LSE128 and FEAT_LRCPC3, which no oracle has: effects are derived by hand, from the manual.
LATE = [
    Case(
        "ldclrp x0, x2, [x1]",
        0x19221020,
        {"x0": mem(HERE, 8), "x2": mem(HERE + 8, 8)},
        {HERE: b"\0", HERE + 8: bytes(8)},
        {"x0": 0xFF, "x2": (1 << 64) - 1},
    ),
    Case(
        "ldsetpal x0, x2, [x1]",
        0x19E23020,
        {"x0": mem(HERE, 8), "x2": mem(HERE + 8, 8)},
        {HERE: b"\x41", HERE + 15: b"\xcf"},
        {"x0": 1, "x2": 1 << 63},
    ),
    Case(
        "swpp x3, x2, [sp]",
        0x192283E3,
        {"x3": mem(0x80, 8), "x2": mem(0x88, 8)},
        {0x80: b"\3" * 8 + b"\2" * 8},
    ),
    Case("ldapr w24, [x1], #4", 0x99C00838, {"x24": WORD, "x1": DATA + 0x44}),
    Case("ldapr x0, [sp], #8", 0xD9C00BE0, {"x0": mem(0x80, 8), "sp": DATA + 0x88}),
    Case("stlr w3, [x1, #-4]!", 0x99800823, {"x1": DATA + 0x3C}, {0x3C: b"\3" * 4}),
    Case("stlr xzr, [x1, #-8]!", 0xD980083F, {"x1": DATA + 0x38}, {0x38: bytes(8)}),
    Case("ldiapp w24, w0, [x1]", 0x99401838, {"x24": WORD, "x0": mem(0x44, 4)}),
    Case(
        "ldiapp w24, w0, [x1], #8",
        0x99400838,
        {"x24": WORD, "x0": mem(0x44, 4), "x1": DATA + 0x48},
    ),
    Case(
        "ldiapp x3, x0, [sp], #16",
        0xD9400BE3,
        {"x3": mem(0x80, 8), "x0": mem(0x88, 8), "sp": DATA + 0x90},
    ),
    Case("stilp x3, x2, [x1]", 0xD9021823, {}, {HERE: b"\3" * 8 + b"\2" * 8}),
    Case(
        "stilp w3, w2, [x1, #-8]!",
        0x99020823,
        {"x1": DATA + 0x38},
        {0x38: b"\3" * 4 + b"\2" * 4},
    ),
    Case("ldap1 {v3.d}[0], [x1]", 0x0D418423, {"v3": vector(3, 0, range(HERE, HERE + 8))}),
    Case("ldap1 {v3.d}[1], [x1]", 0x4D418423, {"v3": vector(3, 8, range(HERE, HERE + 8))}),
    Case("stl1 {v3.d}[1], [sp]", 0x4D0187E3, {}, {0x80: bytes(range(0x38, 0x40))}),
    Case("stlur b3, [sp, #-1]", 0x1D1FFBE3, {}, {0x7F: b"\x30"}),
    Case("ldapur h3, [x1, #2]", 0x5D402823, {"v3": mem(HERE + 2, 2)}),
    Case("ldapur q3, [x1, #-16]", 0x1DDF0823, {"v3": mem(HERE - 16, 16)}),
    Case("stlur d3, [x1]", 0xDD000823, {}, {HERE: bytes(range(0x30, 0x38))}),
]

CASES = [*OPERATIONS, *COMPARISONS, *ORDERED, *EXCLUSIVE, *LATE]


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


REFUSALS = [
    (RunOutcome.UNDEFINED, "casp of an odd register", 0x08237C24),
    (RunOutcome.UNDEFINED, "casp to an odd register", 0x08227C25),
    (RunOutcome.UNDEFINED, "ldapur with size 11, opc 10", 0xD9800020),
    (RunOutcome.UNPREDICTABLE, "stxr w0, x0, [x1]", 0xC8007C20),
    (RunOutcome.UNPREDICTABLE, "stxr w1, x0, [x1]", 0xC8017C20),
    (RunOutcome.UNPREDICTABLE, "stxp w2, x0, x2, [x1]", 0xC8220820),
    (RunOutcome.UNPREDICTABLE, "ldxp x0, x0, [x1]", 0xC87F0020),
    (RunOutcome.UNPREDICTABLE, "ldxr x0, [x1] with Rs = 30", 0xC85E7C20),
    (RunOutcome.UNPREDICTABLE, "ldclrp x0, x0, [x1]", 0x19201020),
    (RunOutcome.UNDEFINED, "ldclrp xzr, x2, [x1]", 0x1922103F),
    (RunOutcome.UNDEFINED, "swpp x0, xzr, [x1]", 0x193F8020),
    (RunOutcome.UNPREDICTABLE, "ldiapp x0, x0, [x1]", 0xD9401820),
    (RunOutcome.UNPREDICTABLE, "ldiapp x0, x1, [x1], #16", 0xD9410820),
    (RunOutcome.UNPREDICTABLE, "stilp x1, x2, [x1, #-16]!", 0xD9020821),
    (RunOutcome.UNPREDICTABLE, "ldapr x1, [x1], #8", 0xD9C00821),
    (RunOutcome.UNDEFINED, "ldapur with 128 bits and size 01", 0x5DC00820),
    (RunOutcome.UNMODELLED, "ld64b x0, [x1]", 0xF83FD020),
]


@pytest.mark.parametrize(("outcome", "text", "word"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(outcome: RunOutcome, text: str, word: int) -> None:
    result = execute(word, {})
    assert result.outcome is outcome
    assert result.state == initial({})


@pytest.mark.parametrize(
    ("text", "word", "address", "permissions", "kind"),
    [
        ("ldadd w2, w0, [x1]", 0xB8220020, DATA + 2, "rwx", "alignment"),
        ("ldadd w2, w0, [x1]", 0xB8220020, DATA, "rx", "write"),
        ("swpb w2, w0, [x1]", 0x38228020, DATA - 1, "rwx", "read"),
        ("caspal x2, x3, x4, x5, [x1]", 0x4862FC24, DATA + 8, "rwx", "alignment"),
        ("cas w2, w3, [x1], which does not match", 0x88A27C23, DATA, "rx", "write"),
        ("ldapr x0, [x1]", 0xF8BFC020, DATA + 4, "rwx", "alignment"),
        ("ldxp x0, x2, [x1]", 0xC87F0820, DATA + 8, "rwx", "alignment"),
        ("swpp x0, x2, [x1]", 0x19228020, DATA + 8, "rwx", "alignment"),
        ("swpp x0, x2, [x1]", 0x19228020, DATA, "rx", "write"),
        ("ldiapp x0, x2, [x1]", 0xD9421820, DATA + 4, "rwx", "alignment"),
        ("ldap1 {v0.d}[0], [x1]", 0x0D418420, DATA + 4, "rwx", "alignment"),
        ("stlur q0, [x1, #8]", 0x1D808820, DATA, "rwx", "alignment"),
        ("ldxr x0, [x1]", 0xC85F7C20, DATA + 0x100, "rwx", "read"),
    ],
)
def test_fault(text: str, word: int, address: int, permissions: str, kind: str) -> None:
    fault = execute(word, {"x1": address}, permissions).fault
    assert fault is not None
    assert fault.kind == kind


# Sequences.  Unicorn has the monitor's state too, and says the same of each.

LDXR_W0, STXR_W2_W3, CLREX = 0x885F7C20, 0x88027C23, 0xD5033F5F  # ..., [x1]
ADD_X1_4, STXRB_W2_W3, LDXP_X4_X5 = 0x91001021, 0x08027C23, 0xC87F1424


def runs(*words: int) -> tuple[RunResult, RunResult]:
    """The words on the emulator and on Unicorn."""
    code = b"".join([word.to_bytes(4, "little") for word in words])
    regions = [
        ConcreteRegion("code", 0x1000, code, "rx"),
        ConcreteRegion("data", DATA, bytes(range(256)), "rw"),
    ]
    state = initial({})
    state.pc = 0x1000
    one, other = (machine(regions).run(state, None, len(words)) for machine in (Machine, Unicorn))
    return one, other


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ((LDXR_W0, STXR_W2_W3), 0),
        ((STXR_W2_W3,), 1),
        ((LDXR_W0, CLREX, STXR_W2_W3), 1),
        ((LDXR_W0, STXR_W2_W3, STXR_W2_W3), 1),
        ((LDXP_X4_X5, LDXR_W0, STXR_W2_W3), 0),
    ],
)
def test_an_exclusive_sequence(words: tuple[int, ...], status: int) -> None:
    here, unicorn = runs(*words)
    assert here.state == unicorn.state
    assert here.memory == unicorn.memory
    assert here.state.general[2] == status
    stored = words[:2] == (LDXR_W0, STXR_W2_W3) or not status
    assert here.memory["data"][HERE : HERE + 4] == (b"\3" * 4 if stored else BYTES)


@pytest.mark.parametrize("words", [(LDXR_W0, ADD_X1_4, STXR_W2_W3), (LDXR_W0, STXRB_W2_W3)])
def test_a_store_exclusive_elsewhere(words: tuple[int, ...]) -> None:
    here, _ = runs(*words)
    assert here.outcome is RunOutcome.UNPREDICTABLE
