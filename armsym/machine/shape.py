"""Terms by their shape: which are linear in their operands, and which put bits of some together.

Each builder has its own spelling: a shift of one is a rotation with bits cleared of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import and_, or_, xor
from typing import NamedTuple

from armsym.bv import term as t
from armsym.bv.term import Term, int_params


class Sum(NamedTuple):
    """`constant + sum(coefficient * operand)` modulo 2^width, over operands of the same width.

    The constant and the coefficients are from 0 to 2^width - 1.
    """

    constant: int
    operands: list[tuple[Term, int]]


class Field(NamedTuple):
    """`width` bits of the operand, from bit `low` up, as the bits from `at` up of a term.

    `inverted`: the opposite bits.
    """

    operand: Term
    low: int
    width: int
    at: int
    inverted: bool = False


class Fields(NamedTuple):
    """`constant + sum(field << at)`: fields side by side, the bits between them literal."""

    constant: int
    parts: list[Field]


class Masked(NamedTuple):
    """`constant ^ (mask & operand)`; the operand has the same width."""

    operand: Term
    mask: int
    constant: int


def linear(term: Term) -> Sum | None:
    """The term as a sum of multiples of its operands, or of theirs; None if it is no such sum."""
    op, args, minus_one = term.op, term.args, (1 << term.width) - 1
    if op is t.SUM:
        constant, *coefficients = int_params(term.param)
        return Sum(constant, list(zip(args, coefficients, strict=True)))
    if op is t.ADD:
        return Sum(0, [(x, 1) for x in args])
    if op is t.SUB:
        return Sum(0, [(args[0], 1), (args[1], minus_one)])
    if op is t.NOT:
        return Sum(minus_one, [(args[0], minus_one)])
    if op is t.MUL and any(x.value is not None for x in args):
        x, literal = sorted(args, key=lambda x: x.value is not None)
        return Sum(0, [(x, literal.value or 0)])
    if op is t.SHL and args[1].value is not None:
        return Sum(0, [(args[0], 1 << min(args[1].value, term.width) & minus_one)])
    if op is t.ITE and args[0].value is not None:
        return Sum(0, [(args[1] if args[0].value else args[2], 1)])
    return _shifted(term)


def _shifted(term: Term) -> Sum | None:
    """The sum that x, shifted to the left by k bits, with a number in these bits, is."""
    if term.op is not t.BITWISE or len(term.args) != 1 or term.args[0].op is not t.ROR:
        return None
    (rotated,) = term.args
    constant, mask = int_params(term.param)
    (rotation,) = int_params(rotated.param)
    times = 1 << term.width - rotation
    if not rotation or mask != (1 << term.width) - times or constant >= times:
        return None
    return Sum(constant, [(rotated.args[0], times)])


def masked(term: Term) -> Masked | None:
    """The term as an operand, or one of its operand's, with bits cleared or inverted."""
    op, args, ones = term.op, term.args, (1 << term.width) - 1
    symbolic = [x for x in args if x.value is None]
    literals = [x.value for x in args if x.value is not None]
    if len(symbolic) != 1:
        return None
    (x,) = symbolic
    if op is t.AND:
        return Masked(x, reduce(and_, literals, ones), 0)
    if op is t.OR:
        ones_at = reduce(or_, literals, 0)
        return Masked(x, ones ^ ones_at, ones_at)
    if op is t.XOR:
        return Masked(x, ones, reduce(xor, literals, 0))
    if op is t.BITWISE and not literals:
        constant, mask = int_params(term.param)
        return Masked(x, mask, constant)
    if op is t.CONCAT and args == (x, *args[1:]) and literals == [0] and x.op is t.EXTRACT:
        low = args[1].width
        if x.args[0].width == term.width and x.param == (term.width - 1, low):
            return Masked(x.args[0], ones - (1 << low) + 1, 0)
    return None


def fields(term: Term) -> Fields | None:
    """The term as fields of its operands; None if it is not put together from some."""
    op, args, width = term.op, term.args, term.width
    if op is t.EXTRACT:
        return Fields(0, [Field(args[0], int_params(term.param)[1], width, 0)])
    if op is t.CONCAT:
        return _joined(args)
    if op is t.LSHR and args[1].value is not None:
        low = args[1].value
        return Fields(0, [Field(args[0], low, width - low, 0)] if low < width else [])
    if op is t.ROR:
        (low,) = int_params(term.param)
        return Fields(0, [Field(args[0], low, width - low, 0), Field(args[0], 0, low, width - low)])
    changed = masked(term)
    if changed is None:
        return None
    x, mask, constant = changed
    kept = [Field(x, low, size, low) for low, size in _runs(mask & ~constant)]
    opposite = [Field(x, low, size, low, inverted=True) for low, size in _runs(mask & constant)]
    return Fields(constant & ~mask, kept + opposite)


def _joined(parts: tuple[Term, ...]) -> Fields:
    """The parts side by side, the highest first."""
    constant, at, found = 0, 0, []
    for part in reversed(parts):
        if part.value is None:
            found.append(Field(part, 0, part.width, at))
        else:
            constant |= part.value << at
        at += part.width
    return Fields(constant, found)


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """The lowest bit and the length of each run of ones."""
    low = 0
    while mask >> low:
        rest = mask >> low
        low += (rest & -rest).bit_length() - 1
        rest = mask >> low
        size = (~rest & rest + 1).bit_length() - 1
        yield low, size
        low += size
