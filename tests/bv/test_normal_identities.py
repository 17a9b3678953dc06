"""Spellings that must become the same term, and near misses that must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import evaluate, leaves, rebuild, size
from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term
from benchmarks.normal_forms import SHA256, SHA512, Hash, Machine, Standard, block

Spelling = Callable[[Builder, Term, Term, Term], Term]


def _opaque(b: Builder, x: Term, y: Term, z: Term) -> tuple[Term, Term]:
    """Two words too large to be multiplied out."""
    return b.xor(*[b.ror(x, k) for k in range(5)]), b.xor(*[b.ror(y, k) for k in range(5)])


def _swapped(b: Builder, x: Term) -> Term:
    return b.concat(x[31:0], x[63:32])


def _reloaded(b: Builder, x: Term) -> Term:
    """The word put together from its bytes, these from the word's halves."""
    return b.join([byte for half in b.split(x, 32) for byte in b.split(half, 8)])


def _rev16(b: Builder, x: Term) -> Term:
    return b.join([b.concat(*b.split(half, 8)) for half in b.split(x, 16)])


EVEN_BYTES = 0x00FF00FF00FF00FF

SAME: dict[str, tuple[Spelling, ...]] = {
    "Ch": (
        lambda b, x, y, z: (x & y) ^ (~x & z),
        lambda b, x, y, z: (x & y) | (z & ~x),
        lambda b, x, y, z: ((y ^ z) & x) ^ z,
        lambda b, x, y, z: (x & y) + (~x & z),
        lambda b, x, y, z: ~((x & ~y) ^ (~x & ~z)),
    ),
    "Maj": (
        lambda b, x, y, z: (x & y) ^ (x & z) ^ (y & z),
        lambda b, x, y, z: (x & y) | (x & z) | (y & z),
        lambda b, x, y, z: ((x ^ y) & (y ^ z)) ^ y,
        lambda b, x, y, z: (x & y) + ((x ^ y) & z),
    ),
    "Ch in a sum": (
        lambda b, x, y, z: z + ((x & y) | (z & ~x)) + y,
        lambda b, x, y, z: z + (x & y) + y + (z & ~x),
    ),
    "bic": (
        lambda b, x, y, z: x & ~y,
        lambda b, x, y, z: x ^ (x & y),
        lambda b, x, y, z: ~(~x | y),
    ),
    "complement": (lambda b, x, y, z: ~x + y, lambda b, x, y, z: y - x - 1),
    "rotate": (
        lambda b, x, y, z: b.ror(x ^ y, 19),
        lambda b, x, y, z: b.ror(x, 19) ^ b.ror(y, 19),
        lambda b, x, y, z: ((x ^ y) >> 19) | ((x ^ y) << 45),
        lambda b, x, y, z: ((x ^ y) >> 19) + (x << 45) ^ (y << 45),
        lambda b, x, y, z: b.concat((x ^ y)[18:0], (x ^ y)[63:19]),
    ),
    "rotate a sum": (
        lambda b, x, y, z: b.ror(x - y, 7),
        lambda b, x, y, z: ((x - y) >> 7) | ((x - y) << 57),
        lambda b, x, y, z: b.concat((x - y)[6:0], (x - y)[63:7]),
    ),
    "rotate an opaque product": (
        lambda b, x, y, z: b.ror(b.and_(*_opaque(b, x, y, z)), 9),
        lambda b, x, y, z: b.and_(*[b.ror(w, 9) for w in _opaque(b, x, y, z)]),
    ),
    "bic of opaque words": (
        lambda b, x, y, z: _opaque(b, x, y, z)[0] & ~_opaque(b, x, y, z)[1],
        lambda b, x, y, z: _opaque(b, x, y, z)[0] ^ b.and_(*_opaque(b, x, y, z)),
    ),
    "rev16": (
        lambda b, x, y, z: _rev16(b, x),
        lambda b, x, y, z: ((x >> 8) & EVEN_BYTES) | ((x & EVEN_BYTES) << 8),
    ),
    "sli": (
        lambda b, x, y, z: (x << 5) | (y & 0x1F),
        lambda b, x, y, z: b.concat(x[58:0], y[4:0]),
        lambda b, x, y, z: (x * 32) + (y & 0x1F),
    ),
    "swapped halves": (
        lambda b, x, y, z: _swapped(b, x + y),
        lambda b, x, y, z: b.ror(x + y, 32),
    ),
    "reload a sum": (lambda b, x, y, z: x + y + z, lambda b, x, y, z: _reloaded(b, x + y + z)),
    "reload a word": (
        lambda b, x, y, z: (x & y) ^ b.ror(z, 3) ^ 0x55,
        lambda b, x, y, z: _reloaded(b, (x & y) ^ b.ror(z, 3) ^ 0x55),
    ),
    "vector lanes": (
        lambda b, x, y, z: b.xor(b.concat(x + y, z), b.concat(z, y)),
        lambda b, x, y, z: b.concat((x + y) ^ z, _reloaded(b, z ^ y)),
        lambda b, x, y, z: b.ror(b.concat(z ^ y, z ^ (x + y)), 64),
    ),
    "rotate a low half": (
        lambda b, x, y, z: b.ror(x[31:0], 8),
        lambda b, x, y, z: (x[31:0] >> 8) | (x[31:0] << 24),
    ),
    "reload in a lane": (
        lambda b, x, y, z: b.concat(z, x ^ y),
        lambda b, x, y, z: b.concat(z, _reloaded(b, x ^ y)),
    ),
    "low half of a sum": (
        lambda b, x, y, z: (x + y)[31:0],
        lambda b, x, y, z: x[31:0] + y[31:0],
        lambda b, x, y, z: (b.zero_extend(x[31:0], 64) + b.zero_extend(y[31:0], 64))[31:0],
    ),
    "distribution of a literal": (
        lambda b, x, y, z: (x + y) * 8 + z,
        lambda b, x, y, z: (x << 3) + (y << 3) + z,
        lambda b, x, y, z: z + ((x + y) << 3),
        lambda b, x, y, z: z - (b.neg(x) - y) * 8,
    ),
    "aligned sum": (
        lambda b, x, y, z: ((x << 12) + (y << 4) + 64) & -16,
        lambda b, x, y, z: ((x << 12) + (y << 4) + 73) & -16,
        lambda b, x, y, z: (x << 12) + (y << 4) + 64,
    ),
    "equality of sums": (
        lambda b, x, y, z: b.eq(x + y, z - 1),
        lambda b, x, y, z: b.eq(x + 1, z - y),
        lambda b, x, y, z: b.eq(z - y - x - 1, b.const(64, 0)),
    ),
    "equality by exclusive or": (
        lambda b, x, y, z: b.eq(x, ~y),
        lambda b, x, y, z: b.eq(x ^ y, b.const(64, -1)),
        lambda b, x, y, z: b.eq(x ^ ~y, b.const(64, 0)),
    ),
    "choice": (
        lambda b, x, y, z: b.ite(b.eq(x, y), z, x),
        lambda b, x, y, z: b.ite(~b.eq(y, x), x, z),
        lambda b, x, y, z: b.ite(b.eq(x, y), z, b.ite(b.eq(x, y), y, x)),
    ),
    "sign": (
        lambda b, x, y, z: b.sign_extend(x[31:0], 64),
        lambda b, x, y, z: b.ashr(x << 32, 32),
    ),
}

