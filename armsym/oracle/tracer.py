"""What an observer of time sees of a run: instructions, addresses, and operands that matter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from unicorn import Uc

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.concrete import ConcreteRegion, ConcreteState, RunResult
from armsym.machine.faults import Fault, Fork, Undecided
from armsym.machine.memory import Memory
from armsym.machine.state import State
from armsym.oracle.unicorn import Unicorn
from armsym.simulate.start import unknown_state
from isa import decode
from isa.outcomes import Outcome


class Event(NamedTuple):
    """What the instruction at `pc` shows.

    `kind` is "instruction": it begins; "access": `values` has the address; or "operands": these,
    of an instruction whose time PSTATE.DIT does not make independent of them.
    """

    pc: int
    kind: str
    values: tuple[int, ...] = ()


class Tracer(Unicorn):
    """Unicorn, with the events of its last run."""

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        super().__init__(regions)
        self.events: list[Event] = []
        self._words: dict[int, int] = {}  # the instructions met, by address

    def run(self, state: ConcreteState, stop: int | None, limit: int) -> RunResult:
        """Runs from `state.pc` until PC is `stop`, or for `limit` instructions."""
        self.events = []
        self._words = {}
        return super().run(state, stop, limit)

    def _on_instruction(self, engine: Uc, address: int, size: int, data: object) -> None:
        super()._on_instruction(engine, address, size, data)
        self.events.append(Event(address, "instruction"))
        if address not in self._words:
            self._words[address] = int.from_bytes(engine.mem_read(address, 4), "little")
        if terms := _observed(self._words[address]):
            state = self._registers.read()
            registers = {"sp": state.sp >> 4, **{f"x{n}": x for n, x in enumerate(state.general)}}
            values = evaluate(terms, lambda width, name, args: registers[name])
            self.events.append(Event(address, "operands", tuple(values)))

    def _on_access(
        self, engine: Uc, kind: int, address: int, size: int, value: int, data: object
    ) -> bool:
        self.events.append(Event(self.events[-1].pc, "access", (address,)))
        return super()._on_access(engine, kind, address, size, value, data)


@lru_cache(maxsize=1 << 16)
def _observed(word: int) -> tuple[Term, ...]:
    """What the time of an instruction depends on by isa, in terms of general registers."""
    state = _any_state().copy()
    try:
        decode(word).execute(state)
    except (Outcome, Fault, Fork, Undecided):
        return ()
    return state.observed


@cache
def _any_state() -> State:
    builder = RawBuilder()
    return unknown_state(builder, builder.var(64, "pc"), Memory(builder, []))
