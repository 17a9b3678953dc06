"""Where paths come together: what is behind such a place need be run only once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from armsym.bv.term import Term
from armsym.machine.state import State

# What has been decided on a path.
Facts = tuple[Term, ...]


class _Visit(NamedTuple):
    """Which instruction has led a path to an address, and what had been decided on it."""

    source: Term | None
    facts: Facts


class Crossings:
    """Where paths have been."""

    def __init__(self) -> None:
        self._visits: dict[Term, list[_Visit]] = {}

    def copy(self) -> Crossings:
        """Equal crossings, to be gone on with by themselves."""
        twin = Crossings()
        twin._visits = {pc: list(visits) for pc, visits in self._visits.items()}
        return twin

    def ends_behind(self, state: State, ends: Iterable[Facts]) -> int:
        """Of the ends of paths, how many are of others that were here before, if this one and they
        come from more than one place.

        That this one is here is noted.
        """
        visits = self._visits.setdefault(state.PC, [])
        if any(_continues(state.facts, visit.facts) for visit in visits):
            return 0  # the path itself was here
        visits.append(_Visit(state.source, state.facts))
        if all(visit.source is state.source for visit in visits):
            return 0
        return sum(any(_continues(end, visit.facts) for visit in visits) for end in ends)


def _continues(facts: Facts, before: Facts) -> bool:
    """Whether a path on which this is decided goes on from one on which that is."""
    return facts[: len(before)] == before
