"""The account of all 2^32 words: how many have a clause, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from isa.allocation import Encoding, Rule, encodings, groups, reserved, unmodelled
from isa.cubes import Cube, difference, size
from isa.encoding import CLAUSES, Clause
from isa.outcomes import ConstrainedUnpredictable, Undefined, Unmodelled


class Entry(NamedTuple):
    """So many words, of so many encodings where they are counted, that have one outcome."""

    outcome: str
    words: int
    encodings: int | None
    reason: str


def words_of(entries: Iterable[Clause | Rule]) -> list[Cube]:
    """The words that the patterns of clauses or rules match; disjoint if the patterns are."""
    return [cube for entry in entries for cube in entry.pattern.cubes()]


def without(words: list[Cube], settled: Iterable[Cube]) -> list[Cube]:
    """Those of some words, disjoint cubes, that are not settled, as disjoint cubes."""
    near = (cube for cube in settled if any(cube & part is not None for part in words))
    return difference(words, near)


def unmodelled_words() -> list[tuple[Encoding, list[Cube]]]:
    """The encodings with words that neither a clause nor a reserved rule has, and these words."""
    settled = [*words_of(CLAUSES), *words_of(reserved())]
    rests = ((encoding, without([encoding.words], settled)) for encoding in encodings())
    return [(encoding, rest) for encoding, rest in rests if rest]


def account() -> Iterator[Entry]:
    """Where each word belongs: clauses, reserved words, families without clause, groups."""
    settled, lacking = words_of(CLAUSES), unmodelled_words()
    modelled = len(encodings()) - len(lacking)
    yield Entry("MODELLED", size(settled), modelled, f"{len(CLAUSES)} clauses")

    for outcome in (Undefined, ConstrainedUnpredictable):
        words = words_of(rule for rule in reserved() if rule.outcome is outcome)
        rest = without(words, settled)
        settled += rest
        yield Entry(outcome.name, size(rest), None, "reserved among the instructions")

    for family in unmodelled():
        members = [words for encoding, words in lacking if family in encoding.families]
        before = len(settled)
        for words in members:
            settled += without(words, settled)
        yield Entry(Unmodelled.name, size(settled[before:]), len(members), family.reason)

    for group in groups():
        cubes = group.pattern.cubes()
        common = (words & cube for words in settled for cube in cubes)
        count = size(cubes) - size(cube for cube in common if cube is not None)
        yield Entry(group.outcome.name, count, None, group.reason)
