"""Conformance with the harness under QEMU: batches, what deviates, several processes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from armsym.concrete import ConcreteState
from armsym.conform import generate
from armsym.conform.compare import Comparison, Verdict
from armsym.conform.deviations import DEVIATIONS, Difference
from armsym.conform.generate import Case
from armsym.conform.run import ORACLES, clauses_named, conform, conform_case
from armsym.errors import ArmsymError
from armsym.machine.state import State
from armsym.oracle import InstructionOracle
from isa import CLAUSES
from isa.loads_stores.load_store_register import load_store_unsigned_immediate

SEED = 7
REGIONS = generate.regions(SEED)
(LITERAL,) = clauses_named(["load_register_literal"])
(LOAD_STORE,) = clauses_named(["load_store_unsigned_immediate"])

LDR_X0_LITERAL_32 = 0x58000100
LDR_X1_LITERAL_64 = 0x58000201
BR_X0 = 0xD61F0000
B_0 = 0x14000000


@pytest.fixture(scope="module", autouse=True)
def oracle() -> InstructionOracle:
    try:
        return ORACLES["qemu"](REGIONS)
    except ArmsymError as error:
        if error.code != "oracle-missing":
            raise
        pytest.skip(f"{error.message}: {error.hint}")


def test_all_classes_agree() -> None:
    report = conform(CLAUSES, 64 * len(CLAUSES), SEED, "qemu")
    assert report.passed, "\n".join(str(m) for c in report.classes for m in c.mismatches)


def test_the_report_does_not_depend_on_the_processes() -> None:
    classes = clauses_named(["add_sub_immediate", "unconditional_branch_register"])
    alone, shared = conform(classes, 4200, SEED, "qemu"), conform(classes, 4200, SEED, "qemu", 2)
    for x, y in zip(alone.classes, shared.classes, strict=True):
        assert x.tests == 2100
        assert (x.counts, x.clause) == (y.counts, y.clause)
        assert [d.case.index for d in x.deviations] == [d.case.index for d in y.deviations]
    assert alone.classes[1].deviations


def test_an_instruction_that_meets_another_is_repeated_alone(oracle: InstructionOracle) -> None:
    """The literal that one case loads is the instruction of the next."""
    cases = [
        literal_load(LDR_X0_LITERAL_32, generate.CODE_ADDRESS),
        literal_load(LDR_X1_LITERAL_64, generate.CODE_ADDRESS + 32),
    ]
    tests = [(case.word, case.state) for case in cases]
    assert oracle.execute(tests)[0].state != oracle.execute(tests[:1])[0].state
    findings = Comparison(LITERAL, REGIONS, oracle, ()).check(cases)
    assert [f.verdict for f in findings] == [Verdict.EXECUTED] * 2


def literal_load(word: int, pc: int) -> Case:
    return Case(LITERAL, SEED, 0, word, replace(ConcreteState.zero(), pc=pc))


def next_offset(cpu: State, imm12: int, **fields: int) -> None:
    load_store_unsigned_immediate(cpu, imm12=imm12 ^ 1, **fields)


def nothing(cpu: State, **fields: int) -> None:
    pass


def test_a_broken_clause_is_caught() -> None:
    (report,) = conform([replace(LOAD_STORE, semantics=next_offset)], 200, 3, "qemu").classes
    found = {d.name for m in report.mismatches for d in m.finding.differences}
    assert any(name.startswith("data + ") for name in found)
    (report,) = conform([replace(LOAD_STORE, semantics=nothing)], 200, 3, "qemu").classes
    outcomes = {d.oracle for m in report.mismatches for d in m.finding.differences}
    assert "access fault" in outcomes


def test_a_mismatch_is_repeated_on_the_same_oracle() -> None:
    clause = replace(LOAD_STORE, semantics=next_offset)
    first = conform([clause], 200, 3, "qemu").classes[0].mismatches[0]
    assert first.command.endswith(f"--seed 3 --case {first.case.index} --oracle qemu")
    assert conform_case(clause, 3, first.case.index, "qemu").classes[0].mismatches == [first]


@pytest.mark.parametrize(
    "word, name, isa, seen, excused",
    [
        (BR_X0, "PC", 0x1200_5555_0000_0000, 0x5555_0000_0000, True),
        (BR_X0, "PC", 0x0080_0000_0000_0000, 0xFF80_0000_0000_0000, True),
        (BR_X0, "PC", 0x0080_0000_0000_0000, 0x0080_0000_0000_0000, False),
        (BR_X0, "PC", 0x1200_5555_0000_0000, 0x5555_0000_0004, False),
        (BR_X0, "X0", 0x1200_5555_0000_0000, 0x5555_0000_0000, False),
        (B_0, "PC", 0x1200_5555_0000_0000, 0x5555_0000_0000, False),
    ],
)
def test_the_highest_byte_of_a_target(
    word: int, name: str, isa: int, seen: int, excused: bool
) -> None:
    found = [Difference(name, f"{isa:#x}", f"{seen:#x}")]
    known = [d for d in DEVIATIONS["qemu"] if d.excuses(word, found)]
    assert bool(known) == excused
    other = Difference("NZCV", "0x0", "0x1")
    assert not any(d.excuses(word, [*found, other]) for d in DEVIATIONS["qemu"])
