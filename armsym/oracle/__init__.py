"""Machines that run concrete states: armsym's own emulator, and those that it is held against."""

from armsym.oracle.concrete import (
    AccessFault,
    ConcreteMachine,
    ConcreteRegion,
    ConcreteState,
    InstructionOracle,
    OneAtATime,
    RunOutcome,
    RunResult,
)
from armsym.oracle.emulator import Emulator
from armsym.oracle.harness import Harness, native, qemu
from armsym.oracle.unicorn import Unicorn

__all__ = [
    "AccessFault",
    "ConcreteMachine",
    "ConcreteRegion",
    "ConcreteState",
    "Emulator",
    "Harness",
    "InstructionOracle",
    "OneAtATime",
    "RunOutcome",
    "RunResult",
    "Unicorn",
    "native",
    "qemu",
]
