"""The two machines of a lockstep, each with a journal of its stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from unicorn import Uc

from armsym.concrete import ConcreteMemory, ConcreteRegion, ConcreteState, Halt, Machine
from armsym.oracle.unicorn import WRITES, Unicorn
from isa import Instruction, decode

# The address and size of a store.
Store = tuple[int, int]


class Companion(Protocol):
    """A machine that goes some way, and can then be looked at.

    `stores` are those since it was emptied last; the memory of a store can be read.
    """

    stores: list[Store]

    def load(self, state: ConcreteState) -> None:
        """Registers become those of `state`, memory what is declared."""

    def advance(self, limit: int, stop: int | None = None) -> Halt:
        """Goes on until PC is `stop`, or for `limit` instructions."""

    def read(self, address: int, size: int) -> bytes:
        """What is in memory now."""

    @property
    def state(self) -> ConcreteState:
        """The registers as they are now."""


class _JournalMemory(ConcreteMemory):
    """Memory that notes its stores."""

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        super().__init__(regions)
        self.stores: list[Store] = []

    def write(self, address: int, size: int, value: int) -> None:
        super().write(address, size, value)
        self.stores.append((address, size))


class IsaCompanion(Machine):
    """isa on numbers."""

    def __init__(
        self, regions: Sequence[ConcreteRegion], decoder: Callable[[int], Instruction] = decode
    ) -> None:
        super().__init__(regions, decoder, _JournalMemory)
        assert isinstance(self.memory, _JournalMemory)
        self.stores = self.memory.stores

    def read(self, address: int, size: int) -> bytes:
        """What is in memory now."""
        return self.memory.read(address, size).to_bytes(size, "little")


class UnicornCompanion(Unicorn):
    """Unicorn."""

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        super().__init__(regions)
        self.stores: list[Store] = []

    def _on_access(
        self, engine: Uc, kind: int, address: int, size: int, value: int, data: object
    ) -> bool:
        if kind in WRITES:
            self.stores.append((address, size))
        return super()._on_access(engine, kind, address, size, value, data)
