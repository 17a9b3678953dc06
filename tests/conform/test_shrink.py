"""A mismatch is shown in its smallest form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from armsym.conform.compare import Finding, Verdict
from armsym.conform.deviations import Difference
from armsym.conform.generate import Case, case
from armsym.conform.run import clauses_named, conform
from armsym.conform.shrink import smallest
from armsym.machine.state import State
from isa.immediate.add_sub_immediate import add_sub_immediate
from isa.loads_stores.load_store_register import load_store_unsigned_immediate

(ADD_SUB,) = clauses_named(["add_sub_immediate"])
(LOAD_STORE,) = clauses_named(["load_store_unsigned_immediate"])

MISMATCH = Finding(Verdict.MISMATCH, [Difference("X0", "0x0", "0x1")])
OTHER = Finding(Verdict.MISMATCH, [Difference("outcome", "executed", "undefined")])


def checker(condition: Callable[[Case], bool], otherwise: Finding) -> Callable[[Case], Finding]:
    return lambda case: MISMATCH if condition(case) else otherwise


@pytest.mark.parametrize("otherwise", [Finding(Verdict.EXECUTED), OTHER])
def test_only_what_matters_is_left(otherwise: Finding) -> None:
    def matters(c: Case) -> bool:
        fields = ADD_SUB.pattern.decode(c.word)
        return bool(c.state.vectors[7] >> 100 and c.state.nzcv & 4 and fields["imm12"] >= 9)

    first = next(c for i in range(1000) if matters(c := case(ADD_SUB, 1, i)))
    found, finding = smallest(first, MISMATCH, checker(matters, otherwise))
    assert finding == MISMATCH
    state = found.state
    assert (state.general, state.sp, state.nzcv, state.qc) == ([0] * 31, 0, 4, 0)
    assert sum(v.bit_count() for v in state.vectors) == 1
    assert state.vectors[7] >> 100
    fields = ADD_SUB.pattern.decode(found.word)
    assert fields.pop("imm12") in (9, 10, 12, *[1 << n for n in range(4, 12)])
    assert not any(fields.values())
    assert (found.seed, found.index, state.pc) == (first.seed, first.index, first.state.pc)


def flag_v_dropped(cpu: State, S: int, **fields: int) -> None:
    add_sub_immediate(cpu, S=S, **fields)
    if S:
        cpu.flags = cpu.flags._replace(V=cpu.builder.const(1, 0))


def next_offset(cpu: State, imm12: int, **fields: int) -> None:
    load_store_unsigned_immediate(cpu, imm12=imm12 ^ 1, **fields)


def test_an_overflow_needs_one_bit() -> None:
    """The least number from which nothing is taken: there is no overflow at zero."""
    (report,) = conform([replace(ADD_SUB, semantics=flag_v_dropped)], 200, seed=3).classes
    assert report.mismatches
    for found in report.mismatches:
        assert [d.name for d in found.finding.differences] == ["NZCV"]
        (value,) = found.registers.values()
        assert needed(int(value, 16), **ADD_SUB.pattern.decode(found.case.word))


def needed(value: int, sf: int, op: int, sh: int, imm12: int, **registers: int) -> bool:
    """Whether the value overflows with every bit that it has, and without its lowest does not."""
    least, number = 1 << (63 if sf else 31), imm12 << 12 * sh
    if op:
        return value == least and number > 0
    return value + number >= least > (value & (value - 1)) + number


def test_a_wrong_address_needs_the_address() -> None:
    (report,) = conform([replace(LOAD_STORE, semantics=next_offset)], 200, seed=3).classes
    assert any(d.kind == "memory" for m in report.mismatches for d in m.finding.differences)
    assert all(len(found.registers) <= 3 for found in report.mismatches)
