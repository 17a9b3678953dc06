"""Quotients of integer expressions: their values, their names, and what follows for them."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import Assignment, evaluate
from armsym.bv.term import Term
from armsym.machine.address import LinearForms
from armsym.machine.conditions import Conditions
from armsym.machine.integers import Expression, Integers, Quotient
from armsym.machine.numbers import Numbers
from armsym.prove.elimination import Elimination

X, Y = Expression.variable("x"), Expression.variable("y")
SEEDS, SAMPLES = 400, 10
FULL = (1 << 64) - 1


def random_expression(source: random.Random, depth: int) -> Expression:
    """An expression over x and y with quotients in it, some of quotients."""
    found = X.plus(Y, source.randint(-9, 9)).plus(source.randint(-99, 99))
    for _ in range(depth):
        found = found.quotient(source.choice((1, 2, 3, 8, 16, 80))).plus(
            source.choice((X, Y)), source.choice((-16, -8, -1, 0, 0, 2, 8))
        )
    return found


def test_a_quotient_is_the_floor() -> None:
    for seed in range(SEEDS):
        source = random.Random(seed)
        dividend, divisor = random_expression(source, seed % 3), source.choice((1, 2, 6, 16, 80))
        quotient = dividend.quotient(divisor)
        for _ in range(SAMPLES):
            values = {name: source.randint(-999, 999) for name in "xy"}
            expected = dividend.value(values.__getitem__) // divisor
            assert quotient.value(values.__getitem__) == expected, (dividend, divisor)


def test_a_name_is_replaced_in_quotients_as_well() -> None:
    for seed in range(SEEDS):
        source = random.Random(seed)
        whole, by = random_expression(source, seed % 3), random_expression(source, 1)
        changed = whole.replaced("x", by)
        for _ in range(SAMPLES):
            values = {name: source.randint(-999, 999) for name in "xy"}
            there = {**values, "x": by.value(values.__getitem__)}
            assert changed.value(values.__getitem__) == whole.value(there.__getitem__), (whole, by)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X.plus(Y, 16).plus(37).quotient(16), X.plus(5).quotient(16).plus(Y).plus(2)),
        (X.quotient(2).plus(1).quotient(8), X.plus(2).quotient(16)),
        (X.plus(X, 15).plus(5).quotient(16), X),
        (X.plus(X, 7).plus(5).quotient(16), X.quotient(2)),
        (X.quotient(4).plus(Y, -1).quotient(2), X.plus(Y, -4).quotient(8)),
        (X.negated().quotient(2), X.quotient(2).plus(X, -1)),
        (X.negated().plus(7).quotient(8), X.quotient(8).negated()),
        (X.plus(Y, -1).quotient(4), Y.plus(X, -1).plus(3).quotient(4).negated()),
        (X.quotient(1), X),
    ],
)
def test_equal_quotients_have_one_name(one: Expression, other: Expression) -> None:
    assert one == other


def test_a_quotient_is_no_name() -> None:
    """Nothing is known of a variable that is called what a quotient is printed as."""
    quotient = X.quotient(4)
    ((variable, _),) = quotient.coefficients
    named = Expression.variable(str(variable))
    assert str(named) == str(quotient)
    assert named != quotient
    known = Integers([X], Elimination())
    assert known.proves(quotient)
    assert not known.proves(named)


@pytest.mark.parametrize("divisor", [0, -1, -16])
def test_nothing_is_divided_by_less_than_one(divisor: int) -> None:
    with pytest.raises(ValueError, match="quotient by"):
        X.quotient(divisor)


def test_what_defines_a_quotient_holds_for_the_floor_alone() -> None:
    for divisor, x in product((2, 3, 16), range(-40, 40)):
        ((quotient, _),) = X.quotient(divisor).coefficients
        assert isinstance(quotient, Quotient)
        for q in range(-40, 40):
            rest = x - divisor * q
            values = [rest, divisor - 1 - rest]  # what its definition says, spelled out
            defined = [
                e.constant + sum({quotient: q, "x": x}[v] * k for v, k in e.coefficients)
                for e in quotient.definition()
            ]
            assert defined == values
            assert all(v >= 0 for v in defined) == (q == x // divisor)


def test_what_is_proved_of_small_numbers_holds_for_all() -> None:
    """Whatever elimination claims of quotients is so for all values within the bounds."""
    proved = 0
    for seed in range(SEEDS):
        source = random.Random(seed)
        high = source.randint(0, 12)
        known = [e for v in (X, Y) for e in (v, v.negated().plus(high))]
        known.append(random_expression(source, 1))
        claim = random_expression(source, 2).plus(source.randint(-9, 99))
        if Integers(known, Elimination()).proves(claim):
            proved += 1
            for x, y in product(range(high + 1), repeat=2):
                values = {"x": x, "y": y}
                if known[-1].value(values.__getitem__) >= 0:
                    assert claim.value(values.__getitem__) >= 0, (known, claim)
    assert proved > SEEDS / 20


def numbers_of(low: int, high: int) -> tuple[Term, Numbers, Integers]:
    """The public number n, from `low` to `high`."""
    n = Expression.variable("n")
    known = Integers([n.plus(-low), n.negated().plus(high)], Elimination())
    return RawBuilder().var(64, "n"), Numbers(LinearForms(), known, frozenset("n")), known


def high_product(term: Term, factor: int, places: int) -> Term:
    """The high half of a product of 128 bits, shifted: what compilers make of a division."""
    b = term.builder
    return (b.zero_extend(term, 128) * b.const(128, factor))[127:64] >> places


FIFTH = 0xCCCC_CCCC_CCCC_CCCD  # (2^66 + 1) / 5


@pytest.mark.parametrize(("done", "quotient"), [(0, 0), (80, -1), (400, -5)])
def test_a_high_product_has_the_name_of_the_quotient(done: int, quotient: int) -> None:
    """If the number is small enough: then what is 80 less has a quotient that is 1 less."""
    n, numbers, _ = numbers_of(400, FULL >> 1)
    eightieth = numbers.exact(high_product((n & -16) - done, FIFTH, 6))
    assert eightieth == Expression.variable("n").quotient(80).plus(quotient)


def fixed(value: int) -> Assignment:
    """The values of variables where all have this one."""
    return lambda width, name, args: value


@pytest.mark.parametrize("factor", [FIFTH, 0xAAAA_AAAA_AAAA_AAAB, 0x0147_AE14_7AE1_47AF, 12345])
@pytest.mark.parametrize("places", [0, 1, 2, 6])
def test_a_high_product_is_what_it_is_read_as(factor: int, places: int) -> None:
    """Numbers up to where a product by the factor is no quotient any more, and beyond."""
    corners = [
        d * x + r for d in (3, 5, 80, 200, 1 << 32, 1 << 60) for x in (1, 7) for r in (-1, 0)
    ]
    for high in (1 << 10, 1 << 32, 1 << 61, FULL):
        n, numbers, _ = numbers_of(0, high)
        term = high_product(n, factor, places)
        read = numbers.exact(term)
        for value in [c for c in (*corners, high, high // 2, 0) if c <= high]:
            (is_really,) = evaluate([term], fixed(value))
            assert read is None or read.value({"n": value}.__getitem__) == is_really


@pytest.mark.parametrize("high", [1000, 1023, 1024, 5000])
def test_a_product_is_a_quotient_up_to_a_limit(high: int) -> None:
    """As 205 * 5 is 2^10 + 1, floor(205 * n / 2^10) is floor(n / 5) for n below 2^10."""
    assert 205 * 1024 >> 10 != 1024 // 5
    n, numbers, _ = numbers_of(0, high)
    read = numbers.exact(n * 205 >> 10)
    assert (read == Expression.variable("n").quotient(5)) == (high < 1024)


def test_a_high_product_divides() -> None:
    """By 80, as compilers do: the high half of a product, shifted."""
    n, numbers, known = numbers_of(0, FULL)
    b = n.builder
    product = b.zero_extend(n, 128) * b.const(128, 0xCCCC_CCCC_CCCC_CCCD)
    eightieth = numbers.exact(product[127:64] >> 6)
    assert eightieth is not None
    rest = Expression.variable("n").plus(eightieth, -80)
    assert known.proves(rest)
    assert known.proves(rest.negated().plus(79))
    assert not known.proves(rest.negated().plus(78))
    assert not known.proves(rest.plus(-1))
    wrong = numbers.exact((b.zero_extend(n, 128) * b.const(128, (0xCCCC << 48) + 1))[127:64] >> 6)
    assert wrong is not None
    assert not known.proves(Expression.variable("n").plus(wrong, -80).negated().plus(79))


def test_masks_leave_what_they_leave() -> None:
    n, numbers, known = numbers_of(0, 1 << 40)
    low, high = numbers.exact(n & 15), numbers.exact(n & -16)
    assert low is not None and high is not None
    assert low.plus(high) == Expression.variable("n")
    assert numbers.same((n & -16) + n[3:0].builder.zero_extend(n[3:0], 64), n)
    assert numbers.same((n >> 4) << 4, n & -16)
    assert not numbers.same((n >> 3) << 3, n & -16)
    assert known.proves(low.negated().plus(15))
    assert not known.proves(low.negated().plus(14))


@pytest.mark.parametrize(
    "lowest",
    [lambda n: n & 1, lambda n: n[0], lambda n: n << 63],
    ids=["masked", "taken", "shifted"],
)
def test_a_parity_is_learned(lowest: Callable[[Term], Term]) -> None:
    n, numbers, known = numbers_of(0, FULL)
    bit = lowest(n)
    even = n.builder.eq(bit, n.builder.const(bit.width, 0))
    half = Expression.variable("n").quotient(2)
    rest = Expression.variable("n").plus(half, -2)
    for truth, value in ((True, 0), (False, 1)):
        (case,) = Conditions(numbers, known).cases(even, truth)
        assert case.value(rest, 0, 1) == value
    assert known.value(rest, 0, 1) is None
