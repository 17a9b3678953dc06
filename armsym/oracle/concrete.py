"""Concrete runs: states and memory as numbers, the machine that runs them, and how a run ended."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from armsym.bv.builder import Builder
from armsym.errors import ArmsymError
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State

_GENERAL = struct.Struct("<35Q")
STATE_BYTES = _GENERAL.size + 32 * 16


@dataclass(slots=True)
class ConcreteState:
    """Registers as unsigned numbers: `general` X0 to X30, `vectors` V0 to V31 (128 bits).

    `nzcv` has four bits, N the highest; `qc` is FPSR.QC.
    """

    general: list[int]
    sp: int
    pc: int
    nzcv: int
    vectors: list[int]
    qc: int = 0

    @staticmethod
    def zero() -> ConcreteState:
        """Every register 0."""
        return ConcreteState([0] * 31, 0, 0, 0, [0] * 32)

    def to_bytes(self) -> bytes:
        """X0 to X30, SP, PC, NZCV, QC, 8 bytes each, and the vectors; little-endian."""
        vectors = b"".join([v.to_bytes(16, "little") for v in self.vectors])
        return _GENERAL.pack(*self.general, self.sp, self.pc, self.nzcv, self.qc) + vectors

    @staticmethod
    def from_bytes(data: bytes) -> ConcreteState:
        """Undoes `to_bytes`; ValueError if there are not STATE_BYTES."""
        if len(data) != STATE_BYTES:
            raise ValueError(f"{len(data)} bytes are no state")
        *general, sp, pc, nzcv, qc = _GENERAL.unpack_from(data)
        starts = range(_GENERAL.size, STATE_BYTES, 16)
        vectors = [int.from_bytes(data[i : i + 16], "little") for i in starts]
        return ConcreteState(general, sp, pc, nzcv, vectors, qc)

    def to_state(self, builder: Builder, memory: Memory) -> State:
        """The same state of armsym's machine, in literals."""
        return State(
            builder,
            [builder.const(64, value) for value in (*self.general, self.sp)],
            [builder.const(128, value) for value in self.vectors],
            Flags(*[builder.const(1, self.nzcv >> bit) for bit in (3, 2, 1, 0)]),
            builder.const(64, self.pc),
            memory,
            qc=builder.const(1, self.qc),
        )

    @staticmethod
    def from_state(state: State) -> ConcreteState:
        """The state of a machine whose registers are literals; ValueError if one is not."""
        terms = [*state.X.values, *state.V.values, *state.flags, state.PC, state.qc]
        values = [term.value for term in terms if term.value is not None]
        if len(values) < len(terms):
            raise ValueError("a register is not a literal")
        n, z, c, v, pc, qc = values[64:]
        nzcv = n << 3 | z << 2 | c << 1 | v
        return ConcreteState(values[:31], values[31], pc, nzcv, values[32:64], qc)


@dataclass(frozen=True, slots=True)
class ConcreteRegion:
    """Bytes at an address; `permissions` is a subset of "rwx"."""

    name: str
    address: int
    data: bytes
    permissions: str

    @property
    def end(self) -> int:
        """The address after the last byte."""
        return self.address + len(self.data)


class RunOutcome(StrEnum):
    """How a run ended; the last three are those of isa.outcomes."""

    RETURNED = "returned"
    LIMIT = "limit"
    FAULT = "fault"
    UNDEFINED = "undefined"
    UNPREDICTABLE = "unpredictable"
    UNMODELLED = "unmodelled"


