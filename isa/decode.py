"""From a word to the one clause that defines it, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from armsym.machine.state import State
from isa.encoding import CLAUSES, Clause
from isa.outcomes import Undefined, Unmodelled

# Words are looked up by their 11 highest bits first: they settle most of the encoding class.
_INDEX_SHIFT = 21
_INDEX_MASK = 0xFFFFFFFF >> _INDEX_SHIFT << _INDEX_SHIFT


@dataclass(frozen=True)
class Instruction:
    """A decoded word: its clause and the values of the clause's fields."""

    word: int
    clause: Clause
    fields: Mapping[str, int]

    def execute(self, cpu: State) -> None:
        """Performs the instruction on `cpu`.  Raises Outcome, Fault, Undecided."""
        self.clause.semantics(cpu, **self.fields)


@lru_cache(maxsize=1 << 16)
def decode(word: int) -> Instruction:
    """The instruction that a word encodes.

    Raises Undefined for a word that is allocated to no instruction, Unmodelled for one that is
    allocated but has no clause here.  Two clauses that match one word are an error of isa.
    """
    matching = [c for c in _candidates(word & _INDEX_MASK) if c.pattern.matches(word)]
    if len(matching) > 1:
        raise ValueError(f"{word:08x} matches {', '.join(c.name for c in matching)}")
    if not matching:
        raise _without_clause(word)
    return Instruction(word, matching[0], matching[0].pattern.decode(word))


@cache
def _candidates(prefix: int) -> tuple[Clause, ...]:
    """The clauses that some word with these highest bits can match."""
    return tuple(
        [c for c in CLAUSES if (prefix ^ c.pattern.value) & c.pattern.mask & _INDEX_MASK == 0]
    )


def _without_clause(word: int) -> Undefined | Unmodelled:
    for mask, value, name in _allocated():
        if word & mask == value:
            return Unmodelled(f"{name} has no clause")
    return Undefined("no instruction has this encoding")


@cache
def _allocated() -> tuple[tuple[int, int, str], ...]:
    """(mask, value, name) of every allocated A64 encoding outside SVE and SME, in match order."""
    lines = resources.files("isa").joinpath("a64_encodings.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple(
        (
            int("".join("01"[bit != "x"] for bit in bits), 2),
            int(bits.replace("x", "0"), 2),
            name,
        )
        for name, bits in rows
    )
