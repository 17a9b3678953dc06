"""Sums are told as two words side by side only where the low one is known not to carry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.normal.builder import NormalBuilder
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.machine.address import LinearForms
from armsym.machine.carries import without_carry
from armsym.machine.integers import Expression, Integers
from armsym.machine.numbers import Numbers, element
from armsym.prove.elimination import Elimination

MOST = (1 << 32) - 1

BUILDERS: list[Callable[[], Builder]] = [RawBuilder, NormalBuilder, KernelBuilder]


def low_word(b: Builder) -> Term:
    return b.apply(32, "counter", b.const(64, 0))


def told(b: Builder, low: Term, more: int, least: int, most: int) -> Term | None:
    """concat(high, low) + more, where the low word's element is from `least` to `most`."""
    total = b.concat(b.var(32, "high"), low) + more
    number = element(low_word(b))
    assert number is not None
    known = Integers([number.plus(-least), number.negated().plus(most)], Elimination())
    return apart(total, known)


def apart(total: Term, known: Integers) -> Term | None:
    forms = LinearForms()
    return without_carry(total, forms, Numbers(forms, known, frozenset()), known)


@pytest.mark.parametrize("make", BUILDERS)
@pytest.mark.parametrize(
    ("more", "least", "most"), [(1, 0, MOST - 1), (7, 3, MOST - 7), (-3, 3, MOST), (MOST, 0, 0)]
)
def test_it_is_told_where_it_can_not_carry(
    make: Callable[[], Builder], more: int, least: int, most: int
) -> None:
    b = make()
    low = low_word(b)
    found = told(b, low, more, least, most)
    assert found is not None and b.same(found.args[0], b.var(32, "high"))
    for value in (least, most):
        values = {"high": 5, "counter": value}
        total = b.concat(b.var(32, "high"), low) + more
        one, other = evaluate([found, total], lambda width, name, args, v=values: v[name])
        assert one == other


@pytest.mark.parametrize("make", BUILDERS)
@pytest.mark.parametrize(
    ("more", "least", "most"), [(1, 0, MOST), (7, 3, MOST - 6), (-3, 2, MOST), (1 << 32, 0, 0)]
)
def test_it_is_not_where_it_may(
    make: Callable[[], Builder], more: int, least: int, most: int
) -> None:
    b = make()
    assert told(b, low_word(b), more, least, most) is None


@pytest.mark.parametrize("make", BUILDERS)
def test_it_is_not_where_nothing_is_known_of_the_low_word(make: Callable[[], Builder]) -> None:
    b = make()
    assert told(b, b.var(32, "low"), 1, 0, 0) is None
    assert told(b, low_word(b) ^ b.var(32, "low"), 1, 0, 0) is None


@pytest.mark.parametrize("make", BUILDERS)
def test_a_sum_in_which_the_word_is_doubled_is_not_told(make: Callable[[], Builder]) -> None:
    b = make()
    pair = b.concat(b.var(32, "high"), low_word(b))
    number = element(low_word(b))
    assert number is not None
    known = Integers([number, number.negated().plus(7)], Elimination())
    assert apart(pair + pair + 1, known) is None
    assert apart(pair + b.var(64, "n") + 1, known) is None


def test_elements_are_told_apart_by_name_index_and_width() -> None:
    b = RawBuilder()
    names = {
        element(b.apply(width, name, b.const(64, index)))
        for width in (32, 64)
        for name in ("in", "out")
        for index in (0, 1)
    }
    assert len(names) == 8 and Expression.variable("in") not in names
    assert element(b.apply(32, "in", b.var(64, "n"))) is None
