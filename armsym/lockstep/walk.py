"""One call on two machines at once: how far they agree, and the first instruction that differs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from armsym.concrete import ConcreteRegion, ConcreteState, Halt, RunOutcome, RunResult
from armsym.conform.compare import differences
from armsym.conform.deviations import Difference
from armsym.lockstep.machines import Companion
from armsym.oracle.call import RETURN

ONE_BY_ONE = 20_000  # instructions: from there on, comparisons are at the ends of basic blocks
LIMIT = 20_000_000  # instructions
REPORTED = 250_000  # instructions between reports of progress


@dataclass(frozen=True)
class Mismatch:
    """The machines differ after the `length` instructions from `pc`; `done` came before them."""

    done: int
    pc: int
    length: int
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Walk:
    """How far the machines came: `halt` tells how both ended, if they did not differ, and how many
    instructions they executed; `comparisons` how often they were compared.
    """

    halt: Halt
    comparisons: int
    mismatch: Mismatch | None = None

    @property
    def agreed(self) -> bool:
        """Whether both returned, and were equal all the way."""
        return self.mismatch is None and self.halt.outcome is RunOutcome.RETURNED


class Lockstep:
    """isa and an oracle over the same regions; `progress` is told of the instructions done."""

    def __init__(
        self,
        regions: Sequence[ConcreteRegion],
        isa: Companion,
        oracle: Companion,
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:
        self._regions = sorted(regions, key=lambda region: region.address)
        self._isa = isa
        self._oracle = oracle
        self._progress = progress
        self._lengths: dict[int, int] = {}

    def run(self, state: ConcreteState, limit: int = LIMIT) -> Walk:
        """Walks from a state until both return, stop, or differ in registers or written memory.

        What differs after a basic block is narrowed down to an instruction by walking again.
        """
        walk = self._walk(state, limit, range(ONE_BY_ONE))
        found = walk.mismatch
        if found is None or found.length == 1:
            return walk
        end = found.done + found.length
        narrowed = self._walk(state, end, range(found.done, end))
        return narrowed if narrowed.mismatch is not None else walk

    def _walk(self, state: ConcreteState, limit: int, one_by_one: range) -> Walk:
        self._isa.load(state)
        self._oracle.load(state)
        pc, done, comparisons, report = state.pc, 0, 0, REPORTED
        while True:
            length = 1 if done in one_by_one else self._block(pc)
            ours, theirs = [m.advance(length, RETURN) for m in (self._isa, self._oracle)]
            comparisons += 1
            found = self._differences(ours, theirs)
            if found:
                mismatch = Mismatch(done, pc, length, found)
                return Walk(Halt(RunOutcome.LIMIT, done), comparisons, mismatch)
            done += ours.instructions
            if ours.outcome is not RunOutcome.LIMIT or done >= limit:
                return Walk(ours._replace(instructions=done), comparisons)
            pc = self._isa.state.pc
            if done >= report:
                self._progress(done)
                report += REPORTED

    def _block(self, pc: int) -> int:
        """How many instructions there are from `pc` to the end of its basic block."""
        if pc not in self._lengths:
            words = self._words(pc)
            self._lengths[pc] = 1 + next((n for n, w in enumerate(words) if _may_branch(w)), 0)
        return self._lengths[pc]

    def _words(self, pc: int) -> Iterator[int]:
        """What there is from `pc` to the end of its region, as words."""
        region = self._region(pc)
        for offset in range(pc - region.address, len(region.data) - 3, 4):
            yield int.from_bytes(region.data[offset : offset + 4], "little")

    def _differences(self, ours: Halt, theirs: Halt) -> list[Difference]:
        """In what the machines differ after they went the same way.

        Of memory this is what either has stored on it or, when both have returned, all of it.
        """
        outcomes = _as_run(ours, self._isa.state), _as_run(theirs, self._oracle.state)
        found = differences(*outcomes)
        if not found and ours.instructions != theirs.instructions:
            counts = str(ours.instructions), str(theirs.instructions)
            found = [Difference("instructions", *counts)]
        stores = {*self._isa.stores, *self._oracle.stores}
        self._isa.stores.clear()
        self._oracle.stores.clear()
        if ours.outcome is RunOutcome.RETURNED:
            stores = {(r.address, len(r.data)) for r in self._regions if "w" in r.permissions}
        if ours.outcome in _COMPLETED and theirs.outcome in _COMPLETED:
            found.extend(self._differing_bytes(stores))
        return found

    def _differing_bytes(self, places: Iterable[tuple[int, int]]) -> Iterator[Difference]:
        for address, size in sorted(places):
            ours, theirs = self._isa.read(address, size), self._oracle.read(address, size)
            if ours != theirs:
                first = next(i for i in range(size) if ours[i] != theirs[i])
                last = next(i for i in reversed(range(size)) if ours[i] != theirs[i])
                differing = slice(first, last + 1)
                name = self._place(address + first)
                yield Difference(name, ours[differing].hex(), theirs[differing].hex())

    def _place(self, address: int) -> str:
        region = self._region(address)
        return f"{region.name} + {address - region.address:#x}"

    def _region(self, address: int) -> ConcreteRegion:
        """The region of an address, or some other if it belongs to none."""
        index = bisect_right(self._regions, address, key=lambda region: region.address)
        return self._regions[max(0, index - 1)]


_COMPLETED = (RunOutcome.LIMIT, RunOutcome.RETURNED)


def _as_run(halt: Halt, state: ConcreteState) -> RunResult:
    """The end of a stretch, told like that of one instruction."""
    outcome = RunOutcome.LIMIT if halt.outcome in _COMPLETED else halt.outcome
    return RunResult(outcome, state, {}, halt.instructions, halt.fault, halt.reason)


def _may_branch(word: int) -> bool:
    """Whether it is among branches, exceptions and system instructions (Arm manual, C4.1)."""
    return word >> 26 & 0b111 == 0b101
