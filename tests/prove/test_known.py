"""Goals are rewritten by what is settled: bit by bit, what is above first, under no other facts."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.prove.tactics.combine import then
from armsym.prove.tactics.decide import clausal, meaning, polynomials
from armsym.prove.tactics.goal import Goal, Open, Settled, Tactic
from armsym.prove.tactics.known import Known
from armsym.prove.tactics.strategy import default
from tests.prove.test_tactics import either_way, settled

proof = clausal(60.0)


@pytest.fixture
def b() -> KernelBuilder:
    return KernelBuilder()


def noted(known: Known, goal: Goal, tactic: Tactic) -> Goal:
    """The goal, settled and known."""
    outcome = tactic(goal)
    assert isinstance(outcome, Settled)
    known.add(goal, outcome.step)
    return goal


def test_bits_are_replaced_wherever_they_are(b: KernelBuilder) -> None:
    """Halves, swapped or shifted, of what is known: the product of a sum that is added oddly."""
    x, y, known = b.var(64, "x"), b.var(64, "y"), Known()
    odd, total = either_way(x, y), x + y
    goal = Goal((), b.clmul(odd[31:0], odd[47:16]), b.clmul(total[31:0], total[47:16]))
    by_known = then(known.rewrite, meaning)
    assert isinstance(by_known(goal), Open)
    noted(known, Goal((), b.ror(odd, 8), b.ror(total, 8)), proof)
    assert not settled(goal, by_known(goal)).hypotheses
    other = Goal((), goal.actual, b.clmul(total[31:0], total[48:17]))
    assert isinstance(by_known(other), Open)


def test_what_is_above_first(b: KernelBuilder) -> None:
    """What has been replaced in a term would no longer be found in one that it is part of."""
    x, y, z, known = b.var(32, "x"), b.var(32, "y"), b.var(32, "z"), Known()
    first = noted(known, Goal((), either_way(x, y), x + y), proof)
    second = noted(known, Goal((), either_way(first.actual, z), x + y + z), proof)
    goal = Goal((), b.udiv(second.actual, first.actual), b.udiv(second.expected, first.expected))
    assert not settled(goal, then(known.rewrite, meaning)(goal)).hypotheses


def test_what_holds_on_another_path_is_not_used(b: KernelBuilder) -> None:
    p, x, y, known = b.var(1, "p"), b.var(64, "x"), b.var(64, "y"), Known()
    z = b.ite(p, x, y)
    noted(known, Goal((p,), z, x), meaning)
    goal = Goal((), b.udiv(z, y), b.udiv(x, y))
    assert isinstance(then(known.rewrite, meaning)(goal), Open)
    assert settled(Goal((p,), *goal.roots), then(known.rewrite, meaning)(Goal((p,), *goal.roots)))


def test_powers(b: KernelBuilder) -> None:
    """x^2 y, two products one after the other, each of which is spelled in two ways."""
    x, y, z, known = b.var(64, "x"), b.var(64, "y"), b.var(64, "z"), Known()

    def halves(v: Term, w: Term) -> Term:
        """A carry-less product by those of the halves of one factor."""
        low, high = [b.clmul(v, b.zero_extend(part, 64)) for part in (w[31:0], w[63:32])]
        return low ^ (high << 32)

    first = noted(known, Goal((), halves(x, y)[63:0], b.clmul(x, y)[63:0]), polynomials)
    second = Goal((), halves(first.actual, z)[63:0], b.clmul(first.expected, z)[63:0])
    noted(known, second, default(10.0, known))
    third = Goal((), halves(second.actual, x), b.clmul(second.expected, x))
    settled(third, default(10.0, known)(third))
