"""Advanced SIMD vector x indexed element: integer multiplications by one element of a vector.

Those that set FPSR.QC, the dot products and the floating-point ones have no clause.
"""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.simd import elements as e
from isa.simd import vectors as v
from isa.simd.vectors import Operation

_SECTION = "Advanced SIMD vector x indexed element"

_MUL = Operation("MUL", "hs", e.mul)

_ACCUMULATE = {
    0: Operation("MLA", "hs", e.mul, e.add),
    1: Operation("MLS", "hs", e.mul, e.sub),
}

# Operands extended to the result's width, as U says.
_LONG = {
    0b00: Operation("SMLAL, UMLAL", "hs", e.mul, e.add),
    0b01: Operation("SMLSL, UMLSL", "hs", e.mul, e.sub),
    0b10: Operation("SMULL, UMULL", "hs", e.mul),
}


@a64("0 Q 0 01111 size:2 L M Rm:4 1000 H 0 Rn:5 Rd:5", section=_SECTION)
def mul_by_element(cpu: State, Q: int, size: int, Rn: int, Rd: int, **element: int) -> None:
    v.check_size(_MUL.name, _MUL.sizes, size)
    _same(cpu, _MUL, Q, Rd, Rn, _element(cpu, size, **element))


@a64("0 Q 1 01111 size:2 L M Rm:4 0 o2 00 H 0 Rn:5 Rd:5", section=_SECTION)
def mla_by_element(
    cpu: State, Q: int, size: int, o2: int, Rn: int, Rd: int, **element: int
) -> None:
    operation = v.select(_ACCUMULATE, o2, size)
    _same(cpu, operation, Q, Rd, Rn, _element(cpu, size, **element))


@a64("0 Q U 01111 size:2 L M Rm:4 opcode:2!=11 10 H 0 Rn:5 Rd:5", section=_SECTION)
def mull_by_element(
    cpu: State, Q: int, U: int, size: int, opcode: int, Rn: int, Rd: int, **element: int
) -> None:
    operation = v.select(_LONG, opcode, size)
    m = e.extend(U, _element(cpu, size, **element), 16 << size)
    n = [e.extend(U, x, 16 << size) for x in v.read_part(cpu, Rn, Q, 8 << size)]
    v.apply(cpu, operation, Rd, n, [m] * len(n))


def _same(cpu: State, operation: Operation, Q: int, Rd: int, Rn: int, element: Term) -> None:
    n = v.read(cpu, Rn, Q, element.width)
    v.apply(cpu, operation, Rd, n, [element] * len(n))


def _element(cpu: State, size: int, L: int, M: int, Rm: int, H: int) -> Term:
    """The element of V<m> that the fields select: of 16 bits (size 1) or 32 bits (size 2)."""
    if size == 1:
        m, index = Rm, H << 2 | L << 1 | M
    else:
        m, index = M << 4 | Rm, H << 1 | L
    return cpu.builder.split(cpu.V[m, 128], 8 << size)[index]
