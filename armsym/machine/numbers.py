"""Terms read as integers, under what is known of the integers that public variables are.

Shifts to the right, masks and bit fields are quotients by powers of two and what they leave.
"""

from __future__ import annotations

from math import gcd

from armsym.bv import term as t
from armsym.bv.evaluate import walk
from armsym.bv.term import APPLY, VAR, Term, signed
from armsym.machine.address import Linear, LinearForms
from armsym.machine.integers import Expression, Integers, Quotient
from armsym.machine.shape import Field, Fields, Sum, fields, linear

# Public numbers are small terms: a larger one is not read.
SIZE_LIMIT = 400

# Nor is one with so many names, those in quotients counted as often as they occur.
NAMES_LIMIT = 64


def element(term: Term) -> Expression | None:
    """The integer that an element at a literal index is, called as no declaration can be."""
    index = term.args[0].value if len(term.args) == 1 else None
    return None if index is None else Expression.variable(f"{term.param[1]}[{index}]:{term.width}")


class Numbers:
    """Reads terms as linear expressions over the integers that public variables are, and elements
    of which something is known, secret or not.

    What a term is read as depends on what is known only by what is not spelled out: quotients that
    are known to be -1, 0 or 1 are these numbers.
    """

    def __init__(self, forms: LinearForms, known: Integers, public: frozenset[str]) -> None:
        self._forms = forms
        self._known = known
        self._public = public
        self._read: dict[Term, Expression | None] = {}
        self._named: set[str] | None = None

    def exact(self, term: Term, is_signed: bool = False) -> Expression | None:
        """The unsigned or signed number that a term is."""
        found = self.modular(term)
        if found is None:
            return None
        return self._wrapped(found, term.width, -(1 << term.width - 1) if is_signed else 0)

    def difference(self, x: Term, y: Term) -> Expression | None:
        """x - y, or something else that is 0 just where x and y are equal."""
        if x.width == 64:
            found = self.of(self._forms.of(x).plus(self._forms.of(y), -1))
            if found is not None and self._within(found, 1 - (1 << 64), (1 << 64) - 1):
                return found
        left, right = self.exact(x), self.exact(y)
        return None if left is None or right is None else left.plus(right, -1)

    def same(self, x: Term, y: Term) -> bool:
        """Whether x and y are known to be one number."""
        difference = self.difference(x, y)
        return difference is not None and self._within(difference, 0, 0)

    def of(self, form: Linear) -> Expression | None:
        """The integer that a linear form denotes up to a multiple of 2^64."""
        result = Expression(signed(form.constant, 64))
        for atom, coefficient in form.atoms.items():
            number = self._number(atom)
            if number is None:
                return None
            result = result.plus(number, signed(coefficient, 64))
        return result

    def modular(self, term: Term) -> Expression | None:
        """The integer that a term denotes up to a multiple of 2^width."""
        return self.of(self._forms.of(term)) if term.width == 64 else self._number(term)

    def _number(self, term: Term) -> Expression | None:
        """The same, from the term's operands up."""
        if term not in self._read:
            parts = walk([term], self._read)
            few = len(parts) <= SIZE_LIMIT
            for part in parts if few else [term]:
                self._read[part] = self._limited(part) if few else None
        return self._read[term]

    def _limited(self, term: Term) -> Expression | None:
        found = self._composed(term)
        if found is None or sum(1 for _ in found.names()) > NAMES_LIMIT:
            return None
        return found

    def _composed(self, term: Term) -> Expression | None:
        """The same of a term whose operands are read."""
        if term.value is not None:
            return Expression(signed(term.value, term.width))
        if term.op is VAR:
            name = str(term.param[1])
            is_number = term.width == 64 and name in self._public
            return Expression.variable(name) if is_number else None
        if term.op is APPLY:
            number = element(term)
            return number if number is not None and self._speaks_of(number) else None
        if (total := linear(term)) is not None:
            return self._total(total, term.width)
        if term.op in (t.UDIV, t.ASHR):
            return self._divided(term)
        whole = fields(term)
        return None if whole is None else self._side_by_side(whole, term.width)

    def _speaks_of(self, number: Expression) -> bool:
        """Whether what is known says anything of a number: of most elements it does not."""
        if self._named is None:
            self._named = {name for fact in self._known.known for name in fact.names()}
        return self._named.issuperset(number.names())

    def _divided(self, term: Term) -> Expression | None:
        """A quotient by a literal, or by the power of two that a shift is."""
        number, literal, width = self._read[term.args[0]], term.args[1].value, term.width
        if number is None or literal is None or not (literal or term.op is t.ASHR):
            return None
        if term.op is t.UDIV:
            return self._quotient(self._wrapped(number, width, 0), literal)
        number = self._wrapped(number, width, -(1 << width - 1))
        return self._quotient(number, 1 << min(literal, width))

    def _total(self, total: Sum, width: int) -> Expression | None:
        result = Expression(signed(total.constant, width))
        for operand, coefficient in total.operands:
            number = self._read[operand]
            if number is None:
                return None
            result = result.plus(number, signed(coefficient, width))
        return result

    def _side_by_side(self, whole: Fields, width: int) -> Expression | None:
        result = Expression(whole.constant)
        for field in whole.parts:
            number = self._field(field, width)
            if number is None:
                return None
            result = result.plus(number, 1 << field.at)
        return result

    def _field(self, field: Field, width: int) -> Expression | None:
        """A field of a term of this width, up to a multiple of what 2^width is there.

        It is the same of every number that the operand is up to a multiple of 2^(its width).
        """
        number = self._read[field.operand]
        if number is None:
            return None
        if field.inverted:
            number = number.negated().plus(-1)
        number = self._quotient(number, 1 << field.low)
        reaches_top = field.at + field.width == width
        return number if reaches_top else self._wrapped(number, field.width, 0)

    def _wrapped(self, number: Expression, width: int, low: int) -> Expression:
        """The number from `low` to `low + 2^width - 1` that differs by a multiple of 2^width."""
        size = 1 << width
        return number.plus(self._quotient(number.plus(-low), size), -size)

    def _quotient(self, number: Expression, divisor: int) -> Expression:
        """floor(number / divisor), as a number if it is known to be one of a few."""
        quotient = number.quotient(divisor)
        for variable, times in quotient.coefficients:
            if isinstance(variable, Quotient):
                whole = quotient.plus(Expression.variable(variable), -times)
                if (divided := self._by_reciprocal(variable)) is not None:
                    return whole.plus(divided, times)
                for n in (0, -1, 1):
                    rest = variable.number.plus(-n * variable.divisor)
                    if self._within(rest, 0, variable.divisor - 1):
                        return whole.plus(n, times)
        return quotient

    def _by_reciprocal(self, product: Quotient) -> Expression | None:
        """The quotient of a product by a power of two, as that of one factor by a small number.

        It is floor(c * n / k), or -floor(c * n / k) = floor((k - 1 - c * n) / k).
        """
        number, k = product.number, product.divisor
        c = gcd(*[times for _, times in number.coefficients])
        if c < 2 or gcd(c, k) > 1:
            return None
        opposite = number.negated().plus(k - 1)
        found = self._by_factor(number, c, k)
        return found if found is not None else self._by_factor(opposite, c, k, -1)

    def _by_factor(self, number: Expression, c: int, k: int, sign: int = 1) -> Expression | None:
        """sign * floor(number / k) = sign * floor(n / d) + literal; c is k / d, rounded up.

        With e = c * d - k, c * n / k is n / d + e * n / (d * k); the latter is less than 1 / d, so
        that no integer lies between, if 0 <= e * n < k.
        """
        # Multiples of k have been taken out of the constant: so many make it one of c again.
        turns = -number.constant * pow(k, -1, c) % c
        turns -= c if 2 * turns > c else 0
        factor = {v: times // c for v, times in number.coefficients}
        n = Expression.of((number.constant + turns * k) // c, factor)
        d = -(-k // c)
        if not self._within(n, 0, (k - 1) // (c * d - k)):
            return None
        return Expression(-sign * turns).plus(n.quotient(d), sign)

    def _within(self, number: Expression, low: int, high: int) -> bool:
        above, below = number.plus(-low), number.negated().plus(high)
        return self._known.proves(above) and self._known.proves(below)
