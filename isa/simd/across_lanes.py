"""Advanced SIMD across lanes, and scalar pairwise: one integer out of all elements."""

from __future__ import annotations

from functools import reduce

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import maximum, minimum
from isa.simd import elements as e
from isa.simd import vectors as v
from isa.simd.elements import signed, unsigned
from isa.simd.vectors import Operation

_SECTION = "Advanced SIMD across lanes"

_REDUCE = {
    (0, 0b01010): Operation("SMAXV", "bhs", signed(maximum)),
    (1, 0b01010): Operation("UMAXV", "bhs", unsigned(maximum)),
    (0, 0b11010): Operation("SMINV", "bhs", signed(minimum)),
    (1, 0b11010): Operation("UMINV", "bhs", unsigned(minimum)),
    (0, 0b11011): Operation("ADDV", "bhs", e.add),
}


@a64("0 Q U 01110 size:2 11000 opcode:5!=00011,01100,01111 10 Rn:5 Rd:5", section=_SECTION)
def across_lanes(cpu: State, Q: int, U: int, size: int, opcode: int, Rn: int, Rd: int) -> None:
    operation = v.select(_REDUCE, (U, opcode), size)
    _check_length(Q, size)
    cpu.V[Rd, 8 << size] = reduce(operation.function, v.read(cpu, Rn, Q, 8 << size))


@a64("0 Q U 01110 size:2 11000 00011 10 Rn:5 Rd:5", section=_SECTION)
def addlv(cpu: State, Q: int, U: int, size: int, Rn: int, Rd: int) -> None:
    esize = v.check_size("UADDLV" if U else "SADDLV", "bhs", size)
    _check_length(Q, size)
    wide = [e.extend(U, x, 2 * esize) for x in v.read(cpu, Rn, Q, esize)]
    cpu.V[Rd, 2 * esize] = cpu.builder.add(*wide)


@a64(
    "01 0 11110 size:2 11000 11011 10 Rn:5 Rd:5",
    section="Advanced SIMD scalar pairwise",
)
def scalar_addp(cpu: State, size: int, Rn: int, Rd: int) -> None:
    v.check_size("the scalar ADDP", "d", size)
    low, high = cpu.builder.split(cpu.V[Rn, 128], 64)
    cpu.V[Rd, 64] = low + high


def _check_length(Q: int, size: int) -> None:
    if size == 2 and not Q:
        raise Undefined("instructions across lanes need four elements or more")
