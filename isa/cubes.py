"""Sets of instruction words, as disjoint cubes: exact intersection, difference and size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Cube(NamedTuple):
    """The 32-bit words with `word & mask == value`."""

    mask: int
    value: int

    def __contains__(self, word: object) -> bool:
        return isinstance(word, int) and word & self.mask == self.value

    @staticmethod
    def parse(bits: str) -> Cube:
        """The cube drawn as 0, 1 and, for any bit, x."""
        mask = "".join("01"[bit != "x"] for bit in bits)
        return Cube(int(mask, 2), int(bits.replace("x", "0"), 2))

    @property
    def size(self) -> int:
        """How many words there are."""
        return 1 << 32 - self.mask.bit_count()

    def __and__(self, other: Cube) -> Cube | None:
        """The words of both; None if there are none."""
        if (self.value ^ other.value) & self.mask & other.mask:
            return None
        return Cube(self.mask | other.mask, self.value | other.value)

    def __sub__(self, other: Cube) -> list[Cube]:
        """The words that `other` does not have, as disjoint cubes: one for each bit it fixes."""
        if self & other is None:
            return [self]
        parts, mask, value = [], self.mask, self.value
        for bit in (1 << n for n in range(32)):
            if bit & other.mask & ~self.mask:
                mask |= bit
                parts.append(Cube(mask, value | ~other.value & bit))
                value |= other.value & bit
        return parts


def difference(words: Iterable[Cube], removed: Iterable[Cube]) -> list[Cube]:
    """The words of one set, given as disjoint cubes, that the other lacks, as disjoint cubes."""
    rest = list(words)
    for cube in removed:
        rest = [part for whole in rest for part in whole - cube]
    return rest


def size(words: Iterable[Cube]) -> int:
    """How many words disjoint cubes have together."""
    return sum(cube.size for cube in words)
