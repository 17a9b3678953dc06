"""What one instruction does, found by a run of its clause on symbols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from armsym.bv.builder import RawBuilder
from armsym.bv.term import Term
from armsym.concrete.state import NAMES, QC, V0, N
from armsym.machine.faults import Fork
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State
from isa import Instruction
from isa.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Access:
    """One of three `kind`s, at an address.

    "read": the variable `value` is what the `size` bytes hold; "write": they become `value`;
    "align": the address has to be a multiple of `size`.
    """

    kind: str
    address: Term
    size: int
    value: Term | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Accesses in their order, then registers by their names in NAMES, and the next PC.

    The terms are over the registers before the instruction, by the same names, and what is read.
    """

    accesses: Sequence[Access]
    registers: Mapping[str, Term]
    next_pc: Term


class Untranslatable(Exception):
    """What the instruction does is no function of registers and memory."""


class Symbols:
    """The registers as variables, which many instructions may share."""

    def __init__(self) -> None:
        self._builder = RawBuilder()
        self._leaves = {name: self._builder.var(width, name) for name, width in NAMES.items()}

    def effect(self, instruction: Instruction, pc: int) -> Effect:
        """The effect of the instruction where PC is `pc`.

        Raises Untranslatable if it has no meaning, or one that depends on the exclusive monitor.
        """
        cpu = _Symbolic(self._builder, list(self._leaves.values()), self._builder.const(64, pc))
        cpu.next_pc = cpu.PC + 4
        try:
            instruction.execute(cpu)
        except (Outcome, Fork) as error:
            raise Untranslatable(str(error)) from error
        if cpu.monitor is not cpu.unknown_monitor:
            raise Untranslatable("it minds the exclusive monitor")
        after = [*cpu.X.values, *cpu.V.values, *cpu.flags, cpu.qc]
        pairs = zip(self._leaves.items(), after, strict=True)
        changed = {name: value for (name, leaf), value in pairs if value is not leaf}
        return Effect(cpu.accesses.made, changed, cpu.next_pc)


class _Symbolic(State):
    """A state in which a branch is no fork: the next PC is one of two."""

    def __init__(self, builder: RawBuilder, registers: list[Term], pc: Term) -> None:
        self.accesses = _Accesses(builder)
        general, vectors, flags = registers[:V0], registers[V0:N], Flags(*registers[N:QC])
        super().__init__(builder, general, vectors, flags, pc, self.accesses, registers[QC])
        # Any use of the monitor replaces this, or finds nothing that it marks.
        self.monitor = self.unknown_monitor = (pc, 0)

    def branch_if(self, condition: Term, target: Term) -> None:
        self.next_pc = self.builder.ite(condition, target, self.next_pc)


class _Accesses(Memory):
    """Notes accesses instead of making them."""

    def __init__(self, builder: RawBuilder) -> None:
        super().__init__(builder, [])
        self.made: list[Access] = []

    def __getitem__(self, access: tuple[Term, int]) -> Term:
        address, size = access
        result = self.builder.var(8 * size, f"read{len(self.made)}")
        self.made.append(Access("read", address, size, result))
        return result

    def __setitem__(self, access: tuple[Term, int], value: Term) -> None:
        address, size = access
        if value.width != 8 * size:
            raise ValueError(f"{value.width} bits stored in {size} bytes")
        self.made.append(Access("write", address, size, value))

    def check_alignment(self, address: Term, bits: int, what: str) -> None:
        self.made.append(Access("align", address, 1 << bits))
