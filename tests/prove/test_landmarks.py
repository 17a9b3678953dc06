"""Chains of products are shown from one state of the standard to the next."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.prove.tactics.combine import then
from armsym.prove.tactics.decide import polynomials
from armsym.prove.tactics.goal import Goal, Open, Outcome, Settled, Step
from armsym.prove.tactics.landmarks import Landmarks, closed
from tests.prove.test_tactics import settled


@pytest.fixture
def b() -> KernelBuilder:
    return KernelBuilder()


def whole(v: Term, w: Term) -> Term:
    """The low half of a carry-less product."""
    return v.builder.clmul(v, w)[63:0]


def halves(v: Term, w: Term) -> Term:
    """The same, by the halves of one factor."""
    low, high = [v.builder.clmul(v, v.builder.zero_extend(x, 64)) for x in (w[31:0], w[63:32])]
    return (low ^ (high << 32))[63:0]


def chained(b: KernelBuilder, other: int = 0) -> Goal:
    """(((x y) ^ z) x) ^ y, again times z, in two ways."""
    x, y, z = [b.var(64, name) for name in "xyz"]
    sides = []
    for product, more in ((halves, other), (whole, 0)):
        state = product(x, y) ^ z
        for factor in (x ^ more, z, y):
            state = product(state, factor) ^ y
        sides.append(state)
    return Goal((), *sides)


def test_a_chain(b: KernelBuilder) -> None:
    goal = chained(b)
    assert not settled(goal, Landmarks(polynomials)(goal)).hypotheses


def test_what_is_between_landmarks_is_settled_once(b: KernelBuilder) -> None:
    asked: list[Goal] = []

    def noting(goal: Goal) -> Outcome:
        asked.append(goal)
        return polynomials(goal)

    assert isinstance(Landmarks(noting)(chained(b)), Settled)
    assert len(asked) == len(set(asked)) == 2  # the first product, and any of the others


def test_another_chain_stays_open(b: KernelBuilder) -> None:
    """There is no landmark behind another factor."""
    assert isinstance(Landmarks(polynomials)(chained(b, other=1)), Open)


def test_goals_that_differ_in_names_become_one(b: KernelBuilder) -> None:
    def goal(x: Term, y: Term) -> Goal:
        return Goal((), whole(x, y), halves(y, x))

    x, y = b.var(64, "x"), b.var(64, "y")
    element = b.apply(64, "in", x)
    made = [closed(goal(*words)).goals for words in ((x, y), (y, x), (element, x), (x + y, y))]
    assert len(set(made)) == 1
    assert made[0] == closed(made[0][0]).goals


@pytest.mark.parametrize("inner", ["_0", "_1"])
def test_names_that_are_taken(b: KernelBuilder, inner: str) -> None:
    """A leaf may be in what is replaced, and besides, under the name that another is given."""
    x, taken = b.var(64, "x"), b.var(64, inner)
    word = b.apply(64, "in", taken + x)
    goal = Goal((), whole(word, taken) ^ x, halves(taken, word) ^ x)
    outcome = then(closed, polynomials)(goal)
    assert isinstance(outcome, Settled) and outcome.step.by == "instance"
    assert isinstance(outcome.step, Step)
    settled(goal, outcome)
