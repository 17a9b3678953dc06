"""Advanced SIMD three different: operands and result differ in the width of their elements."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.simd import elements as e
from isa.simd import saturation as s
from isa.simd import vectors as v
from isa.simd.vectors import Operation

_SECTION = "Advanced SIMD three different"

# On operands extended to the result's width, as U says: there they compare as signed in any case.
_LONG = {
    0b0000: Operation("SADDL, UADDL", "bhs", e.add),
    0b0010: Operation("SSUBL, USUBL", "bhs", e.sub),
    0b0101: Operation("SABAL, UABAL", "bhs", e.signed(e.absolute_difference), e.add),
    0b0111: Operation("SABDL, UABDL", "bhs", e.signed(e.absolute_difference)),
    0b1000: Operation("SMLAL, UMLAL", "bhs", e.mul, e.add),
    0b1010: Operation("SMLSL, UMLSL", "bhs", e.mul, e.sub),
    0b1100: Operation("SMULL, UMULL", "bhs", e.mul),
}


@a64(
    "0 Q U 01110 size:2 1 Rm:5 opcode:4!=0001,0011,0100,0110,1001,1011,1101,1110 00 Rn:5 Rd:5",
    section=_SECTION,
)
def three_different_long(
    cpu: State, Q: int, U: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_LONG, opcode, size)
    n, m = [_extended(cpu, i, Q, U, 8 << size) for i in (Rn, Rm)]
    v.apply(cpu, operation, Rd, n, m)


@a64("0 Q 0 01110 size:2 1 Rm:5 1 op:2!=11 1 00 Rn:5 Rd:5", section=_SECTION)
def three_different_saturating(
    cpu: State, Q: int, size: int, Rm: int, op: int, Rn: int, Rd: int
) -> None:
    """SQDMLAL, SQDMLSL and SQDMULL."""
    esize = v.check_size("SQDMULL", "hs", size)
    n, m = [v.read_part(cpu, i, Q, esize) for i in (Rn, Rm)]
    s.multiply_long(cpu, op, Rd, n, m)


@a64(
    "01 0 11110 size:2 1 Rm:5 1 op:2!=11 1 00 Rn:5 Rd:5",
    section="Advanced SIMD scalar three different",
)
def scalar_three_different_saturating(
    cpu: State, size: int, Rm: int, op: int, Rn: int, Rd: int
) -> None:
    esize = v.check_size("SQDMULL", "hs", size)
    s.multiply_long(cpu, op, Rd, [cpu.V[Rn, esize]], [cpu.V[Rm, esize]])


_WIDE = {
    0: Operation("SADDW, UADDW", "bhs", e.add),
    1: Operation("SSUBW, USUBW", "bhs", e.sub),
}


@a64("0 Q U 01110 size:2 1 Rm:5 00 o1 1 00 Rn:5 Rd:5", section=_SECTION)
def three_different_wide(
    cpu: State, Q: int, U: int, size: int, Rm: int, o1: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_WIDE, o1, size)
    n = cpu.builder.split(cpu.V[Rn, 128], 16 << size)
    v.apply(cpu, operation, Rd, n, _extended(cpu, Rm, Q, U, 8 << size))


_NARROW = {
    (0, 0): Operation("ADDHN", "bhs", lambda x, y: _high_half(x + y)),
    (1, 0): Operation("RADDHN", "bhs", lambda x, y: _rounded_high_half(x + y)),
    (0, 1): Operation("SUBHN", "bhs", lambda x, y: _high_half(x - y)),
    (1, 1): Operation("RSUBHN", "bhs", lambda x, y: _rounded_high_half(x - y)),
}


@a64("0 Q U 01110 size:2 1 Rm:5 01 o1 0 00 Rn:5 Rd:5", section=_SECTION)
def three_different_narrow(
    cpu: State, Q: int, U: int, size: int, Rm: int, o1: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_NARROW, (U, o1), size)
    n, m = [cpu.builder.split(cpu.V[i, 128], 16 << size) for i in (Rn, Rm)]
    v.write_part(cpu, Rd, Q, [operation.function(x, y) for x, y in zip(n, m, strict=True)])


@a64("0 Q 0 01110 size:2 1 Rm:5 1110 00 Rn:5 Rd:5", section=_SECTION)
def pmull(cpu: State, Q: int, size: int, Rm: int, Rn: int, Rd: int) -> None:
    esize = v.check_size("PMULL", "bd", size)
    n, m = [v.read_part(cpu, i, Q, esize) for i in (Rn, Rm)]
    products = [e.polynomial_multiply(x, y) for x, y in zip(n, m, strict=True)]
    cpu.V[Rd, 128] = cpu.builder.join(products)


def _extended(cpu: State, n: int, Q: int, U: int, esize: int) -> list[Term]:
    return [e.extend(U, x, 2 * esize) for x in v.read_part(cpu, n, Q, esize)]


def _high_half(x: Term) -> Term:
    return x[x.width - 1 : x.width // 2]


def _rounded_high_half(x: Term) -> Term:
    return _high_half(x + (1 << (x.width // 2 - 1)))
