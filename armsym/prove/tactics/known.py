"""What is settled already, used in what follows: goals rewritten by equations that are shown."""

from __future__ import annotations

from dataclasses import replace

from armsym.bv.term import Term
from armsym.prove.tactics.derive import chain, fresh, replaced, through
from armsym.prove.tactics.goal import Goal, Open, Outcome, Step, stuck


class Known:
    """The goals of a run that are settled, and the steps that settle them."""

    def __init__(self) -> None:
        self._settled: list[tuple[Goal, Step]] = []

    def add(self, goal: Goal, step: Step) -> None:
        """Notes that the step settles the goal, under those of its facts that it assumes."""
        assumed = _assumed(step)
        facts = tuple([fact for fact in goal.facts if fact in assumed])
        self._settled.append((replace(goal, facts=facts), step))

    def rewrite(self, goal: Goal) -> Outcome:
        """The goal, with the bits of what settled goals have on the left as those on the right.

        Before a left side what it is part of: its bits would no longer be found there.
        """
        actual, steps = goal.actual, []
        for shown, step in sorted(self._settled, key=lambda known: -known[0].actual.number):
            if not set(shown.facts) <= set(goal.facts):
                continue
            (hole,) = fresh([*goal.roots, *shown.roots, actual], [shown.actual.width])
            context = through(actual, shown.actual, hole)
            if context is actual or replaced([context], {hole: shown.actual})[0] is not actual:
                continue
            (actual,) = replaced([context], {hole: shown.expected})
            steps.append(Step("congruence", (context, hole), (step,)))
        if not steps:
            return stuck(goal)
        made = replace(goal, actual=actual)
        return Open((made,), (), lambda rest: chain(*steps, rest[0]))


def _assumed(last: Step) -> set[Term]:
    """What is assumed in a step or in those that it builds on."""
    waiting, seen = [last], {last}
    while waiting:
        earlier = [step for step in waiting.pop().of if step not in seen]
        seen.update(earlier)
        waiting.extend(earlier)
    return {step.terms[0] for step in seen if step.by == "assume"}
