"""Products of three words: (X Y) Z and X (Y Z) are the same polynomial.

Carry-less multiplication is associative: bit d of the product of X, Y and Z is the sum of all
C_j z_(d-j), where C is the product of two of them and z the bits of the third.  A sum of bits of
products F Z, where the bits of F are sums of bits of C, is the sum of all w_jk C_j z_k for some
numbers w_jk; if they depend on j + k only, it is the sum of w_d times bit d of the product of all
three.  To see that takes as much work as a product of two words, where multiplying out takes that
of three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import xor

from armsym.kernel.meaning import Bits, CarryLess, Meaning, Polynomial

# Bits of products, as a number for each.
Sum = dict[CarryLess, int]

# Words, and how often each is a factor.
Factors = frozenset[tuple[Bits, int]]


def cancel(meaning: Meaning, polynomials: Iterable[Polynomial]) -> bool:
    """Whether each polynomial is seen to be 0 because products of three words are the same."""
    chains = _Chains(meaning)
    return all(map(chains.cancel, polynomials))


class _Chains:
    """Products of three words in one builder's meaning."""

    def __init__(self, meaning: Meaning) -> None:
        self._names = meaning.names
        self._inner: dict[Bits, tuple[CarryLess, list[int]] | None] = {}

    def cancel(self, polynomial: Polynomial) -> bool:
        """Whether it is a sum of bits of products of three words in which each cancels."""
        products = self._sum(polynomial)
        if products is None:
            return False
        total: dict[Factors, int] = {}
        for product, bits in products.items():
            found = self._of_three(product, bits)
            if found is None:
                return False
            factors, coefficients = found
            total[factors] = total.get(factors, 0) ^ coefficients
        return not any(total.values())

    def _sum(self, polynomial: Polynomial) -> Sum | None:
        """The bits of products that are added; None if anything else is."""
        total: Sum = {}
        for monomial in polynomial:
            if len(monomial) != 1:
                return None
            name, k = self._names[min(monomial)]
            if not isinstance(name, CarryLess):
                return None
            total[name] = total.get(name, 0) ^ 1 << k
        return total

    def _of_three(self, product: CarryLess, bits: int) -> tuple[Factors, int] | None:
        """Three words, and of which bits of their product these bits of a product are the sum."""
        x, y = _pair(product)
        for factor, other in ((x, y), (y, x)):
            if (found := self._combination(factor)) is not None:
                inner, rows = found
                coefficients = _coefficients(rows, _length(inner), len(other), bits)
                if coefficients is not None:
                    words = [_without_zeros(word) for word in (*_pair(inner), other)]
                    return frozenset(Counter(words).items()), coefficients
        return None

    def _combination(self, word: Bits) -> tuple[CarryLess, list[int]] | None:
        """The one product of which bits are added in each bit of a word, and which bits in each."""
        if word not in self._inner:
            rows = [total for p in word if (total := self._sum(p)) is not None]
            products = list({product: None for total in rows for product in total})
            one = len(products) == 1 and len(rows) == len(word)
            found = [(product, [row.get(product, 0) for row in rows]) for product in products]
            self._inner[word] = found[0] if one else None
        return self._inner[word]


def _pair(product: CarryLess) -> tuple[Bits, Bits]:
    """The two factors, which may be one word."""
    x, *others = product.factors
    return x, others[0] if others else x


def _without_zeros(word: Bits) -> Bits:
    """A word as far as its highest bit that is not 0: the others add nothing to a product."""
    return word[: max([k + 1 for k, p in enumerate(word) if p], default=0)]


def _length(product: CarryLess) -> int:
    """How many bits it has: those above are 0."""
    x, y = _pair(product)
    return len(x) + len(y) - 1


def _coefficients(rows: list[int], length: int, width: int, bits: int) -> int | None:
    """The numbers w_d, if there are any: bits F Z are the sum of all w_(j+k) C_j z_k.

    `bits` are those of F Z that are added, `rows[i]` which bits of C bit i of F is the sum of;
    C has `length` bits, Z has `width`.
    """
    total = 0
    for k in range(width):
        # Bit n of F Z has bit n - k of F times z_k.
        row = reduce(xor, [r for i, r in enumerate(rows) if bits >> i + k & 1], 0)
        row &= (1 << length) - 1
        highest = row >> length - 1 if k else row
        total |= highest << (length - 1 + k if k else 0)
        if row != total >> k:
            return None
    return total
