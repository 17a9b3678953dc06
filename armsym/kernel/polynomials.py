"""Polynomials over GF(2), multiplied out: what the bits of terms are, down to bits of leaves.

The meaning of a term leaves large products, and carry-less products, as names.  Here they are
multiplied out, so that the bits of terms that are built of exclusive or and and are the same
polynomial where they are the same function.

A monomial is a set of variables, held as the bits of an integer: the product of two is their union,
since x x = x.  Two words of leaves, called dense, are held in another way: what is multiplied with
a monomial is a sum of products of a bit of the one (or 1) and a bit of the other (or 1), and that
sum is an integer again, a bit for each product.  So x y z has as many monomials as z has bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from armsym.bv.evaluate import leaves
from armsym.bv.term import Term
from armsym.kernel.chains import cancel
from armsym.kernel.error import KernelError
from armsym.kernel.meaning import Bits, CarryLess, Leaf, Meaning, Polynomial, Product

Sum = dict[int, int]  # what each monomial is multiplied with, never 0
ONE: Sum = {0: 1}

# So many products of monomials are added at most: those of three words of 128 bits take half.
WORK_LIMIT = 1 << 23


def equal(meaning: Meaning, x: Term, y: Term) -> bool:
    """Whether each bit of x is the same polynomial as that of y.  Raises KernelError."""
    different = [p ^ q for p, q in zip(meaning.bits(x), meaning.bits(y), strict=True)]
    if cancel(meaning, different):
        return True
    widest = sorted(leaves([x, y]), key=lambda leaf: leaf.width)[-2:]
    for dense in (widest if len(widest) == 2 else [], []):
        expansion = Expansion(meaning, dense)
        try:
            return not any(map(expansion.expand, different))
        except NotDense:
            continue
    raise KernelError("polynomials", "no expansion")


class NotDense(Exception):
    """A bit of a dense word would be multiplied with another of the same word."""


class Expansion:
    """Polynomials of one builder's meaning, multiplied out.

    Names of other kinds than products stand for themselves.  `dense` are no leaves or two.
    Raises KernelError if there are too many monomials, NotDense.
    """

    def __init__(self, meaning: Meaning, dense: Sequence[Term] = ()) -> None:
        self._names = meaning.names
        self._left = WORK_LIMIT
        self._leaves = 0  # how many variables stand for themselves
        self._values: dict[int, Sum] = {}  # of variables, by their numbers
        self._words: dict[Bits, list[Sum]] = {}  # of the factors of carry-less products
        # Bit i + n * j: bit i - 1 of the first word, or 1, times bit j - 1 of the other, or 1.
        n = dense[0].width + 1 if dense else 1
        self._steps = {Leaf(leaf): step for leaf, step in zip(dense, (1, n), strict=False)}
        self._first = (1 << n) - 1
        self._other = sum(1 << n * j for j in range(dense[1].width + 1)) if dense else 1

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
        total: Sum = {}
        if isinstance(name, Product):
            p, q = name.factors
            self._add(total, self._sum(p), self._sum(q))
        elif isinstance(name, CarryLess):
            x, *others = map(self._word, name.factors)
            y = others[0] if others else x
            for i in range(max(0, k - len(y) + 1), min(k + 1, len(x))):
                self._add(total, x[i], y[k - i])
        elif isinstance(name, Leaf) and name in self._steps:
            total[0] = 1 << self._steps[name] * (k + 1)
        else:
            total[1 << self._leaves] = 1
            self._leaves += 1
        return total

    def _word(self, bits: Bits) -> list[Sum]:
        if bits not in self._words:
            self._words[bits] = [self._sum(p) for p in bits]
        return self._words[bits]

    def _sum(self, polynomial: Polynomial) -> Sum:
        total: Sum = {}
        for monomial in polynomial:
            product = ONE
            for number in monomial:
                p, product = product, {}
                self._add(product, p, self._values[number])
            self._add(total, ONE, product)
        return total

    def _add(self, total: Sum, p: Sum, q: Sum) -> None:
        """Adds the product of p and q: what is there already cancels."""
        self._left -= len(p) * len(q)
        if self._left < 0:
            raise KernelError("polynomials", f"more than {WORK_LIMIT} monomials are too many")
        for x, c in p.items():
            for y, d in q.items():
                monomial = x | y
                found = total.get(monomial, 0) ^ self._times(c, d)
                if found:
                    total[monomial] = found
                else:
                    del total[monomial]

    def _times(self, c: int, d: int) -> int:
        """The product of sums of products of dense bits: each has bits of another word, or none."""
        if c == 1:
            return d
        if d == 1:
            return c
        if c & self._first != c or d & self._other != d:
            c, d = d, c
        if c & self._first != c or d & self._other != d:
            raise NotDense
        total = 0
        while c:
            lowest = c & -c
            total ^= d * lowest
            c ^= lowest
        return total
