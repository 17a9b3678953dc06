"""Decoding: every word has one outcome, no two patterns claim one, and encoding is its inverse."""

from __future__ import annotations

import random
from importlib import import_module
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa import CLAUSES, Clause, decode
from isa.account import account, unmodelled_words, without, words_of
from isa.allocation import Rule, encodings, groups, reserved, unmodelled
from isa.cubes import Cube, difference, size
from isa.encoding import Pattern
from isa.outcomes import ConstrainedUnpredictable, Outcome, Undefined, Unmodelled
from tests.isa.outcome import outcome_of

WORDS = st.integers(0, 2**32 - 1)
# Cubes that differ in few bits, so that they meet: a free bit and a fixed one, in eight places.
CUBES = st.builds(lambda mask, value: Cube(mask, value & mask), *[st.integers(0, 255)] * 2)


def overlaps(entries: list[Clause] | tuple[Rule, ...]) -> list[tuple[str, str]]:
    """The pairs of patterns that have a word in common, the values that fields exclude aside."""
    cubes = [(entry.pattern.text, entry.pattern.cubes()) for entry in entries]
    return [
        (one, other)
        for (one, ones), (other, others) in combinations(cubes, 2)
        if any(cube & rival is not None for cube in ones for rival in others)
    ]


# A clause goes before a reserved rule, that before an encoding without clause, and that before the
# group; within each there is no precedence, save among encodings, where it picks a name only.
@pytest.mark.parametrize("entries", [CLAUSES, reserved(), groups()])
def test_no_two_patterns_overlap(entries: list[Clause] | tuple[Rule, ...]) -> None:
    assert overlaps(entries) == []


@pytest.mark.parametrize(
    ("second", "meet"),
    [
        ("1111 a:3!=101 x:25", True),
        ("1111 a:3!=101,000 x:25", False),
        ("1111 101 x:25", False),
        ("1110 a:3 x:25", False),
        ("a:3 0 000 x:25", False),
        ("a:3 b 000 x:25", True),
    ],
)
def test_what_an_overlap_is(second: str, meet: bool) -> None:
    first = Pattern.parse("1111 a:3!=001,010,011,100,101,110,111 x:25")
    rules = tuple(Rule(p, Undefined, "") for p in (first, Pattern.parse(second)))
    assert bool(overlaps(rules)) is meet


def test_two_clauses_for_one_word_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    nop = 0xD503201F
    twice = [clause for clause in CLAUSES if clause.pattern.matches(nop)] * 2
    decoding = import_module("isa.decode")
    monkeypatch.setattr(decoding, "CLAUSES", twice)
    monkeypatch.setattr(decoding, "_clauses", decoding._clauses.__wrapped__)
    with pytest.raises(ValueError, match="d503201f matches hints, hints"):
        decode.__wrapped__(nop)


def test_the_account_leaves_no_word_out() -> None:
    assert size(words_of(groups())) == 2**32
    entries = list(account())
    assert sum(entry.words for entry in entries) == 2**32
    assert sum(entry.encodings or 0 for entry in entries) == len(encodings()) > 1000


def test_every_encoding_without_clause_is_of_one_family() -> None:
    claims = {e.name: [f.reason for f in e.families] for e, _ in unmodelled_words()}
    assert {name: reasons for name, reasons in claims.items() if len(reasons) != 1} == {}


def test_no_family_is_stale() -> None:
    used = {family for encoding, _ in unmodelled_words() for family in encoding.families}
    assert [family.reason for family in unmodelled() if family not in used] == []


@pytest.mark.parametrize("rule", reserved(), ids=lambda rule: rule.pattern.text)
def test_no_reserved_rule_is_stale(rule: Rule) -> None:
    """Words of it have no clause; those to be called unallocated would else be an instruction."""
    left = without(rule.pattern.cubes(), words_of(CLAUSES))
    assert left
    if rule.outcome is not ConstrainedUnpredictable:
        assert any(cube & encoding.words for cube in left for encoding in encodings())