DIFFERENT: dict[str, tuple[Spelling, Spelling]] = {
    "Ch, operands swapped": (
        lambda b, x, y, z: (x & y) ^ (~x & z),
        lambda b, x, y, z: (x & z) ^ (~x & y),
    ),
    "add for xor": (lambda b, x, y, z: x + y, lambda b, x, y, z: x ^ y),
    "add of parts that meet": (
        lambda b, x, y, z: (x & 0xFF) + (y & 0x180),
        lambda b, x, y, z: (x & 0xFF) | (y & 0x180),
    ),
    "rotation by one more": (
        lambda b, x, y, z: b.ror(x, 19),
        lambda b, x, y, z: (x >> 19) | (x << 44),
    ),
    "halves of two words": (
        lambda b, x, y, z: b.concat(x[63:32], y[31:0]),
        lambda b, x, y, z: x,
    ),
    "high half of a sum": (
        lambda b, x, y, z: (x + y)[63:32],
        lambda b, x, y, z: x[63:32] + y[63:32],
    ),
    "middle of a sum": (
        lambda b, x, y, z: (x + y)[15:8],
        lambda b, x, y, z: x[15:8] + y[15:8],
    ),
    "unaligned sum": (
        lambda b, x, y, z: (x + 64) & -16,
        lambda b, x, y, z: x + 64,
    ),
    "equality of multiples": (
        lambda b, x, y, z: b.eq(x * 2, y * 2),
        lambda b, x, y, z: b.eq(x, y),
    ),
    "signed order": (lambda b, x, y, z: b.ult(x, y), lambda b, x, y, z: b.slt(x, y)),
    "complement as negation": (lambda b, x, y, z: ~x, lambda b, x, y, z: b.neg(x)),
}


