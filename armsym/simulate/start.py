"""States of which nothing is known: every register a variable of its own."""

from __future__ import annotations

from armsym.binary.image import Image
from armsym.bv.builder import Builder
from armsym.bv.term import Term
from armsym.machine.memory import Memory, Region, elements
from armsym.machine.state import Flags, State
from armsym.simulate.mapping import image_base, image_regions

STACK_BELOW = 4096  # bytes below SP that a routine may use
STACK_ABOVE = 256  # bytes from SP on, where its caller put arguments that have no register


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


def unknown_call(image: Image, entry: int, builder: Builder) -> State:
    """The state at the call of a routine of which nothing is known; there is a stack around SP."""
    base = image_base(builder)
    bottom = stack_pointer(builder) - STACK_BELOW
    contents = elements(builder, "stack", 64, big_endian=False)
    stack = Region("stack", bottom, STACK_BELOW + STACK_ABOVE, "rw", contents)
    memory = Memory(builder, [stack, *image_regions(image, builder, base)])
    return unknown_state(builder, base + entry, memory)
