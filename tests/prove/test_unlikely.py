"""Which places of a guessed invariant are given up after a turn."""

from __future__ import annotations

from armsym.bv.builder import RawBuilder
from armsym.contract.induction import OpenCell, Place
from armsym.prove.loops import every, unlikely


def test_what_random_values_tell_apart_is_given_up() -> None:
    b = RawBuilder()
    x, y = b.var(64, "x"), b.var(64, "y")
    cells = [
        OpenCell(Place("v", 0), x ^ y, (x | y) - (x & y)),
        OpenCell(Place("v", 1), x ^ y, x | y),
        OpenCell(Place("v", 2), x, x[31:0]),
        OpenCell(Place("x", 3), x, x ^ 1),
    ]
    assert every(cells) == [cell.place for cell in cells]
    assert unlikely(cells) == [cell.place for cell in cells[1:]]
    assert unlikely([]) == []
