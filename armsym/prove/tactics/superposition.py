"""Superposition: sums of products are equal if they are for each product by itself.

To multiply out all products of a sum at once takes long, and again for one product more.  Both
sides are linear in what is multiplied, so that a goal is the sum of simpler ones, which are the
same again and again but for the names of variables.
"""

from __future__ import annotations

from collections.abc import Sequence

from armsym.bv.evaluate import leaves, walk
from armsym.bv.term import CLMUL, Term
from armsym.prove.tactics.derive import chain, fresh, replaced
from armsym.prove.tactics.goal import Goal, Open, Outcome, Step, stuck


def superposed(goal: Goal) -> Outcome:
    """A goal for each product of the right side, or some that share leaves: all others are 0 there.

    It does not apply unless each side is the sum of what becomes of it in these goals.
    """
    b, groups = goal.builder, _groups(goal)
    if len(groups) < 2:
        return stuck(goal)
    zeros = {leaf: b.const(leaf.width, 0) for group in groups for leaf in group}
    goals = []
    for group in groups:
        values = {leaf: zero for leaf, zero in zeros.items() if leaf not in group}
        goals.append(Goal(goal.facts, *replaced([goal.actual, goal.expected], values)))
    left, right = b.xor(*[g.actual for g in goals]), b.xor(*[g.expected for g in goals])
    if left is not goal.actual or right is not goal.expected:
        return stuck(goal)
    return Open(tuple(goals), (), lambda steps: _added(goals, steps))


def _groups(goal: Goal) -> list[set[Term]]:
    """The leaves of the products of the right side; those of products that share some, together."""
    groups: list[set[Term]] = []
    for x in walk([goal.expected]):
        if x.op is CLMUL and all(factor.value is None for factor in x.args):
            below = set(leaves([x]))
            apart = [group for group in groups if group.isdisjoint(below)]
            groups = [*apart, below.union(*[group for group in groups if group not in apart])]
    return groups


def _added(goals: Sequence[Goal], steps: Sequence[Step]) -> Step:
    """The sum of the left sides is that of the right ones: one after the other is replaced."""
    sides = [goal.actual for goal in goals]
    roots = [side for goal in goals for side in (goal.actual, goal.expected)]
    (hole,) = fresh(roots, [sides[0].width])
    links = []
    for i, (goal, step) in enumerate(zip(goals, steps, strict=True)):
        sides[i] = hole
        links.append(Step("congruence", (goal.builder.xor(*sides), hole), (step,)))
        sides[i] = goal.expected
    return chain(*links)
