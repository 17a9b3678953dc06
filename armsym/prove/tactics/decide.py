"""Tactics that settle a goal by themselves, or leave it as it is."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.assignment import RandomAssignment
from armsym.bv.evaluate import size
from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError, Theorem
from armsym.prove.sat import Undecided, prove_equal
from armsym.prove.tactics.derive import guarded, unguarded
from armsym.prove.tactics.goal import Goal, Outcome, Refuted, Settled, Step, Tactic, stuck
from armsym.prove.tactics.portfolio import Contradiction, Unknown, satisfy

# A search for values evaluates so many terms at most.
SEARCH_WORK = 1 << 20


def evaluation(samples: int) -> Tactic:
    """Refutes by random values, many of them corner cases; proves nothing."""

    def tactic(goal: Goal) -> Outcome:
        for seed in range(min(samples, SEARCH_WORK // size(goal.roots))):
            drawn = RandomAssignment(seed, corner=(0.25, 0.9)[seed % 2])
            if goal.refuted_by(drawn):
                return Refuted(drawn.values)
        return stuck(goal)

    return tactic


def meaning(goal: Goal) -> Outcome:
    """Terms of one meaning are one term, perhaps with the facts as conditions."""
    if goal.actual is goal.expected:
        return Settled(Step("meaning", (goal.actual, goal.expected)))
    terms = (guarded(goal)[-1], goal.expected)
    if terms[0] is terms[1]:
        return Settled(unguarded(goal, Step("meaning", terms)))
    return stuck(goal, "the terms differ in meaning")


def _attempt(rule: Callable[[Kernel, Term, Term], Theorem]) -> Tactic:
    """A rule of the kernel that needs no evidence: it applies or not."""

    def tactic(goal: Goal) -> Outcome:
        terms = (guarded(goal)[-1], goal.expected)
        try:
            rule(Kernel(goal.builder), *terms)
        except KernelError as error:
            return stuck(goal, str(error))
        return Settled(unguarded(goal, Step(rule.__name__, terms)))

    return tactic


# All values of a few bits of variables.
table = _attempt(Kernel.table)

# Exclusive or and and of bits, multiplied out.
polynomials = _attempt(Kernel.polynomials)


def presumed(samples: int) -> Tactic:
    """What random values do not refute is taken for equal polynomials: the replay tells if it is.

    For what holds but takes long to show.
    """
    refutation = evaluation(samples)

    def tactic(goal: Goal) -> Outcome:
        outcome = refutation(goal)
        if isinstance(outcome, Refuted):
            return outcome
        step = Step("polynomials", (guarded(goal)[-1], goal.expected))
        return Settled(unguarded(goal, step))

    return tactic


def clausal(seconds: float) -> Tactic:
    """A SAT solver's proof in clauses, which the kernel checks; the solver has so much time."""

    def tactic(goal: Goal) -> Outcome:
        terms = (guarded(goal)[-1], goal.expected)
        answer = prove_equal(*terms, seconds)
        if isinstance(answer, str):
            return Settled(unguarded(goal, Step("clausal", terms, text=answer)))
        if isinstance(answer, Undecided):
            return stuck(goal, f"SAT: {answer.reason}")
        return Refuted(answer.values)

    return tactic


def word(seconds: float) -> Tactic:
    """The word of an SMT solver; each solver has so much time."""

    def tactic(goal: Goal) -> Outcome:
        terms = (guarded(goal)[-1], goal.expected)
        answer = satisfy([*goal.facts, ~goal.builder.eq(goal.actual, goal.expected)], seconds)
        if isinstance(answer, Contradiction):
            return Settled(unguarded(goal, Step("trusted", terms, text=answer.solver)))
        if isinstance(answer, Unknown):
            return stuck(goal, answer.reason)
        return Refuted(answer.values)

    return tactic
