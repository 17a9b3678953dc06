"""Random values for the leaves of terms, repeatable by seed."""

from __future__ import annotations

import random


class RandomAssignment:
    """Values drawn on demand, the same again for the same leaf; the seed repeats them all.

    `corner` in 0..1 is the share of values that are corners: 0, 1, all ones, sign bit, sparse.
    """

    def __init__(self, seed: int, corner: float = 0.25) -> None:
        self.values: dict[tuple[int, str, tuple[int, ...]], int] = {}
        self._random = random.Random(seed)
        self._corner = corner

    def __call__(self, width: int, name: str, args: tuple[int, ...]) -> int:
        key = (width, name, args)
        if key not in self.values:
            self.values[key] = random_value(self._random, width, self._corner)
        return self.values[key]


def random_value(source: random.Random, width: int, corner: float) -> int:
    """A `width`-bit value: uniform, or with probability `corner` one of the usual corners."""
    full = (1 << width) - 1
    if source.random() >= corner:
        return source.getrandbits(width)
    sparse = 1 << source.randrange(width)
    return source.choice((0, 1, full, full >> 1, 1 << (width - 1), sparse, full ^ sparse))
