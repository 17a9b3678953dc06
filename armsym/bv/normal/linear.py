"""Sums modulo 2^n: c + k1*x1 + ..., flattened.  docs/normal-forms/linear.md says what is canonical.

Where no carry can arise, a sum is a bitwise word and is written as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from armsym.bv import term as t
from armsym.bv.normal import bitwise
from armsym.bv.normal.forms import Forms, constant, ones, support, trailing_zeros
from armsym.bv.term import Operator, Term, int_params

_number = attrgetter("number")

# Multiples of these by even numbers are shifted words; of other terms they are coefficients.
_WORDS: frozenset[Operator] = frozenset((t.BITWISE, t.AND, t.ROR, t.CONCAT))


def total(b: Forms, width: int, weighted: Iterable[tuple[int, Term]], literal: int = 0) -> Term:
    """The sum of multiples of terms, and of a literal."""
    coefficients: dict[Term, int] = {}
    todo = list(weighted)
    while todo:
        for times, term in todo:
            literal += _gather(b, coefficients, term, times)
        todo = _settle(b, coefficients, width)
    literal &= ones(width)
    if not coefficients:
        return b.const(width, literal)
    terms = list(coefficients)
    if len(terms) == 1 and not literal and coefficients[terms[0]] == 1:
        return terms[0]
    carryless = _carryless(b, width, coefficients, literal)
    if carryless is not None:
        return carryless
    terms.sort(key=_number)
    return b.intern(t.SUM, tuple(terms), (literal, *[coefficients[term] for term in terms]))


def _gather(b: Forms, coefficients: dict[Term, int], term: Term, times: int) -> int:
    """Add a multiple of a term to the coefficients; returns its literal part."""
    if term.value is not None:
        return times * term.value
    if term.op is t.SUM:
        first, *weights = int_params(term.param)
        for atom, weight in zip(term.args, weights, strict=True):
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
    if (shifted := _unshifted(term)) is not None:
        leaf, amount = shifted
        return literal + _gather(b, coefficients, leaf, times << amount)
    coefficients[term] = coefficients.get(term, 0) + times
    return literal


def _unshifted(term: Term) -> tuple[Term, int] | None:
    """(x, k) if the word is the leaf x shifted to the left by k."""
    if term.op is not t.BITWISE or len(term.args) != 1:
        return None
    flips, mask = int_params(term.param)
    rotation = term.args[0]
    amount = trailing_zeros(mask)
    if flips or rotation.op is not t.ROR or rotation.args[0].op in _WORDS:
        return None
    is_shift = mask == ones(term.width) & -1 << amount
    return (
        (rotation.args[0], amount)
        if is_shift and rotation.param == (term.width - amount,)
        else None
    )


def _settle(b: Forms, coefficients: dict[Term, int], width: int) -> list[tuple[int, Term]]:
    """Reduce the coefficients; returns the even multiples of words, taken out and shifted."""
    even = []
    for term, times in list(coefficients.items()):
        reduced = times & ones(width)
        if reduced > 1 and term.op in _WORDS:
            reduced &= ones(width - trailing_zeros(support(term)))
        if reduced and not reduced & 1 and term.op in _WORDS:
            amount = trailing_zeros(reduced)
            even.append((reduced >> amount, bitwise.shift_left(b, term, amount)))
            reduced = 0
        if reduced:
            coefficients[term] = reduced
        else:
            del coefficients[term]
    return even


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
    amount = trailing_zeros(times)
    if times == 1 << amount:
        return amount, False
    zeros = trailing_zeros(support(term)) if term.op in _WORDS else 0
    return (amount, True) if times == ones(width - zeros) & -1 << amount else None


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
    for atom, times in zip(term.args, int_params(term.param)[1:], strict=True):
        zeros = min(zeros, trailing_zeros(times) + trailing_zeros(support(atom) | constant(atom)))
    return zeros
