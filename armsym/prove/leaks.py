"""Refutation of constant time: two calls alike in all that is public, whose traces differ."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from armsym.bv.assignment import random_value
from armsym.bv.evaluate import leaves
from armsym.bv.term import VAR, Term
from armsym.oracle.loading import IMAGE
from armsym.oracle.tracer import Event, Tracer
from armsym.prove.explore import Exploration
from armsym.prove.instance import RETURN, Instance
from armsym.prove.refute import Refuter
from armsym.prove.result import Counterexample
from armsym.prove.tactics.goal import by_name
from armsym.prove.tactics.portfolio import Model, satisfy

# Traces are compared so far, in instructions.
TRACE_LIMIT = 50_000

# Decisions for which a solver is asked.
DECISIONS = 4

# Calls that are tried to halve a difference: some words can't be changed bit by bit.
HALVES = 64

# (width, value) of every variable and element that a call was given.
Values = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class _Run:
    """A call, the values in it, and what an observer of its time sees."""

    call: Instance
    values: Values
    events: list[Event]


class LeakFinder:
    """Looks for two calls that break constant time, and makes their difference small."""

    def __init__(self, refuter: Refuter) -> None:
        self.refuter = refuter

    def search(self, pairs: int, tries: int) -> Counterexample | None:
        """A counterexample among pairs of random calls that differ in all their secrets."""
        for call in islice(self.refuter.admissible(range(tries)), pairs):
            source = random.Random(call.assignment.seed)
            first = _run(call)
            redrawn = {
                place: random_value(source, width, corner=0.5)
                for place, (width, _) in first.values.items()
                if not self._is_public(place)
            }
            if found := self._compared(first, self._changed(first, redrawn)):
                return found
            if len(first.events) >= TRACE_LIMIT:
                return None  # others would take as long
        return None

    def decided(self, exploration: Exploration, seconds: float) -> Counterexample | None:
        """A counterexample by a solver's values, for which some decision goes both ways."""
        for here, there in _models(exploration, seconds):
            call = self.refuter.call(0, here)
            if call.admissible():
                first = _run(call)
                secrets = {p: v for p, v in there.items() if not self._is_public(p)}
                if found := self._compared(first, self._changed(first, secrets)):
                    return found
        return None

    def _is_public(self, place: str) -> bool:
        return place.partition("[")[0] in self.refuter.public

    def _changed(self, run: _Run, values: Mapping[str, int]) -> _Run | None:
        """The run with other values in some places; None if the contract excludes it."""
        given = {place: value for place, (_, value) in run.values.items()}
        call = self.refuter.call(run.call.assignment.seed, {**given, **values})
        return _run(call) if call.admissible() else None

    def _flipped(self, run: _Run, bits: Iterable[tuple[str, int]]) -> _Run | None:
        """The run with these bits of its values, by place and number, complemented."""
        values: dict[str, int] = {}
        for place, bit in bits:
            values[place] = values.get(place, run.values[place][1]) ^ 1 << bit
        return self._changed(run, values)

    def _compared(self, first: _Run, second: _Run | None) -> Counterexample | None:
        """The counterexample in two runs whose public values are equal, if their traces differ."""
        if second is None or first.events == second.events:
            return None
        first, second = self._narrowed(first, second)
        index = _divergence(first.events, second.events)
        places = _differing(first, second)
        found = list(self._involved(first, second)) if len(places) == 1 else []
        bits = f"{places[0]} {_named(found)}" if found else ", ".join(places)
        at = self.refuter.at(first.events[index - 1].pc)
        return Counterexample(
            "constant_time",
            f"{_seen(index, first, second)} depends on {bits}{at}",
            *first.call.inputs(),
            differences=[],
            other=[
                (place, f"{first.values[place][1]:#x}", f"{second.values[place][1]:#x}")
                for place in places
            ],
        )

    def _narrowed(self, first: _Run, second: _Run) -> tuple[_Run, _Run]:
        """Two runs between these whose traces differ: in one bit, if the contract allows them."""
        bits = [
            (place, bit)
            for place in _differing(first, second)
            for bit in range(first.values[place][0])
            if (first.values[place][1] ^ second.values[place][1]) >> bit & 1
        ]
        origin, start, end = first, 0, len(bits)
        while found := self._between(origin, bits, start, end):
            middle, between = found
            if between.events == first.events:
                first, start = between, middle
            else:
                second, end = between, middle
        return first, second

    def _between(
        self, origin: _Run, bits: Sequence[tuple[str, int]], start: int, end: int
    ) -> tuple[int, _Run] | None:
        """About halfway, how many of the bits can be flipped by the contract, and the run."""
        centre = (start + end) // 2
        nearest = sorted(range(start + 1, end), key=lambda middle: abs(middle - centre))
        for middle in nearest[:HALVES]:
            if run := self._flipped(origin, bits[:middle]):
                return middle, run
        return None

    def _involved(self, first: _Run, second: _Run) -> Iterator[int]:
        """The bits, of the word in which two runs differ, that change the trace of one of them."""
        (place,) = _differing(first, second)
        for bit in range(first.values[place][0]):
            others = [(run, self._flipped(run, [(place, bit)])) for run in (first, second)]
            if any(other and other.events != run.events for run, other in others):
                yield bit


