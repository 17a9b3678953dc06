"""A law of the fast engine: spellings that have one normal form, and a near miss that has not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from armsym.bv.builder import Builder
from armsym.bv.term import Term

# The widths of what instructions and standards compute with; one bit is a condition.
WORDS = (8, 16, 32, 64, 128)
ALL = (1, *WORDS)
# Those of the factors of PMULL.
PRODUCTS = (8, 64)


class Leaves:
    """What laws are spelled with, at one width: unknown words x, y, z, literals, and bits c, d."""

    def __init__(self, b: Builder, width: int) -> None:
        self.b = b
        self.width = width
        self.half = width // 2
        self.x, self.y, self.z = [b.var(width, name) for name in "xyz"]
        self.c, self.d = b.var(1, "c"), b.var(1, "d")
        self.wide = b.var(2 * width, "wide")

    def k(self, value: int) -> Term:
        """The literal `value` modulo 2^width."""
        return self.b.const(self.width, value)

    @property
    def nibbles(self) -> Term:
        """The literal that has ones in every other four bits, the lowest among them."""
        return self.k(sum(15 << n for n in range(0, self.width, 8)))

    def high(self, x: Term) -> Term:
        """The upper half of a word."""
        return x[self.width - 1 : self.half]

    def low(self, x: Term) -> Term:
        """The lower half of a word."""
        return x[self.half - 1 : 0]

    def doubled(self, x: Term) -> Term:
        """A word with zeros above it, twice as wide."""
        return self.b.zero_extend(x, 2 * self.width)

    def parts(self, x: Term) -> list[Term]:
        """A word in parts of a byte, the lowest first; a byte in parts of two bits."""
        return self.b.split(x, 8 if self.width > 8 else 2)

    def opaque(self, x: Term) -> Term:
        """A word of so many monomials that a product of two such is not multiplied out."""
        return self.b.xor(*[self.b.ror(x, k) for k in range(5)])


Spelling = Callable[[Leaves], Term]


@dataclass(frozen=True)
class Law:
    """`spellings` are equal, and one term for the fast engine, at each of the widths.

    `near_miss` looks like them and is another word.  A law about one rewrite rule names it: the
    engine then has that rule alone.
    """

    name: str
    spellings: tuple[Spelling, ...]
    near_miss: Spelling
    widths: tuple[int, ...] = ALL
    rule: str | None = None
