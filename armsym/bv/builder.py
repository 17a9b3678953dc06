"""Builders: the one interface through which instructions, machine and standards make terms.

A builder need define only `make`.  Everything else is spelled here once, in terms of it.
Its users may ask two questions of a term: its literal `value`, and whether two are the `same`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from armsym.bv import term as t
from armsym.bv.term import Operator, Param, Term, WidthError


class Builder(ABC):
    """Makes terms.  Widths are in bits; operands of one operation have one width."""

    @abstractmethod
    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        """A term that equals `op` applied to `args`, for all values of its leaves.

        Raises WidthError if the operator does not take these operands.
        """

    def same(self, x: Term, y: Term) -> bool:
        """Whether the builder sees that x = y for all values of the leaves; False if it can't."""
        return x is y

    # leaves

    def const(self, width: int, value: int) -> Term:
        """The literal `value` mod 2^width."""
        return self.make(t.CONST, (), (width, value & ((1 << width) - 1)))

    def var(self, width: int, name: str) -> Term:
        """The variable `name`: the same for the same name and width."""
        return self.make(t.VAR, (), (width, name))

    def apply(self, width: int, function: str, *args: Term) -> Term:
        """An uninterpreted function of `args`, `width` bits wide."""
        return self.make(t.APPLY, args, (width, function))

    # bitwise

    def not_(self, x: Term) -> Term:
        return self.make(t.NOT, (x,))

    def and_(self, *xs: Term) -> Term:
        return self._fold(t.AND, xs)

    def or_(self, *xs: Term) -> Term:
        return self._fold(t.OR, xs)

    def xor(self, *xs: Term) -> Term:
        return self._fold(t.XOR, xs)

    # arithmetic modulo 2^width

    def add(self, *xs: Term) -> Term:
        return self._fold(t.ADD, xs)

    def sub(self, x: Term, y: Term) -> Term:
        return self.make(t.SUB, (x, y))

    def neg(self, x: Term) -> Term:
        return self.make(t.SUB, (self.const(x.width, 0), x))

    def mul(self, x: Term, y: Term) -> Term:
        return self.make(t.MUL, (x, y))

    def udiv(self, x: Term, y: Term) -> Term:
        """Unsigned division; x / 0 is all ones, as in SMT-LIB (Arm's is 0)."""
        return self.make(t.UDIV, (x, y))

    def clmul(self, x: Term, y: Term) -> Term:
        """The carry-less product, twice as wide: of polynomials over GF(2), bit i of power i."""
        return self.make(t.CLMUL, (x, y))

    # shifts; an amount of the width or more shifts every bit out

    def shl(self, x: Term, amount: Term | int) -> Term:
        return self.make(t.SHL, (x, self._amount(x, amount)))

    def lshr(self, x: Term, amount: Term | int) -> Term:
        return self.make(t.LSHR, (x, self._amount(x, amount)))

    def ashr(self, x: Term, amount: Term | int) -> Term:
        return self.make(t.ASHR, (x, self._amount(x, amount)))

    def ror(self, x: Term, amount: int) -> Term:
        """Rotation to the right by a number of bits, taken modulo the width."""
        amount %= x.width
        return self.make(t.ROR, (x,), (amount,)) if amount else x

    def rol(self, x: Term, amount: int) -> Term:
        return self.ror(x, -amount)

    # comparisons: one bit wide

    def eq(self, x: Term, y: Term) -> Term:
        return self.make(t.EQ, (x, y))

    def ult(self, x: Term, y: Term) -> Term:
        return self.make(t.ULT, (x, y))

    def slt(self, x: Term, y: Term) -> Term:
        return self.make(t.SLT, (x, y))

    def ite(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """`then` where the one-bit condition is 1; a literal condition has chosen already."""
        if condition.value is not None:
            return then if condition.value else otherwise
        return self.make(t.ITE, (condition, then, otherwise))

    def table(self, width: int, values: Sequence[int], x: Term) -> Term:
        """The `width`-bit value number x of the table, which has one for each value of x."""
        return self.make(t.TABLE, (x,), (width, *values))

    # structure

    def concat(self, *parts: Term) -> Term:
        """The parts side by side, the highest first."""
        return parts[0] if len(parts) == 1 else self.make(t.CONCAT, parts)

    def extract(self, x: Term, hi: int, lo: int) -> Term:
        """Bits hi down to lo of x, both included."""
        return x if (hi, lo) == (x.width - 1, 0) else self.make(t.EXTRACT, (x,), (hi, lo))

    def zero_extend(self, x: Term, width: int) -> Term:
        return self._extend(x, width, self.const(1, 0))

    def sign_extend(self, x: Term, width: int) -> Term:
        return self._extend(x, width, x[x.width - 1])

    def replicate(self, x: Term, count: int) -> Term:
        return self.concat(*[x] * count)

    def split(self, x: Term, width: int) -> list[Term]:
        """The `width`-bit elements of x, element 0 (the lowest bits) first."""
        if x.width % width:
            raise WidthError(f"{x.width} bits do not fall into elements of {width}")
        return [x[lo + width - 1 : lo] for lo in range(0, x.width, width)]

    def join(self, elements: list[Term]) -> Term:
        """The vector of these elements, element 0 (the lowest bits) first: undoes `split`."""
        return self.concat(*reversed(elements))

    def _extend(self, x: Term, width: int, fill: Term) -> Term:
        if width < x.width:
            raise WidthError(f"{x.width} bits do not extend to {width}")
        return x if width == x.width else self.concat(self.replicate(fill, width - x.width), x)

    def _fold(self, op: Operator, xs: tuple[Term, ...]) -> Term:
        return xs[0] if len(xs) == 1 else self.make(op, xs)

    def _amount(self, x: Term, amount: Term | int) -> Term:
        return self.const(x.width, amount) if isinstance(amount, int) else amount


class InterningBuilder(Builder):
    """A builder whose structurally equal terms are one object."""

    def __init__(self) -> None:
        self._terms: dict[tuple[Operator, tuple[Term, ...], Param], Term] = {}

    def intern(self, op: Operator, args: tuple[Term, ...], param: Param) -> Term:
        """The one term of this shape, unsimplified."""
        key = (op, args, param)
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = Term(self, op, args, param, len(self._terms))
        return found

    def __len__(self) -> int:
        return len(self._terms)


class RawBuilder(InterningBuilder):
    """Terms exactly as they are spelled."""

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        return self.intern(op, args, param)
