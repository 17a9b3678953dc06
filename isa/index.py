"""Entries found by instruction word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from isa.cubes import Cube

Entry = TypeVar("Entry")

# The 11 highest bits of a word settle most of its encoding class.
_PREFIX = 0xFFE00000


class Index(Generic[Entry]):
    """Entries that each hold for the words of a cube."""

    def __init__(self, entries: Iterable[tuple[Cube, Entry]]) -> None:
        self._entries = tuple(entries)
        self._by_prefix: dict[int, tuple[tuple[Cube, Entry], ...]] = {}

    def at(self, word: int) -> list[Entry]:
        """The entries that hold for `word`, in the order in which they were given."""
        prefix = word & _PREFIX
        near = self._by_prefix.get(prefix)
        if near is None:
            words = Cube(_PREFIX, prefix)
            near = tuple(entry for entry in self._entries if entry[0] & words is not None)
            self._by_prefix[prefix] = near
        return [entry for cube, entry in near if word in cube]