def _spelled(spelling: Spelling, b: Builder) -> Term:
    return spelling(b, b.var(64, "x"), b.var(64, "y"), b.var(64, "z"))


@pytest.mark.parametrize("name", SAME)
def test_spellings_are_one_term(name: str) -> None:
    builder, raw = NormalBuilder(), RawBuilder()
    first, *others = [_spelled(spelling, builder) for spelling in SAME[name]]
    assert [x for x in others if x is not first] == []
    spelled = [_spelled(spelling, raw) for spelling in SAME[name]]
    assert len(set(evaluate(spelled, RandomAssignment(1)))) == 1


@pytest.mark.parametrize("name", DIFFERENT)
def test_near_misses_stay_apart(name: str) -> None:
    builder, raw = NormalBuilder(), RawBuilder()
    one, other = [_spelled(spelling, builder) for spelling in DIFFERENT[name]]
    assert one is not other
    spelled = [_spelled(spelling, raw) for spelling in DIFFERENT[name]]
    values = [evaluate(spelled, RandomAssignment(seed)) for seed in range(40)]
    assert any(left != right for left, right in values)


@pytest.mark.parametrize("hash_", [SHA256, SHA512], ids=["SHA-256", "SHA-512"])
def test_both_spellings_of_a_block_are_the_same_terms(hash_: Hash) -> None:
    builder = NormalBuilder()
    assert block(hash_, Standard(builder)) == block(hash_, Machine(builder))


def test_a_block_with_one_rotation_off_is_not_the_same() -> None:
    builder = NormalBuilder()
    wrong = Hash(64, 80, (28, 34, 39), (14, 18, 41), (1, 8, -7), (19, 60, -6))
    assert block(SHA512, Standard(builder)) != block(wrong, Machine(builder))


def test_a_long_chain_is_built_without_recursion_and_stays_linear() -> None:
    builder = NormalBuilder()
    x, y, z = [builder.var(64, name) for name in "xyz"]
    for k in range(4_000):
        x = builder.ror((x ^ y) + z + k, 13)
        x = builder.concat(x[31:0], x[63:32]) & ~(x >> 1)
    assert size([x]) < 12 * 4_000
    assert leaves([x]) != []


def test_rotating_deep_opaque_words_does_not_recur() -> None:
    builder = NormalBuilder()
    x, y = builder.var(64, "x"), builder.var(64, "y")
    for _ in range(1_000):
        x, y = y, builder.and_(*_opaque(builder, x, y, y)) ^ builder.var(64, "z")
    assert builder.ror(builder.ror(y, 3), 61) is y


def test_every_term_of_a_wide_word_can_be_normalised() -> None:
    raw, builder = RawBuilder(), NormalBuilder()
    x, y = raw.var(256, "x"), raw.var(256, "y")
    terms = [raw.ror(x + y, 64), raw.concat(x, y)[383:128], (x & ~y) << 3, raw.ashr(x, 200)]
    normal = rebuild(terms, builder)
    for seed in range(20):
        assignment = RandomAssignment(seed)
        assert evaluate(terms, assignment) == evaluate(normal, assignment)


def test_hits_are_counted_by_rule() -> None:
    builder = NormalBuilder()
    x = builder.var(8, "x")
    assert builder.ult(x, builder.const(8, 0)).value == 0
    assert builder.hits == {"ult-zero": 1}
