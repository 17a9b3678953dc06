"""And-inverter graphs: gates that have one value for all inputs are found and merged (sweeping).

Candidates are gates that agree in a simulation of random inputs.  Each is decided in a small
neighbourhood, and what has been shown becomes two derived clauses: a implies b, b implies a.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from armsym.bv.term import AND, Term
from armsym.kernel.circuit import TRUE, Circuit, Clause
from armsym.prove.sat import cadical
from armsym.prove.sat.derivation import Derivation

# The values of so many random inputs are the bits of one number.
PATTERNS = 1 << 11

# How far to look and how hard to try: variables in the neighbourhood, conflicts of the solver.
EFFORTS = ((8, 20), (100, 200), (1000, 5000))


class Graph:
    """A miter's gates, what they are in a simulation, and which of them are shown to be equal."""

    def __init__(self, circuit: Circuit) -> None:
        *definitions, self.differences = circuit.clauses
        self.derivation = Derivation(circuit.clauses)
        self._miter = len(circuit.clauses)  # the number of the clause that has the differences
        self._inputs = circuit.inputs
        self._gates = {variable: gate for gate, variable in circuit.gates.items()}
        self._definition: dict[int, list[int]] = defaultdict(list)  # the clauses of each gate
        for number, clause in enumerate(definitions, 1):
            self._definition[max(map(abs, clause))].append(number)
        # The literal that a merged variable equals, and the two clauses that say so.
        self._equal: dict[int, tuple[int, list[int]]] = {}
        self._values: dict[int, int] = {TRUE: (1 << PATTERNS) - 1}

    def simulate(self) -> dict[Term, int] | None:
        """Works out all gates for random inputs; values of the leaves that satisfy the miter."""
        source = random.Random(0)
        for bits in self._inputs.values():
            self._values.update((bit, source.getrandbits(PATTERNS)) for bit in bits)
        for variable, (op, a, b) in sorted(self._gates.items()):
            x, y = self._value(a), self._value(b)
            self._values[variable] = x & y if op is AND else x ^ y
        for literal in self.differences:
            if value := self._value(literal):
                first = value & -value
                return self.leaf_values({v for v, bits in self._values.items() if bits & first})
        return None

    def sweep(self, deadline: float) -> None:
        """Merges gates, from the inputs up, until the time (of time.monotonic) is up."""
        first: dict[int, int] = {}  # the first literal that has a value in the simulation
        for variable in [TRUE, *self._cone()]:
            literal = first.setdefault(self._values[variable], variable)
            first.setdefault(self._value(-variable), -variable)
            if literal != variable and variable in self._gates:
                self._merge(variable, literal)
            if time.monotonic() > deadline:
                return

    def refute(self, conflicts: int) -> str | dict[Term, int] | None:
        """A proof (LRAT text) that the miter has no model, or values of the leaves that are one.

        None if it takes more conflicts than these.
        """
        basis, _ = self._neighbourhood(map(abs, self.differences), None)
        answer = self._decide([*basis, self._miter], (), conflicts)
        if isinstance(answer, cadical.Model):
            return self.leaf_values(answer.true)
        return None if answer is None else self.derivation.proof(answer)

    def leaf_values(self, true: Iterable[int]) -> dict[Term, int]:
        """The values of the leaves where these literals are true."""
        true = frozenset(true)
        return {
            leaf: sum(1 << k for k, bit in enumerate(bits) if bit in true)
            for leaf, bits in self._inputs.items()
        }

    def _value(self, literal: int) -> int:
        value = self._values[abs(literal)]
        return value if literal > 0 else value ^ self._values[TRUE]

    def _cone(self) -> list[int]:
        """The variables that the differences depend on, operands first."""
        seen: set[int] = set()
        waiting = [abs(literal) for literal in self.differences]
        while waiting:
            variable = waiting.pop()
            if variable not in seen:
                seen.add(variable)
                waiting.extend(self._operands(variable))
        return sorted(seen)

    def _operands(self, variable: int) -> tuple[int, ...]:
        gate = self._gates.get(variable)
        return (abs(gate[1]), abs(gate[2])) if gate else ()

    def _neighbourhood(self, variables: Iterable[int], limit: int | None) -> tuple[list[int], bool]:
        """The clauses that define these variables and `limit` variables below, the nearest first.

        Of a merged variable, only what it equals counts.  And whether these are all.
        """
        found = list(self._definition[TRUE])
        queue = deque(variables)
        seen = {TRUE, *queue}
        visited = 0
        while queue and visited != limit:
            variable = queue.popleft()
            visited += 1
            below, clauses = self._operands(variable), self._definition[variable]
            if variable in self._equal:
                literal, clauses = self._equal[variable]
                below = (abs(literal),)
            found += clauses
            queue.extend([v for v in below if v not in seen])
            seen.update(below)
        return found, not queue

    def _merge(self, variable: int, literal: int) -> None:
        """Tries to show that a gate equals a literal before it."""
        for limit, conflicts in EFFORTS:
            basis, whole = self._neighbourhood([variable, abs(literal)], limit)
            forwards = self._decide(basis, (-variable, literal), conflicts)
            if isinstance(forwards, int):
                backwards = self._decide(basis, (variable, -literal), conflicts)
                if isinstance(backwards, int):
                    self._equal[variable] = literal, [forwards, backwards]
                    return
            if whole:
                return

    def _decide(
        self, basis: Sequence[int], goal: Clause, conflicts: int
    ) -> int | cadical.Model | None:
        """The number of the goal, derived from the basis, or a model in which it is false."""
        clauses = [self.derivation.clauses[number] for number in basis]
        answer = cadical.solve([*clauses, *[(-p,) for p in goal]], conflicts)
        if isinstance(answer, cadical.Refutation):
            return self.derivation.derive(basis, goal, answer.steps)
        return answer
