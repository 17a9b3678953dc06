"""What Advanced SIMD instructions do to one element, and the rows of their tables.

An argument `U` is 1 where the elements are unsigned integers, 0 where they are signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.outcomes import Undefined

Unary = Callable[[Term], Term]
Binary = Callable[[Term, Term], Term]
# Shifts an element by a number of bits, or by an amount in a term of the element's width.
Shift = Callable[[Term, Term | int], Term]


@dataclass(frozen=True)
class Operation:
    """A row: the instruction, its element sizes (of "bhsd") and its function of elements.

    Where `accumulate` is given, the destination becomes accumulate(destination, function(...)).
    """

    name: str
    sizes: str
    function: Callable[..., Term]
    accumulate: Binary | None = None


def apply(cpu: State, operation: Operation, Rd: int, *operands: list[Term]) -> None:
    """V[Rd] = the operation of the operands, element by element; zeroes above."""
    b = cpu.builder
    results = [operation.function(*xs) for xs in zip(*operands, strict=True)]
    width, esize = sum(x.width for x in results), results[0].width
    if operation.accumulate is not None:
        before = b.split(cpu.V[Rd, width], esize)
        results = [operation.accumulate(d, x) for d, x in zip(before, results, strict=True)]
    cpu.V[Rd, width] = b.join(results)


def read_part(cpu: State, n: int, part: int, esize: int) -> list[Term]:
    """The elements of Vpart[n, part]: the low (0) or high (1) half of Vn."""
    b = cpu.builder
    return b.split(b.extract(cpu.V[n, 128], 64 * part + 63, 64 * part), esize)


def write_part(cpu: State, n: int, part: int, elements: list[Term]) -> None:
    """Vpart[n, part] = the 64 bits of elements; the high part keeps the low one, the low zeroes."""
    b = cpu.builder
    half = b.join(elements)
    if part:
        cpu.V[n, 128] = b.concat(half, cpu.V[n, 64])
    else:
        cpu.V[n, 64] = half


def select(
    table: Mapping[tuple[int, ...], Operation], key: tuple[int, ...], size: int
) -> Operation:
    """The row with these opcode fields; Undefined if there is none, or none of this `size`."""
    operation = table.get(key)
    if operation is None:
        raise Undefined("no instruction of the class has this opcode")
    check_size(operation.name, operation.sizes, size)
    return operation


def check_size(name: str, sizes: str, size: int) -> int:
    """The element size in bits that the field `size` selects; Undefined if not one of `sizes`."""
    if "bhsd"[size] not in sizes:
        raise Undefined(f"{name} has no elements of {8 << size} bits")
    return 8 << size


def vector_size(Q: int, esize: int) -> int:
    """64 or 128, the bits that `Q` selects; Undefined for a vector of a single element."""
    if esize == 64 and not Q:
        raise Undefined("a vector has two elements or more")
    return 128 if Q else 64


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


def polynomial_multiply(x: Term, y: Term, width: int) -> Term:
    """The product of polynomials over GF(2): bit i is the coefficient of the i-th power.

    The `width` low bits of PolynomialMult().
    """
    b = x.builder
    shifted = b.zero_extend(y, width)
    return b.xor(*[b.replicate(x[i], width) & (shifted << i) for i in range(x.width)])


def count_one_bits(x: Term) -> Term:
    """BitCount(): how many bits of x are 1, in x's width."""
    b = x.builder
    return b.add(*[b.zero_extend(bit, x.width) for bit in b.split(x, 1)])


# comparisons: all ones where they hold


def less(U: int, x: Term, y: Term) -> Term:
    """Whether x < y, in one bit."""
    b = x.builder
    return b.ult(x, y) if U else b.slt(x, y)


def mask(condition: Term, width: int) -> Term:
    """`width` copies of the one-bit condition."""
    return condition.builder.replicate(condition, width)


def greater(U: int, x: Term, y: Term) -> Term:
    return mask(less(U, y, x), x.width)


def greater_or_equal(U: int, x: Term, y: Term) -> Term:
    return mask(~less(U, x, y), x.width)


def equal(x: Term, y: Term) -> Term:
    return mask(x.builder.eq(x, y), x.width)


def test_bits(x: Term, y: Term) -> Term:
    """Whether x & y is not zero."""
    return mask(~x.builder.eq(x & y, zero(x)), x.width)


def maximum(U: int, x: Term, y: Term) -> Term:
    return x.builder.ite(less(U, x, y), y, x)


def minimum(U: int, x: Term, y: Term) -> Term:
    return x.builder.ite(less(U, x, y), x, y)


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
