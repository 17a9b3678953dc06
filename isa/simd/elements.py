"""What Advanced SIMD instructions do to one element.

An argument `U` is 1 where the elements are unsigned integers, 0 where they are signed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from armsym.bv.term import Term
from isa.shared import less

Binary = Callable[[Term, Term], Term]
# Shifts an element by a number of bits, or by an amount in a term of the element's width.
Shift = Callable[[Term, Term | int], Term]


def signed(function: Callable[..., Term]) -> Callable[..., Term]:
    """The variant of an operation that takes elements as signed integers."""
    return partial(function, 0)


def unsigned(function: Callable[..., Term]) -> Callable[..., Term]:
    """The variant of an operation that takes elements as unsigned integers."""
    return partial(function, 1)


def extend(U: int, x: Term, width: int) -> Term:
    """The element in `width` bits, its value kept."""
    b = x.builder
    return b.zero_extend(x, width) if U else b.sign_extend(x, width)


# sums and products


def zero(x: Term) -> Term:
    """0 in the width of x."""
    return x.builder.const(x.width, 0)


def add(x: Term, y: Term) -> Term:
    return x + y


def sub(x: Term, y: Term) -> Term:
    return x - y


def mul(x: Term, y: Term) -> Term:
    return x * y


def halving_add(U: int, x: Term, y: Term) -> Term:
    """(x + y) / 2, rounded down."""
    wide = x.width + 1
    return (extend(U, x, wide) + extend(U, y, wide))[x.width : 1]


def rounding_halving_add(U: int, x: Term, y: Term) -> Term:
    """(x + y + 1) / 2, rounded down."""
    wide = x.width + 1
    return (extend(U, x, wide) + extend(U, y, wide) + 1)[x.width : 1]


def halving_sub(U: int, x: Term, y: Term) -> Term:
    """(x - y) / 2, rounded down."""
    wide = x.width + 1
    return (extend(U, x, wide) - extend(U, y, wide))[x.width : 1]


def absolute(x: Term) -> Term:
    """|x|, x signed, modulo 2^width."""
    b = x.builder
    return b.ite(x[x.width - 1], -x, x)


def absolute_difference(U: int, x: Term, y: Term) -> Term:
    """|x - y| modulo 2^width."""
    return x.builder.ite(less(U, x, y), y - x, x - y)


def polynomial_multiply(x: Term, y: Term) -> Term:
    """PolynomialMult(): the carry-less product, in twice the width."""
    return x.builder.clmul(x, y)


def dot(unsigned: tuple[int, int], x: Term, y: Term) -> Term:
    """The sum, in 32 bits, of the products of the bytes of x and y, signed or `unsigned` each."""
    b = x.builder
    factors = [
        [extend(U, byte, 32) for byte in b.split(vector, 8)]
        for U, vector in zip(unsigned, (x, y), strict=True)
    ]
    return b.add(*[p * q for p, q in zip(*factors, strict=True)])


# comparisons: all ones where they hold


def _mask(condition: Term, width: int) -> Term:
    """`width` copies of the one-bit condition."""
    return condition.builder.replicate(condition, width)


def greater(U: int, x: Term, y: Term) -> Term:
    return _mask(less(U, y, x), x.width)


def greater_or_equal(U: int, x: Term, y: Term) -> Term:
    return _mask(~less(U, x, y), x.width)


def equal(x: Term, y: Term) -> Term:
    return _mask(x.builder.eq(x, y), x.width)


def test_bits(x: Term, y: Term) -> Term:
    """Whether x & y is not zero."""
    return _mask(~x.builder.eq(x & y, zero(x)), x.width)


# shifts


def shift_right(U: int, x: Term, amount: Term | int) -> Term:
    b = x.builder
    return b.lshr(x, amount) if U else b.ashr(x, amount)


def rounding_shift_right(U: int, x: Term, amount: Term | int) -> Term:
    """(x + 2^(amount - 1)) / 2^amount, rounded down, for an amount of 1 or more."""
    last_out = shift_right(U, x, amount - 1) & 1
    return shift_right(U, x, amount) + last_out


def shift_by_register(U: int, x: Term, y: Term) -> Term:
    """x shifted left by the signed low byte of y, to the right if that is negative."""
    return _shift_either_way(partial(shift_right, U), x, y)


def rounding_shift_by_register(U: int, x: Term, y: Term) -> Term:
    """x shifted left by the signed low byte of y; to the right, rounded, if that is negative."""
    return _shift_either_way(partial(rounding_shift_right, U), x, y)


def _shift_either_way(right: Shift, x: Term, y: Term) -> Term:
    b, amount = x.builder, y[7:0]
    to_left = x << b.zero_extend(amount, x.width)
    to_right = right(x, b.zero_extend(-amount, x.width))
    return b.ite(amount[7], to_right, to_left)
