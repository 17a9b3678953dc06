"""Machines that run concrete states: armsym's own emulator, and those that it is held against."""

from armsym.oracle.concrete import (
    AccessFault,
    ConcreteMachine,
    ConcreteRegion,
    ConcreteState,
    RunOutcome,
    RunResult,
)
from armsym.oracle.emulator import Emulator
from armsym.oracle.unicorn import Unicorn

__all__ = [
    "AccessFault",
    "ConcreteMachine",
    "ConcreteRegion",
    "ConcreteState",
    "Emulator",
    "RunOutcome",
    "RunResult",
    "Unicorn",
]