def _run(call: Instance) -> _Run:
    tracer = Tracer(call.regions())
    tracer.run(call.state(), RETURN, TRACE_LIMIT)
    return _Run(call, dict(call.assignment.drawn), tracer.events)


def _differing(first: _Run, second: _Run) -> list[str]:
    """The places in which two runs of one seed have different values."""
    return [place for place, value in first.values.items() if second.values[place] != value]


def _divergence(first: Sequence[Event], second: Sequence[Event]) -> int:
    """The index of the first event in which two traces differ."""
    pairs = enumerate(zip_longest(first, second))
    return next(index for index, (one, other) in pairs if one != other)


def _seen(index: int, first: _Run, second: _Run) -> str:
    """What an observer tells two runs apart by, at the index of the events in which they differ."""
    events = [run.events[index] for run in (first, second) if index < len(run.events)]
    kind, ways = events[0].kind, " or ".join([_way(event, first.call) for event in events])
    return f"{_KINDS[kind]}, {ways},"


_KINDS = {"instruction": "the next instruction", "access": "an address", "operands": "the time"}


def _way(event: Event, call: Instance) -> str:
    if event.kind == "instruction":
        return f"{event.pc - IMAGE:#x}"
    if event.kind == "operands":
        return f"of {', '.join([f'{value:#x}' for value in event.values])}"
    (address,) = event.values
    for region in call.regions():
        if region.address <= address < region.end:
            return f"{region.name} + {address - region.address:#x}"
    return f"{address:#x}"


def _named(bits: Sequence[int]) -> str:
    """Bits in words: "bits 0 to 7, 9"."""
    runs: list[list[int]] = []
    for bit in bits:
        if runs and runs[-1][-1] == bit - 1:
            runs[-1][1:] = [bit]
        else:
            runs.append([bit])
    named = ", ".join([" to ".join(map(str, run)) for run in runs])
    return f"{'bits' if len(bits) > 1 else 'bit'} {named}"


def _models(
    exploration: Exploration, seconds: float
) -> Iterator[tuple[Mapping[str, int], Mapping[str, int]]]:
    """Values under which a decision that depends on secrets goes one way, and the other.

    Public values are the same in both.
    """
    for before, decision in _secret_decisions(exploration):
        builder = decision.builder
        here = satisfy([*before, decision], seconds)
        if not isinstance(here, Model):
            continue
        same = [
            builder.eq(leaf, builder.const(leaf.width, here.values[leaf.width, name, ()]))
            for leaf in leaves([*before, decision])
            if leaf.op is VAR
            and (name := str(leaf.param[1])) in exploration.execution.initial.public
        ]
        there = satisfy([*before, ~decision, *same], seconds)
        if isinstance(there, Model):
            yield by_name(here.values), by_name(there.values)


def _secret_decisions(exploration: Exploration) -> list[tuple[tuple[Term, ...], Term]]:
    """The first decision on each path that depends on a secret, after the facts before it."""
    found: dict[Term, tuple[Term, ...]] = {}
    given = len(exploration.execution.initial.facts)
    for state in [path.state for path in exploration.paths]:
        for number, fact in list(enumerate(state.facts))[given:]:
            if not all(state.is_public(leaf) for leaf in leaves([fact])):
                found.setdefault(fact, state.facts[:number])
                break
    return [(before, fact) for fact, before in found.items()][:DECISIONS]
