"""When a run comes to a few addresses: nothing else of it is looked at, so that it is quick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unicorn import Uc
from unicorn import unicorn_const as uc

from armsym.concrete import ConcreteRegion, ConcreteState, RunResult
from armsym.oracle.unicorn import Unicorn


class Checkpoints(Unicorn):
    """Unicorn, with which of some instructions its last run began, in order, as `passed`.

    Instructions are not counted, and accesses are only seen on pages that no region lies on.
    """

    def __init__(self, regions: Sequence[ConcreteRegion], addresses: Iterable[int]) -> None:
        self._addresses = sorted(set(addresses))
        self.passed: list[int] = []
        super().__init__(regions)

    def _watch(self) -> None:
        for address in self._addresses:
            self._uc.hook_add(uc.UC_HOOK_CODE, self._on_checkpoint, begin=address, end=address)

    def _on_checkpoint(self, engine: Uc, address: int, size: int, data: object) -> None:
        self.passed.append(address)

    def run(self, state: ConcreteState, stop: int | None, limit: int) -> RunResult:
        """Runs from `state.pc` until PC is `stop`, or for `limit` instructions."""
        self.passed = []
        return super().run(state, stop, limit)
