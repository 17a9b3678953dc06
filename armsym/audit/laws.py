"""The laws of the normal forms, as the pages in docs/normal-forms state them."""

from __future__ import annotations

from armsym.audit.law import PRODUCTS, WORDS, Law, Leaves
from armsym.bv.term import Term


def _reversed(v: Leaves, x: Term) -> Term:
    """The parts of a word in reverse order."""
    return v.b.concat(*v.parts(x))


def _reversed_by_rotations(v: Leaves, x: Term) -> Term:
    """The same by a rotation and a mask for each part."""
    parts = v.parts(x)
    size = parts[0].width
    kept = [v.k(((1 << size) - 1) << v.width - size * (n + 1)) for n in range(len(parts))]
    return v.b.xor(*[v.b.ror(x, size * (2 * n + 1)) & mask for n, mask in enumerate(kept)])


def _reloaded(v: Leaves, x: Term) -> Term:
    """A word put together from its parts."""
    return v.b.join(v.parts(x))


def _opaque_product(v: Leaves) -> Term:
    return v.opaque(v.x) & v.opaque(v.y)


BITWISE = (
    Law(
        "masks of one word add",
        (lambda v: (v.x & v.nibbles) ^ (v.x & ~v.nibbles), lambda v: v.x),
        lambda v: (v.x & v.nibbles) ^ (v.y & ~v.nibbles),
        WORDS,
    ),
    Law(
        "complement",
        (lambda v: ~v.x, lambda v: v.x ^ -1),
        lambda v: v.b.neg(v.x),
    ),
    Law(
        "or",
        (lambda v: v.x | v.y, lambda v: v.x ^ v.y ^ (v.x & v.y)),
        lambda v: v.x ^ v.y,
    ),
    Law(
        "and distributes",
        (lambda v: (v.x ^ v.y) & v.z, lambda v: (v.x & v.z) ^ (v.y & v.z)),
        lambda v: (v.x & v.z) ^ v.y,
    ),
    Law(
        "and not",
        (lambda v: v.x & ~v.y, lambda v: v.x ^ (v.x & v.y), lambda v: ~(~v.x | v.y)),
        lambda v: v.y & ~v.x,
    ),
    Law(
        "Ch",
        (
            lambda v: (v.x & v.y) ^ (~v.x & v.z),
            lambda v: (v.x & v.y) | (v.z & ~v.x),
            lambda v: ((v.y ^ v.z) & v.x) ^ v.z,
        ),
        lambda v: (v.x & v.z) ^ (~v.x & v.y),
    ),
    Law(
        "Maj",
        (
            lambda v: (v.x & v.y) ^ (v.x & v.z) ^ (v.y & v.z),
            lambda v: (v.x & v.y) | (v.x & v.z) | (v.y & v.z),
            lambda v: ((v.x ^ v.y) & (v.y ^ v.z)) ^ v.y,
        ),
        lambda v: v.x ^ v.y ^ v.z,
    ),
    Law(
        "rotation moves to the leaves",
        (
            lambda v: v.b.ror((v.x & v.y) ^ v.z ^ 9, 3),
            lambda v: (v.b.ror(v.x, 3) & v.b.ror(v.y, 3)) ^ v.b.ror(v.z, 3) ^ v.b.ror(v.k(9), 3),
        ),
        lambda v: v.b.ror((v.x & v.y) ^ v.z ^ 9, 4),
        WORDS,
    ),
    Law(
        "rotations add",
        (lambda v: v.b.ror(v.b.ror(v.x, 3), v.half), lambda v: v.b.ror(v.x, v.half + 3)),
        lambda v: v.b.ror(v.x, v.half + 2),
        WORDS,
    ),
    Law(
        "rotation by shifts",
        (lambda v: v.b.ror(v.x, 3), lambda v: (v.x >> 3) | (v.x << (v.width - 3))),
        lambda v: (v.x >> 3) | (v.x << (v.width - 4)),
        WORDS,
    ),
    Law(
        "shift to the left",
        (lambda v: v.x << 3, lambda v: v.b.rol(v.x, 3) & v.k(-8)),
        lambda v: v.b.rol(v.x, 3),
        WORDS,
    ),
    Law(
        "shift to the right",
        (lambda v: v.x >> 3, lambda v: v.b.ror(v.x, 3) & (v.k(-1) >> 3)),
        lambda v: v.b.ashr(v.x, 3),
        WORDS,
    ),
    Law(
        "shift with the sign",
        (
            lambda v: v.b.ashr(v.x, 3),
            lambda v: v.b.concat(*[v.x[v.width - 1]] * 3, v.x[v.width - 1 : 3]),
        ),
        lambda v: v.x >> 3,
        WORDS,
    ),
    Law(
        "shift by the width",
        (lambda v: v.x << v.width, lambda v: v.x >> v.width, lambda v: v.k(0)),
        lambda v: v.x << (v.width - 1),
    ),
    Law(
        "constant of an opaque factor",
        (
            lambda v: v.opaque(v.x) & ~v.opaque(v.y),
            lambda v: v.opaque(v.x) ^ _opaque_product(v),
        ),
        _opaque_product,
        WORDS,
    ),
    Law(
        "rotation of an opaque product",
        (
            lambda v: v.b.ror(_opaque_product(v), 3),
            lambda v: v.b.ror(v.opaque(v.x), 3) & v.b.ror(v.opaque(v.y), 3),
        ),
        _opaque_product,
        WORDS,
    ),
    Law(
        "opaque products are flat",
        (
            lambda v: _opaque_product(v) & v.opaque(v.z),
            lambda v: v.opaque(v.x) & (v.opaque(v.y) & v.opaque(v.z)),
        ),
        lambda v: _opaque_product(v) & v.z,
        WORDS,
    ),
    Law(
        "carry-less product by a literal",
        (
            lambda v: v.b.clmul(v.x, v.k(11)),
            lambda v: v.doubled(v.x) ^ (v.doubled(v.x) << 1) ^ (v.doubled(v.x) << 3),
        ),
        lambda v: v.b.clmul(v.x, v.k(9)),
        PRODUCTS,
    ),
    Law(
        "carry-less products commute",
        (lambda v: v.b.clmul(v.x, v.y), lambda v: v.b.clmul(v.y, v.x)),
        lambda v: v.b.clmul(v.x, v.x),
        PRODUCTS,
    ),
    Law(
        "known low bits of a sum",
        (lambda v: (v.x * 4 + v.y * 4 + 1) & 3, lambda v: v.k(1)),
        lambda v: (v.x * 4 + v.y * 4 + 1) & 7,
        WORDS,
    ),
    Law(
        "mask of an aligned sum",
        (
            lambda v: ((v.x << 4) + 73) & -16,
            lambda v: (v.x << 4) + 64,
        ),
        lambda v: ((v.x << 3) + 73) & -16,
        WORDS,
    ),
)

