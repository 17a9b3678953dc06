"""Sums modulo 2^n: c + k1*x1 + ..., flattened.  docs/normal-forms/linear.md says what is canonical.

Where no carry can arise, a sum is a bitwise word and is written as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from armsym.bv import term as t
from armsym.bv.normal import bitwise
from armsym.bv.normal.forms import Forms, constant, ones, support, trailing_zeros, weights
from armsym.bv.term import Operator, Term

_number = attrgetter("number")

# The words whose low bits may be known to be zero.
_WORDS: frozenset[Operator] = frozenset((t.BITWISE, t.AND, t.ROR, t.CONCAT))


def total(b: Forms, width: int, weighted: Iterable[tuple[int, Term]], literal: int = 0) -> Term:
    """The sum of multiples of terms, and of a literal."""
    gathered: dict[Term, int] = {}
    for times, term in weighted:
        literal += _gather(b, gathered, term, times)
    while (pair := _exclusive_pair(b, gathered, width)) is not None:
        one, other = pair
        times = gathered.pop(one)
        del gathered[other]
        literal += _gather(b, gathered, b.xor(one, other), times)
    full = ones(width)
    literal &= full
    coefficients = {term: k for term, times in gathered.items() if (k := times & full)}
    if not coefficients:
        return b.const(width, literal)
    terms = list(coefficients)
    if len(terms) == 1 and not literal and coefficients[terms[0]] == 1:
        return terms[0]
    carryless = _carryless(b, width, coefficients, literal)
    if carryless is not None:
        return carryless
    if (low := _low_part(width, coefficients, literal)) is not None:
        return _apart(b, width, coefficients, literal, low)
    terms.sort(key=_number)
    return b.intern(t.SUM, tuple(terms), (literal, *[coefficients[term] for term in terms]))


def _low_part(width: int, coefficients: dict[Term, int], literal: int) -> Term | None:
    """The term above whose bits all of the other summands lie, if there is one."""
    odd = [term for term, times in coefficients.items() if times & 1]
    if len(odd) != 1 or coefficients[odd[0]] != 1 or constant(odd[0]):
        return None
    size = support(odd[0]).bit_length()
    above = ones(width) & -1 << size
    if not above or any(k & ~above for t, k in coefficients.items() if t is not odd[0]):
        return None
    return None if literal & ~above else odd[0]


def _apart(b: Forms, width: int, coefficients: dict[Term, int], literal: int, low: Term) -> Term:
    """The sum as the concatenation of the sum of its high parts and its low part."""
    size = support(low).bit_length()
    high = width - size
    others = [(times >> size, t) for t, times in coefficients.items() if t is not low]
    parts = [(times, b.extract(term, high - 1, 0)) for times, term in others]
    return b.concat(total(b, high, parts, literal >> size), b.extract(low, size - 1, 0))


def _gather(b: Forms, coefficients: dict[Term, int], term: Term, times: int) -> int:
    """Add a multiple of a term to the coefficients; returns its literal part."""
    if term.value is not None:
        return times * term.value
    if term.op is t.SUM:
        first, *own = weights(term)
        for atom, weight in zip(term.args, own, strict=True):
            coefficients[atom] = coefficients.get(atom, 0) + times * weight
        return times * first
    if term.op is t.BITWISE or term.op is t.CONCAT:
        return _gather_word(b, coefficients, term, times)
    coefficients[term] = coefficients.get(term, 0) + times
    return 0


def _gather_word(b: Forms, coefficients: dict[Term, int], term: Term, times: int) -> int:
    """Add a multiple of a bitwise word, without the part of its constant that is a summand."""
    width = term.width
    top = 1 << (width - 1)
    flips, bits = constant(term), support(term) & ~top
    inner = flips & bits
    literal = times * (flips & ~bits)
    if inner and inner == bits:  # a complement: inner ^ x = inner - x
        literal += times * inner
        times, inner = -times, 0
    if flips != inner:
        rest = b.xor(term, b.const(width, flips ^ inner))
        return literal + _gather(b, coefficients, rest, times)
    if (shifted := _unshifted(b, term)) is not None:
        leaf, amount = shifted
        return literal + _gather(b, coefficients, leaf, times << amount)
    coefficients[term] = coefficients.get(term, 0) + times
    return literal


def _exclusive_pair(b: Forms, gathered: dict[Term, int], width: int) -> tuple[Term, Term] | None:
    """A product and a word, taken the same number of times, that are never both one at any bit."""
    for one in sorted([term for term in gathered if term.op is t.AND], key=_number):
        times = gathered[one]
        for other in gathered:
            if other is one or other.op not in _WORDS or (gathered[other] - times) & ones(width):
                continue
            if times & ones(width) and b.and_(one, other).value == 0:
                return one, other
    return None


def _unshifted(b: Forms, term: Term) -> tuple[Term, int] | None:
    """(x, k) if the word is x shifted to the left by k; leaves with low bits cleared are not."""
    if term.op is not t.BITWISE:
        return None
    flips, *masks = weights(term)
    amount = trailing_zeros(masks[0])
    if flips or not amount or masks.count(ones(term.width) & -1 << amount) < len(masks):
        return None
    monomials = [bitwise.rotate(b, monomial, amount) for monomial in term.args]
    if len(monomials) == 1 and monomials[0].op is t.ROR:
        return None
    return b.xor(*monomials), amount


def _carryless(b: Forms, width: int, coefficients: dict[Term, int], literal: int) -> Term | None:
    """The sum as an exclusive or, if no carry or borrow can leave any bit but the highest."""
    below_top = ones(width - 1)
    used = 0
    parts = []
    for term, times in coefficients.items():
        part = _signed_shift(term, times, width)
        if part is None:
            return None
        amount, negative = part
        bits = support(term) << amount & below_top
        if bits & used or bits & (~literal if negative else literal):
            return None
        used |= bits
        parts.append((term, amount))
    words = [bitwise.shift_left(b, term, amount) for term, amount in parts]
    return b.xor(b.const(width, literal), *words)


def _signed_shift(term: Term, times: int, width: int) -> tuple[int, bool] | None:
    """(k, negative) if the multiple is that by 2^k or -2^k."""
    if term.op in _WORDS:
        width -= trailing_zeros(support(term))
        times &= ones(width)
    if not times:
        return width, False
    amount = trailing_zeros(times)
    if times == 1 << amount:
        return amount, False
    return (amount, True) if times == ones(width) & -1 << amount else None


def product(b: Forms, x: Term, y: Term) -> Term:
    """x * y modulo 2^n: a multiple if either is a literal."""
    if x.value is not None:
        x, y = y, x
    if y.value is not None:
        return total(b, x.width, [(y.value, x)])
    if x.width == 1:
        return bitwise.and_(b, (x, y))
    return b.intern(t.MUL, (x, y) if x.number < y.number else (y, x), ())


def alignment(term: Term) -> int:
    """The number of low bits of a SUM, without its constant, that are known to be zero."""
    zeros = term.width
    for atom, times in zip(term.args, weights(term)[1:], strict=True):
        zeros = min(zeros, trailing_zeros(times) + trailing_zeros(support(atom) | constant(atom)))
    return zeros
