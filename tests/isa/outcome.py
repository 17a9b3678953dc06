"""What becomes of a word, whatever the registers hold."""

from __future__ import annotations

from armsym.bv.concrete import ConcreteBuilder
from armsym.machine.faults import Fault, Undecided
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State
from isa import decode
from isa.outcomes import ConstrainedUnpredictable, Outcome, Undefined, Unmodelled

_NAMES = {
    Undefined: "undefined",
    ConstrainedUnpredictable: "unpredictable",
    Unmodelled: "unmodelled",
}


def outcome_of(word: int) -> str:
    """undefined, unpredictable, unmodelled, or executed, be it with a fault.

    The word is tried on zeros: which of these it is depends on the word alone.
    """
    builder = ConcreteBuilder()
    word64, vector, flag = (builder.const(width, 0) for width in (64, 128, 1))
    memory = Memory(builder, [])
    cpu = State(builder, [word64] * 32, [vector] * 32, Flags(*[flag] * 4), word64, memory)
    cpu.next_pc = cpu.PC + 4
    try:
        decode(word).execute(cpu)
    except Outcome as refusal:
        return _NAMES[type(refusal)]
    except (Fault, Undecided):
        pass
    return "executed"
