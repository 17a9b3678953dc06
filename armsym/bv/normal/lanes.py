"""Lanes: concat and extract; pieces of a word grow together again.  docs/normal-forms/lanes.md.

A concat is a list of pieces, the highest first, none of which is a concat.  Offsets count bits
from the lowest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from armsym.bv import term as t
from armsym.bv.normal import bitwise, linear
from armsym.bv.normal.forms import REACH, Forms, ones, weights
from armsym.bv.term import Term, int_params


def any_concat(terms: Sequence[Term]) -> bool:
    """Whether any of the terms is a concat."""
    return any(term.op is t.CONCAT for term in terms)


def each(
    b: Forms, operator: Callable[[Forms, tuple[Term, ...]], Term], terms: Sequence[Term]
) -> Term:
    """A bitwise operator applied to each lane of the operands' common refinement."""
    cuts = {terms[0].width}
    for term in terms:
        cuts.update(lo for lo, _ in _placed(_pieces((term,))))
    ordered = sorted(cuts, reverse=True)
    return concat(
        b,
        [
            operator(b, tuple([b.extract(term, end - 1, lo) for term in terms]))
            for end, lo in zip(ordered, [*ordered[1:], 0], strict=True)
            if end > lo
        ],
    )


def _pieces(parts: Sequence[Term]) -> list[Term]:
    """The pieces of the parts, concats opened."""
    pieces: list[Term] = []
    for part in parts:
        pieces.extend(part.args if part.op is t.CONCAT else (part,))
    return pieces


def _placed(pieces: Sequence[Term]) -> Iterator[tuple[int, Term]]:
    """The pieces, the highest first, each with the offset of its lowest bit."""
    lo = sum([piece.width for piece in pieces])
    for piece in pieces:
        lo -= piece.width
        yield lo, piece


def extract(b: Forms, x: Term, hi: int, lo: int) -> Term:
    """Bits hi down to lo of x: taken from the pieces, monomials or leaves that hold them."""
    width, op = hi - lo + 1, x.op
    if width == x.width:
        return x
    if x.value is not None:
        return b.const(width, x.value >> lo)
    if op is t.EXTRACT:
        start = int_params(x.param)[1]
        return b.extract(x.args[0], start + hi, start + lo)
    if op is t.CONCAT:
        return concat(b, _slice(b, x.args, hi, lo))
    if op is t.ROR:
        return _extract_rotated(b, x, hi, lo)
    if op is t.BITWISE:
        first, *own = weights(x)
        parts = [b.const(width, first >> lo)]
        for monomial, weight in zip(x.args, own, strict=True):
            if mask := weight >> lo & ones(width):
                parts.append(bitwise.masked(b, b.extract(monomial, hi, lo), mask))
        return bitwise.xor(b, parts)
    if op is t.AND and bitwise.is_plain(x):
        return bitwise.and_(b, [b.extract(factor, hi, lo) for factor in x.args])
    # Bytes are taken of sums modulo 2^8, 2^16, 2^32, ...: the kernel names their bits by these.
    size = hi + 1 if (hi + 1) % 8 else 1 << hi.bit_length()
    if op is t.SUM and size < x.width and all(_at_hand(b, atom, size) for atom in x.args):
        first, *own = weights(x)
        low = [(k, b.extract(atom, size - 1, 0)) for k, atom in zip(own, x.args, strict=True)]
        return b.extract(linear.total(b, size, low, first), hi, lo)
    return b.intern(t.EXTRACT, (x,), (hi, lo))


def _at_hand(b: Forms, atom: Term, width: int) -> bool:
    """Whether the low bits of an operand of a sum can be had without looking far."""
    if b.depth(atom) <= REACH:
        return True
    return atom.op is t.CONCAT and any(lo == width for lo, _ in _placed(atom.args))


def _extract_rotated(b: Forms, x: Term, hi: int, lo: int) -> Term:
    """Bits of a rotated leaf: one run of the leaf's bits, or two where they wrap around."""
    leaf, width = x.args[0], x.width
    amount = int_params(x.param)[0]
    start, end = (lo + amount) % width, (hi + amount) % width
    if start <= end:
        return b.extract(leaf, end, start)
    return concat(b, [b.extract(leaf, end, 0), b.extract(leaf, width - 1, start)])


def _slice(b: Forms, pieces: Sequence[Term], hi: int, lo: int) -> list[Term]:
    """The pieces of bits hi down to lo."""
    result = []
    for start, piece in _placed(pieces):
        top = min(hi, start + piece.width - 1)
        bottom = max(lo, start)
        if bottom <= top:
            result.append(b.extract(piece, top - start, bottom - start))
    return _pieces(result)


