"""The kernel's polynomials and linear forms have the values of the terms that they stand for."""

from __future__ import annotations

import random
from collections import Counter
from typing import get_args

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate, rebuild
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.meaning import PRODUCT_LIMIT, Name, Sum
from tests.kernel.random_terms import RandomTerms
from tests.kernel.values import Values

PRODUCT_LIMITS = (0, 1, 2, 4, PRODUCT_LIMIT)
WIDTHS = (1, 2, 7, 8, 9, 16, 17, 33, 64, 128)

# Evaluations of terms in all: 5 limits * 90 * 50 * 5 = 112,500.
SEEDS = 90
TERMS = 50
SAMPLES = 5


def check_values(raw: list[Term], builder: KernelBuilder, seed: int = 0) -> int:
    """Compares the raw terms' values with those of what the kernel makes of them.

    That is: of the terms that represent them, of their bits, of their linear forms, and of the
    linear forms of some of their low bits.  Gives the number of evaluations.
    """
    meaning, slices = builder.meaning, random.Random(seed)
    made = rebuild(raw, builder)
    bits = [meaning.bits(y) for y in made]
    sizes = [slices.randint(1, x.width) for x in raw]
    forms = [meaning.linear(y, y.width) for y in made]
    low_forms = [meaning.linear(y, m) for y, m in zip(made, sizes, strict=True)]
    samples = [RandomAssignment(1000 * seed + n, corner=0.3) for n in range(SAMPLES)]
    values = Values(meaning, samples)
    columns = zip(*[evaluate([*raw, *made], sample) for sample in samples], strict=True)
    expected = list(map(list, columns))
    for n, x in enumerate(raw):
        wanted, m = expected[n], sizes[n]
        assert expected[n + len(raw)] == wanted, x
        assert len(bits[n]) == x.width, x
        assert values.word(bits[n]) == wanted, x
        assert values.form(forms[n], x.width) == wanted, x
        assert values.form(low_forms[n], m) == [value % (1 << m) for value in wanted], (x, m)
    return len(raw) * SAMPLES


@pytest.mark.parametrize("limit", PRODUCT_LIMITS)
def test_random_terms(limit: int) -> None:
    done = 0
    named: Counter[type] = Counter()
    for seed in range(SEEDS):
        builder = KernelBuilder(limit)
        seed += SEEDS * PRODUCT_LIMITS.index(limit)
        done += check_values(RandomTerms(seed, TERMS).terms, builder, seed)
        named.update(type(name) for name, _ in builder.meaning.names)
    assert done >= SEEDS * TERMS * SAMPLES
    assert min(named[kind] for kind in get_args(Name)) > 50, named


@pytest.mark.parametrize("limit", PRODUCT_LIMITS)
@pytest.mark.parametrize("width", WIDTHS)
def test_laws(width: int, limit: int) -> None:
    for law, pair in laws(width).items():
        left, right = rebuild(pair, KernelBuilder(limit))
        assert left is right or limit < PRODUCT_LIMIT, law
        check_values(list(pair), KernelBuilder(limit))


@pytest.mark.parametrize("limit", PRODUCT_LIMITS)
@pytest.mark.parametrize("width", WIDTHS)
def test_near_misses(width: int, limit: int) -> None:
    for miss, pair in near_misses(width).items():
        left, right = rebuild(pair, KernelBuilder(limit))
        assert left is not right or (width == 1 and miss in NO_MISS_OF_ONE_BIT), miss
        check_values(list(pair), KernelBuilder(limit))


def test_a_bit_of_a_sum_is_named_by_the_least_slice_that_has_it() -> None:
    builder = KernelBuilder()
    x, y = builder.var(40, "x"), builder.var(40, "y")
    bits = builder.meaning.bits(x + y)
    names = [builder.meaning.names[number] for ((number,),) in bits]
    assert [k for _, k in names] == list(range(40))
    moduli = [name.modulus for name, _ in names if isinstance(name, Sum)]
    assert moduli == [8] * 8 + [16] * 8 + [32] * 16 + [40] * 8
    assert (x + y)[15:0] is x[15:0] + y[15:0]
    assert (x + y)[20:0] is not x[20:0] + y[20:0], "named by other slices: not seen, yet no harm"


def test_the_bits_of_sums_that_nobody_reads_are_not_worked_out() -> None:
    builder = KernelBuilder()
    total = builder.var(64, "x")
    for name in "abcdefgh":
        total += builder.var(64, name) * 3
    assert not any(isinstance(name, Sum) for name, _ in builder.meaning.names)
    assert total[0].width == 1
    assert any(isinstance(name, Sum) for name, _ in builder.meaning.names)


@pytest.mark.parametrize("early", [False, True])
def test_reading_a_sum_early_or_late_changes_no_value(early: bool) -> None:
    raw = RawBuilder()
    x, y, z = [raw.var(16, name) for name in "xyz"]
    low = (x & 0x00FF) + (y & 0x00FF)
    terms = [low + (z & 0xFE00), low + z, low ^ z, (low + z) - low]
    builder = KernelBuilder()
    if early:
        builder.meaning.bits(rebuild([low], builder)[0])
    check_values(terms, builder)