@dataclass(frozen=True, slots=True)
class AccessFault:
    """What the instruction at `pc` was not allowed: `size` bytes at `address`.

    `kind` is "read", "write", "access" for one of these two, "fetch" or "alignment"; `place` names
    the region and the offset.
    """

    kind: str
    address: int
    size: int
    pc: int
    place: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a run.

    `instructions` counts those completed; `memory` has the bytes of each writable region, by name;
    `fault` belongs to the outcome FAULT, and `reason` to the instruction without a meaning at
    `state.pc`.
    """

    outcome: RunOutcome
    state: ConcreteState
    memory: Mapping[str, bytes]
    instructions: int
    fault: AccessFault | None = None
    reason: str = ""


class ConcreteMachine(Protocol):
    """Runs machine code on numbers.  Every run starts with the memory as it was declared."""

    def patch(self, address: int, data: bytes) -> None:
        """Replaces declared bytes, of one region, for the runs to come."""

    def run(self, state: ConcreteState, stop: int | None, limit: int) -> RunResult:
        """Runs from `state.pc` until PC is `stop`, or for `limit` instructions."""


class InstructionOracle(Protocol):
    """Executes single instructions; each meets the memory as it was declared."""

    def describe(self) -> str:
        """What it is: program, version, processor."""

    def execute(self, tests: Sequence[tuple[int, ConcreteState]]) -> Sequence[RunResult]:
        """How each word ends that is put at the PC of its state, all on their own.

        An oracle may have all the words in memory at once, where one can read or meet another.
        """


class OneAtATime:
    """A machine over these regions as an oracle for single instructions."""

    def __init__(
        self, machine: ConcreteMachine, regions: Sequence[ConcreteRegion], description: str
    ) -> None:
        self._machine = machine
        self._map = RegionMap(regions)
        self._description = description

    def describe(self) -> str:
        """What it is: program, version, processor."""
        return self._description

    def execute(self, tests: Sequence[tuple[int, ConcreteState]]) -> list[RunResult]:
        """How each word ends that is put at the PC of its state."""
        return [self._execute(word, state) for word, state in tests]

    def _execute(self, word: int, state: ConcreteState) -> RunResult:
        region = self._map.containing(state.pc, 4)
        offset = state.pc - region.address
        self._machine.patch(state.pc, word.to_bytes(4, "little"))
        try:
            return self._machine.run(state, None, 1)
        finally:
            self._machine.patch(state.pc, region.data[offset : offset + 4])


class RegionMap:
    """Disjoint regions of different names, each with exact bounds.

    Raises ArmsymError `region-twice`, `regions-overlap`, `region-out-of-range`.
    """

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        self.regions = sorted(regions, key=lambda region: region.address)
        self._starts = [region.address for region in self.regions]
        names = Counter(region.name for region in self.regions)
        for region in self.regions:
            if names[region.name] > 1:
                raise ArmsymError("region-twice", f"two regions are named {region.name}")
            if region.address < 0 or region.end > 1 << 64:
                raise ArmsymError("region-out-of-range", f"{_extent(region)} is not in 64 bits")
        for low, high in zip(self.regions, self.regions[1:], strict=False):
            if low.end > high.address:
                raise ArmsymError(
                    "regions-overlap", f"{_extent(low)} and {_extent(high)} share bytes"
                )

    def violation(self, address: int, size: int, access: str) -> str:
        """Why an access ("r", "w" or "x") is not permitted, with its place; "" if it is."""
        index = bisect_right(self._starts, address) - 1
        region = self.regions[index] if index >= 0 else None
        if region is not None and address + size <= region.end:
            if access in region.permissions:
                return ""
            return f"{_place(region, address)}, which is {region.permissions or 'no access'}"
        return self._outside(index, address, size)

    def parts(self, address: int, size: int) -> Iterator[tuple[int, int]]:
        """The ranges [start, end) of these bytes that belong to regions."""
        for region in self.regions:
            start, end = max(address, region.address), min(address + size, region.end)
            if start < end:
                yield start, end

    def containing(self, address: int, size: int) -> ConcreteRegion:
        """The region that has these bytes; ValueError if none has."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address + size > self.regions[index].end:
            raise ValueError(self._outside(index, address, size))
        return self.regions[index]

    def _outside(self, index: int, address: int, size: int) -> str:
        """Names the place by the nearest region; `index` is that of the last one not above."""
        near = self.regions[max(0, index) : index + 2]
        if not near:
            return f"address {address:#x} belongs to no region"
        region = min(near, key=lambda r: max(r.address - address, address - r.end))
        return f"{size} bytes at {_place(region, address)}, which has {len(region.data):#x} bytes"


def _extent(region: ConcreteRegion) -> str:
    return f"{region.name} ({region.address:#x} to {region.end:#x})"


def _place(region: ConcreteRegion, address: int) -> str:
    offset = address - region.address
    return f"{region.name} {'-' if offset < 0 else '+'} {abs(offset):#x}"
