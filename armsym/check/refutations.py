"""Refutations of inequalities, and bounds of numbers, as a certificate stores them: in the order of
the questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armsym.bv.data import BadData
from armsym.machine.integers import Bounds, Expression, Refutation

# A certificate has so many, with so many steps each, and so many summands each step, at most; the
# largest known have a tenth.
REFUTATIONS, STEPS, SUMMANDS = 1 << 15, 64, 256

# No inequality is in a sum so many times.
TIMES = 1 << 128


class Recorded:
    """Gives a certificate's refutations and bounds, whatever is asked.

    Whoever asks the same questions in the same order gets what was found for them; whoever asks
    others finds that this shows nothing.  Raises BadData for what can't be read.
    """

    def __init__(self, data: Sequence[Any]) -> None:
        if len(data) > REFUTATIONS:
            raise BadData(f"{len(data)} refutations are too many")
        self._left = iter([_entry(entry) for entry in data])

    def __call__(self, inequalities: Sequence[Expression]) -> Refutation | None:
        found = next(self._left, None)
        return found if isinstance(found, list) else None

    def bounds(self, inequalities: Sequence[Expression], number: Expression) -> Bounds | None:
        found = next(self._left, None)
        return found if isinstance(found, tuple) else None


def _entry(entry: Any) -> list[list[tuple[int, int]]] | Bounds | None:
    """A refutation, a list of steps, each a list of [number, how many times]; bounds; or null."""
    if entry is None:
        return None
    if not isinstance(entry, list) or len(entry) > STEPS:
        raise BadData("a refutation is no list of steps, or has too many")
    if [type(n) for n in entry] == [int, int] and all(abs(n) < TIMES for n in entry):
        return entry[0], entry[1]
    return [_step(step) for step in entry]


def _step(step: Any) -> list[tuple[int, int]]:
    if not isinstance(step, list) or len(step) > SUMMANDS:
        raise BadData("a step of a refutation is no list of summands, or has too many")
    pairs = [tuple(pair) if isinstance(pair, list) else () for pair in step]
    for pair in pairs:
        if [type(n) for n in pair] != [int, int] or not all(0 <= n < TIMES for n in pair):
            raise BadData("a summand of a refutation is not an inequality and how many times")
    return pairs
