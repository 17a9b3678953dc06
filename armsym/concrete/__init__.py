"""Code run on numbers, by the clauses of isa: states, memory, and the machine that they make."""

from armsym.concrete.machine import Halt, Machine
from armsym.concrete.memory import AccessError, ConcreteMemory
from armsym.concrete.regions import ConcreteRegion, RegionMap
from armsym.concrete.result import AccessFault, RunOutcome, RunResult
from armsym.concrete.state import STATE_BYTES, ConcreteState

__all__ = [
    "STATE_BYTES",
    "AccessError",
    "AccessFault",
    "ConcreteMemory",
    "ConcreteRegion",
    "ConcreteState",
    "Halt",
    "Machine",
    "RegionMap",
    "RunOutcome",
    "RunResult",
]
