"""Sums of products are shown product by product."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.prove.tactics.combine import then
from armsym.prove.tactics.decide import polynomials
from armsym.prove.tactics.goal import Goal, Open, Outcome, Settled
from armsym.prove.tactics.landmarks import Landmarks
from armsym.prove.tactics.superposition import superposed
from tests.prove.test_landmarks import halves, whole
from tests.prove.test_tactics import settled


@pytest.fixture
def b() -> KernelBuilder:
    return KernelBuilder()


def summed(b: KernelBuilder, count: int) -> list[Term]:
    """The sum of so many products, by halves and whole."""
    pairs = [(b.var(64, f"x{i}"), b.var(64, f"h{i}")) for i in range(count)]
    return [b.xor(*[product(*pair) for pair in pairs]) for product in (halves, whole)]


def test_products_that_differ_in_names_are_multiplied_out_once(b: KernelBuilder) -> None:
    asked: list[Goal] = []

    def noting(goal: Goal) -> Outcome:
        asked.append(goal)
        return polynomials(goal)

    goal = Goal((), *summed(b, 5))
    outcome = then(superposed, Landmarks(noting))(goal)
    theorem = settled(goal, outcome)
    assert not theorem.hypotheses
    assert not theorem.rests_on
    assert len([made for made in asked if made.actual is not made.expected]) == 1


def test_products_that_share_a_factor_stay_together(b: KernelBuilder) -> None:
    x, y, h = [b.var(64, name) for name in "xyh"]
    left, right = summed(b, 2)
    goal = Goal((), halves(x ^ y, h) ^ left, whole(x, h) ^ whole(y, h) ^ right)
    outcome = superposed(goal)
    assert isinstance(outcome, Open)
    assert len(outcome.goals) == 3
    assert not settled(goal, then(superposed, polynomials)(goal)).hypotheses


def test_another_sum_stays_open(b: KernelBuilder) -> None:
    left, right = summed(b, 3)
    one_less, _ = summed(b, 2)
    for actual in (left ^ b.var(64, "x0"), one_less):
        assert not isinstance(then(superposed, polynomials)(Goal((), actual, right)), Settled)


def test_it_does_not_apply(b: KernelBuilder) -> None:
    """To one product, what is not the sum of its parts, products that all share factors."""
    left, right = summed(b, 2)
    x, y, z = [b.var(64, name) for name in "xyz"]
    around = whole(x, y) ^ whole(y, z) ^ whole(z, x)
    for goal in (
        Goal((), halves(x, y), whole(x, y)),
        Goal((), left ^ 1, right ^ 1),
        Goal((), around ^ x, around),
    ):
        outcome = superposed(goal)
        assert isinstance(outcome, Open)
        assert outcome.goals == (goal,)
