"""Polynomials multiplied out: terms of exclusive or and and are equal just if the rule says so."""

from __future__ import annotations

import random
from itertools import product

import pytest

from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.kernel import polynomials
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.error import KernelError
from armsym.kernel.theorem import Equation, Kernel
from crypto_specs import gcm

WIDTH = 4
SEEDS = 25
PRODUCT_LIMITS = (0, 1, 4)


def shows(x: Term, y: Term) -> bool:
    """Whether a kernel over the terms' own builder shows that they are equal."""
    assert isinstance(x.builder, KernelBuilder)
    try:
        shown = Kernel(x.builder).polynomials(x, y)
    except KernelError as error:
        assert error.rule == "polynomials"
        return False
    assert shown.conclusion == Equation(x, y)
    assert not shown.hypotheses and not shown.rests_on
    return True


def words(b: KernelBuilder, source: random.Random) -> Term:
    """A random word over x and y, of what the rule looks into."""
    made = [b.var(WIDTH, "x"), b.var(WIDTH, "y"), b.const(WIDTH, source.randrange(1 << WIDTH))]
    for _ in range(8):
        x, y, z = [source.choice(made) for _ in range(3)]
        low = source.randrange(WIDTH)
        products = [b.clmul(x, y), b.clmul(x ^ y, z), b.clmul(x, x)]
        parts = [product[low + WIDTH - 1 : low] for product in products]
        made.append(source.choice([x & y, x | y ^ z, ~x & y, b.ite(z[low], x, y), *parts]))
    return made[-1]


def spelled(term: Term, bit: int) -> Term:
    """Bit `bit` of the term, as the exclusive or of the minterms for which it is 1."""
    b = term.builder
    bits = [word[k] for word in (b.var(WIDTH, "x"), b.var(WIDTH, "y")) for k in range(WIDTH)]
    total = b.const(1, 0)
    for values in product((0, 1), repeat=len(bits)):
        numbers = {"x": _number(values[:WIDTH]), "y": _number(values[WIDTH:])}
        (value,) = evaluate([term], lambda w, name, args, numbers=numbers: numbers[name])
        if value >> bit & 1:
            total ^= minterm(bits, values)
    return total


def minterm(bits: list[Term], values: tuple[int, ...]) -> Term:
    """1 where the bits have just these values."""
    b = bits[0].builder
    return b.and_(*[bit if value else ~bit for bit, value in zip(bits, values, strict=True)])


def _number(bits: tuple[int, ...]) -> int:
    return sum(bit << k for k, bit in enumerate(bits))


@pytest.mark.parametrize("limit", PRODUCT_LIMITS)
def test_functions_of_bits_are_decided(limit: int) -> None:
    """A term is what its table says, and no other function, however near."""
    for seed in range(SEEDS):
        source = random.Random(seed)
        b = KernelBuilder(limit)
        word, bit = words(b, source), source.randrange(WIDTH)
        table = spelled(word, bit)
        assert shows(word[bit], table), seed
        bits = [w[k] for w in (b.var(WIDTH, "x"), b.var(WIDTH, "y")) for k in range(WIDTH)]
        trap = minterm(bits, tuple([source.randrange(2) for _ in bits]))
        assert not shows(word[bit], table ^ trap), seed


def field_product(x: Term, y: Term) -> Term:
    """Algorithm 1 of SP 800-38D, section 6.3, step by step."""
    b = x.builder
    zero, r = b.const(128, 0), b.const(128, 0xE1 << 120)
    z, v = zero, y
    for i in range(128):
        z = z ^ b.ite(x[127 - i], v, zero)
        v = (v >> 1) ^ b.ite(v[0], r, zero)
    return z


def test_the_field_of_gcm() -> None:
    b = KernelBuilder()
    x, y, z = [b.var(128, name) for name in "xyz"]
    xy = gcm.multiply(x, y)
    assert shows(xy, field_product(x, y))
    assert shows(xy, gcm.multiply(y, x))
    assert shows(gcm.multiply(x ^ z, y), xy ^ gcm.multiply(z, y))
    assert not shows(gcm.multiply(x ^ z, y), xy ^ gcm.multiply(z, x))
    assert shows(gcm.multiply(xy, z), gcm.multiply(x, gcm.multiply(y, z)))
    assert not shows(gcm.multiply(xy, z), gcm.multiply(x, gcm.multiply(z, z)))
    assert not shows(xy, xy ^ b.zero_extend(x[0] & x[1] & y[127], 128))


def test_products_of_three_words_need_not_be_multiplied_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As far as no coefficient is another one."""
    b = KernelBuilder()
    x, y, z = [b.var(8, name) for name in "xyz"]
    wide = [b.zero_extend(word, 16) for word in (x, y, z)]
    left, right = b.clmul(b.clmul(x, y), wide[2]), b.clmul(b.clmul(y, z), wide[0])
    square = b.clmul(b.clmul(x, x), wide[2]), b.clmul(b.clmul(x, z), wide[0])
    monkeypatch.setattr(polynomials, "WORK_LIMIT", 0)
    assert shows(left, right)
    assert shows(*square)
    assert shows(left ^ right << 1, right ^ left << 1)
    assert not shows(left, right << 1)
    assert not shows(left, square[1])
    inner = b.clmul(x, y)
    for wrong in (inner ^ b.clmul(x, z), inner ^ b.concat(x[0], b.const(15, 0))):
        assert not shows(b.clmul(wrong, wide[2]), right)
        assert not shows(b.clmul(wrong, wide[1]), right)
    for k in (0, 7, 8, 13):
        one = b.const(16, 1 << k)
        for other in (inner ^ one & inner >> 1, inner & ~one, inner ^ one, inner ^ one & ~wide[0]):
            assert not shows(b.clmul(other, wide[2])[k + 7], right[k + 7]), k
        assert shows(b.clmul(inner, wide[2])[k], right[k])
        assert not shows(b.clmul(inner, wide[2])[k], right[k + 1]), k


def test_what_is_no_product_stands_for_itself() -> None:
    b = KernelBuilder(0)
    x, y, z = [b.var(8, name) for name in "xyz"]
    total, element = x + y, b.apply(8, "f", x)
    assert shows((total ^ element) & z, total & z ^ element & z)
    assert not shows((total ^ element) & z, (y + z) & z ^ element & z)
    assert not shows(x + y, x ^ y)


def test_a_chain_of_products_takes_no_recursion() -> None:
    b = KernelBuilder(0)
    up = down = b.const(1, 1)
    bits = [b.var(1, f"x{n}") for n in range(3000)]
    for first, last in zip(bits, reversed(bits), strict=True):
        up, down = up & first, down & last
    assert up is not down
    assert shows(up, down)


def test_work_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    b = KernelBuilder(0)
    x, y = b.var(32, "x"), b.var(32, "y")
    sides = b.clmul(x ^ y, x), b.clmul(x, x) ^ b.clmul(y, x)
    assert shows(*sides)
    monkeypatch.setattr(polynomials, "WORK_LIMIT", 1000)
    with pytest.raises(KernelError, match="too many"):
        Kernel(b).polynomials(*sides)