def leaves(width: int) -> list[Term]:
    """The words x, y, z, and the bits p, q."""
    raw = RawBuilder()
    return [*[raw.var(width, name) for name in "xyz"], raw.var(1, "p"), raw.var(1, "q")]


def laws(w: int) -> dict[str, tuple[Term, Term]]:
    """What the meaning shows to be equal: made in one kernel, both are one term."""
    x, y, z, p, q = leaves(w)
    b = x.builder
    zero, mask = b.const(w, 0), sum(1 << k for k in range(w) if k % 3)
    wide = b.concat(p, q, x)
    width = b.const(w + 2, w + 2)
    return {
        "sums commute": (x + y, y + x),
        "sums flatten": (x + (y + z), (x + y) + z),
        "a complement is -x - 1": (~x, -x - 1),
        "a complemented sum": (~(x + y) + z, z - x - y - 1),
        "a sum read and joined again": (b.join(b.split(x + y, 1)) - y, x),
        "a sum of complements": (x + ~x, ~zero),
        "side by side": (b.concat(x, zero) + b.zero_extend(y, 2 * w), b.concat(x, y)),
        "masked halves": ((x & mask) + (y & ~b.const(w, mask)), (x & mask) | (y & ~(zero + mask))),
        "multiples": (x * 3 - x, x + x),
        "De Morgan": (~(x & y), ~x | ~y),
        "absorption": (x & (x | y), x),
        "majority": ((x & y) ^ (x & z) ^ (y & z), (x & y) | (z & (x | y))),
        "choice": ((x & y) ^ (~x & z), z ^ (x & (y ^ z))),
        "x = x": (b.eq(x, x), b.const(1, 1)),
        "x = ~x": (b.eq(x, ~x), b.const(1, 0)),
        "equality commutes": (b.eq(x, y), b.eq(y, x)),
        "equality of complements": (b.eq(x ^ z, y ^ z), b.eq(~x, ~y)),
        "equality, twice": (b.eq(b.concat(x, x), b.concat(y, y)), b.eq(x, y)),
        "equality of bits": (b.eq(p, q), ~(p ^ q)),
        "equality but for a bit": (b.eq(b.concat(x, p), b.concat(x, q)), ~p ^ q),
        "left by the width": (wide << width, b.const(w + 2, 0)),
        "left by more": (wide << (width + 1), b.const(w + 2, 0)),
        "left by nearly the width": (wide << (width - 1), b.concat(x[0], b.const(w + 1, 0))),
        "right by the width": (wide >> width, b.const(w + 2, 0)),
        "right by nearly the width": (wide >> (width - 1), b.zero_extend(p, w + 2)),
        "right by the width, arithmetic": (b.ashr(wide, width), b.replicate(p, w + 2)),
        "right by one, arithmetic": (b.ashr(wide, 1), b.concat(p, p, q, x)[w + 2 : 1]),
        "a rotation": (b.ror(b.concat(q, x, p), 1), b.concat(p, q, x)),
        "one branch": (b.ite(p, x, x), x),
        "branches change places": (b.ite(~p, x, y), b.ite(p, y, x)),
        "a choice within its like": (b.ite(p, b.ite(p, x, y), z), b.ite(p, x, z)),
    }


def near_misses(w: int) -> dict[str, tuple[Term, Term]]:
    """What looks like a law and is none."""
    x, y, z, p, q = leaves(w)
    b = x.builder
    zero = b.const(w, 0)
    return {
        "a complement is not -x": (~x, -x),
        "carries count": (
            b.concat(x, y) + b.zero_extend(z, 2 * w),
            b.concat(x, y + z),
        ),
        "the high half of a sum": (low(b.ror(b.concat(x, y) + b.concat(z, y), w)), x + z),
        "equality of others": (b.eq(x ^ z, y), b.eq(x, y)),
        "equality of parts": (b.eq(b.concat(p, x), b.concat(q, y)), b.eq(x, y)),
        "a rotation the other way": (b.ror(b.concat(p, q, x), 1), b.concat(q, x, p)),
        "an arithmetic shift": (b.ashr(b.concat(p, x), 1), b.lshr(b.concat(p, x), 1)),
        "branches change places": (b.ite(p, x, y), b.ite(p, y, x)),
        "or is not exclusive": (x | y, x ^ y),
        "a sum has carries": (x + y, x ^ y),
        "a sum of ands": ((x & z) + (y & z), z & (x + y)),
        "no bit, all bits": (b.eq(b.concat(p, q), b.const(2, 0)), p & q),
        "twice": (b.concat(zero, x) + b.concat(zero, x), b.concat(zero, x + x)),
    }


# In one bit these are true.
NO_MISS_OF_ONE_BIT = {"a complement is not -x", "a sum has carries", "a sum of ands"}


def low(x: Term) -> Term:
    """The low half of a term."""
    return x[x.width // 2 - 1 : 0]
