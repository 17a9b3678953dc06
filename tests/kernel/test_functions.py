"""Tables in the kernel: functions of a space are told apart, and found again in another basis."""

from __future__ import annotations

import random
from functools import reduce
from operator import xor

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import rebuild
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.functions import DIMENSIONS
from armsym.kernel.meaning import Function
from crypto_specs.aes import INVSBOX, SBOX
from tests.kernel.test_meaning import check_values

Box = list[int]


def random_box(source: random.Random, bits: int = 8) -> Box:
    return [source.randrange(1 << bits) for _ in range(1 << bits)]


def linear_box(source: random.Random) -> Box:
    """A linear map of bytes that has an inverse."""
    while True:
        images = [source.randrange(256) for _ in range(8)]
        box = [reduce(xor, [y for i, y in enumerate(images) if x >> i & 1], 0) for x in range(256)]
        if len(set(box)) == 256:
            return box


def looked_up(box: Box, x: Term) -> Term:
    return x.builder.table(8, box, x)


def nibbles(low: Box, high: Box, x: Term) -> Term:
    """The sum of what is found for the halves of a byte."""
    b = x.builder
    return looked_up([low[n & 15] for n in range(256)], x & 15) ^ b.table(8, high, x[7:4])


def pairs(seed: int) -> dict[str, tuple[Term, Term]]:
    """Equal terms, for random tables."""
    source, b = random.Random(seed), RawBuilder()
    x, y, k = [b.var(8, name) for name in "xyk"]
    f, g, h, line = random_box(source), random_box(source), random_box(source), linear_box(source)
    c, low, high = source.randrange(256), random_box(source, 4), random_box(source, 4)
    back = [line.index(n) for n in range(256)]
    sum_of_both = [p ^ q for p, q in zip(f, g, strict=True)]
    of_both = [h[p ^ q ^ n] for n, (p, q) in enumerate(zip(f, g, strict=True))]
    secret = SBOX[c]
    return {
        "a linear table is looked through": (
            looked_up(line, x ^ k),
            looked_up(line, x) ^ looked_up(line, k),
        ),
        "operands in another basis": (
            looked_up(f, x ^ k),
            looked_up([f[back[n ^ c]] for n in range(256)], looked_up(line, x ^ k) ^ c),
        ),
        "tables add": (looked_up(f, x ^ y) ^ looked_up(g, x ^ y), looked_up(sum_of_both, x ^ y)),
        "tables of tables": (
            looked_up(h, looked_up(f, x) ^ looked_up(g, x) ^ x),
            looked_up(of_both, x),
        ),
        "a table of tables of halves": twice(h, low, high, x ^ y),
        "an S-box undone": (looked_up([*INVSBOX], looked_up([*SBOX], x ^ y)), x ^ y),
        "undone behind a key": (looked_up([*INVSBOX], looked_up([*SBOX], x) ^ k ^ k), x),
        "of a literal": (looked_up([*SBOX], b.const(8, c)), b.const(8, secret)),
        "of bits that are known": (
            looked_up(f, b.zero_extend(x[0], 8)),
            b.ite(x[0], b.const(8, f[1]), b.const(8, f[0])),
        ),
        "a level higher": (
            looked_up(g, looked_up(line, looked_up(f, x) ^ looked_up(f, y)) ^ c),
            looked_up([g[line[n] ^ c] for n in range(256)], looked_up(f, y) ^ looked_up(f, x)),
        ),
        "the same, a level higher": twice(h, low, high, looked_up(f, x) ^ looked_up(f, y) ^ k),
    }


def twice(h: Box, low: Box, high: Box, x: Term) -> tuple[Term, Term]:
    """A table of the sum of tables of halves and the word itself, two ways."""
    inner = [low[n & 15] ^ high[n >> 4] ^ n for n in range(256)]
    return looked_up(h, nibbles(low, high, x) ^ x), looked_up([h[i] for i in inner], x)


@pytest.mark.parametrize("seed", range(6))
def test_equal_functions_are_one_term(seed: int) -> None:
    for what, pair in pairs(seed).items():
        left, right = rebuild(pair, KernelBuilder())
        assert left is right, what
        right, left = rebuild(pair[::-1], KernelBuilder())
        assert left is right, f"{what}, the other one first"
        check_values(list(pair), KernelBuilder(), seed)


@pytest.mark.parametrize("seed", range(6))
def test_a_value_that_is_another_is_seen(seed: int) -> None:
    for what, (left, right) in pairs(seed).items():
        b = left.builder
        other = right ^ b.table(8, [1, *[0] * 255], b.var(8, "x"))
        near = rebuild([left, other], KernelBuilder())
        assert near[0] is not near[1], what
        check_values([left, other], KernelBuilder(), seed)


def test_a_name_is_a_function_of_a_reduced_basis() -> None:
    builder = KernelBuilder()
    x, y = builder.var(8, "x"), builder.var(8, "y")
    for operand in (x ^ y, (x ^ y) & 15, builder.ror(x, 3) ^ y ^ 0x63):
        builder.meaning.bits(builder.table(8, SBOX, operand))
    named = [name for name, _ in builder.meaning.names if isinstance(name, Function)]
    assert named
    for function in named:
        assert len(function.values) == 1 << len(function.basis) <= 1 << DIMENSIONS
        assert set(function.values) == {0, 1}
        assert all(frozenset() not in p for p in function.basis)
