"""Polynomials over GF(2), multiplied out: what the bits of terms are, down to bits of leaves.

The meaning of a term leaves large products, and carry-less products, as names.  Here they are
multiplied out, so that the bits of terms that are built of exclusive or and and are the same
polynomial where they are the same function.  A monomial is a set of variables, held as the bits of
an integer: the product of two is their union, since x x = x.
"""

from __future__ import annotations

from collections.abc import Iterable

from armsym.kernel.error import KernelError
from armsym.kernel.meaning import Bits, CarryLess, Meaning, Polynomial, Product

Sum = set[int]  # of monomials

# So many monomials are added at most: one product in GF(2^128), reduced, takes a seventh.
WORK_LIMIT = 1 << 21


class Expansion:
    """Polynomials of one builder's meaning, multiplied out.  Raises KernelError if that is a lot.

    Names of other kinds than products stand for themselves.
    """

    def __init__(self, meaning: Meaning) -> None:
        self._names = meaning.names
        self._left = WORK_LIMIT
        self._leaves = 0  # how many variables stand for themselves
        self._values: dict[int, Sum] = {}  # of variables, by their numbers
        self._words: dict[Bits, list[Sum]] = {}  # of the factors of carry-less products

    def expand(self, polynomial: Polynomial) -> Sum:
        """The monomials of the polynomial; none if it is 0 for all values of the leaves."""
        for number in self._needed(polynomial):
            self._values[number] = self._value(number)
        return self._sum(polynomial)

    def _needed(self, polynomial: Polynomial) -> list[int]:
        """The variables that it is made of and that are not known, each after what it needs."""
        needed: set[int] = set()
        waiting = [polynomial]
        while waiting:
            for number in frozenset[int]().union(*waiting.pop()):
                if number not in needed and number not in self._values:
                    needed.add(number)
                    waiting.extend(self._factors(number))
        return sorted(needed)  # a name is made after the names in it

    def _factors(self, number: int) -> Iterable[Polynomial]:
        """The polynomials that a variable's value is made of; none for one that is a leaf."""
        name, _ = self._names[number]
        if isinstance(name, Product):
            return name.factors
        if isinstance(name, CarryLess):
            return [p for word in name.factors if word not in self._words for p in word]
        return ()

    def _value(self, number: int) -> Sum:
        name, k = self._names[number]
        total: Sum = set()
        if isinstance(name, Product):
            p, q = name.factors
            self._add(total, self._sum(p), self._sum(q))
        elif isinstance(name, CarryLess):
            x, *others = map(self._word, name.factors)
            y = others[0] if others else x
            for i in range(max(0, k - len(y) + 1), min(k + 1, len(x))):
                self._add(total, x[i], y[k - i])
        else:
            total.add(1 << self._leaves)
            self._leaves += 1
        return total

    def _word(self, bits: Bits) -> list[Sum]:
        if bits not in self._words:
            self._words[bits] = [self._sum(p) for p in bits]
        return self._words[bits]

    def _sum(self, polynomial: Polynomial) -> Sum:
        total: Sum = set()
        for monomial in polynomial:
            product = {0}
            for number in monomial:
                p, product = product, set()
                self._add(product, p, self._values[number])
            self._add(total, {0}, product)
        return total

    def _add(self, total: Sum, p: Sum, q: Sum) -> None:
        """Adds the product of p and q: a monomial that is there already cancels."""
        self._left -= len(p) * len(q)
        if self._left < 0:
            raise KernelError("polynomials", f"more than {WORK_LIMIT} monomials are too many")
        for x in p:
            for y in q:
                monomial = x | y
                if monomial in total:
                    total.remove(monomial)
                else:
                    total.add(monomial)
