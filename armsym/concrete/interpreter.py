"""One instruction by its clause on literals: for code that runs too seldom to be translated."""

from __future__ import annotations

from collections.abc import Iterator

from armsym.bv.builder import Builder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.term import Term
from armsym.concrete.memory import ConcreteMemory
from armsym.concrete.state import PC, QC, SLOTS, V0, N
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State
from isa import Instruction


class Interpreter:
    """A core whose registers are the numbers in `slots`, as ConcreteState.to_slots gives them.

    It has the exclusive monitor, which is no register.
    """

    def __init__(self, slots: list[int], memory: ConcreteMemory) -> None:
        if len(slots) != SLOTS:
            raise ValueError(f"{len(slots)} numbers are not a core's registers")
        b = self._builder = ConcreteBuilder()
        self._slots = slots
        self._bits = (b.const(1, 0), b.const(1, 1))
        zero = self._bits[0]
        general, vectors = _Literals(b, 64, slots, 0, V0), _Literals(b, 128, slots, V0, N)
        self._cpu = State(
            b,
            general,
            vectors,
            Flags(zero, zero, zero, zero),
            b.const(64, 0),
            _LiteralMemory(b, memory),
        )

    def forget(self) -> None:
        """The exclusive monitor marks nothing any more."""
        self._cpu.monitor = None

    def execute(self, instruction: Instruction) -> None:
        """Performs the instruction at PC.

        Raises Outcome and AccessError; then no register has changed, though memory may have.
        """
        slots, cpu, bits = self._slots, self._cpu, self._bits
        before = slots[:]
        cpu.flags = Flags(*[bits[value] for value in slots[N:QC]])
        cpu.qc = bits[slots[QC]]
        cpu.PC = self._builder.const(64, slots[PC])
        cpu.next_pc = cpu.PC + 4
        try:
            instruction.execute(cpu)
        except Exception:
            slots[:] = before
            raise
        slots[N:] = [_number(term) for term in (*cpu.flags, cpu.qc, cpu.next_pc)]


class _Literals:
    """A register file over slots `start` to `end`, whose numbers become terms where read."""

    def __init__(
        self, builder: Builder, width: int, slots: list[int], start: int, end: int
    ) -> None:
        self._builder = builder
        self._width = width
        self._slots = slots
        self._start = start
        self._end = end

    def __getitem__(self, n: int) -> Term:
        return self._builder.const(self._width, self._slots[self._start + n])

    def __setitem__(self, n: int, value: Term) -> None:
        self._slots[self._start + n] = _number(value)

    def __iter__(self) -> Iterator[Term]:
        return (self[n] for n in range(self._end - self._start))


class _LiteralMemory(Memory):
    """Concrete memory in the place of the machine's."""

    def __init__(self, builder: Builder, memory: ConcreteMemory) -> None:
        super().__init__(builder, [])
        self._memory = memory

    def __getitem__(self, access: tuple[Term, int]) -> Term:
        address, size = access
        return self.builder.const(8 * size, self._memory.read(_number(address), size))

    def __setitem__(self, access: tuple[Term, int], value: Term) -> None:
        address, size = access
        if value.width != 8 * size:
            raise ValueError(f"{value.width} bits stored in {size} bytes")
        self._memory.write(_number(address), size, _number(value))

    def check_alignment(self, address: Term, bits: int, what: str) -> None:
        self._memory.check_alignment(_number(address), 1 << bits)


def _number(term: Term) -> int:
    if term.value is None:
        raise ValueError(f"not a literal: {term!r}")
    return term.value
