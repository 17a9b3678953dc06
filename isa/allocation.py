"""What the architecture, Armv9.4-A, makes of the words that no clause defines.

Three tables, asked in this order; the first that knows the word decides:

    reserved.tsv       words that look like an instruction but are not, by a rule of their class
    a64_encodings.tsv  the instructions; unmodelled.tsv says why those without a clause have none
    groups.tsv         the top-level groups of encodings, which leave no word out
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from isa.cubes import Cube
from isa.encoding import Pattern
from isa.index import Index
from isa.outcomes import ConstrainedUnpredictable, Outcome, Undefined, Unmodelled

_OUTCOMES: dict[str, type[Outcome]] = {
    "undefined": Undefined,
    "unpredictable": ConstrainedUnpredictable,
    "unmodelled": Unmodelled,
}


class Rule(NamedTuple):
    """The outcome of the words of a pattern, and the reason."""

    pattern: Pattern
    outcome: type[Outcome]
    reason: str


class Family(NamedTuple):
    """Instructions that have no clause, by how their encodings' names start, and why."""

    names: re.Pattern[str]
    reason: str


class Encoding(NamedTuple):
    """An instruction's encoding, named as the Sail model names it: fadd_float_aarch64_..."""

    name: str
    words: Cube

    @property
    def mnemonic(self) -> str:
        return self.name.partition("_")[0].upper()

    @property
    def families(self) -> list[Family]:
        """The families that claim it."""
        return [family for family in unmodelled() if family.names.match(self.name)]


def refusal(word: int) -> Outcome:
    """The outcome, to be raised, of a word that matches no clause."""
    for rule in _reserved_words().at(word):
        return rule.outcome(rule.reason)
    for encoding in _encoded_words().at(word):
        (family,) = encoding.families
        return Unmodelled(f"{encoding.mnemonic}: {family.reason}")
    (group,) = _grouped_words().at(word)
    return group.outcome(group.reason)


@cache
def encodings() -> tuple[Encoding, ...]:
    """The encodings of the architecture's instructions, those of SVE and SME aside.

    Where two have a word in common the first is the one to name.
    """
    return tuple(Encoding(name, Cube.parse(bits)) for name, bits in _table("a64_encodings.tsv"))


@cache
def unmodelled() -> tuple[Family, ...]:
    """Why encodings have no clause: exactly one family claims each that has none."""
    return tuple(Family(re.compile(names), reason) for names, reason in _table("unmodelled.tsv"))


@cache
def reserved() -> tuple[Rule, ...]:
    """Words among those of the encodings that are unallocated, or otherwise without meaning."""
    return _rules("reserved.tsv")


@cache
def groups() -> tuple[Rule, ...]:
    """The top-level groups, each word in one, and the outcome of those not allocated in it."""
    return _rules("groups.tsv")


def _rules(file: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(Pattern.parse(bits), _OUTCOMES[outcome], reason)
        for bits, outcome, reason in _table(file)
    )


def _table(file: str) -> Iterator[list[str]]:
    """The rows of a table of isa, its comments aside."""
    for line in resources.files("isa").joinpath(file).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")


@cache
def _reserved_words() -> Index[Rule]:
    return Index((cube, rule) for rule in reserved() for cube in rule.pattern.cubes())


@cache
def _encoded_words() -> Index[Encoding]:
    return Index((encoding.words, encoding) for encoding in encodings())


@cache
def _grouped_words() -> Index[Rule]:
    return Index((cube, rule) for rule in groups() for cube in rule.pattern.cubes())
