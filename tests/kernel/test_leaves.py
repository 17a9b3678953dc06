"""A leaf is told by its width and name: nothing else looks like one, so none has two values."""

from __future__ import annotations

import pytest

from armsym.bv import term as t
from armsym.bv.builder import InterningBuilder, RawBuilder
from armsym.bv.term import Operator, Param, Term, WidthError
from armsym.kernel.builder import KernelBuilder

# Each was once another leaf than VAR (1, "a") and had its value: a table showed them equal.
ILL_FORMED: list[tuple[Operator, Param]] = [
    (t.APPLY, (1, "a")),
    (t.VAR, (1, 5)),
    (t.VAR, (1, "a", "b")),
    (t.VAR, (1,)),
    (t.VAR, (0, "a")),
    (t.VAR, ("1", "a")),
    (t.VAR, ()),
]


@pytest.mark.parametrize(("op", "param"), ILL_FORMED, ids=repr)
@pytest.mark.parametrize("builder", [RawBuilder, KernelBuilder])
def test_no_other_leaf(builder: type[InterningBuilder], op: Operator, param: Param) -> None:
    with pytest.raises(WidthError):
        builder().make(op, (), param)


def test_leaves_have_the_operands_of_their_kind() -> None:
    b = RawBuilder()
    x: Term = b.var(8, "x")
    assert b.apply(8, "f", x) is not x
    with pytest.raises(WidthError):
        b.make(t.VAR, (x,), (8, "x"))
    with pytest.raises(WidthError):
        b.make(t.APPLY, (x,), (8, 7))


@pytest.mark.parametrize("value", [-1, 256])
def test_a_literal_fits(value: int) -> None:
    with pytest.raises(WidthError):
        RawBuilder().make(t.CONST, (), (8, value))


def test_the_width_of_a_literal_is_known_without_its_bits() -> None:
    assert t.CONST.width((1 << 60, 1), []) == 1 << 60
