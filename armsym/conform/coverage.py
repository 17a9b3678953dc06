"""Which values the fields of a clause have had in the tests of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from armsym.conform.compare import Verdict
from isa import Clause
from isa.encoding import Field

# The values of fields of so many bits are told apart; of wider ones the least and the greatest.
NARROW = 5

# What a verdict other than these shows of an instruction counts for no value of its fields.
_GROUPS = {
    Verdict.EXECUTED: "executed",
    Verdict.UNTESTED: "untested",
    Verdict.UNDEFINED: "refused",
    Verdict.UNPREDICTABLE: "refused",
    Verdict.UNMODELLED: "refused",
}


@dataclass(frozen=True)
class FieldCoverage:
    """Values of a field, in binary, wide ones as "zeroes", "ones" and "between".

    `executed`: how many were, in a comparison; `untested`: those that were met at best where the
    oracle lacks the instruction; `refused`: at best in words that have no meaning; `missing`: not
    at all.  `register_31`: for the number of a register, whether 31 was executed.
    """

    name: str
    executed: int
    untested: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]
    register_31: bool | None


@dataclass
class Coverage:
    """How often a field has had a value: by (group, field, value), see `_value`."""

    counts: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def count(self, clause: Clause, word: int, verdict: Verdict) -> None:
        """Takes in a test."""
        group = _GROUPS.get(verdict)
        if group is not None:
            self.counts.update(
                [(group, each.name, _value(each, word)) for each in clause.pattern.fields]
            )

    def add(self, other: Coverage) -> None:
        """Takes in other tests of the clause."""
        self.counts.update(other.counts)

    def fields(self, clause: Clause) -> Iterator[FieldCoverage]:
        """The clause's fields, in the order of its pattern."""
        for each in clause.pattern.fields:
            found: dict[str, list[str]] = defaultdict(list)
            for value, name in _names(each):
                found[self.group(each.name, value)].append(name)
            met = self.group(each.name, 31) == "executed" if each.is_register else None
            yield FieldCoverage(
                each.name,
                len(found["executed"]),
                tuple(found["untested"]),
                tuple(found["refused"]),
                tuple(found["missing"]),
                met,
            )

    def group(self, name: str, value: int) -> str:
        """The best that became of a value: "executed", "untested", "refused" or "missing"."""
        groups = _GROUPS.values()
        return next((g for g in groups if self.counts[g, name, value]), "missing")


def _value(each: Field, word: int) -> int:
    """The field's value, or for a wide one 0 for no ones, 2 for ones only, 1 for others."""
    value = each.of(word)
    if each.width <= NARROW:
        return value
    return (value > 0) + (value == (1 << each.width) - 1)


def _names(each: Field) -> Iterator[tuple[int, str]]:
    """The values of a field that are told apart, and what they are called."""
    if each.width > NARROW:
        yield from enumerate(("zeroes", "between", "ones"))
    else:
        for value in range(1 << each.width):
            if value not in each.excluded:
                yield value, f"{value:0{each.width}b}"
