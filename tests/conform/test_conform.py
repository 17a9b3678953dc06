"""Conformance runs: what agrees passes, what is wrong is caught, and every case can be repeated."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from armsym.concrete.effect import Symbols, Untranslatable
from armsym.conform import generate
from armsym.conform.compare import Verdict
from armsym.conform.result import EXAMPLES, ClassReport, Report
from armsym.conform.run import clauses_named, conform, conform_case
from armsym.errors import ArmsymError
from armsym.machine.state import State
from isa import CLAUSES, Clause, Instruction
from isa.immediate.add_sub_immediate import add_sub_immediate
from isa.loads_stores.load_store_register import load_store_unsigned_immediate
from isa.outcomes import Undefined, Unmodelled
from isa.shared import add_with_carry, datasize
from isa.simd.three_same import three_same_saturating

(ADD_SUB,) = clauses_named(["add_sub_immediate"])
(LOAD_STORE,) = clauses_named(["load_store_unsigned_immediate"])


# The classes all of whose instructions Unicorn lacks.
UNTESTED = {
    *("matrix_multiply_accumulate", "mixed_dot_by_element"),
    *("count_bits", "absolute", "min_max_register", "min_max_immediate"),
    *("clear_or_set_pair", "swap_pair", "load_store_ordered_writeback"),
    *("load_store_ordered_pair", "load_store_ordered_unscaled_vector", "load_store_ordered_lane"),
}


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.name)
def test_a_class_agrees_with_unicorn(clause: Clause) -> None:
    tests = 128 if clause.name == "barriers" else 64  # one word of 128 is SB
    (report,) = conform([clause], tests, seed=7).classes
    assert report.tests == tests
    assert not report.mismatches, str(report.mismatches[0])
    assert (report.counts[Verdict.EXECUTED] == 0) == (clause.name in UNTESTED)
    assert report.passed
    check_coverage(report)


def check_coverage(report: ClassReport) -> None:
    """What has not been executed, register 31 or a value of a small field, has no meaning."""
    for field in report.clause.pattern.fields:
        selects = field.width <= 4 and not field.name.startswith("R")
        values = range(1 << field.width) if selects else [31] * field.is_register
        for value in values:
            group = report.coverage.group(field.name, value)
            if value not in field.excluded and group not in ("executed", "untested"):
                assert meaningless(report.clause, field.name, value), (field.name, value)


def meaningless(clause: Clause, name: str, value: int) -> bool:
    """Whether the first of many words with this value of a field are all refused."""
    source = random.Random(1)
    for _ in range(200):
        fields = clause.pattern.decode(clause.pattern.random_word(source))
        word = clause.pattern.encode({**fields, name: value})
        try:
            Symbols().effect(Instruction(word, clause, clause.pattern.decode(word)), 0)
        except Untranslatable:
            continue
        return False
    return True


def broken(clause: Clause, semantics: Callable[..., None]) -> Report:
    return conform([replace(clause, semantics=semantics)], 200, seed=3)


def sub_for_add(cpu: State, op: int, **fields: int) -> None:
    add_sub_immediate(cpu, op=1 - op, **fields)


def flag_v_dropped(cpu: State, S: int, **fields: int) -> None:
    add_sub_immediate(cpu, S=S, **fields)
    if S:
        cpu.flags = cpu.flags._replace(V=cpu.builder.const(1, 0))


def register_31_is_zero(cpu: State, sf: int, op: int, S: int, sh: int, **fields: int) -> None:
    imm = cpu.builder.const(datasize(sf), fields["imm12"] << 12 * sh)
    source = cpu.X[fields["Rn"], datasize(sf)]
    result, flags = add_with_carry(source, ~imm if op else imm, op)
    if S:
        cpu.flags = flags
        cpu.X[fields["Rd"], datasize(sf)] = result
    else:
        cpu.XSP[fields["Rd"], datasize(sf)] = result


def high_half_kept(cpu: State, sf: int, Rd: int, **fields: int) -> None:
    high = cpu.XSP[Rd, 64][63:32]
    add_sub_immediate(cpu, sf=sf, Rd=Rd, **fields)
    if not sf:
        cpu.XSP[Rd, 64] = cpu.builder.concat(high, cpu.XSP[Rd, 32])


def sets_a_vector(cpu: State, **fields: int) -> None:
    add_sub_immediate(cpu, **fields)
    cpu.V[9, 128] = cpu.builder.const(128, 1 << 77)


def skips_an_instruction(cpu: State, **fields: int) -> None:
    add_sub_immediate(cpu, **fields)
    cpu.branch_to(cpu.PC + 8)


def refuses_shifts(cpu: State, sh: int, **fields: int) -> None:
    if sh:
        raise Undefined("sh")
    add_sub_immediate(cpu, sh=sh, **fields)


def breaks_down(cpu: State, **fields: int) -> None:
    add_sub_immediate(cpu, **fields)
    cpu.X[3, 64] = cpu.builder.const(32, 0)


def models_nothing(cpu: State, **fields: int) -> None:
    raise Unmodelled("nothing")


@pytest.mark.parametrize(
    "semantics, name",
    [
        (sub_for_add, ""),
        (flag_v_dropped, "NZCV"),
        (register_31_is_zero, ""),
        (high_half_kept, ""),
        (sets_a_vector, "V9"),
        (skips_an_instruction, "PC"),
        (refuses_shifts, "outcome"),
        (breaks_down, "outcome"),
    ],
)
def test_a_broken_clause_is_caught(semantics: Callable[..., None], name: str) -> None:
    report = broken(ADD_SUB, semantics)
    assert not report.passed
    found = {d.name for m in report.classes[0].mismatches for d in m.finding.differences}
    assert found and (not name or found == {name})


def qc_forgotten(cpu: State, **fields: int) -> None:
    three_same_saturating(cpu, **fields)
    cpu.qc = cpu.builder.const(1, 0)


def test_a_wrong_qc_is_caught() -> None:
    (saturating,) = clauses_named(["three_same_saturating"])
    report = broken(saturating, qc_forgotten)
    found = {d.name for m in report.classes[0].mismatches for d in m.finding.differences}
    assert found == {"QC"}


def test_a_class_that_the_oracle_lacks_is_untested() -> None:
    (report,) = conform(clauses_named(["count_bits"]), 20, seed=1).classes
    assert report.counts == {Verdict.UNTESTED: 20}
    assert report.passed
    assert "FEAT_CSSC" in report.deviations[0].finding.reason


def test_a_clause_that_executes_nothing_does_not_pass() -> None:
    report = broken(ADD_SUB, models_nothing)
    assert not report.classes[0].mismatches
    assert not report.passed


def next_offset(cpu: State, imm12: int, **fields: int) -> None:
    load_store_unsigned_immediate(cpu, imm12=imm12 ^ 1, **fields)


def stores_and_loads_swapped(cpu: State, opc: int, **fields: int) -> None:
    load_store_unsigned_immediate(cpu, opc=opc ^ 1, **fields)


@pytest.mark.parametrize("semantics", [next_offset, stores_and_loads_swapped])
def test_a_broken_access_is_caught(semantics: Callable[..., None]) -> None:
    report = broken(LOAD_STORE, semantics)
    found = {d.name for m in report.classes[0].mismatches for d in m.finding.differences}
    assert any(name.startswith("data + ") for name in found)


def test_accesses_succeed_and_fault() -> None:
    (report,) = conform([LOAD_STORE], 200, seed=1).classes
    assert report.passed
    assert report.counts[Verdict.EXECUTED] > 50
    assert report.counts[Verdict.FAULTED] > 20


def test_a_case_is_determined_by_seed_class_and_index() -> None:
    assert generate.case(ADD_SUB, 5, 17) == generate.case(ADD_SUB, 5, 17)
    others = [(ADD_SUB, 6, 17), (ADD_SUB, 5, 18), (LOAD_STORE, 5, 17)]
    assert all(generate.case(*o).state != generate.case(ADD_SUB, 5, 17).state for o in others)
    assert generate.regions(5) == generate.regions(5)
    assert conform([ADD_SUB, LOAD_STORE], 90, 5) == conform([ADD_SUB, LOAD_STORE], 90, 5)


def test_a_mismatch_is_printed_and_repeated() -> None:
    clause = replace(ADD_SUB, semantics=flag_v_dropped)
    first = conform([clause], 200, seed=3).classes[0].mismatches[0]
    lines = str(first).splitlines()
    assert lines[0].startswith(f"{first.case.word:08x}  ")
    assert lines[0].split()[1] in ("adds", "subs", "cmp", "cmn")
    assert lines[1].startswith("  before: ")
    assert lines[2].startswith("  NZCV: isa 0x")
    index = first.case.index
    assert lines[-1].endswith(f"armsym conform add_sub_immediate --seed 3 --case {index}")
    again = conform_case(clause, 3, index)
    assert again.tests == 1
    assert again.classes[0].mismatches == [first]
    assert conform_case(ADD_SUB, 3, index).passed


def test_what_is_not_covered_is_told() -> None:
    (report,) = conform([ADD_SUB], 8, seed=1).classes
    fields = {f.name: f for f in report.coverage.fields(ADD_SUB)}
    assert fields["sf"].executed == 2
    assert fields["Rd"].executed + len(fields["Rd"].missing) == 32
    assert fields["Rd"].executed <= 8
    assert fields["imm12"].missing
    with pytest.raises(AssertionError):
        check_coverage(conform([ADD_SUB], 1, seed=1).classes[0])


def test_fields_are_spread() -> None:
    """Register 31 in every role, all roles equal, and every value of the small fields."""
    seen: dict[str, Counter[int]] = {f.name: Counter() for f in ADD_SUB.pattern.fields}
    equal = 0
    for index in range(200):
        fields = ADD_SUB.pattern.decode(generate.case(ADD_SUB, 1, index).word)
        equal += fields["Rd"] == fields["Rn"]
        for name, value in fields.items():
            seen[name][value] += 1
    assert min(seen["Rd"][31], seen["Rn"][31]) > 20
    assert equal > 20
    assert all(min(seen[name][0], seen[name][1]) > 50 for name in ("sf", "op", "S", "sh"))
    assert seen["imm12"][0] and seen["imm12"][0xFFF]


def test_tests_are_a_total() -> None:
    report = conform([ADD_SUB, LOAD_STORE], 7, seed=1)
    assert [c.tests for c in report.classes] == [4, 3]
    assert report.tests == 7


def test_progress_sees_every_class() -> None:
    seen: list[str] = []
    conform([ADD_SUB, LOAD_STORE], 2, 1, progress=lambda c: seen.append(c.clause.name))
    assert seen == ["add_sub_immediate", "load_store_unsigned_immediate"]


def test_unknown_names() -> None:
    with pytest.raises(ArmsymError) as caught:
        clauses_named(["add_sub_imediate"])
    assert caught.value.code == "unknown-class"
    assert "add_sub_immediate" in caught.value.hint
    with pytest.raises(ArmsymError) as caught:
        conform([ADD_SUB], 1, 1, oracle="bochs")
    assert caught.value.code == "unknown-oracle"
    assert clauses_named([]) == CLAUSES


def test_a_known_deviation_is_counted_apart() -> None:
    (ordered,) = clauses_named(["load_store_ordered"])
    (report,) = conform([ordered], 500, seed=1).classes
    assert report.counts[Verdict.DEVIATED] == report.reasons.total() > EXAMPLES
    assert len(report.deviations) == EXAMPLES
    assert all("alignment" in d.finding.reason for d in report.deviations)
    assert "known: " in str(report.deviations[0])
