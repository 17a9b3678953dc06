"""armsym's own emulator: isa, computing with numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from armsym.concrete.block import Block, compile_block
from armsym.concrete.effect import Effect, Symbols, Untranslatable
from armsym.concrete.interpreter import Interpreter
from armsym.concrete.memory import AccessError, ConcreteMemory
from armsym.concrete.regions import ConcreteRegion
from armsym.concrete.result import AccessFault, RunOutcome, RunResult
from armsym.concrete.state import PC, SLOTS, ConcreteState
from isa import Instruction, decode
from isa.outcomes import ConstrainedUnpredictable, Outcome, Undefined, Unmodelled

# An address that was come to so often is translated: that takes as long as some runs of its clause.
HOT = 3
BLOCK_LIMIT = 128  # instructions

_OUTCOMES: dict[type[Outcome], RunOutcome] = {
    Undefined: RunOutcome.UNDEFINED,
    ConstrainedUnpredictable: RunOutcome.UNPREDICTABLE,
    Unmodelled: RunOutcome.UNMODELLED,
}


class Halt(NamedTuple):
    """Why a machine halted after `instructions` more; as in RunResult."""

    outcome: RunOutcome
    instructions: int
    fault: AccessFault | None = None
    reason: str = ""


class Machine:
    """A core and its memory, of these regions; `decoder` finds the instruction of a word.

    `run` is a whole run from the memory as declared.  To go along with it (as a lockstep does),
    `load` a state, and `advance` by as many instructions as you like: the registers are in `state`,
    what they point to in `memory`, which is of the class of that name.

    Code that runs often is translated to Python, block by block, unless it can be written; either
    way it does what its clauses say.

    Raises ArmsymError, see RegionMap.
    """

    def __init__(
        self,
        regions: Sequence[ConcreteRegion],
        decoder: Callable[[int], Instruction] = decode,
        memory: type[ConcreteMemory] = ConcreteMemory,
    ) -> None:
        self.memory = memory(regions)
        self._decoder = decoder
        self._slots = [0] * SLOTS
        self._interpreter = Interpreter(self._slots, self.memory)
        self._visits: Counter[int] = Counter()
        self._blocks: dict[tuple[int, bool], Block | None] = {}

    @property
    def state(self) -> ConcreteState:
        """The registers as they are now."""
        return ConcreteState.from_slots(self._slots)

    def patch(self, address: int, data: bytes) -> None:
        """Replaces declared bytes, of one region, for the runs to come."""
        self.memory.patch(address, data)
        self._visits.clear()
        self._blocks.clear()

    def run(self, state: ConcreteState, stop: int | None, limit: int) -> RunResult:
        """Runs from `state.pc` until PC is `stop`, or for `limit` instructions."""
        self.load(state)
        halt = self.advance(limit, stop)
        contents = self.memory.contents()
        return RunResult(
            halt.outcome, self.state, contents, halt.instructions, halt.fault, halt.reason
        )

    def load(self, state: ConcreteState) -> None:
        """Registers become those of `state`, memory what is declared; the monitor marks nothing."""
        self._slots[:] = state.to_slots()
        self._interpreter.forget()
        self.memory.reset()

    def advance(self, limit: int, stop: int | None = None) -> Halt:
        """Goes on until PC is `stop`, or for `limit` instructions.

        Where that is a fault, or no instruction that isa defines, registers are those before it.
        """
        slots, done = self._slots, 0
        try:
            while (pc := slots[PC]) != stop and done < limit:
                done += self._some(pc, limit - done, stop)
        except AccessError as error:
            at = slots[PC]  # of a block that starts at `pc`
            fault = AccessFault(error.kind, error.address, error.size, at, str(error))
            return Halt(RunOutcome.FAULT, done + (at - pc) // 4, fault)
        except Outcome as error:
            return Halt(_OUTCOMES[type(error)], done, reason=str(error))
        return Halt(RunOutcome.RETURNED if pc == stop else RunOutcome.LIMIT, done)

    def _some(self, pc: int, limit: int, stop: int | None) -> int:
        """Executes a block, or else the instruction at PC; how many instructions that were."""
        block = self._block(pc, limit == 1)
        if block is not None:
            after = pc + 4 * block.length
            if block.length > limit or (stop is not None and pc < stop < after):
                block = self._block(pc, True)
        if block is None:
            self._interpreter.execute(self._decoder(self.memory.fetch(pc)))
            return 1
        block.run(self._slots, self.memory)
        return block.length

    def _block(self, pc: int, single: bool) -> Block | None:
        """The block at an address, or the instruction there as a block; None to interpret it."""
        key = pc, single
        if key in self._blocks:
            return self._blocks[key]
        self._visits[pc] += 1
        if self._visits[pc] < HOT:
            return None
        effects = self._effects(pc, 1 if single else BLOCK_LIMIT)
        block = self._blocks[key] = compile_block(effects, pc) if effects else None
        return block

    def _effects(self, pc: int, limit: int) -> list[Effect]:
        """Of the instructions from `pc` up to the first that may be followed elsewhere."""
        effects, symbols = [], Symbols()
        for number, word in enumerate(self.memory.constant_code(pc, limit)):
            address = pc + 4 * number
            try:
                effects.append(symbols.effect(self._decoder(word), address))
            except (Outcome, Untranslatable):
                break
            if effects[-1].next_pc.value != address + 4:
                break
        return effects
