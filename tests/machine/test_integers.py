"""Refutations of inequalities: those that are none are refused, and those found are refutations."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

import pytest

from armsym.machine import integers
from armsym.machine.integers import Bounds, Expression, Integers, NoSearch, Refutation
from armsym.prove.elimination import Elimination

X, Y = Expression.variable("x"), Expression.variable("y")

SEEDS = 1500
BOX = range(-3, 4)
FACTORS = (-16, -5, -2, -1, 1, 3, 16)

# 2x - 1 >= 0 and 1 - 2x >= 0: no contradiction but for integers, x >= 1 and x <= 0.
BETWEEN = [X.plus(X).plus(-1), X.plus(X).negated().plus(1)]


def test_a_sum_that_is_negative() -> None:
    apart = [X.plus(Y, -1), Y.plus(-5), X.negated().plus(3)]  # x >= y, y >= 5, x <= 3
    assert integers.refutes([[[0, 1], [1, 1], [2, 1]]], apart)
    assert integers.refutes([[[0, 2]], [[3, 1], [1, 1], [2, 1]]], apart)


def test_what_is_given_may_be_false_itself() -> None:
    assert integers.refutes([], [X, Expression(-1)])
    assert integers.refutes([[[0, 1]]], [Expression(-1), X])


def test_a_step_is_rounded_for_integers() -> None:
    """2x >= 1 makes x >= 1, and 2x <= 1 makes x <= 0."""
    assert integers.refutes([[[0, 1]], [[2, 2], [1, 1]]], BETWEEN)
    assert integers.refutes([[[0, 1]], [[1, 1]], [[2, 1], [3, 1]]], BETWEEN)


# By what is wrong: a refutation that is none, of inequalities that some integers meet, if not said.
WRONG: dict[str, tuple[Refutation, list[Expression]]] = {
    "nothing": ([], []),
    "no step": ([], [X, X.negated().plus(1)]),
    "an empty sum": ([[]], [X]),
    "a variable is left": ([[[0, 1]]], [X.plus(-1)]),
    "zero is no contradiction": ([[[0, 1], [1, 1]]], [X, X.negated()]),
    "a positive number": ([[[0, 1], [1, 1]]], [X, X.negated().plus(5)]),
    "a negative multiplier": ([[[0, 1], [1, -1]]], [X, X.plus(5)]),
    "a negative multiplier, of a number": ([[[0, -1]]], [Expression(1)]),
    "an inequality from behind": ([[[0, 1], [-1, 1]]], [X, X.negated().plus(-1)]),
    "an inequality that is not there": ([[[7, 1]]], [X]),
    "the step itself": ([[[1, 1]]], [X]),
    "a later step": ([[[2, 1]], [[0, 1]]], [X]),
    "rounded up, x >= 1": ([[[0, 1]], [[2, 1], [1, 1]]], [X.plus(X).plus(1), X.negated()]),
    "divided by more than all coefficients share": (
        [[[0, 1]], [[2, 1], [1, 1]]],
        [X.plus(X, 2).plus(Y, 2).plus(-1), X.negated()],
    ),
    "a constant is not divided": (
        [[[0, 1]], [[2, 2], [1, 1]]],
        [*BETWEEN[:1], X.negated().plus(2)],
    ),
    "the last is not the contradiction": (
        [[[0, 1], [1, 1]], [[0, 1]]],
        [X, X.negated().plus(-1)],  # these contradict each other
    ),
    "no integer is missed, as there": ([[[0, 1], [1, 1]]], BETWEEN),
}


@pytest.mark.parametrize(("wrong", "inequalities"), WRONG.values(), ids=WRONG)
def test_what_is_no_refutation(wrong: Refutation, inequalities: list[Expression]) -> None:
    assert not integers.refutes(wrong, inequalities)


def random_system(source: random.Random) -> list[Expression]:
    count = source.randrange(2, 7)
    sides = [
        Expression.of(
            source.randrange(-6, 7), {v: source.randrange(-3, 4) for v in ("x", "y", "z")[:3]}
        )
        for _ in range(count)
    ]
    box = [Expression.variable(v).plus(-BOX[0]) for v in "xyz"]
    return [*sides, *box, *[e.negated().plus(BOX[-1] - BOX[0]) for e in box]]


def solvable(system: list[Expression]) -> bool:
    points = (dict(zip("xyz", point, strict=True)) for point in product(BOX, repeat=3))
    return any(all(e.value(values.__getitem__) >= 0 for e in system) for values in points)


def test_what_is_found_is_a_refutation_of_what_has_no_solution() -> None:
    search, found, missed, rounded = Elimination(), 0, 0, 0
    for seed in range(SEEDS):
        system = random_system(random.Random(seed))
        refutation = search(system)
        if refutation is None:
            missed += not solvable(system)
        else:
            found += 1
            rounded += len(refutation) > 1
            assert integers.refutes(refutation, system)
            assert not solvable(system)
    assert found > SEEDS / 5
    assert rounded > SEEDS / 50
    assert missed < found / 20


def test_no_change_of_a_refutation_refutes_what_has_a_solution() -> None:
    """Random sums, and those found for a system without the inequality that makes it unsolvable."""
    search, tried = Elimination(), 0
    for seed in range(SEEDS):
        source = random.Random(seed)
        system = random_system(source)
        refutation = search(system)
        if refutation is None:
            continue
        weaker = [e.plus(source.randrange(3)) for e in system]
        if solvable(weaker):
            tried += 1
            assert not integers.refutes(refutation, weaker)
            numbers = range(-1, len(weaker) + 2)
            for _ in range(20):
                steps = [
                    [[source.choice(numbers), source.randrange(-2, 4)] for _ in range(3)]
                    for _ in range(2)
                ]
                assert not integers.refutes([*refutation[:-1], *steps, refutation[-1]], weaker)
    assert tried > SEEDS / 20


def test_nothing_follows_without_a_refutation() -> None:
    assert not Integers([X]).proves(X)
    assert not Integers([X]).proves(Expression(-1))
    assert Integers([]).proves(Expression(0))
    assert Integers([X], Elimination()).proves(X)
    assert not Integers([X], Elimination()).proves(X.plus(-1))
    assert Integers([X.negated().plus(-1), X]).feasible()
    assert not Integers([X.negated().plus(-1), X], Elimination()).feasible()


LIES: tuple[Refutation, ...] = ([], [[]], [[[0, 1]]], [[[0, 1], [1, 1]]], [[[0, -1]]])


class Liar(NoSearch):
    """Answers as it was told to, whatever is asked."""

    def __init__(self, refutation: Refutation | None, bounds: Bounds | None = None) -> None:
        self.refutation = refutation
        self.found = bounds

    def __call__(self, inequalities: Sequence[Expression]) -> Refutation | None:
        return self.refutation

    def bounds(self, inequalities: Sequence[Expression], number: Expression) -> Bounds | None:
        return self.found


@pytest.mark.parametrize("lie", LIES)
def test_searches_that_lie_are_not_believed(lie: Refutation) -> None:
    known = Integers([X], Liar(lie, (0, 0)))
    assert not known.proves(X.plus(-1))
    assert known.feasible()
    assert known.bounds(X, -2, 5) == (-3, 6)


def test_bounds_are_shown() -> None:
    """From 3 to 9: wider ones hold as well, closer ones do not."""
    search = Elimination()
    inequalities = [X.plus(-3), X.negated().plus(9)]
    assert Integers(inequalities, search).bounds(X, -20, 20) == (3, 9)
    assert Integers(inequalities, search).bounds(X.negated().plus(1), -20, 20) == (-8, -2)
    assert Integers(inequalities, search).bounds(X, 4, 20) == (3, 21)

    class Other(Liar):
        def __call__(self, inequalities: Sequence[Expression]) -> Refutation | None:
            return search(inequalities)

    for wrong in ((4, 9), (3, 8), (9, 3), (5, 5), (-21, 20), (0, 21), None):
        assert Integers(inequalities, Other(None, wrong)).bounds(X, -20, 20) == (-21, 21)
    assert Integers(inequalities, Other(None, (0, 9))).bounds(X, -20, 20) == (0, 9)


def test_bounds_are_mostly_as_close_as_what_follows() -> None:
    search, tried, closest = Elimination(), 0, 0
    for seed in range(SEEDS // 5):
        source = random.Random(seed)
        limits = [v.plus(60) for v in (X, Y)] + [v.negated().plus(60) for v in (X, Y)]
        some = [
            Expression.of(source.randrange(-20, 60), {"x": source.choice(FACTORS), "y": k})
            for k in source.sample(FACTORS, 2)
        ]
        number = Expression.of(source.randrange(9), {"x": 16, "y": source.choice(FACTORS)})
        known = Integers([*limits, *some], search)
        least, most = known.bounds(number, -9999, 9999)
        if known.feasible():
            above, below = number.plus(-least), number.negated().plus(most)
            assert known.proves(above) or least == -10000
            assert known.proves(below) or most == 10000
            tried += 1
            closest += not known.proves(above.plus(-1)) and not known.proves(below.plus(-1))
    assert tried > 50
    assert closest > 0.95 * tried
