"""Atomic memory operations, compare and swap, and their pairs: what a single core sees of them.

The fields A, R, L and o0 order accesses as other cores see them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import maximum, minimum

# The new value in memory, from the old one and the operand, by opc.
_OPERATIONS: tuple[Callable[[Term, Term], Term], ...] = (
    lambda data, value: data + value,  # LDADD
    lambda data, value: data & ~value,  # LDCLR
    lambda data, value: data ^ value,  # LDEOR
    lambda data, value: data | value,  # LDSET
    partial(maximum, 0),  # LDSMAX
    partial(minimum, 0),  # LDSMIN
    partial(maximum, 1),  # LDUMAX
    partial(minimum, 1),  # LDUMIN
)


@a64("size:2 111 0 00 A R 1 Rs:5 0 opc:3 00 Rn:5 Rt:5", "Atomic memory operations")
def atomic_memory_operation(
    cpu: State, size: int, A: int, R: int, Rs: int, opc: int, Rn: int, Rt: int
) -> None:
    value = cpu.X[Rs, 8 << size]
    _exchange(cpu, size, Rn, Rt, lambda data: _OPERATIONS[opc](data, value))


@a64("size:2 111 0 00 A R 1 Rs:5 1 000 00 Rn:5 Rt:5", "Atomic memory operations")
def swap(cpu: State, size: int, A: int, R: int, Rs: int, Rn: int, Rt: int) -> None:
    value = cpu.X[Rs, 8 << size]
    _exchange(cpu, size, Rn, Rt, lambda data: value)


@a64("size:2 001000 1 L 1 Rs:5 o0 11111 Rn:5 Rt:5", "Compare and swap")
def compare_and_swap(cpu: State, size: int, L: int, Rs: int, o0: int, Rn: int, Rt: int) -> None:
    b = cpu.builder
    expected, value = cpu.X[Rs, 8 << size], cpu.X[Rt, 8 << size]
    _exchange(cpu, size, Rn, Rs, lambda data: b.ite(b.eq(data, expected), value, data))


@a64("0 sz 001000 0 L 1 Rs:5 o0 11111 Rn:5 Rt:5", "Compare and swap pair")
def compare_and_swap_pair(cpu: State, sz: int, L: int, Rs: int, o0: int, Rn: int, Rt: int) -> None:
    if Rs & 1 or Rt & 1:
        raise Undefined("a pair starts with an even register")
    b, datasize = cpu.builder, 32 << sz
    expected, value = [b.concat(cpu.X[n + 1, datasize], cpu.X[n, datasize]) for n in (Rs, Rt)]
    address = _aligned(cpu, Rn, datasize // 4)
    data = cpu.Mem[address, datasize // 4]
    cpu.Mem[address, datasize // 4] = b.ite(b.eq(data, expected), value, data)
    cpu.X[Rs, datasize], cpu.X[Rs + 1, datasize] = b.split(data, datasize)


def _exchange(cpu: State, size: int, n: int, t: int, new: Callable[[Term], Term]) -> None:
    """MemAtomic(): what is in memory at base register n goes to Xt, and new(...) of it there."""
    nbytes = 1 << size
    address = _aligned(cpu, n, nbytes)
    data = cpu.Mem[address, nbytes]
    cpu.Mem[address, nbytes] = new(data)
    cpu.X[t, data.width] = data


def _aligned(cpu: State, n: int, nbytes: int) -> Term:
    """The address in base register n; only with FEAT_LSE2 need it not be a multiple of `nbytes`."""
    address = cpu.base_register(n)
    cpu.Mem.check_alignment(address, nbytes.bit_length() - 1, "the address of an atomic access")
    return address
