"""The state of a core: what an instruction reads and writes, named as in the Arm manual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import ClassVar, NamedTuple, Protocol

from armsym.bv.builder import Builder
from armsym.bv.evaluate import leaves
from armsym.bv.term import EQ, Term
from armsym.machine.conditions import Conditions
from armsym.machine.faults import Fork
from armsym.machine.memory import Memory


class Flags(NamedTuple):
    """PSTATE.<N,Z,C,V>, one bit each."""

    N: Term
    Z: Term
    C: Term
    V: Term


class Progress(NamedTuple):
    """How far a specification that goes over blocks has come on a path; no instruction sees it.

    After `done` blocks, a 64-bit number, its result is `words`; `loops` names the loops in which
    the path is, the innermost last.
    """

    done: Term
    words: tuple[Term, ...]
    loops: tuple[str, ...] = ()


class Reached(NamedTuple):
    """The words that a specification makes of so many of its blocks, whose number is known."""

    done: int
    words: tuple[Term, ...]


class RegisterFile(Protocol):
    """The values of registers, by number."""

    def __getitem__(self, n: int, /) -> Term: ...

    def __setitem__(self, n: int, value: Term, /) -> None: ...

    def __iter__(self) -> Iterator[Term]: ...


class Registers:
    """`R[n, width]`: the `width` low bits of register n; a write zeroes the bits above."""

    __slots__ = ("builder", "values")

    full: ClassVar[int]  # the registers' width

    def __init__(self, builder: Builder, values: RegisterFile) -> None:
        self.builder = builder
        self.values = values

    def __getitem__(self, register: tuple[int, int]) -> Term:
        n, width = register
        return self.builder.extract(self.values[n], width - 1, 0)

    def __setitem__(self, register: tuple[int, int], value: Term) -> None:
        n, width = register
        _check_width(value, width)
        self.values[n] = self.builder.zero_extend(value, self.full)


class GeneralRegistersOrSP(Registers):
    """`XSP[n, width]`: general-purpose registers; register 31 is the stack pointer."""

    __slots__ = ()
    full = 64


class GeneralRegisters(GeneralRegistersOrSP):
    """`X[n, width]`: general-purpose registers; register 31 reads as zero and ignores writes."""

    __slots__ = ()

    def __getitem__(self, register: tuple[int, int]) -> Term:
        n, width = register
        return self.builder.const(width, 0) if n == 31 else super().__getitem__(register)

    def __setitem__(self, register: tuple[int, int], value: Term) -> None:
        n, width = register
        if n == 31:
            _check_width(value, width)
        else:
            super().__setitem__(register, value)


class VectorRegisters(Registers):
    """`V[n, width]`: the SIMD and floating-point registers V0 to V31."""

    __slots__ = ()
    full = 128


class State:
    """A state of the core.  An instruction changes it in place; `copy` is a value of its own.

    general: X0 to X30, then SP; vector: V0 to V31; `pc` the address of the instruction that runs;
    `facts`: one-bit terms that hold on the path to here.  `observed`: the terms, other than
    addresses, on whose values the path's instructions or their time depended.
    `progress`: of the specification, if it goes over blocks.
    `qc`: FPSR.QC, one bit that saturation sets, and that nothing modelled reads; 0 if not given.
    `monitor`: the local exclusive monitor: the address and size in bytes that it marks, if any.
    `source`: the address of the instruction before, if one has been executed.
    `time`: how many instructions of the path have been executed.  `strands`: how far the
    specifications that go over known numbers of blocks have been worked out.
    `assumptions`: what the meaning of the path's instructions takes for granted, in words.
    """

    def __init__(
        self,
        builder: Builder,
        general: RegisterFile,
        vector: RegisterFile,
        flags: Flags,
        pc: Term,
        memory: Memory,
        qc: Term | None = None,
    ) -> None:
        self.builder = builder
        self._hold(general, vector)
        self.flags = flags
        self.PC = self.next_pc = pc
        self.Mem = memory
        self.qc = builder.const(1, 0) if qc is None else qc
        self.facts: tuple[Term, ...] = ()
        self.observed: tuple[Term, ...] = ()
        self.progress: Progress | None = None
        self.monitor: tuple[Term, int] | None = None
        self.source: Term | None = None
        self.time = 0
        self.strands: tuple[Reached, ...] = ()
        self.assumptions: frozenset[str] = frozenset()

    def copy(self) -> State:
        """An equal state that shares nothing that changes."""
        twin = copy(self)
        twin._hold(list(self.X.values), list(self.V.values))
        twin.Mem = self.Mem.copy()
        return twin

    def _hold(self, general: RegisterFile, vector: RegisterFile) -> None:
        self.X = GeneralRegisters(self.builder, general)
        self.XSP = GeneralRegistersOrSP(self.builder, general)
        self.V = VectorRegisters(self.builder, vector)

    def branch_to(self, target: Term) -> None:
        """The next instruction is at the 64-bit address `target`."""
        self.next_pc = target

    def branch_if(self, condition: Term, target: Term) -> None:
        """The next instruction is at `target` where the one-bit condition is 1."""
        if self.decide(condition):
            self.branch_to(target)

    def select(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """`then` where the one-bit condition is 1; a public condition is decided."""
        if condition.value is None and all(self.is_public(leaf) for leaf in leaves([condition])):
            return then if self.decide(condition) else otherwise
        return self.builder.ite(condition, then, otherwise)

    def decide(self, condition: Term) -> bool:
        """Whether a one-bit condition is 1 on this path; an instruction decides before it writes.

        Raises Fork if the path does not tell: then the instruction is to be executed again on the
        paths on which it is, and is not, 1.
        """
        if condition.value is not None:
            return bool(condition.value)
        holds, fails = self._follows(condition), self._follows(~condition)
        if holds == fails:
            raise Fork(condition)
        return holds

    def effects(self) -> tuple[object, ...]:
        """The same before and after what has written nothing."""
        written = self.flags, self.qc, self.monitor, self.next_pc, self.Mem.writes
        return (*self.X.values, *self.V.values, *written)

    def fork(self, condition: Term) -> list[State]:
        """The states in which the condition is 1, and those in which it is 0; none twice.

        Those come last in which two things are equal, which is seldom so.
        """
        self.observe(condition)
        found: list[State] = []
        ways = [(True, condition), (False, ~condition)]
        for truth, fact in reversed(ways) if condition.op is EQ else ways:
            if self._follows(~fact):
                continue
            for known in Conditions(self.Mem.numbers, self.Mem.known).cases(condition, truth):
                state = self.copy()
                state.facts = (*self.facts, fact)
                state.Mem.known = known
                state.settle(range(32))
                found.append(state)
        if len(found) == 1:
            found[0].Mem.known = self.Mem.known  # what is the only way follows from that
        return found

    def settle(self, registers: Iterable[int]) -> None:
        """Tells the general registers anew that are sums known not to carry into a higher part.

        They hold what they did: it is only spelled so that the parts are seen.
        """
        for n in registers:
            told = self.Mem.without_carry(self.X.values[n])
            if told is not None:
                self.X.values[n] = told

    def _follows(self, condition: Term) -> bool:
        return any(self.builder.same(condition, fact) for fact in self.facts)

    @property
    def public(self) -> frozenset[str]:
        """The names of the leaves that are no secret."""
        return self.Mem.public

    @public.setter
    def public(self, names: frozenset[str]) -> None:
        self.Mem.public = names

    def is_public(self, leaf: Term) -> bool:
        """Whether a variable, or an element at a public index, is no secret."""
        return leaf.param[1] in self.public

    def observe(self, *operands: Term) -> None:
        """The instruction is not one of those that PSTATE.DIT makes independent of its data."""
        self.observed += tuple([x for x in operands if x.value is None])

    def base_register(self, n: int) -> Term:
        """X[n] or the stack pointer, which must be 16-byte aligned to be the base of an access."""
        if n == 31:
            self.Mem.check_alignment(self.XSP.values[31], 4, "the stack pointer")
        return self.XSP.values[n]


def _check_width(value: Term, width: int) -> None:
    if value.width != width:
        raise ValueError(f"{value.width} bits written where {width} are expected")
