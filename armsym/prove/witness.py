"""Witnesses: calls that meet all hypotheses and go round every loop: no proof is vacuous."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, pairwise, product

from armsym.bv.term import Term
from armsym.contract.execution import Execution
from armsym.contract.language import Count
from armsym.machine.integers import Expression
from armsym.oracle.checkpoints import Checkpoints
from armsym.oracle.loading import IMAGE
from armsym.prove.instance import RETURN, Instance
from armsym.prove.refute import STEP_LIMIT, Refuter
from armsym.prove.tactics.goal import by_name
from armsym.prove.tactics.portfolio import Contradiction, Model, satisfy

# Random calls that are drawn to find one that meets the preconditions.
TRIES = 400

# How much more than their least values counts are, until a call goes round every loop twice; and
# how much more than that, in calls that a solver finds.
MORE = (2, 7, 11, 33, 70, 150, 600, 900, 1200)
MUCH_MORE = 1 << 10

# How often all but the counts is drawn anew in such calls.
SEEDS = 16

# How many turns each loop has, by its name.
Turns = dict[str, int]


class NoInput(Exception):
    """No input meets the preconditions."""


class Witnesses:
    """Calls of a routine that meet the hypotheses; a solver that is asked has `seconds`."""

    def __init__(self, refuter: Refuter, execution: Execution, seconds: float) -> None:
        self.refuter = refuter
        self.execution = execution
        self.seconds = seconds
        self._counts = [c for c in execution.contract.counts.values() if not c.known]

    def any(self) -> Instance | None:
        """A call that meets the preconditions, if one is found.  Raises NoInput."""
        if not self.execution.initial.Mem.known.feasible():
            raise NoInput
        for call in self.refuter.admissible(range(TRIES)):
            return call
        return self._satisfying()

    def turning(self, witness: Instance) -> list[tuple[Instance, Turns]] | None:
        """`witness`, and calls until each loop has a second turn in one of them.

        None if no such calls are found for a loop, unless the contract excludes them: no count can
        be more than in the calls that were tried.
        """
        found: list[tuple[Instance, Turns]] = []
        turned: set[str] = set()
        most: Counter[str] = Counter()
        for call in chain([witness], self._larger(), self._beyond(most)):
            if call is None:
                return None
            turns = self.turns(call)
            again = {name for name, number in turns.items() if number >= 2}
            if not found or again - turned:
                found.append((call, turns))
            turned |= again
            if turned == set(turns):
                break
            most |= Counter({c.name: call.number(c.number) for c in self._counts})
        return found

    def turns(self, call: Instance) -> Turns:
        """How many turns each loop has in a call, by its name."""
        loops = [loop for loop in self.execution.loops.values() if loop.latches]
        if not loops:
            return {}
        # What is behind a latch comes between it and the head, if it does not go back.
        latches = {latch for loop in loops for latch in loop.latches}
        places = {loop.head for loop in loops} | latches | {latch + 4 for latch in latches}
        machine = Checkpoints(call.regions(), [IMAGE + place for place in places])
        machine.run(call.state(), RETURN, STEP_LIMIT)
        path = [address - IMAGE for address in machine.passed]
        taken = Counter(pairwise(path))
        return {
            loop.name: (loop.head in path) + sum(taken[latch, loop.head] for latch in loop.latches)
            for loop in loops
        }

    def _larger(self) -> Iterator[Instance]:
        """Calls with larger and larger counts that meet the preconditions.

        What else is public may decide which loops are passed, so that it is drawn more than once:
        of small counts, which take little time, often before large ones are tried.
        """
        calls = product(range(SEEDS), MORE if self._counts else ())
        for seed, more in sorted(calls, key=lambda call: call[1] * (call[0] + 1) ** 2):
            counts = {c.name: min(c.minimum + more, c.maximum) for c in self._counts}
            call = self.refuter.call(seed, counts)
            if call.admissible():
                yield call

    def _beyond(self, most: Mapping[str, int]) -> Iterator[Instance | None]:
        """For each count that can be more than so many: a call, if one is found, and None."""
        for count in self._counts:
            try:
                call = self._above(count, most[count.name])
            except NoInput:
                continue
            if call is not None:
                yield call
            yield None

    def _above(self, count: Count, most: int) -> Instance | None:
        """A call in which a count is more than so many, if one is found.  Raises NoInput."""
        above = Expression.variable(count.name).plus(-most - 1)
        if not self.execution.initial.Mem.known.assume(above).feasible():
            raise NoInput
        number = self._number(count)
        beyond = _less(most, number)
        if isinstance(satisfy([*self._facts(), beyond], self.seconds), Contradiction):
            raise NoInput
        try:
            return self._satisfying(beyond, ~_less(most + MUCH_MORE, number))
        except NoInput:
            return None

    def _satisfying(self, *conditions: Term) -> Instance | None:
        """A call that a solver finds, under these conditions as well.  Raises NoInput."""
        facts = [*self._facts(), *conditions]
        answer = satisfy(facts, self.seconds) if facts else None
        if isinstance(answer, Contradiction):
            raise NoInput
        if isinstance(answer, Model):
            call = self.refuter.call(0, by_name(answer.values))
            if call.admissible():
                return call
        return None

    def _facts(self) -> Iterator[Term]:
        """The preconditions, bounds of counts included."""
        yield from self.execution.initial.facts
        for count in self._counts:
            yield ~_less(count.maximum, self._number(count))
            if count.minimum:
                yield _less(count.minimum - 1, self._number(count))

    def _number(self, count: Count) -> Term:
        return self.execution.builder.var(64, count.name)


def _less(bound: int, term: Term) -> Term:
    return term.builder.ult(term.builder.const(term.width, bound), term)
