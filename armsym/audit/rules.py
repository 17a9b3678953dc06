"""Instances of the rewrite rules (armsym.bv.normal.rules), each with a near miss.

A rule holds for all words.  Where it asks for a literal or for a word of some shape, the instances
have one; where it asks for one bit, one bit is the only width.
"""

from __future__ import annotations

from armsym.audit.law import ALL, WORDS, Law, Leaves, Spelling
from armsym.bv.term import Term


def _instance(
    rule: str,
    spelling: Spelling,
    near_miss: Spelling,
    widths: tuple[int, ...] = ALL,
    which: str = "",
) -> Law:
    return Law(f"{rule}{which and f', {which}'}", (spelling,), near_miss, widths, rule)


def _padded(v: Leaves, high: int) -> Term:
    """Whether x, between a literal and a zero, is zero."""
    word = v.b.concat(v.b.const(4, high), v.x, v.k(0))
    return v.b.eq(word, v.b.const(word.width, 0))


def _divided(v: Leaves, power: int) -> Term:
    return v.b.udiv(v.x, v.k(1 << power))


INSTANCES = (
    _instance(
        "ite-same",
        lambda v: v.b.ite(v.c, v.x, v.x),
        lambda v: v.b.ite(v.c, v.x, v.y),
    ),
    _instance(
        "ite-one-bit",
        lambda v: v.b.ite(v.c, v.x, v.y),
        lambda v: v.b.ite(v.c, v.y, v.x),
        (1,),
    ),
    _instance(
        "ite-not",
        lambda v: v.b.ite(~v.c, v.x, v.y),
        lambda v: v.b.ite(v.c, v.x, v.y),
    ),
    _instance(
        "ite-then-again",
        lambda v: v.b.ite(v.c, v.b.ite(v.c, v.x, v.y), v.z),
        lambda v: v.b.ite(v.c, v.b.ite(v.d, v.x, v.y), v.z),
    ),
    _instance(
        "ite-else-again",
        lambda v: v.b.ite(v.c, v.x, v.b.ite(v.c, v.y, v.z)),
        lambda v: v.b.ite(v.c, v.x, v.b.ite(v.d, v.y, v.z)),
    ),
    _instance(
        "eq-one-bit",
        lambda v: v.b.eq(v.x, v.y),
        lambda v: v.b.eq(v.x, ~v.y),
        (1,),
    ),
    _instance(
        "eq-xor",
        lambda v: v.b.eq(v.x ^ v.y ^ 5, v.k(0)),
        lambda v: v.b.eq(v.x ^ v.y ^ 4, v.k(0)),
        WORDS,
    ),
    _instance(
        "eq-xor-literal",
        lambda v: v.b.eq(v.x ^ v.y, v.k(5)),
        lambda v: v.b.eq(v.x ^ v.y, v.k(4)),
        WORDS,
    ),
    _instance(
        "eq-odd",
        lambda v: v.b.eq(v.x * 2 + v.y * 6, v.k(1)),
        lambda v: v.b.eq(v.x * 2 + v.y * 6, v.k(2)),
        WORDS,
    ),
    _instance(
        "eq-padded",
        lambda v: _padded(v, 0),
        lambda v: _padded(v, 1),
    ),
    _instance(
        "eq-padded",
        lambda v: _padded(v, 1),
        lambda v: _padded(v, 0),
        which="with a one",
    ),
    _instance(
        "ult-one-bit",
        lambda v: v.b.ult(v.x, v.y),
        lambda v: v.b.ult(v.y, v.x),
        (1,),
    ),
    _instance(
        "ult-same",
        lambda v: v.b.ult(v.x, v.x),
        lambda v: v.b.ult(v.x, v.y),
    ),
    _instance(
        "ult-zero",
        lambda v: v.b.ult(v.x, v.k(0)),
        lambda v: v.b.ult(v.x, v.k(1)),
    ),
    _instance(
        "ult-one",
        lambda v: v.b.ult(v.x, v.k(1)),
        lambda v: v.b.ult(v.x, v.k(2)),
    ),
    _instance(
        "ult-from-zero",
        lambda v: v.b.ult(v.k(0), v.x),
        lambda v: v.b.ult(v.k(1), v.x),
    ),
    _instance(
        "ult-ones",
        lambda v: v.b.ult(v.x, v.k(-1)),
        lambda v: v.b.ult(v.x, v.k(-1) >> 1),
    ),
    _instance(
        "ult-from-ones",
        lambda v: v.b.ult(v.k(-1), v.x),
        lambda v: v.b.ult(v.k(-1) >> 1, v.x),
    ),
    _instance(
        "slt-one-bit",
        lambda v: v.b.slt(v.x, v.y),
        lambda v: v.b.ult(v.x, v.y),
        (1,),
    ),
    _instance(
        "slt-same",
        lambda v: v.b.slt(v.x, v.x),
        lambda v: v.b.slt(v.x, v.y),
    ),
    _instance(
        "slt-zero",
        lambda v: v.b.slt(v.x, v.k(0)),
        lambda v: v.b.slt(v.k(0), v.x),
    ),
    _instance(
        "udiv-one",
        lambda v: v.b.udiv(v.x, v.k(1)),
        lambda v: v.b.udiv(v.x, v.y),
    ),
    _instance(
        "udiv-zero",
        lambda v: v.b.udiv(v.x, v.k(0)),
        lambda v: v.b.udiv(v.x, v.k(1)),
    ),
    _instance(
        "udiv-power",
        lambda v: _divided(v, v.half),
        lambda v: v.b.udiv(v.x, v.k((1 << v.half) - 1)),
    ),
    _instance(
        "udiv-power",
        lambda v: _divided(v, v.width - 1),
        lambda v: _divided(v, v.width - 2),
        WORDS,
        which="the highest bit",
    ),
    _instance(
        "shl-of-zero",
        lambda v: v.b.shl(v.k(0), v.x),
        lambda v: v.b.shl(v.k(-1), v.x),
    ),
    _instance(
        "lshr-of-zero",
        lambda v: v.b.lshr(v.k(0), v.x),
        lambda v: v.b.lshr(v.k(-1), v.x),
    ),
    _instance(
        "ashr-of-zero",
        lambda v: v.b.ashr(v.k(0), v.x),
        lambda v: v.b.ashr(v.k(1), v.x),
    ),
    _instance(
        "ashr-of-ones",
        lambda v: v.b.ashr(v.k(-1), v.x),
        lambda v: v.b.ashr(v.k(-1) >> 1, v.x),
    ),
)
