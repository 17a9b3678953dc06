"""Loops and their invariants, found: by running the routine as if some blocks had been done.

The state at the first arrival at a loop's head, when the call is shifted to `spec.done` blocks
later, is the guess for every arrival.  Turns from that guess weaken it, place by place and fact by
fact, until what is left holds again after every turn.  Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from armsym.bv.term import Term
from armsym.contract.execution import Execution
from armsym.contract.induction import (
    DONE,
    Loop,
    Place,
    arbitrary_turn,
    broken_cells,
    broken_facts,
    read,
    turned,
    word_name,
)
from armsym.contract.language import Buffer, Count
from armsym.machine.address import Linear
from armsym.machine.conditions import expression
from armsym.machine.faults import Fault, Undecided
from armsym.machine.integers import Expression
from armsym.machine.state import Progress, State
from armsym.simulate.step import advance
from isa.outcomes import Outcome

# A routine has at most so many loops over blocks, and an invariant takes so many tries.
LOOPS = 8
ROUNDS = 24


class NoInvariant(Exception):
    """No invariant was found; the text says for which loop, and what stood in the way."""


def find_loops(
    execution: Execution, limit: int, progress: Callable[[str], None] = lambda _: None
) -> tuple[Loop, ...]:
    """The loops of a routine that have no known number of turns.  Raises NoInvariant."""
    loops: tuple[Loop, ...] = ()
    if execution.contract.folding is None:
        return loops
    for _ in range(LOOPS):
        arrivals = _first_arrivals(execution, shifted(execution), loops, limit)
        if arrivals is None:
            return loops
        finder = _Finder(execution, loops, arrivals, limit)
        progress(f"looking for the invariant of {finder.name}")
        loops = (*loops, finder.find())
    raise NoInvariant(f"more than {LOOPS} loops")


def shifted(execution: Execution) -> State:
    """The call of the routine when `spec.done` blocks are done: the rest of the work is left."""
    b, contract, state = execution.builder, execution.contract, execution.initial.copy()
    fold = contract.folding
    if fold is None or state.progress is None:
        raise NoInvariant("the contract goes over no blocks")
    done = b.var(64, DONE)
    words = [b.var(w.width, word_name(i)) for i, w in enumerate(state.progress.words)]
    state.progress = Progress(done, tuple(words))
    region = execution.regions[fold.buffer.name]
    for i, word in enumerate(words):
        state.Mem.put(region, i * fold.buffer.width // 8, word)
    for n, parameter in enumerate(contract.parameters):
        if isinstance(parameter, Count) and parameter.name == fold.blocks.name:
            state.X.values[n] = state.X.values[n] - done * parameter.times
        if isinstance(parameter, Buffer) and parameter is fold.over:
            state.X.values[n] = state.X.values[n] + done * (fold.block * fold.over.width // 8)
    number = Expression.variable(DONE)
    left = fold.blocks.number.plus(number, -1)
    state.Mem.known = state.Mem.known.assume(number, left.plus(-fold.blocks.minimum))
    state.public |= {DONE}
    return state


@dataclass
class _Trail:
    """A path, with the state in which it was last at each address."""

    state: State
    seen: dict[Term, State]


def _first_arrivals(
    execution: Execution, start: State, loops: tuple[Loop, ...], limit: int
) -> tuple[State, State] | None:
    """The states at the first two arrivals at the head of a loop that is not yet known, if any.

    A head is where a path comes back to when, since it was there, something has been decided that
    was not a number: a loop whose turns are known in number is just run.
    """
    waiting = [_Trail(start, {})]
    while waiting:
        trail = waiting.pop()
        while limit > 0 and not execution.returned(trail.state):
            here = trail.state.copy()
            before = trail.seen.get(here.PC, here)
            if len(before.facts) != len(here.facts):
                return before, here
            trail.seen[here.PC] = here
            limit -= 1
            states = _next(execution, trail.state, loops)
            if not states:
                break
            trail.state = states[0]
            waiting.extend(_Trail(other, dict(trail.seen)) for other in states[1:])
    return None


def _next(execution: Execution, state: State, loops: tuple[Loop, ...]) -> list[State]:
    """The states after a step, or in the loop at whose head the state is; none if it stops."""
    address = execution.link_address(state.PC)
    loop = next((known for known in loops if known.head == address), None)
    try:
        if loop is None:
            return advance(state)
        return [] if execution.inside(state, loop) else [arbitrary_turn(state, loop)]
    except (Outcome, Fault, Undecided):
        return []


class _Finder:
    """Weakens the guess for one loop until it is an invariant."""

    def __init__(
        self,
        execution: Execution,
        loops: tuple[Loop, ...],
        arrivals: tuple[State, State],
        limit: int,
    ) -> None:
        self.execution = execution
        self.loops = loops
        self.arrival, self.second = arrivals
        self.limit = limit
        self.head = execution.link_address(self.arrival.PC) or 0
        self.name = f"the loop at {self.head:#x}"

    def find(self) -> Loop:
        """The invariant.  Raises NoInvariant."""
        loop = self._guess()
        for _ in range(ROUNDS):
            cells, facts = self._broken(loop)
            if not cells and not facts:
                return loop
            kept = {place: term for place, term in loop.cells.items() if place not in cells}
            still = [fact for fact in loop.facts if fact not in facts]
            loop = replace(loop, cells=kept, facts=still)
        raise NoInvariant(f"{self.name}: the guess is still weakened after {ROUNDS} rounds")

    def _guess(self) -> Loop:
        """What the first arrival shows, said of every one."""
        state, fold = self.arrival, self.execution.contract.folding
        if fold is None:
            raise NoInvariant(f"{self.name}: the contract goes over no blocks")
        registers = [Place("x", n) for n in range(32)] + [Place("v", n) for n in range(32)]
        places = [*registers, *_stored(state)]
        variant = fold.blocks.number.plus(Expression.variable(DONE), -1)
        known = state.Mem.known
        facts = [e for e in known.known if DONE in dict(e.coefficients)]
        # What the first turn needs may be more than is left for the others.
        facts += [e for e in (variant.plus(-1), variant) if e not in facts and known.proves(e)]
        cells = {place: read(state, place) for place in places}
        return Loop(self.head, self._blocks_per_turn(), cells, facts, variant)

    def _blocks_per_turn(self) -> int:
        """How far an address that moves with the blocks done moves in a turn from the arrival."""
        for before, after in zip(self.arrival.X.values, self.second.X.values, strict=True):
            if blocks := self._moved(before, after):
                return blocks
        raise NoInvariant(f"{self.name}: nothing moves with the blocks done")

    def _moved(self, before: Term, after: Term) -> int:
        """The blocks by which a value that is linear in the number of them has moved, or 0."""
        forms = self.arrival.Mem.forms
        form = forms.of(before)
        slope = dict(_numbers(form)).get(DONE, 0)
        difference = forms.of(after).plus(form, -1)
        moved = expression(difference)
        if not slope or moved is None or moved.coefficients or moved.constant % slope:
            return 0
        return max(0, moved.constant // slope)

    def _broken(self, loop: Loop) -> tuple[set[Place], list[Expression]]:
        """What no longer holds after some turn from a state in which the guess holds."""
        try:
            start = arbitrary_turn(self.arrival, loop)
        except Undecided as error:
            raise NoInvariant(f"{self.name}: {error}") from error
        cells: set[Place] = set()
        facts: list[Expression] = []
        if start.progress is None:
            return cells, facts
        words = self.execution.folded(start.progress, loop.turn)
        for state in self._turns(start):
            try:
                progress = turned(start.progress, state, loop, words)
            except Undecided as error:
                raise NoInvariant(f"{self.name}: {error}") from error
            cells |= set(broken_cells(state, loop, progress))
            facts += broken_facts(state, loop, progress)
        return cells, facts

    def _turns(self, start: State) -> list[State]:
        """The states in which paths from the head are back at it."""
        head, found, limit = start.PC, [], self.limit
        waiting = _next(self.execution, start, self.loops)
        while waiting and limit > 0:
            state = waiting.pop()
            if state.PC is head:
                found.append(state)
            elif not self.execution.returned(state):
                limit -= 1
                waiting.extend(_next(self.execution, state, self.loops))
        return found


def _numbers(form: Linear) -> list[tuple[str, int]]:
    found = expression(form)
    return list(found.coefficients) if found else []


def _stored(state: State) -> list[Place]:
    """The places in memory that have been written, in pieces of one term each."""
    places = []
    for region in state.Mem.regions:
        written = state.Mem.written(region)
        start = None
        for offset in sorted(written):
            term, index = written[offset]
            before = written.get(offset - 1)
            if start is None or before != (term, index - 1):
                start = offset
                places.append(Place(region.name, start, 0))
            places[-1] = replace(places[-1], size=offset - start + 1)
    return places
