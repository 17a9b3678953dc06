"""Atomic memory operations, compare and swap, and their pairs: what a single core sees of them.

The fields A, R, L and o0 order accesses as other cores see them.  PSTATE.DIT makes none of these
instructions independent of its data: a compare and swap that fails may write nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import ConstrainedUnpredictable, Undefined
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
    cpu.observe(data, expected, value)
    cpu.Mem[address, datasize // 4] = b.ite(b.eq(data, expected), value, data)
    cpu.X[Rs, datasize], cpu.X[Rs + 1, datasize] = b.split(data, datasize)


@a64(
    "0 0 011001 A R 1 Rt2:5 0 0 op 1 00 Rn:5 Rt:5",
    "128-bit atomic memory operations",
)
def clear_or_set_pair(cpu: State, A: int, R: int, Rt2: int, op: int, Rn: int, Rt: int) -> None:
    """LDCLRP; with op = 1, LDSETP."""
    operation = _OPERATIONS[op << 1 | 1]
    value = cpu.builder.concat(cpu.X[Rt2, 64], cpu.X[Rt, 64])
    _exchange_pair(cpu, Rn, (Rt, Rt2), lambda data: operation(data, value))


@a64("0 0 011001 A R 1 Rt2:5 1 000 00 Rn:5 Rt:5", "128-bit atomic memory operations")
def swap_pair(cpu: State, A: int, R: int, Rt2: int, Rn: int, Rt: int) -> None:
    value = cpu.builder.concat(cpu.X[Rt2, 64], cpu.X[Rt, 64])
    _exchange_pair(cpu, Rn, (Rt, Rt2), lambda data: value)


def _exchange(cpu: State, size: int, n: int, t: int, new: Callable[[Term], Term]) -> None:
    """MemAtomic(): what is in memory at base register n goes to Xt, and new(...) of it there."""
    nbytes = 1 << size
    address = _aligned(cpu, n, nbytes)
    data = cpu.Mem[address, nbytes]
    result = new(data)
    cpu.observe(data, result)
    cpu.Mem[address, nbytes] = result
    cpu.X[t, data.width] = data


def _exchange_pair(
    cpu: State, n: int, registers: tuple[int, int], new: Callable[[Term], Term]
) -> None:
    """MemAtomic() of 128 bits, the first register the lower half."""
    low, high = registers
    if 31 in registers:
        raise Undefined("register 31 is no half of a pair")
    if low == high:
        raise ConstrainedUnpredictable("one register is loaded twice")
    address = _aligned(cpu, n, 16)
    data = cpu.Mem[address, 16]
    result = new(data)
    cpu.observe(data, result)
    cpu.Mem[address, 16] = result
    cpu.X[low, 64], cpu.X[high, 64] = cpu.builder.split(data, 64)


def _aligned(cpu: State, n: int, nbytes: int) -> Term:
    """The address in base register n; only with FEAT_LSE2 need it not be a multiple of `nbytes`."""
    address = cpu.base_register(n)
    cpu.Mem.check_alignment(address, nbytes.bit_length() - 1, "the address of an atomic access")
    return address
