"""Terms read as integers, under what is known of the integers that variables are."""

from __future__ import annotations

from collections.abc import Mapping

from armsym.bv import term as t
from armsym.bv.evaluate import walk
from armsym.bv.term import VAR, Term, int_params, signed
from armsym.machine.address import Linear, LinearForms
from armsym.machine.integers import Expression, Integers
from armsym.machine.shape import Sum, linear, masked

# Public numbers are small terms: a larger one is not read.
SIZE_LIMIT = 400


def expression(form: Linear) -> Expression | None:
    """The integer that a linear form denotes up to a multiple of 2^64; None if it has no names."""
    coefficients: dict[str, int] = {}
    for atom, coefficient in form.atoms.items():
        if atom.op is not VAR:
            return None
        coefficients[str(atom.param[1])] = signed(coefficient, 64)
    return Expression.of(signed(form.constant, 64), coefficients)


class Numbers:
    """Reads terms as linear expressions over the integers that variables are."""

    def __init__(self, forms: LinearForms, known: Integers) -> None:
        self._forms = forms
        self._known = known

    def exact(self, term: Term, is_signed: bool = False) -> Expression | None:
        """The unsigned or signed number that a term is, if its range is known."""
        found = self.modular(term)
        if found is None:
            return None
        size = 1 << term.width
        low, high = (-size // 2, size // 2 - 1) if is_signed else (0, size - 1)
        return self._in_range(found, low, high)

    def difference(self, x: Term, y: Term) -> Expression | None:
        """x - y, if it is known to be 0 where x and y are equal."""
        if x.width == 64:
            found = expression(self._forms.of(x).plus(self._forms.of(y), -1))
            if found is not None and self._within(found, 1 - (1 << 64), (1 << 64) - 1):
                return found
        left, right = self.exact(x), self.exact(y)
        return None if left is None or right is None else left.plus(right, -1)

    def same(self, x: Term, y: Term) -> bool:
        """Whether x and y are known to be one number."""
        difference = self.difference(x, y)
        return difference is not None and self._within(difference, 0, 0)

    def modular(self, term: Term) -> Expression | None:
        """The integer that a term denotes up to a multiple of 2^width."""
        if term.width == 64 and (found := expression(self._forms.of(term))) is not None:
            return found
        read: dict[Term, Expression | None] = {}
        for count, part in enumerate(walk([term])):
            if count == SIZE_LIMIT:
                return None
            read[part] = self._read(part, read)
        return read[term]

    def _read(self, term: Term, read: dict[Term, Expression | None]) -> Expression | None:
        """The same of a term whose operands are read."""
        op, args = term.op, term.args
        if term.value is not None:
            return Expression(signed(term.value, term.width))
        if op is VAR:
            return Expression.variable(str(term.param[1])) if term.width == 64 else None
        if op is t.EXTRACT and int_params(term.param)[1] == 0:
            return read[args[0]]
        if op is t.CONCAT and len(args) == 2 and args[0].value == 0:
            return self._low_bits(read[args[1]], (1 << args[1].width) - 1)
        if (total := linear(term)) is not None:
            return _total(total, term.width, read)
        changed = masked(term)
        if changed is None or changed.constant:
            return None
        return self._low_bits(read[changed.operand], changed.mask)

    def _low_bits(self, number: Expression | None, mask: int) -> Expression | None:
        """The low bits that a mask keeps, if it is known by how much the number is out of range."""
        return None if number is None or mask & mask + 1 else self._in_range(number, 0, mask)

    def _in_range(self, number: Expression, low: int, high: int) -> Expression | None:
        """What is in the range, and differs from the number by nothing or the range's size."""
        size = high - low + 1
        turned = (number.plus(turn) for turn in (0, size, -size))
        return next((n for n in turned if self._within(n, low, high)), None)

    def _within(self, number: Expression, low: int, high: int) -> bool:
        above, below = number.plus(-low), number.negated().plus(high)
        return self._known.proves(above) and self._known.proves(below)


def _total(total: Sum, width: int, read: Mapping[Term, Expression | None]) -> Expression | None:
    """The integer that a sum of what is read denotes up to a multiple of 2^width."""
    result = Expression(signed(total.constant, width))
    for operand, coefficient in total.operands:
        number = read[operand]
        if number is None:
            return None
        result = result.plus(number, signed(coefficient, width))
    return result
