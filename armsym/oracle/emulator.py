"""armsym's own concrete emulator: isa, computing with numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.term import Term
from armsym.machine.address import Linear
from armsym.machine.faults import Fault
from armsym.machine.memory import Cell, Memory, Region
from armsym.machine.state import State
from armsym.oracle.concrete import (
    AccessFault,
    ConcreteRegion,
    ConcreteState,
    RegionMap,
    RunOutcome,
    RunResult,
)
from isa import Instruction, decode
from isa.outcomes import ConstrainedUnpredictable, Outcome, Undefined, Unmodelled

_OUTCOMES: dict[type[Outcome], RunOutcome] = {
    Undefined: RunOutcome.UNDEFINED,
    ConstrainedUnpredictable: RunOutcome.UNPREDICTABLE,
    Unmodelled: RunOutcome.UNMODELLED,
}
_KINDS = {"r": "read", "w": "write", "x": "fetch"}


class Emulator:
    """A machine over fixed regions; `decoder` finds the instruction that a word encodes."""

    def __init__(
        self, regions: Sequence[ConcreteRegion], decoder: Callable[[int], Instruction] = decode
    ) -> None:
        self.decoder = decoder
        self._map = RegionMap(regions)
        self._builder = ConcreteBuilder()
        self._bytes = [self._builder.const(8, value) for value in range(256)]
        self._data = {r.name: bytearray(r.data) for r in regions}
        self._regions = [self._region(r) for r in regions]

    def patch(self, address: int, data: bytes) -> None:
        """Replaces declared bytes, of one region, for the runs to come."""
        region = self._map.containing(address, len(data))
        offset = address - region.address
        self._data[region.name][offset : offset + len(data)] = data

    def run(self, state: ConcreteState, stop: int | None, limit: int) -> RunResult:
        """Runs from `state.pc` until PC is `stop`, or for `limit` instructions."""
        memory = RecordingMemory(self._builder, self._regions)
        cpu = state.to_state(self._builder, memory)
        done = 0
        fault = None
        reason = ""
        outcome = RunOutcome.LIMIT
        try:
            while cpu.PC.value != stop and done < limit:
                self._step(cpu)
                done += 1
            if cpu.PC.value == stop:
                outcome = RunOutcome.RETURNED
        except Fault as error:
            outcome = RunOutcome.FAULT
            fault = AccessFault(*memory.attempt, pc=cpu.PC.value or 0, place=str(error))
        except Outcome as error:
            outcome = _OUTCOMES[type(error)]
            reason = str(error)
        after = ConcreteState.from_state(cpu)
        return RunResult(outcome, after, self._contents(memory), done, fault, reason)

    def _step(self, cpu: State) -> None:
        instruction = self.decoder(cpu.Mem.fetch(cpu.PC))
        cpu.next_pc = cpu.PC + 4
        instruction.execute(cpu)
        cpu.PC = cpu.next_pc

    def _region(self, region: ConcreteRegion) -> Region:
        data, bytes_of = self._data[region.name], self._bytes

        def initial(offset: int) -> Cell:
            return bytes_of[data[offset]], 0

        base = self._builder.const(64, region.address)
        return Region(region.name, base, len(region.data), region.permissions, initial)

    def _contents(self, memory: Memory) -> dict[str, bytes]:
        """The bytes of the writable regions."""
        contents = {}
        for region in self._regions:
            if "w" in region.permissions:
                data = bytearray(self._data[region.name])
                for offset, (term, index) in memory.written(region).items():
                    data[offset] = (term.value or 0) >> 8 * index & 0xFF
                contents[region.name] = bytes(data)
        return contents


class Attempt(NamedTuple):
    """An access that was tried; for the kind "alignment", `size` is what divides the address."""

    kind: str
    address: int
    size: int


class RecordingMemory(Memory):
    """Memory that remembers the last access, for the report of its fault."""

    attempt = Attempt("", 0, 0)

    def locate(self, address: Term, size: int, access: str) -> tuple[Region, int | Linear]:
        self.attempt = Attempt(_KINDS[access], address.value or 0, size)
        return super().locate(address, size, access)

    def check_alignment(self, address: Term, bits: int, what: str) -> None:
        self.attempt = Attempt("alignment", address.value or 0, 1 << bits)
        super().check_alignment(address, bits, what)