def concat(b: Forms, parts: Sequence[Term]) -> Term:
    """The parts side by side; what came from one word becomes a word again."""
    pieces = _pieces(parts)
    before: list[Term] = []
    while pieces != before:
        before = pieces
        if len(pieces) == 1:
            return pieces[0]
        bases = _bases(pieces)
        if bases and (fused := _fuse(b, pieces, bases)) is not None:
            return fused
        pieces = _fuse_neighbours(b, _fuse_lanes(b, pieces, bases))
    return pieces[0] if len(pieces) == 1 else b.intern(t.CONCAT, tuple(pieces), ())


def _leaves(piece: Term) -> Iterator[Term]:
    """The factors of the monomials of a piece."""
    for monomial in piece.args if piece.op is t.BITWISE else (piece,):
        yield from monomial.args if monomial.op is t.AND else (monomial,)


def _bases(pieces: Sequence[Term]) -> dict[Term, None]:
    """The words that the pieces were extracted from, in order."""
    return {
        leaf.args[0]: None for piece in pieces for leaf in _leaves(piece) if leaf.op is t.EXTRACT
    }


def _fuse_lanes(b: Forms, pieces: list[Term], bases: dict[Term, None]) -> list[Term]:
    """The pieces, those in an aligned lane fused if all come from words as wide as the lane."""
    width = sum([piece.width for piece in pieces])
    lanes = {base.width for base in bases}
    lanes.update(piece.width for lo, piece in _placed(pieces) if lo % piece.width)
    for lane in sorted(lanes, reverse=True):
        if lane >= width or width % lane:
            continue
        result: list[Term] = []
        grown = False
        for lo in range(width - lane, -1, -lane):
            inside = _slice(b, pieces, lo + lane - 1, lo)
            own = {base: None for base in _bases(inside) if base.width == lane}
            fused = _fuse(b, inside, own) if len(inside) > 1 and own else None
            result.extend([fused] if fused is not None else inside)
            grown = grown or fused is not None
        pieces = _pieces(result) if grown else pieces
    return pieces


def _fuse_neighbours(b: Forms, pieces: list[Term]) -> list[Term]:
    """The pieces, each fused with those below it as far as that goes."""
    result = pieces[-1:]
    for piece in reversed(pieces[:-1]):
        below = result.pop()
        fused = _fuse(b, (piece, below), _bases((piece, below)))
        result.extend([below, piece] if fused is None else [fused])
    return _pieces(result[::-1])


def _fuse(b: Forms, pieces: Sequence[Term], bases: dict[Term, None]) -> Term | None:
    """The pieces as one bitwise word over the words that they were extracted from, if they can."""
    width = sum([piece.width for piece in pieces])
    masks: bitwise.Masks = {}
    constant = 0
    for lo, piece in _placed(pieces):
        own: bitwise.Masks = {}
        constant ^= bitwise.gather(own, piece, ones(piece.width)) << lo
        for monomial, mask in own.items():
            widened = _widen(b, monomial, lo, width, bases)
            if widened is None:
                return None
            constant ^= bitwise.gather(masks, widened, mask << lo)
    return bitwise.word(b, width, masks, constant)


def _widen(b: Forms, monomial: Term, lo: int, width: int, bases: dict[Term, None]) -> Term | None:
    """A word of `width` bits that has the monomial at offset `lo`, made of the bases alone."""
    factors = []
    for leaf in monomial.args if monomial.op is t.AND else (monomial,):
        wide = _widen_leaf(b, leaf, lo, width, bases)
        if wide is None or wide.op is t.CONCAT:
            return None
        factors.append(wide)
    return factors[0] if len(factors) == 1 else bitwise.and_(b, factors)


def _widen_leaf(b: Forms, leaf: Term, lo: int, width: int, bases: dict[Term, None]) -> Term | None:
    """A word of `width` bits that has the leaf at offset `lo`."""
    start = int_params(leaf.param)[1] if leaf.op is t.EXTRACT else 0
    for base in bases:
        low = start - lo
        rotates = base.width == width
        if not rotates and not 0 <= low <= base.width - width:
            continue
        if _holds(b, base, leaf, start):
            return b.ror(base, low) if rotates else b.extract(base, low + width - 1, low)
    return None


def _holds(b: Forms, base: Term, leaf: Term, start: int) -> bool:
    """Whether the leaf is the bits of the base from `start`; a sum's low bits may be a sum."""
    if leaf.op is t.EXTRACT and leaf.args[0] is base:
        return True
    end = start + leaf.width
    return base.op is t.SUM and end <= base.width and b.extract(base, end - 1, start) is leaf
