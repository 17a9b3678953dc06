"""Pseudocode functions that several encoding classes share, under the manual's names."""

from __future__ import annotations

from collections.abc import Callable
from operator import and_, or_, xor

from armsym.bv.term import Term
from armsym.machine.state import Flags, State

# ShiftType: the values of the `shift` and `op2` fields.
LSL, LSR, ASR, ROR = range(4)

# The operations of the logical classes, AND, ORR, EOR and ANDS, in the order of their `opc`.
_LOGICAL: tuple[Callable[[Term, Term], Term], ...] = (and_, or_, xor, and_)
_ANDS = 0b11

# The conditions by cond<3:1>; those with cond<0> set are the opposites.
_CONDITIONS: tuple[Callable[[Flags], Term], ...] = (
    lambda f: f.Z,  # EQ
    lambda f: f.C,  # CS
    lambda f: f.N,  # MI
    lambda f: f.V,  # VS
    lambda f: f.C & ~f.Z,  # HI
    lambda f: ~(f.N ^ f.V),  # GE
    lambda f: ~(f.N ^ f.V) & ~f.Z,  # GT
)


def datasize(sf: int) -> int:
    """32 or 64, the width that the `sf` bit selects."""
    return 64 if sf else 32


def add_with_carry(x: Term, y: Term, carry_in: Term | int) -> tuple[Term, Flags]:
    """AddWithCarry(): x + y + carry_in and the flags that it sets."""
    b, width = x.builder, x.width
    carry = b.const(1, carry_in) if isinstance(carry_in, int) else carry_in
    result = x + y + b.zero_extend(carry, width)
    wide = width + 1
    unsigned = b.zero_extend(x, wide) + b.zero_extend(y, wide) + b.zero_extend(carry, wide)
    overflow = ((x ^ result) & (y ^ result))[width - 1]
    return result, Flags(
        N=result[width - 1], Z=b.eq(result, b.const(width, 0)), C=unsigned[width], V=overflow
    )


def subtract(x: Term, y: Term) -> tuple[Term, Flags]:
    """AddWithCarry(x, NOT(y), 1): x - y and its flags, spelled as comparisons of x and y."""
    b, result = x.builder, x - y
    negative = result[x.width - 1]
    return result, Flags(N=negative, Z=b.eq(x, y), C=~b.ult(x, y), V=negative ^ b.slt(x, y))


def add_sub(cpu: State, op: int, S: int, x: Term, y: Term) -> Term:
    """x + y or, if `op` is set, x - y; sets the flags, of AddWithCarry(), if `S` is."""
    if not S:
        return x - y if op else x + y
    result, cpu.flags = subtract(x, y) if op else add_with_carry(x, y, 0)
    return result


def logical(cpu: State, opc: int, x: Term, y: Term) -> Term:
    """AND, ORR, EOR or ANDS of x and y, by `opc`; the last sets the flags."""
    result = _LOGICAL[opc](x, y)
    if opc == _ANDS:
        b, width = cpu.builder, result.width
        zero = b.const(1, 0)
        cpu.flags = Flags(result[width - 1], b.eq(result, b.const(width, 0)), zero, zero)
    return result


def less(U: int, x: Term, y: Term) -> Term:
    """Whether x < y, in one bit; unsigned if U is set."""
    b = x.builder
    return b.ult(x, y) if U else b.slt(x, y)


def maximum(U: int, x: Term, y: Term) -> Term:
    """The greater of two numbers, unsigned if U is set."""
    return x.builder.ite(less(U, x, y), y, x)


def minimum(U: int, x: Term, y: Term) -> Term:
    """The lesser of two numbers, unsigned if U is set."""
    return x.builder.ite(less(U, x, y), x, y)


def min_max(opc: int, x: Term, y: Term) -> Term:
    """SMAX, UMAX, SMIN or UMIN of x and y, by `opc`."""
    return (minimum if opc & 0b10 else maximum)(opc & 0b01, x, y)


def shift_reg(x: Term, shift_type: int, amount: int) -> Term:
    """ShiftReg(): x shifted or rotated by a number of bits less than its width."""
    b = x.builder
    return (b.shl, b.lshr, b.ashr, b.ror)[shift_type](x, amount) if amount else x


def extend_reg(x: Term, option: int, amount: int, width: int) -> Term:
    """ExtendReg(): the low byte, half, word or all of x, by option<1:0>, as `width` bits, shifted.

    Extended by its sign if option<2> is set.
    """
    b = x.builder
    value = x[min(8 << (option & 0b11), width) - 1 : 0]
    extend = b.sign_extend if option & 0b100 else b.zero_extend
    return shift_reg(extend(value, width), LSL, amount)


def count_leading_zero_bits(x: Term) -> Term:
    """CountLeadingZeroBits(): how many zeroes are above the highest one of x, in x's width."""
    b, width = x.builder, x.width
    count = b.const(width, width)
    for bit in range(width):
        count = b.ite(x[bit], b.const(width, width - 1 - bit), count)
    return count


def count_leading_sign_bits(x: Term) -> Term:
    """CountLeadingSignBits(): how many bits below the highest one equal it, in x's width."""
    b, width = x.builder, x.width
    changes = x[width - 1 : 1] ^ x[width - 2 : 0]
    return count_leading_zero_bits(b.concat(changes, b.const(1, 1)))


def bit_count(x: Term) -> Term:
    """BitCount(): how many bits of x are 1, in x's width."""
    b = x.builder
    return b.add(*[b.zero_extend(bit, x.width) for bit in b.split(x, 1)])


def reverse_elements(x: Term, size: int) -> Term:
    """The `size`-bit elements of x in the opposite order."""
    b = x.builder
    return b.concat(*b.split(x, size))


def condition_holds(cpu: State, cond: int) -> Term:
    """ConditionHolds(): one bit, whether the flags meet the condition `cond`."""
    if cond in (0b1110, 0b1111):  # AL, NV
        return cpu.builder.const(1, 1)
    holds = _CONDITIONS[cond >> 1](cpu.flags)
    return ~holds if cond & 1 else holds
