"""What the kernel's polynomials and linear forms are worth where the leaves have values.

This is the definition of the names in armsym.kernel.meaning, taken at its word.  Several samples
(values of all leaves) go side by side: bit s of a number that stands for a bit is its value in
sample s.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_, xor

from armsym.bv import term as t
from armsym.bv.evaluate import Assignment, evaluate
from armsym.bv.term import Term
from armsym.kernel.meaning import (
    UNIT,
    Bits,
    CarryLess,
    Form,
    Function,
    Leaf,
    Meaning,
    Polynomial,
    Product,
    Sum,
    Word,
)


class Values:
    """The values of all names that a meaning has given so far."""

    def __init__(self, meaning: Meaning, samples: Sequence[Assignment]) -> None:
        self.names = meaning.names
        self.count = len(samples)
        leaves = list({name.term: None for name, _ in self.names if isinstance(name, Leaf)})
        values = zip(*[evaluate(leaves, sample) for sample in samples], strict=True)
        self._leaves: dict[Term, Sequence[int]] = dict(zip(leaves, values, strict=True))
        self._variables: dict[int, int] = {}
        self._words: dict[Bits, list[int]] = {UNIT.bits: [1] * self.count}

    def polynomial(self, p: Polynomial) -> int:
        """The sum of the products of the variables."""
        products = [reduce(and_, map(self._variable, monomial), self._all) for monomial in p]
        return reduce(xor, products, 0)

    def word(self, bits: Bits) -> list[int]:
        """The number with these bits, in each sample."""
        if bits not in self._words:
            columns = [self.polynomial(p) for p in bits]
            self._words[bits] = [
                sum((column >> s & 1) << k for k, column in enumerate(columns))
                for s in range(self.count)
            ]
        return self._words[bits]

    def form(self, form: Form | frozenset[tuple[Word, int]], m: int) -> list[int]:
        """The linear form modulo 2^m, in each sample."""
        pairs = form.items() if isinstance(form, dict) else form
        words = [(self.word(atom.bits), k) for atom, k in pairs]
        return [sum(word[s] * k for word, k in words) % (1 << m) for s in range(self.count)]

    @property
    def _all(self) -> int:
        return (1 << self.count) - 1

    def _variable(self, number: int) -> int:
        if number not in self._variables:
            self._variables[number] = self._denoted(number)
        return self._variables[number]

    def _denoted(self, number: int) -> int:
        name, k = self.names[number]
        if isinstance(name, Leaf):
            return self._column(self._leaves[name.term], k)
        if isinstance(name, Sum):
            return self._column(self.form(name.form, name.modulus), k)
        if isinstance(name, Product):
            return reduce(and_, map(self.polynomial, name.factors), self._all)
        if isinstance(name, Function):
            return self._function(name)
        if isinstance(name, CarryLess):
            return self._column(self._carry_less(name.factors), k)
        return self._all ^ reduce(or_, map(self.polynomial, name.polynomials), 0)

    def _carry_less(self, factors: frozenset[Bits]) -> list[int]:
        """The product of two words, or the square of one, in each sample."""
        first, *rest = factors
        second = rest[0] if rest else first
        meaning, width = t.CLMUL.meaning, 2 * len(first)
        assert meaning and len(rest) <= 1
        pairs = zip(self.word(first), self.word(second), strict=True)
        return [meaning(width, (), pair, (len(first),) * 2) for pair in pairs]

    def _function(self, function: Function) -> int:
        """The values at the numbers with these bits, in each sample."""
        numbers = self.word(function.basis)
        return sum(function.values[n] << s for s, n in enumerate(numbers))

    def _column(self, words: Sequence[int], k: int) -> int:
        """Bit k of a word in each sample."""
        return sum((word >> k & 1) << s for s, word in enumerate(words))
