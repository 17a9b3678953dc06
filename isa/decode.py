"""From a word to the one clause that defines it, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from armsym.machine.state import State
from isa.allocation import refusal
from isa.assumptions import assumptions
from isa.encoding import CLAUSES, Clause
from isa.index import Index


@dataclass(frozen=True)
class Instruction:
    """A decoded word: its clause, the values of the clause's fields, what it takes for granted."""

    word: int
    clause: Clause
    fields: Mapping[str, int]
    assumptions: frozenset[str] = frozenset()

    def execute(self, cpu: State) -> None:
        """Performs the instruction on `cpu`.  Raises Outcome, Fault, Undecided."""
        cpu.assumptions |= self.assumptions
        self.clause.semantics(cpu, **self.fields)


@lru_cache(maxsize=1 << 16)
def decode(word: int) -> Instruction:
    """The instruction that a word encodes.

    Raises, for a word that matches no clause, the Outcome that isa.allocation finds: Unmodelled if
    it is allocated, else Undefined.  Two clauses that match one word are an error of isa.
    """
    matching = _clauses().at(word)
    if len(matching) > 1:
        raise ValueError(f"{word:08x} matches {', '.join(c.name for c in matching)}")
    if not matching:
        raise refusal(word)
    (clause,) = matching
    return Instruction(word, clause, clause.pattern.decode(word), assumptions(word))


@cache
def _clauses() -> Index[Clause]:
    return Index((cube, clause) for clause in CLAUSES for cube in clause.pattern.cubes())
