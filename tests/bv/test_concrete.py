"""What the computing builder does at once comes to the same as the terms spelled out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.term import Term, WidthError

Function = Callable[[Builder, Term], Term]


@st.composite
def numbers(draw: st.DrawFn) -> tuple[int, int]:
    """A width and a value that fits."""
    width = draw(st.integers(1, 128))
    return width, draw(st.integers(0, (1 << width) - 1))


def agree(number: tuple[int, int], function: Function) -> bool:
    """Whether the function computes what it is when spelled out."""
    found = [function(b, b.const(*number)) for b in (ConcreteBuilder(), RawBuilder())]
    return found[0].value == found[1].value and found[0].width == found[1].width


@given(numbers(), st.data())
def test_bits_are_taken(number: tuple[int, int], data: st.DataObject) -> None:
    lo = data.draw(st.integers(0, number[0] - 1))
    hi = data.draw(st.integers(lo, number[0] - 1))
    assert agree(number, lambda b, x: b.extract(x, hi, lo))


@given(numbers(), st.integers(0, 100))
def test_numbers_are_extended(number: tuple[int, int], more: int) -> None:
    assert agree(number, lambda b, x: b.zero_extend(x, x.width + more))
    assert agree(number, lambda b, x: b.sign_extend(x, x.width + more))


@pytest.mark.parametrize(
    "function",
    [
        lambda b, x: b.extract(x, 8, 0),
        lambda b, x: b.extract(x, 7, -1),
        lambda b, x: b.extract(x, 3, 4),
        lambda b, x: b.zero_extend(x, 7),
        lambda b, x: b.sign_extend(x, 7),
        lambda b, x: b.extract(RawBuilder().var(8, "x"), 3, 0),
        lambda b, x: b.zero_extend(RawBuilder().var(8, "x"), 16),
        lambda b, x: b.sign_extend(RawBuilder().var(8, "x"), 16),
        lambda b, x: b.var(8, "x"),
    ],
)
def test_ill_formed(function: Function) -> None:
    b = ConcreteBuilder()
    with pytest.raises(WidthError):
        function(b, b.const(8, 0x5A))
