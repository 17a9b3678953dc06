"""Refutations of inequalities, as a certificate stores them: in the order of the questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armsym.bv.data import BadData
from armsym.machine.integers import Expression, Refutation

# A certificate has so many, with so many steps each, and so many summands each step, at most; the
# largest known have a tenth.
REFUTATIONS, STEPS, SUMMANDS = 1 << 15, 64, 256

# No inequality is in a sum so many times.
TIMES = 1 << 128


class Recorded:
    """Gives a certificate's refutations, whatever is asked.

    Whoever asks the same questions in the same order gets the refutations that were found for them;
    whoever asks others finds that these are none.  Raises BadData for what can't be read.
    """

    def __init__(self, data: Sequence[Any]) -> None:
        if len(data) > REFUTATIONS:
            raise BadData(f"{len(data)} refutations are too many")
        self._left = iter([_refutation(entry) for entry in data])

    def __call__(self, inequalities: Sequence[Expression]) -> Refutation | None:
        return next(self._left, None)


def _refutation(entry: Any) -> Refutation | None:
    """A refutation: a list of steps, each a list of [number, how many times]; or null."""
    if entry is None:
        return None
    if not isinstance(entry, list) or len(entry) > STEPS:
        raise BadData("a refutation is no list of steps, or has too many")
    return [_step(step) for step in entry]


def _step(step: Any) -> list[tuple[int, int]]:
    if not isinstance(step, list) or len(step) > SUMMANDS:
        raise BadData("a step of a refutation is no list of summands, or has too many")
    pairs = [tuple(pair) if isinstance(pair, list) else () for pair in step]
    for pair in pairs:
        if [type(n) for n in pair] != [int, int] or not all(0 <= n < TIMES for n in pair):
            raise BadData("a summand of a refutation is not an inequality and how many times")
    return pairs
