"""What is settled already, used in what follows: goals rewritten by equations that are shown."""

from __future__ import annotations

from dataclasses import replace

from armsym.bv.evaluate import walk
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.meaning import ONE, ZERO
from armsym.prove.tactics.derive import chain, fresh, replaced
from armsym.prove.tactics.goal import Goal, Open, Outcome, Step, stuck


class Known:
    """The goals of a run that are settled, and the steps that settle them."""

    def __init__(self) -> None:
        self._settled: list[tuple[Goal, Step]] = []

    def add(self, goal: Goal, step: Step) -> None:
        """Notes that the step settles the goal."""
        self._settled.append((goal, step))

    def rewrite(self, goal: Goal) -> Outcome:
        """The goal, with the bits of what settled goals have on the left as those on the right.

        The last first: what it is made of may be on the left of those before.
        """
        actual, steps = goal.actual, []
        for shown, step in reversed(self._settled):
            if not set(shown.facts) <= set(goal.facts):
                continue
            (hole,) = fresh([*goal.roots, *shown.roots, actual], [shown.actual.width])
            context = _context(actual, shown.actual, hole, goal.builder)
            if context is actual or replaced([context], {hole: shown.actual})[0] is not actual:
                continue
            (actual,) = replaced([context], {hole: shown.expected})
            steps.append(Step("congruence", (context, hole), (step,)))
        if not steps:
            return stuck(goal)
        made = replace(goal, actual=actual)
        return Open((made,), (), lambda rest: chain(*steps, rest[0]))


def _context(term: Term, known: Term, hole: Term, builder: KernelBuilder) -> Term:
    """The term, in which all that consists of bits of `known` consists of those of the hole."""
    bits = builder.meaning.bits
    place = {p: k for k, p in enumerate(bits(known)) if p not in (ZERO, ONE)}
    values = {}
    for part in walk([term]):
        places = [place.get(p) for p in bits(part)]
        if None not in places:
            values[part] = _pick(hole, [k for k in places if k is not None])
    return replaced([term], values)[0]


def _pick(word: Term, places: list[int]) -> Term:
    """The bits of the word at these places, the lowest first: as few pieces as possible."""
    runs: list[list[int]] = []
    for k in places:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return word.builder.concat(*[word[run[-1] : run[0]] for run in reversed(runs)])
