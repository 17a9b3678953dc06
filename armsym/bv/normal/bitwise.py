"""Bitwise words: c ^ (m1 & x1) ^ ..., x an AND of rotated leaves.  docs/normal-forms/bitwise.md.

The leaves of a word are the terms that are not themselves bitwise; concats never occur in one,
since the operators here act on their lanes instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from operator import attrgetter

from armsym.bv import term as t
from armsym.bv.normal import lanes, linear
from armsym.bv.normal.forms import Forms, ones, possible, weights
from armsym.bv.term import Term

# An AND is multiplied out into at most this many products; larger ones stay opaque.
PRODUCTS = 16

Masks = dict[Term, int]
# A word as a polynomial: the factors of each monomial, and its mask; no factors mean the constant.
Product = tuple[frozenset[Term], int]

_NONE: frozenset[Term] = frozenset()
_number = attrgetter("number")


def gather(masks: Masks, term: Term, mask: int) -> int:
    """Add (exclusive-or) the masked word into `masks`; returns its constant part."""
    if term.value is not None:
        return term.value & mask
    if term.op is t.BITWISE:
        own = iter(weights(term))
        first = next(own)
        for monomial, weight in zip(term.args, own, strict=True):
            masks[monomial] = masks.get(monomial, 0) ^ (weight & mask)
        return first & mask
    masks[term] = masks.get(term, 0) ^ mask
    return 0


def word(b: Forms, width: int, masks: Masks, constant: int) -> Term:
    """The word with these masks of monomials, some of which may be zero."""
    full = ones(width)
    for monomial in [m for m, mask in masks.items() if m.op is t.SUM and 0 < mask < full]:
        constant ^= _align(b, masks, monomial)
    monomials = [monomial for monomial, mask in masks.items() if mask]
    if not monomials:
        return b.const(width, constant)
    if len(monomials) == 1 and not constant and masks[monomials[0]] == full:
        return monomials[0]
    monomials.sort(key=_number)
    params = (constant, *[masks[monomial] for monomial in monomials])
    return b.intern(t.BITWISE, tuple(monomials), params)


def _align(b: Forms, masks: Masks, term: Term) -> int:
    """Take the known low bits off a masked sum in `masks`; returns those that the mask keeps."""
    width, mask = term.width, masks[term]
    low = ones(linear.alignment(term))
    literal = weights(term)[0] & low
    if not mask & low and mask != ones(width) & ~low:
        return 0
    del masks[term]
    kept = mask & ~low
    whole = kept == ones(width) & ~low
    return literal & mask ^ gather(
        masks, linear.total(b, width, [(1, term)], -literal), ones(width) if whole else kept
    )


def xor(b: Forms, terms: Iterable[Term]) -> Term:
    """The exclusive or of words of one width."""
    terms = tuple(terms)
    if lanes.any_concat(terms):
        return lanes.each(b, xor, terms)
    width = terms[0].width
    masks: Masks = {}
    constant = 0
    for term in terms:
        constant ^= gather(masks, term, ones(width))
    return word(b, width, masks, constant)


def not_(b: Forms, terms: tuple[Term, ...]) -> Term:
    """The complement: exclusive or with all ones."""
    return xor(b, (*terms, b.const(terms[0].width, -1)))


def masked(b: Forms, term: Term, mask: int) -> Term:
    """The bits of a word where the mask is one; zero elsewhere."""
    width = term.width
    if mask == ones(width):
        return term
    if not mask or term.value is not None:
        return b.const(width, mask and mask & (term.value or 0))
    if term.op is t.CONCAT:
        return lanes.each(b, and_, (term, b.const(width, mask)))
    masks: Masks = {}
    constant = gather(masks, term, mask)
    return word(b, width, masks, constant)


def or_(b: Forms, terms: Iterable[Term]) -> Term:
    """x | y = x ^ y ^ (x & y), where the last vanishes if no bit can be one in both."""
    first, *rest = terms
    if lanes.any_concat((first, *rest)):
        return lanes.each(b, or_, (first, *rest))
    for term in rest:
        common = () if not possible(first) & possible(term) else (and_(b, (first, term)),)
        first = xor(b, (first, term, *common))
    return first


def and_(b: Forms, terms: Iterable[Term]) -> Term:
    """The AND of words of one width: multiplied out if it stays small, else opaque."""
    terms = tuple(terms)
    width = terms[0].width
    mask = ones(width)
    for term in terms:
        mask &= possible(term) if term.value is None else term.value
    words = [term for term in terms if term.value is None]
    if not mask or not words:
        return b.const(width, mask)
    if len(words) == 1:
        literal = ones(width)
        for term in terms:
            literal &= ones(width) if term.value is None else term.value
        return masked(b, words[0], literal)
    if lanes.any_concat(terms):
        return lanes.each(b, and_, terms)
    return _product(b, terms)


def _product(b: Forms, terms: tuple[Term, ...]) -> Term:
    """The AND of words none of which is a concat."""
    width = terms[0].width
    mask, factors = _factors(terms)
    for polynomials in ([_polynomial(f) for f in factors], [_opaque(b, f) for f in factors]):
        if prod(map(len, polynomials)) <= PRODUCTS:
            return _multiply(b, width, mask, polynomials)
    half = len(factors) // 2
    parts = (and_(b, factors[:half]), and_(b, factors[half:]), b.const(width, mask))
    return and_(b, parts)


def _factors(terms: tuple[Term, ...]) -> tuple[int, tuple[Term, ...]]:
    """The literal mask and the distinct other factors of a product; nested ANDs are opened."""
    mask = ones(terms[0].width)
    factors: dict[Term, None] = {}
    for term in terms:
        factor = term
        if term.value is not None:
            mask &= term.value
            continue
        if term.op is t.BITWISE and len(term.args) == 1:
            constant, weight = weights(term)
            if not constant:
                mask &= weight
                factor = term.args[0]
        factors.update(dict.fromkeys(_atoms(factor)))
    return mask, tuple(factors)


def _atoms(monomial: Term) -> tuple[Term, ...]:
    """The factors of a monomial."""
    return monomial.args if monomial.op is t.AND else (monomial,)


def _polynomial(factor: Term) -> list[Product]:
    """A factor as the sum of its monomials."""
    if factor.op is not t.BITWISE:
        return [(frozenset((factor,)), ones(factor.width))]
    first, *own = weights(factor)
    result = [
        (frozenset(_atoms(monomial)), weight)
        for monomial, weight in zip(factor.args, own, strict=True)
    ]
    return [*result, (_NONE, first)] if first else result


def _opaque(b: Forms, factor: Term) -> list[Product]:
    """A factor as one opaque word, and its constant."""
    polynomial = _polynomial(factor)
    if len(polynomial) == 1 or (len(polynomial) == 2 and polynomial[-1][0] is _NONE):
        return polynomial
    first = weights(factor)[0]
    if not first:
        return [(frozenset((factor,)), ones(factor.width))]
    pure = xor(b, (factor, b.const(factor.width, first)))
    return [(frozenset((pure,)), ones(factor.width)), (_NONE, first)]


def _multiply(b: Forms, width: int, mask: int, polynomials: list[list[Product]]) -> Term:
    """The masked product of polynomials, multiplied out."""
    products = {_NONE: mask}
    for polynomial in polynomials:
        longer: dict[frozenset[Term], int] = {}
        for left, left_mask in products.items():
            for right, right_mask in polynomial:
                if both := left_mask & right_mask:
                    atoms = left | right
                    longer[atoms] = longer.get(atoms, 0) ^ both
        products = longer
    constant = products.pop(_NONE, 0)
    masks: Masks = {}
    for atoms, weight in products.items():
        if weight:
            constant ^= gather(masks, _monomial(b, atoms), weight)
    return word(b, width, masks, constant)


def _monomial(b: Forms, atoms: frozenset[Term]) -> Term:
    """The AND of distinct factors without constants."""
    factors = tuple(sorted(atoms, key=_number))
    if len(factors) == 1:
        return factors[0]
    sizes = [len(factor.args) if factor.op is t.BITWISE else 1 for factor in factors]
    if 1 < prod(sizes) <= PRODUCTS:
        return and_(b, factors)
    if all(size == 1 for size in sizes):
        return b.intern(t.AND, factors, ())
    phase = _phase(b, factors)
    turned = sorted([b.ror(factor, -phase % factor.width) for factor in factors], key=_number)
    return b.ror(b.intern(t.AND, tuple(turned), ()), phase)


def _phase(b: Forms, factors: tuple[Term, ...]) -> int:
    """By how much opaque factors are rotated: that of the first, when all are turned back."""
    phases = [_word_phase(factor) for factor in factors]
    pairs = zip(factors, phases, strict=True)
    back = [(b.ror(factor, -phase % factor.width).number, phase) for factor, phase in pairs]
    return min(back)[1]


def _word_phase(word: Term) -> int:
    """By how much a word is rotated, as far as its leaves tell: any choice that turns with it."""
    monomials = word.args if word.op is t.BITWISE else (word,)
    turns: dict[int, list[int]] = {}
    for monomial in monomials:
        base, turn = (monomial, 0) if monomial.op is not t.ROR else _unrotated(monomial)
        if base.op is not t.AND or not is_plain(base):
            turns.setdefault(base.number, []).append(turn)
    if not turns:
        return 0
    fewest = min((len(found), number) for number, found in turns.items())[1]
    found = turns[fewest]
    return min(found, key=lambda k: sorted([(other - k) % word.width for other in found]))


def _unrotated(term: Term) -> tuple[Term, int]:
    """The word of which this is a rotation to the right, and by how much."""
    return term.args[0], weights(term)[0]


def rotate(b: Forms, term: Term, amount: int) -> Term:
    """The word rotated to the right: the rotation moves to its leaves."""
    width, op = term.width, term.op
    amount %= width
    if not amount:
        return term
    if term.value is not None:
        return b.const(width, rotated(term.value, amount, width))
    if op is t.CONCAT:
        return b.concat(b.extract(term, amount - 1, 0), b.extract(term, width - 1, amount))
    if op is t.ROR:
        return rotate(b, term.args[0], amount + weights(term)[0])
    if op is t.BITWISE:
        first, *own = weights(term)
        masks: Masks = {}
        constant = rotated(first, amount, width)
        for monomial, weight in zip(term.args, own, strict=True):
            moved = rotated(weight, amount, width)
            constant ^= gather(masks, b.ror(monomial, amount), moved)
        return word(b, width, masks, constant)
    if op is t.AND and is_plain(term):
        return _monomial(b, frozenset([b.ror(factor, amount) for factor in term.args]))
    return b.intern(t.ROR, (term,), (amount,))


def is_plain(term: Term) -> bool:
    """Whether no factor of an AND is itself a word of several monomials."""
    return all(factor.op is not t.BITWISE for factor in term.args)


def rotated(value: int, amount: int, width: int) -> int:
    """A number of `width` bits rotated to the right by 0 <= amount < width."""
    return (value >> amount | value << (width - amount)) & ones(width)


def shift_left(b: Forms, term: Term, amount: int) -> Term:
    """The word shifted to the left by a literal: a masked rotation."""
    full = ones(term.width)
    return masked(b, rotate(b, term, -amount), full << amount & full)


def shift_right(b: Forms, term: Term, amount: int) -> Term:
    """The word shifted logically to the right by a literal: a masked rotation."""
    return masked(b, rotate(b, term, amount), ones(term.width) >> amount)


def shift_right_signed(b: Forms, term: Term, amount: int) -> Term:
    """The word shifted arithmetically to the right by a literal; amounts are capped."""
    amount = min(amount, term.width - 1)
    if not amount:
        return term
    sign = b.extract(term, term.width - 1, term.width - 1)
    return b.concat(*[sign] * amount, b.extract(term, term.width - 1, amount))