@pytest.mark.parametrize(
    ("outcome", "text", "word", "reason"),
    [
        (Undefined, "udf #0", 0x00000000, "UDF is permanently undefined"),
        (Undefined, "udf #0xffff", 0x0000FFFF, "UDF is permanently undefined"),
        (Undefined, "beside UDF", 0x00010000, "Reserved: only UDF is allocated"),
        (Undefined, "op0 = 0001", 0x02000000, "op0 = 0001: the group is unallocated"),
        (Undefined, "op0 = 0011", 0xE7FFFFFF, "op0 = 0011: the group is unallocated"),
        (Unmodelled, "ptrue p0.b", 0x2518E3E0, "SVE: the group is not decoded"),
        (Unmodelled, "fmopa za0.s, ...", 0x80800000, "SME: the group is not decoded"),
        (Undefined, "movn with opc = 01", 0x32800000, "Data Processing -- Immediate: no "),
        (Undefined, "b.cond with bit 24", 0x55000000, "Branches, Exception Generating and System"),
        (Undefined, "beside ldr d0, label", 0x5D000000, "Loads and Stores: no instruction"),
        (Undefined, "ccmp with op = 0, S = 0", 0x1A400000, "Data Processing -- Register: no "),
        (Undefined, "fp with M = 1", 0x9E200800, "Scalar Floating-Point and Advanced SIMD: no "),
        (Unmodelled, "fadd d0, d1, d2", 0x1E622820, "FADD: floating-point arithmetic"),
        (Undefined, "fadd with ftype = 10", 0x1EA22820, "floating-point: ftype must not be 10"),
        (Unmodelled, "mrs x0, nzcv", 0xD53B4200, "MRS: system registers and operations"),
        (Unmodelled, "msr daifset, #2", 0xD50342DF, "MSR: system registers and operations"),
        (Undefined, "msr with op1:op2 = 011000", 0xD503401F, "selects no field of PSTATE"),
        (Unmodelled, "pacia x0, x1", 0xDAC10020, "PACIA: pointer authentication with keys"),
        (Undefined, "paciza x0 of x1", 0xDAC12020, "PACIZA, AUTIZA and their like: Rn must be 31"),
        (Unmodelled, "cpyfp [x0]!, [x1]!, x2!", 0x19010440, "CPYFP: copying and setting"),
        (Undefined, "cpyfp with sz = 01", 0x59010440, "sz must be 00"),
    ],
)
def test_words_without_clause(outcome: type[Outcome], text: str, word: int, reason: str) -> None:
    with pytest.raises(outcome) as refusal:
        decode(word)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("prfm pldl1keep, [x0, x1]", 0xF8A16800),
        ("rprfm pldkeep, x1, [x0]", 0xF8A14818),
        ("prfum pldl1keep, [x0, #-1]", 0xF89FF000),
        ("hint #127", 0xD5032FFF),
    ],
)
def test_hints_have_a_clause(text: str, word: int) -> None:
    assert decode(word).word == word


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.name)
def test_encoding_gives_the_word_back(clause: Clause) -> None:
    source = random.Random(clause.name)
    for _ in range(100):
        word = clause.pattern.random_word(source)
        instruction = decode(word)
        assert instruction.clause is clause
        assert clause.pattern.encode(instruction.fields) == word


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.name)
def test_what_executes_is_an_encoding(clause: Clause) -> None:
    source = random.Random(clause.name)
    words = (clause.pattern.random_word(source) for _ in range(200))
    executed = [word for word in words if outcome_of(word) == "executed"]
    assert executed
    for word in executed:
        assert any(word in encoding.words for encoding in encodings()), hex(word)


@given(WORDS)
def test_a_word_has_one_outcome(word: int) -> None:
    settled = [c for c in CLAUSES if c.pattern.matches(word)]
    try:
        instruction = decode(word)
    except Outcome as refusal:
        assert settled == []
        assert str(refusal)
    else:
        assert settled == [instruction.clause]
        assert instruction.clause.pattern.encode(instruction.fields) == word


@given(st.lists(CUBES, max_size=4), CUBES)
def test_cubes_are_sets(removed: list[Cube], whole: Cube) -> None:
    def members(cube: Cube) -> set[int]:
        return {word for word in range(256) if word in cube}

    rest = difference([whole], removed)
    expected = members(whole).difference(*map(members, removed))
    assert sorted(word for cube in rest for word in members(cube)) == sorted(expected)
    assert size(rest) == len(expected) << 24
    for other in removed:
        common = whole & other
        assert (members(common) if common else set()) == members(whole) & members(other)


@given(WORDS)
def test_a_pattern_is_its_cubes(word: int) -> None:
    pattern = Pattern.parse("1 a:2!=01,10 00 b:3!=111 x:24")
    assert sum(word in cube for cube in pattern.cubes()) == pattern.matches(word)
