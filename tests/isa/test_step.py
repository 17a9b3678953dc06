"""The checks of the integer classes notice what is wrong."""

from __future__ import annotations

import pytest

from armsym.concrete import RunOutcome
from armsym.machine.state import State
from isa import Clause
from isa.encoding import Pattern
from tests.isa.step import PC, SP, Case, check_effect, check_refusal, check_symbolic

ADD_SP_SP_16 = 0x910043FF


@pytest.mark.parametrize(
    "after", [{}, {"sp": SP + 8}, {"sp": SP + 16, "x0": 1}, {"sp": SP + 16, "pc": PC}]
)
def test_another_effect(after: dict[str, int]) -> None:
    with pytest.raises(AssertionError):
        check_effect(Case("add sp, sp, #16", ADD_SP_SP_16, {}, after))


def test_an_instruction_that_is_not_refused() -> None:
    with pytest.raises(AssertionError):
        check_refusal(RunOutcome.UNDEFINED, ADD_SP_SP_16)


def test_a_clause_that_takes_what_it_does_not_know_for_zero() -> None:
    def semantics(cpu: State, Rn: int, Rd: int) -> None:
        cpu.X[Rd, 64] = cpu.builder.const(64, cpu.X[Rn, 64].value or 0)

    pattern = Pattern.parse("0000000000 0000000000 00 Rn:5 Rd:5")
    with pytest.raises(AssertionError):
        check_symbolic(Clause("move", pattern, "", semantics))
