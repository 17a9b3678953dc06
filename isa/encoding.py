"""Encodings: bit patterns with named fields, and the clauses that give them meaning.

A pattern is written as the Arm manual draws it, highest bit first, in tokens separated by blanks:

    0110      fixed bits
    sf        a field of one bit
    imm12:12  a field of twelve bits
    immh:4!=0000  a field that must not have this value (several values: !=0000,1111)

From the pattern follow the decoder, the encoder and the generator of random words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from isa.cubes import Cube, difference

Semantics = Callable[..., None]

_TOKEN = re.compile(r"(?P<bits>[01]+)|(?P<name>[A-Za-z]\w*)(:(?P<width>\d+))?(!=(?P<not>[01,]+))?")


@dataclass(frozen=True)
class Field:
    """Bits `lo` to `lo + width - 1` of the word, and the values that they must not have."""

    name: str
    lo: int
    width: int
    excluded: frozenset[int] = frozenset()

    @property
    def is_register(self) -> bool:
        """Whether it is the number of a register."""
        return self.width == 5 and self.name.startswith("R")

    def of(self, word: int) -> int:
        return word >> self.lo & ((1 << self.width) - 1)


@dataclass(frozen=True)
class Pattern:
    """The words with `word & mask == value` whose fields have no excluded value."""

    text: str
    mask: int
    value: int
    fields: tuple[Field, ...]

    @staticmethod
    def parse(text: str) -> Pattern:
        """The pattern that `text` spells; ValueError if it does not spell 32 bits."""
        mask = value = 0
        fields: list[Field] = []
        lo = 32
        for token in text.split():
            match = _TOKEN.fullmatch(token)
            if match is None:
                raise ValueError(f"{token!r} in pattern {text!r}")
            if bits := match["bits"]:
                lo -= len(bits)
                mask |= ((1 << len(bits)) - 1) << lo
                value |= int(bits, 2) << lo
            else:
                width = int(match["width"] or 1)
                lo -= width
                excluded = frozenset(int(v, 2) for v in (match["not"] or "").split(",") if v)
                fields.append(Field(match["name"], lo, width, excluded))
        if lo != 0 or len({f.name for f in fields}) != len(fields):
            raise ValueError(f"pattern {text!r} is not 32 bits of distinct fields")
        return Pattern(text, mask, value, tuple(fields))

    def matches(self, word: int) -> bool:
        return word & self.mask == self.value and not any(
            f.excluded and f.of(word) in f.excluded for f in self.fields
        )

    def cubes(self) -> list[Cube]:
        """The words that match, as disjoint cubes."""
        excluded = (
            Cube(((1 << f.width) - 1) << f.lo, value << f.lo)
            for f in self.fields
            for value in f.excluded
        )
        return difference([Cube(self.mask, self.value)], excluded)

    def decode(self, word: int) -> dict[str, int]:
        """The values of the fields in a word that matches."""
        return {f.name: f.of(word) for f in self.fields}

    def encode(self, fields: Mapping[str, int]) -> int:
        """The word with these field values; ValueError if they are not exactly the pattern's."""
        if set(fields) != {f.name for f in self.fields}:
            raise ValueError(f"fields {sorted(fields)} for pattern {self.text!r}")
        word = self.value
        for field in self.fields:
            value = fields[field.name]
            if not 0 <= value < 1 << field.width or value in field.excluded:
                raise ValueError(f"{field.name} = {value} in pattern {self.text!r}")
            word |= value << field.lo
        return word

    def random_word(self, source: random.Random) -> int:
        """A uniformly random word of the pattern."""
        while True:
            word = self.value | source.getrandbits(32) & ~self.mask
            if self.matches(word):
                return word


@dataclass(frozen=True, eq=False)
class Clause:
    """One encoding class: its pattern, its section of the Arm manual, and its semantics.

    `semantics(cpu, **fields)` performs the instruction on a State; it raises an Outcome of
    isa.outcomes for field values that have no ordinary meaning.
    """

    name: str
    pattern: Pattern
    section: str
    semantics: Semantics


CLAUSES: list[Clause] = []


def a64(pattern: str, section: str) -> Callable[[Semantics], Semantics]:
    """Registers a function as the semantics of the encoding class that `pattern` draws."""

    def register(semantics: Semantics) -> Semantics:
        CLAUSES.append(Clause(semantics.__name__, Pattern.parse(pattern), section, semantics))
        return semantics

    return register