SUMS = (
    Law(
        "a complement is a difference",
        (lambda v: ~v.x + v.y, lambda v: v.y - v.x - 1),
        lambda v: v.y - v.x,
    ),
    Law(
        "sums are flat",
        (lambda v: (v.x + v.y) - (v.z - v.y), lambda v: v.y * 2 - v.z + v.x),
        lambda v: v.x + v.y - v.z,
    ),
    Law(
        "a literal distributes",
        (lambda v: (v.x + v.y) * 5, lambda v: v.x * 5 + v.y * 5),
        lambda v: v.x * 5 + v.y,
        WORDS,
    ),
    # Wider products have too large a table and too hard clauses; no proof so far has any.
    Law(
        "products commute",
        (lambda v: v.x * v.y, lambda v: v.y * v.x),
        lambda v: v.x * v.x,
        (1, 6),
    ),
    Law(
        "a shifted summand",
        (lambda v: (v.x << 3) + v.y, lambda v: v.x * 8 + v.y),
        lambda v: v.x * 4 + v.y,
        WORDS,
    ),
    Law(
        "no carry, no sum",
        (
            lambda v: (v.x & v.nibbles) + (v.y & ~v.nibbles),
            lambda v: (v.x & v.nibbles) | (v.y & ~v.nibbles),
        ),
        lambda v: (v.x & v.nibbles) + (v.y & (~v.nibbles | 1)),
        WORDS,
    ),
    Law(
        "one bit has no carry",
        (lambda v: v.x + v.y, lambda v: v.x - v.y, lambda v: v.x ^ v.y),
        lambda v: v.x | v.y,
        (1,),
    ),
    Law(
        "adding the highest bit",
        (lambda v: v.x + (1 << (v.width - 1)), lambda v: v.x ^ (1 << (v.width - 1))),
        lambda v: v.x ^ (1 << (v.width - 2)),
        WORDS,
    ),
    Law(
        "a word that its constant covers",
        (lambda v: ((v.x & 15) ^ 15) + v.y, lambda v: v.y - (v.x & 15) + 15),
        lambda v: ((v.x & 15) ^ 7) + v.y,
        WORDS,
    ),
    Law(
        "a constant outside of a word",
        (lambda v: ((v.x & 15) ^ 16) + v.y, lambda v: (v.x & 15) + v.y + 16),
        lambda v: (v.x & 15) + v.y - 16,
        WORDS,
    ),
    Law(
        "products that exclude each other",
        (
            lambda v: (v.x & v.y) + v.z + (v.z & ~v.x),
            lambda v: v.z + ((v.x & v.y) ^ (~v.x & v.z)),
        ),
        lambda v: v.z + ((v.x & v.z) ^ (~v.x & v.y)),
    ),
    Law(
        "low bits of a sum",
        (lambda v: v.low(v.x + v.y), lambda v: v.low(v.x) + v.low(v.y)),
        lambda v: v.low(v.x ^ v.y),
        WORDS,
    ),
    Law(
        "inner bits of a sum",
        (
            lambda v: (v.x + v.y)[v.width - 2 : v.half],
            lambda v: (v.x[v.width - 2 : 0] + v.y[v.width - 2 : 0])[v.width - 2 : v.half],
        ),
        lambda v: v.x[v.width - 2 : v.half] + v.y[v.width - 2 : v.half],
        WORDS,
    ),
    Law(
        "an equality of sums is a difference",
        (lambda v: v.b.eq(v.x + 3, v.y - 4), lambda v: v.b.eq(v.x - v.y, v.k(-7))),
        lambda v: v.b.eq(v.x + 3, v.y + 5),
    ),
    Law(
        "an equality of words is a difference",
        (lambda v: v.b.eq(v.x, ~v.y), lambda v: v.b.eq(v.x ^ v.y, v.k(-1))),
        lambda v: v.b.eq(v.x, v.y),
    ),
)

