"""What tactics work on: the terms of a goal to be split on or to be replaced."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.evaluate import leaves, walk
from armsym.bv.term import APPLY, CONST, ITE, VAR, Term
from armsym.prove.tactics.goal import Goal

# Which term of a goal a tactic works on; None: there is none, and the tactic does not apply.
Choice = Callable[[Goal], Term | None]


def shared(goal: Goal) -> list[Term]:
    """The uppermost terms that both sides have in common, no leaves or literals."""
    common = set(walk([goal.actual])) & set(walk([goal.expected]))
    found, seen = [], set()
    waiting = [goal.actual, goal.expected]
    while waiting:
        term = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        if term not in common:
            waiting.extend(term.args)
        elif term.op not in (CONST, VAR):
            found.append(term)
    return found


def elements(goal: Goal) -> list[Term]:
    """Applications of functions, the elements of memory among them."""
    return [leaf for leaf in leaves(goal.roots) if leaf.op is APPLY]


def condition(goal: Goal) -> Term | None:
    """The condition of the uppermost choice in it that is no literal."""
    choices = [x for x in walk([goal.actual, goal.expected]) if x.op is ITE]
    return choices[-1].args[0] if choices else None


def narrow(bits: int) -> Choice:
    """The widest variable or element of at most so many bits, the first of them in the goal."""

    def choice(goal: Goal) -> Term | None:
        fitting = [leaf for leaf in leaves([goal.actual, goal.expected]) if leaf.width <= bits]
        return max(fitting, key=lambda leaf: leaf.width, default=None)

    return choice
