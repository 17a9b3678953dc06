"""Laws are presumed unless values refute them, and used until none applies, on both sides."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.contract.language import Law
from armsym.kernel.builder import KernelBuilder
from armsym.prove.tactics.combine import then
from armsym.prove.tactics.decide import meaning, presumed
from armsym.prove.tactics.goal import Goal, Open, Refuted, Tactic
from armsym.prove.tactics.laws import Laws
from tests.prove.test_tactics import settled


def product(x: Term, y: Term) -> Term:
    """A product of two words that is half a word longer, and cut."""
    return x.builder.clmul(x, y)[39:8]


def of_sum(x: Term, y: Term, z: Term) -> Term:
    return product(x ^ y, z)


def sum_of(x: Term, y: Term, z: Term) -> Term:
    return product(x, z) ^ product(y, z)


def false(x: Term, y: Term, z: Term) -> Term:
    return product(x, z) ^ product(y, x)


def by(*laws: Law) -> Tactic:
    return then(Laws(laws, presumed(8)).rewrite, meaning)


@pytest.fixture
def b() -> KernelBuilder:
    return KernelBuilder()


def nested(b: KernelBuilder) -> Goal:
    """A sum of three, times a word, times another."""
    v, w, x, y, z = [b.var(32, name) for name in "vwxyz"]
    parts = [product(product(part, y), z) for part in (v, w, x)]
    return Goal((), product(product(v ^ w ^ x, y), z), b.xor(*parts))


def test_laws_are_used_until_none_applies(b: KernelBuilder) -> None:
    goal = nested(b)
    assert isinstance(by()(goal), Open)
    assert not settled(goal, by(Law(of_sum, sum_of, (32, 32, 32)))(goal)).hypotheses
    turned = Goal((), goal.expected, goal.actual)
    assert not settled(turned, by(Law(of_sum, sum_of, (32, 32, 32)))(turned)).hypotheses


def test_a_law_that_does_not_hold_is_not_used(b: KernelBuilder) -> None:
    assert isinstance(by(Law(of_sum, false, (32, 32, 32)))(nested(b)), Open)


def test_a_law_that_makes_its_own_left_side_ends(b: KernelBuilder) -> None:
    law = Law(lambda x, y: product(x, y), lambda x, y: product(x, y), (32, 32))
    assert not isinstance(by(law)(nested(b)), Refuted)
