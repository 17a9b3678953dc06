"""What the normal forms share: how each may look at a term, and the builder that they work for."""

from __future__ import annotations

from typing import Protocol, cast

from armsym.bv import term as t
from armsym.bv.term import Operator, Param, Term

# Rewrites look through at most this many operators below a term, whatever lies deeper is opaque:
# it bounds both their recursion and the copies that they make.
REACH = 4


class Forms(Protocol):
    """The builder as the normal forms see it: everything that it makes is normal."""

    def intern(self, op: Operator, args: tuple[Term, ...], param: Param) -> Term:
        """The one term of this shape, which is already normal."""

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        """The normal form of an operator applied to normal operands."""

    def depth(self, term: Term) -> int:
        """How many operators that rewrites look through are nested below the term."""

    def const(self, width: int, value: int) -> Term:
        """The literal `value` mod 2^width."""

    def extract(self, x: Term, hi: int, lo: int) -> Term:
        """Bits hi down to lo of x, both included."""

    def ror(self, x: Term, amount: int) -> Term:
        """Rotation to the right by a number of bits, taken modulo the width."""

    def and_(self, *xs: Term) -> Term:
        """The AND of terms of one width."""

    def xor(self, *xs: Term) -> Term:
        """The exclusive or of terms of one width."""

    def concat(self, *parts: Term) -> Term:
        """The parts side by side, the highest first."""


def ones(width: int) -> int:
    """The word of `width` bits that are all one."""
    return (1 << width) - 1


def weights(term: Term) -> tuple[int, ...]:
    """The constant of a BITWISE or SUM, and its masks or coefficients."""
    return cast(tuple[int, ...], term.param)


def constant(term: Term) -> int:
    """The constant that is exclusive-ored into a word: of a BITWISE, or of a concat's pieces."""
    if term.value is not None:
        return term.value
    if term.op is t.BITWISE:
        return weights(term)[0]
    result = 0
    if term.op is t.CONCAT:
        for piece in term.args:
            result = result << piece.width | constant(piece)
    return result


def support(term: Term) -> int:
    """The bits of a word, its constant left out, that are not known to be zero."""
    if term.value is not None:
        return 0
    result = 0
    if term.op is t.BITWISE:
        for mask in weights(term)[1:]:
            result |= mask
    elif term.op is t.CONCAT:
        for piece in term.args:
            result = result << piece.width | support(piece)
    else:
        result = ones(term.width)
    return result


def possible(term: Term) -> int:
    """The bits of a word that are not known to be zero."""
    return constant(term) | support(term)


def trailing_zeros(number: int) -> int:
    """The number of low zero bits of a number that is not zero."""
    return (number & -number).bit_length() - 1
