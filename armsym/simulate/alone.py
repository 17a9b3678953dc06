"""A state in which any one instruction runs by itself, to see what it reads, writes and decides."""

from __future__ import annotations

from armsym.bv.builder import Builder
from armsym.machine.memory import Memory, Region, elements
from armsym.machine.state import State
from armsym.simulate.start import unknown_state

REACH = 1 << 16  # bytes on both sides of where a register points


def lone_state(builder: Builder) -> State:
    """Every register a variable, at "pc", each general register in the middle of a region."""
    state = unknown_state(builder, builder.var(64, "pc"), Memory(builder, []))
    names = [*[f"x{n}" for n in range(31)], "sp"]
    regions = [
        Region(
            f"at {name}", value - REACH, 2 * REACH, "rw", elements(builder, f"at {name}", 8, False)
        )
        for name, value in zip(names, state.X.values, strict=True)
    ]
    state.Mem = Memory(builder, regions)
    return state
