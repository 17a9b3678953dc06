"""What an oracle is: a machine that runs code, or one that executes single instructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from armsym.concrete import ConcreteRegion, ConcreteState, RegionMap, RunResult


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
