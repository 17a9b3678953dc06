"""States of which nothing is known: every register a variable of its own."""

from __future__ import annotations

from armsym.bv.builder import Builder
from armsym.bv.term import Term
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State


def stack_pointer(builder: Builder) -> Term:
    """SP at a call: any multiple of 16 (AAPCS64)."""
    return builder.concat(builder.var(60, "sp"), builder.const(4, 0))


def unknown_state(builder: Builder, pc: Term, memory: Memory) -> State:
    """The state at `pc`, with variables in the registers: x0, ..., v0, ..., N, Z, C, V, QC."""
    return State(
        builder,
        [*[builder.var(64, f"x{n}") for n in range(31)], stack_pointer(builder)],
        [builder.var(128, f"v{n}") for n in range(32)],
        Flags(*[builder.var(1, name) for name in "NZCV"]),
        pc,
        memory,
        qc=builder.var(1, "QC"),
    )
