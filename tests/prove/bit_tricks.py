"""A proof file: what some well-known tricks with bits compute, as one would explain them."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.contract import Contract, contract


def half_of_sum(words: list[Term]) -> list[Term]:
    """Half of the sum of two words, rounded down; the sum has 65 bits."""
    b = words[0].builder
    return [b.add(*[b.zero_extend(w, 65) for w in words])[64:1]]


def total_of(words: list[Term]) -> list[Term]:
    """The sum of two words."""
    return [words[0] + words[1]]


def greater_of(words: list[Term]) -> list[Term]:
    """The greater of two words, without signs."""
    x, y = words
    return [x.builder.ite(x.builder.ult(x, y), y, x)]


def without_lowest(words: list[Term]) -> list[Term]:
    """The first word without its lowest bit that is 1."""
    x = words[0]
    return [x ^ (x & x.builder.neg(x))]


def bits_set(words: list[Term]) -> list[Term]:
    """The number of bits of the first word that are 1, added up in pairs."""
    b = words[0].builder
    counts = [b.zero_extend(words[0][k], 64) for k in range(64)]
    while len(counts) > 1:
        counts = [x + y for x, y in zip(counts[::2], counts[1::2], strict=True)]
    return counts


def product_by_parts(words: list[Term]) -> list[Term]:
    """The product of the first word and the second plus 1."""
    x, y = words
    return [x * y + x]


def quotient_fits(words: list[Term]) -> list[Term]:
    """Whether (x / y) y is x or less: it is."""
    x, y = words
    b = x.builder
    return [b.zero_extend(~b.ult(x, b.udiv(x, y) * y), 64)]


Function = Callable[[list[Term]], list[Term]]


def states(function: Function, most: int | None = None) -> Callable[[Contract], None]:
    """`(uint64_t *out, const uint64_t in[2], size_t n)`: *out becomes the function of in.

    n is at most `most`, if that is given.
    """

    def state(c: Contract) -> None:
        out = c.buffer("out", elements=1, width=64, access="w")
        given = c.buffer("in", elements=2, width=64, access="r")
        n = c.scalar("n")
        c.arguments(out, given, n)
        c.ensures(out, function, given)
        if most is not None:
            c.requires(~n.builder.ult(n.builder.const(64, most), n))

    return state


average = contract("average")(states(half_of_sum))
total = contract("total", "total_on_both_paths")(states(total_of))
total_of_few = contract("total_where_n_is_small")(states(total_of, most=2))
greater = contract("greater")(states(greater_of))
lowest = contract("lowest")(states(without_lowest))
population = contract("population")(states(bits_set))
product = contract("product")(states(product_by_parts))
quotient = contract("quotient")(states(quotient_fits))
