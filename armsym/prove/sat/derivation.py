"""Derivations: what a solver shows of a few clauses becomes part of one proof about all of them.

Nothing here is trusted: the kernel checks the proof that comes of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from armsym.kernel.circuit import Clause

# A clause and the hints that show it.  Clauses that were given to the solver have the numbers 1,
# 2, ..., in order; each step's is the next.
Step = tuple[Clause, list[int]]


class Derivation:
    """Clauses by number: those given, 1, 2, ..., then those that were shown to follow."""

    def __init__(self, given: Sequence[Clause]) -> None:
        self.clauses: dict[int, Clause] = dict(enumerate(given, 1))
        self._given = len(given)
        self._hints: dict[int, list[int]] = {}

    def derive(self, basis: Sequence[int], goal: Clause, steps: Sequence[Step]) -> int:
        """Adds steps that refute the clauses `basis` and, after them, the goal's complements.

        Returns the number of the last one, which is now the goal, or a part of it.
        """
        numbers = [0, *basis, *[0] * len(goal)]
        # Of each clause, the literals of the goal whose complements it was shown with.  These make
        # it true without assumptions.
        rests_on = [frozenset[int]()] * (1 + len(basis)) + [frozenset([p]) for p in goal]
        for literals, hints in steps:
            needed = frozenset[int]().union(*[rests_on[hint] for hint in hints])
            number = len(self.clauses) + 1
            self.clauses[number] = tuple(sorted(needed.union(literals)))
            self._hints[number] = [numbers[hint] for hint in hints if numbers[hint]]
            numbers.append(number)
            rests_on.append(needed)
        return numbers[-1]

    def proof(self, goal: int) -> str:
        """The derivation of clause `goal` as LRAT text, without the steps that it does not need."""
        needed = {goal}
        for number in range(goal, self._given, -1):
            if number in needed:
                needed.update(self._hints[number])
        steps = [number for number in range(self._given + 1, goal + 1) if number in needed]
        renamed = {number: self._given + k for k, number in enumerate(steps, 1)}
        lines = []
        for number in steps:
            hints = [renamed.get(hint, hint) for hint in self._hints[number]]
            words = [renamed[number], *self.clauses[number], 0, *hints, 0]
            lines.append(" ".join(map(str, words)))
        return "\n".join(lines) + "\n"
