"""What instructions are held against: other emulators, and Arm processors."""

from armsym.oracle.harness import Harness, native, qemu
from armsym.oracle.protocols import ConcreteMachine, InstructionOracle, OneAtATime
from armsym.oracle.unicorn import Unicorn

__all__ = [
    "ConcreteMachine",
    "Harness",
    "InstructionOracle",
    "OneAtATime",
    "Unicorn",
    "native",
    "qemu",
]
