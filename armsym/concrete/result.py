"""How a concrete run ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from armsym.concrete.state import ConcreteState


class RunOutcome(StrEnum):
    """How a run ended; the last three are those of isa.outcomes."""

    RETURNED = "returned"
    LIMIT = "limit"
    FAULT = "fault"
    UNDEFINED = "undefined"
    UNPREDICTABLE = "unpredictable"
    UNMODELLED = "unmodelled"


@dataclass(frozen=True, slots=True)
class AccessFault:
    """What the instruction at `pc` was not allowed: `size` bytes at `address`.

    `kind` is "read", "write", "access" for one of these two, "fetch" or "alignment"; for the last
    `size` is what should divide the address.  `place` names the region and the offset.
    """

    kind: str
    address: int
    size: int
    pc: int
    place: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a run.

    `instructions` counts those completed; `memory` has the bytes of each writable region, by name;
    `fault` belongs to the outcome FAULT, and `reason` to the instruction without a meaning at
    `state.pc`.
    """

    outcome: RunOutcome
    state: ConcreteState
    memory: Mapping[str, bytes]
    instructions: int
    fault: AccessFault | None = None
    reason: str = ""
