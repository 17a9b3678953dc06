"""The call of a routine that has no contract."""

from __future__ import annotations

from armsym.binary.image import Image
from armsym.bv.builder import Builder
from armsym.machine.memory import Memory, Region, elements
from armsym.machine.state import State
from armsym.simulate.mapping import image_base, image_regions
from armsym.simulate.start import stack_pointer, unknown_state

STACK_BELOW = 4096  # bytes below SP that a routine may use
STACK_ABOVE = 256  # bytes from SP on, where its caller put arguments that have no register


def unknown_call(image: Image, entry: int, builder: Builder) -> State:
    """The state at the call of a routine of which nothing is known; there is a stack around SP."""
    base = image_base(builder)
    bottom = stack_pointer(builder) - STACK_BELOW
    contents = elements(builder, "stack", 64, big_endian=False)
    stack = Region("stack", bottom, STACK_BELOW + STACK_ABOVE, "rw", contents)
    memory = Memory(builder, [stack, *image_regions(image, builder, base)])
    return unknown_state(builder, base + entry, memory)