LANES = (
    Law(
        "operators act on lanes",
        (
            lambda v: v.b.concat(v.x, v.y) ^ v.wide,
            lambda v: v.b.concat(
                v.x ^ v.wide[2 * v.width - 1 : v.width], v.y ^ v.wide[v.width - 1 : 0]
            ),
        ),
        lambda v: v.b.concat(v.y, v.x) ^ v.wide,
    ),
    Law(
        "rotation of a concat",
        (lambda v: v.b.ror(v.b.concat(v.x, v.y), v.width), lambda v: v.b.concat(v.y, v.x)),
        lambda v: v.b.concat(v.x, v.y),
    ),
    Law(
        "extract of a concat",
        (
            lambda v: v.b.concat(v.x, v.y)[v.width + v.half - 1 : v.half],
            lambda v: v.b.concat(v.low(v.x), v.high(v.y)),
        ),
        lambda v: v.b.concat(v.high(v.x), v.low(v.y)),
        WORDS,
    ),
    Law(
        "extract of an extract",
        (lambda v: v.high(v.x)[v.half - 2 : 1], lambda v: v.x[v.width - 2 : v.half + 1]),
        lambda v: v.x[v.width - 3 : v.half],
        WORDS,
    ),
    Law(
        "extract of a word",
        (
            lambda v: v.high((v.x & v.y) ^ v.z),
            lambda v: (v.high(v.x) & v.high(v.y)) ^ v.high(v.z),
        ),
        lambda v: v.low((v.x & v.y) ^ v.z),
        WORDS,
    ),
    Law(
        "extract of a rotation",
        (
            lambda v: v.b.ror(v.x, 3)[v.width - 2 : v.half],
            lambda v: v.b.concat(v.x[1:0], v.x[v.width - 1 : v.half + 3]),
        ),
        lambda v: v.x[v.width - 2 : v.half],
        WORDS,
    ),
    Law(
        "swapped halves",
        (lambda v: v.b.concat(v.low(v.x), v.high(v.x)), lambda v: v.b.ror(v.x, v.half)),
        lambda v: v.b.concat(v.low(v.x), v.high(v.y)),
        WORDS,
    ),
    Law(
        "parts in reverse",
        (lambda v: _reversed(v, v.x), lambda v: _reversed_by_rotations(v, v.x)),
        lambda v: v.x,
        WORDS,
    ),
    Law(
        "reload of a word",
        (lambda v: _reloaded(v, (v.x & v.y) ^ v.z), lambda v: (v.x & v.y) ^ v.z),
        lambda v: _reversed(v, (v.x & v.y) ^ v.z),
        WORDS,
    ),
    Law(
        "reload of a sum",
        (lambda v: _reloaded(v, v.x + v.y), lambda v: v.x + v.y),
        lambda v: v.b.concat(*v.parts(v.x + v.y)[:0:-1], v.parts(v.x)[0]),
        WORDS,
    ),
    Law(
        "reload in a lane",
        (
            lambda v: v.b.concat(v.z, _reloaded(v, v.x + v.y)),
            lambda v: v.b.concat(v.z, v.x + v.y),
        ),
        lambda v: v.b.concat(_reloaded(v, v.x + v.y), v.z),
        WORDS,
    ),
    Law(
        "zero extension",
        (
            lambda v: v.b.zero_extend(v.low(v.x), v.width),
            lambda v: v.x & ((1 << v.half) - 1),
        ),
        lambda v: v.x,
        WORDS,
    ),
    Law(
        "sign extension",
        (
            lambda v: v.b.sign_extend(v.low(v.x), v.width),
            lambda v: v.b.ashr(v.x << v.half, v.half),
        ),
        lambda v: v.b.zero_extend(v.low(v.x), v.width),
        WORDS,
    ),
    Law(
        "neighbours grow together",
        (
            lambda v: v.b.concat(v.x[v.width - 6 : 0], v.y[4:3], v.y[2:0]),
            lambda v: (v.x << 5) | (v.y & 31),
        ),
        lambda v: (v.x << 5) | (v.y & 63),
        WORDS,
    ),
)
