"""Landmarks: words on the way of one side that are words on the way of the other.

Code and standard that chain products meet where a state of the standard is complete: there both
have the same values, whatever the leaves are.  What lies between two such places is a goal by
itself, in which what is before is a variable: products of products are never multiplied out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from armsym.bv.assignment import RandomAssignment
from armsym.bv.evaluate import evaluate, walk
from armsym.bv.term import APPLY, CLMUL, CONST, VAR, Term
from armsym.kernel.meaning import ONE, ZERO, Polynomial
from armsym.prove.tactics.choose import shared
from armsym.prove.tactics.combine import then
from armsym.prove.tactics.derive import chain, fresh, pick, replaced
from armsym.prove.tactics.goal import Goal, Open, Outcome, Settled, Step, Tactic, stuck

# Words that have the same values so often, another each time, are taken to be equal, to be shown.
SAMPLES = 4

# What a term is for each sample.
Values = tuple[int, ...]

# Words of fewer bits are no landmarks.
WIDTH = 64


class Landmarks:
    """Goals about chains of products, led back from landmark to landmark to those of `tactic`.

    They are the same again and again but for the names of variables: each is settled once.
    """

    def __init__(self, tactic: Tactic) -> None:
        self._tactic = tactic
        self._outcomes: dict[tuple[Term, Term], Outcome] = {}

    def __call__(self, goal: Goal) -> Outcome:
        """The goal, from its first landmark to its last."""
        made = closed(goal)
        is_closed = made.goals == (goal,)
        return self._from_first(goal) if is_closed else then(lambda _: made, self._from_first)(goal)

    def _from_first(self, goal: Goal) -> Outcome:
        key = goal.actual, goal.expected
        if key not in self._outcomes:
            self._outcomes[key] = self._tried(goal)
        return self._outcomes[key]

    def _tried(self, goal: Goal) -> Outcome:
        values = _values(walk([goal.actual, goal.expected]))
        if values[goal.actual] != values[goal.expected]:
            return stuck(goal, "it does not hold in general")
        for place, landmark in _meetings(goal, values):
            outcome = self(replace(goal, actual=place, expected=landmark))
            if isinstance(outcome, Settled):
                return then(partial(_met, place, landmark, outcome), self)(goal)
        return self._tactic(goal)


def has_products(goal: Goal) -> bool:
    """Whether there are carry-less products in the equation."""
    return any(x.op is CLMUL for x in walk([goal.actual, goal.expected]))


def closed(goal: Goal) -> Open:
    """What both sides share becomes variables, as do all leaves: the facts are left behind.

    What is made of bits of a wider one stays so.  Goals that differ only in what stands for the
    variables become the same one.
    """
    above = _above([goal.expected, goal.actual], set(shared(goal)))
    terms = sorted(above, key=lambda x: -x.width)
    holes = fresh([goal.builder.const(1, 0)], [x.width for x in terms])
    place: dict[Polynomial, tuple[Term, int]] = {}
    values, variables = dict[Term, Term](), dict[Term, Term]()
    for term, hole in zip(terms, holes, strict=True):
        bits = goal.builder.meaning.bits(term)
        wider = {place[p][0] if p in place else None for p in bits}
        (whole, *others) = wider
        if whole is not None and not others:
            values[term] = pick(whole, [place[p][1] for p in bits])
            continue
        values[term] = hole
        variables[hole] = term
        for k, p in enumerate(bits):
            if p not in (ZERO, ONE):
                place.setdefault(p, (hole, k))
    actual, expected = replaced([goal.actual, goal.expected], values)
    made = Goal((), actual, expected)
    return Open((made,), (), lambda s: Step("instance", (*variables, *variables.values()), (s[0],)))


def _above(roots: Sequence[Term], ends: set[Term]) -> list[Term]:
    """The ends and the leaves that are come to from the roots, not through an end, in order."""
    found: dict[Term, None] = {}
    seen: set[Term] = set()
    waiting = [*reversed(roots)]
    while waiting:
        term = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        if term in ends or term.op in (VAR, APPLY):
            found[term] = None
        else:
            waiting.extend(reversed(term.args))
    return list(found)


def _met(place: Term, landmark: Term, shown: Settled, goal: Goal) -> Open:
    """The goal in which the landmark stands in its place."""
    (hole,) = fresh(goal.roots, [place.width])
    (context,) = replaced([goal.actual], {place: hole})
    (actual,) = replaced([context], {hole: landmark})
    step = Step("congruence", (context, hole), (shown.step,))
    made = replace(goal, actual=actual)
    return Open((made,), (), lambda steps: chain(step, steps[0]))


def _meetings(goal: Goal, values: Mapping[Term, Values]) -> Iterator[tuple[Term, Term]]:
    """Words of the left side that have the values of others on the right, the lowest first.

    Or the values of those with their halves swapped, as vectors often hold them.
    """
    left, right = [walk([side]) for side in (goal.actual, goal.expected)]
    known, common = set(left), set(right)
    words = [x for x in right if x.width >= WIDTH and x.op is not CONST and x not in known]
    marks = {(x.width, values[x]): x for x in words}
    for x in words:
        half = x.width // 2
        swapped = tuple([v >> half | (v & ((1 << half) - 1)) << half for v in values[x]])
        marks[x.width, swapped] = goal.builder.ror(x, half)
    for x in left:
        found = marks.get((x.width, values[x]))
        if found is None or found is x or x in common or x is goal.actual:
            continue
        if len(set(values[x])) == SAMPLES:
            yield x, found


def _values(terms: Sequence[Term]) -> dict[Term, Values]:
    """What the terms are for random values of the leaves."""
    drawn = [evaluate(terms, RandomAssignment(n, corner=0)) for n in range(SAMPLES)]
    return dict(zip(terms, zip(*drawn, strict=True), strict=True))
