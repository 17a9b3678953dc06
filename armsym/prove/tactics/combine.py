"""Tactics made of tactics, and tactics that lead a goal back to others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

from armsym.bv.evaluate import leaves
from armsym.bv.term import Term
from armsym.prove.tactics.choose import Choice
from armsym.prove.tactics.derive import chain, fresh, replaced, rewritten, through, truth
from armsym.prove.tactics.goal import (
    Goal,
    Open,
    Outcome,
    Refuted,
    Settled,
    Step,
    Tactic,
    assignment,
    stuck,
)


def then(first: Tactic, second: Tactic) -> Tactic:
    """`second` on all that `first` leaves open; nothing if `first` changes nothing.

    A goal that `first` made may fail where the one before holds: only what refutes that counts.
    After a goal for which `second` gives a reason why it fails, the others are left alone.
    """

    def tactic(goal: Goal) -> Outcome:
        outcome = first(goal)
        if not isinstance(outcome, Open) or outcome.goals == (goal,):
            return outcome
        parts: list[Settled | Open] = []
        failed: tuple[str, ...] = ()
        for made in outcome.goals:
            part = stuck(made, *failed) if failed else second(made)
            if isinstance(part, Refuted):
                refuted = goal.refuted_by(assignment(part.values))
                return part if refuted else stuck(goal, "it does not hold in general")
            if isinstance(part, Open):
                failed = part.reasons
            parts.append(part)
        return _joined(outcome, parts)

    return tactic


def orelse(*tactics: Tactic) -> Tactic:
    """The first of the tactics that decides the goal; else what leaves least open."""

    def tactic(goal: Goal) -> Outcome:
        undecided = []
        for alternative in tactics:
            outcome = alternative(goal)
            if not isinstance(outcome, Open):
                return outcome
            undecided.append(outcome)
        least = min(undecided, key=lambda o: max(made.size for made in o.goals))
        reasons = dict.fromkeys([reason for o in undecided for reason in o.reasons])
        return replace(least, reasons=tuple(reasons))

    return tactic


def where(applies: Callable[[Goal], bool], tactic: Tactic) -> Tactic:
    """A tactic for the goals to which it applies."""
    return lambda goal: tactic(goal) if applies(goal) else stuck(goal)


def split(choice: Choice) -> Tactic:
    """Two cases: a one-bit term is 1, or 0; in each, the term is replaced by its value."""

    def tactic(goal: Goal) -> Outcome:
        p = choice(goal)
        return stuck(goal) if p is None else _split(goal, p, lambda hole: {p: hole})

    return tactic


def cases(choice: Choice) -> Tactic:
    """A case for each value of a term of a few bits, in which it is replaced by its value."""

    def tactic(goal: Goal) -> Outcome:
        x = choice(goal)
        if x is None:
            return stuck(goal)
        return reduce(then, [_bit(x, k) for k in range(x.width)])(goal)

    return tactic


def relevant(goal: Goal) -> Outcome:
    """Without the facts that share no leaves with the equation, not even through other facts."""
    reached = set(leaves([goal.actual, goal.expected]))
    waiting = {fact: set(leaves([fact])) for fact in goal.facts}
    while found := [fact for fact, below in waiting.items() if below & reached]:
        reached.update(*[waiting.pop(fact) for fact in found])
    facts = tuple([fact for fact in goal.facts if fact not in waiting])
    return Open((replace(goal, facts=facts),), (), lambda steps: steps[0])


def unconditionally(tactic: Tactic) -> Tactic:
    """The tactic on the equation alone: what holds without facts holds with them.

    For tactics that do not refute.
    """
    return lambda goal: tactic(replace(goal, facts=()))


def cut(choice: Choice) -> Tactic:
    """Two goals, through a term between: actual = between, between = expected."""

    def tactic(goal: Goal) -> Outcome:
        between = choice(goal)
        if between is None:
            return stuck(goal)
        goals = replace(goal, expected=between), replace(goal, actual=between)
        return Open(goals, (), lambda steps: chain(*steps))

    return tactic


def generalize(choices: Callable[[Goal], Sequence[Term]]) -> Tactic:
    """Terms become variables: what holds for all their values holds for theirs."""

    def tactic(goal: Goal) -> Outcome:
        terms = choices(goal)
        if not terms:
            return stuck(goal)
        variables = fresh(goal.roots, [x.width for x in terms])
        *facts, actual, expected = replaced(goal.roots, dict(zip(terms, variables, strict=True)))
        made = Goal(tuple(facts), actual, expected)
        return Open((made,), (), lambda s: Step("instance", (*variables, *terms), (s[0],)))

    return tactic


def abstract(choices: Callable[[Goal], Sequence[Term]]) -> Tactic:
    """The same, bit by bit: also where bits of a term are moved, or summands of others."""

    def tactic(goal: Goal) -> Outcome:
        roots, terms, variables = list(goal.roots), [], []
        # Before a term what it is part of: its bits would no longer be found there.
        for x in sorted(choices(goal), key=lambda x: -x.number):
            (hole,) = fresh([*goal.roots, *roots], [x.width])
            made = [through(root, x, hole) for root in roots]
            if made != roots:
                roots = made
                terms.append(x)
                variables.append(hole)
        if not terms:
            return stuck(goal)
        *facts, actual, expected = roots
        general = Goal(tuple(facts), actual, expected)
        return Open((general,), (), lambda s: Step("instance", (*variables, *terms), (s[0],)))

    return tactic


def _bit(x: Term, k: int) -> Tactic:
    """The two cases of bit k of x."""
    builder = x.builder

    def spelled(hole: Term) -> dict[Term, Term]:
        above = [x[x.width - 1 : k + 1]] if k + 1 < x.width else []
        below = [x[k - 1 : 0]] if k else []
        return {x: builder.concat(*above, hole, *below)}

    return lambda goal: _split(goal, x[k], spelled)


def _split(goal: Goal, p: Term, spelled: Callable[[Term], dict[Term, Term]]) -> Open:
    """The cases p and ~p; `spelled` says how terms read with a variable in the place of p."""
    (hole,) = fresh(goal.roots, [1])
    left, right = replaced([goal.actual, goal.expected], spelled(hole))
    made = []
    for fact, value in ((p, 1), (~p, 0)):
        sides = replaced([left, right], {hole: goal.builder.const(1, value)})
        made.append(Goal((*goal.facts, fact), *sides))

    def join(steps: Sequence[Step]) -> Step:
        cases = zip(steps, (True, False), strict=True)
        of = [rewritten(hole, (left, right), truth(p, holds), step) for step, holds in cases]
        return Step("split", (p,), tuple(of))

    return Open(tuple(made), (), join)


def _joined(outcome: Open, parts: Sequence[Settled | Open]) -> Settled | Open:
    """From what became of each goal that a tactic left open: what became of its own."""
    remaining = [part for part in parts if isinstance(part, Open)]

    def join(steps: Sequence[Step]) -> Step:
        given = iter(steps)
        shown = [
            p.step if isinstance(p, Settled) else p.join([next(given) for _ in p.goals])
            for p in parts
        ]
        return outcome.join(shown)

    if not remaining:
        return Settled(join([]))
    goals = tuple([goal for part in remaining for goal in part.goals])
    return Open(goals, tuple(dict.fromkeys([r for p in remaining for r in p.reasons])), join)
