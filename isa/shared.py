"""Pseudocode functions that several encoding classes share, under the manual's names."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import Flags


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


def reverse_bits(x: Term) -> Term:
    """The bits of x in the opposite order."""
    return x.builder.concat(*x.builder.split(x, 1))
