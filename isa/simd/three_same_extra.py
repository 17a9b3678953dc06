"""Advanced SIMD three same extra, integer: dot products, matrix products, SQRDMLAH and SQRDMLSH."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.simd import elements as e
from isa.simd import saturation as s
from isa.simd import vectors as v
from isa.simd.saturation import Saturating

_SECTION = "Advanced SIMD three same extra"

_SATURATING = {
    0: Saturating("SQRDMLAH", "hs", s.add_doubled_product_high),
    1: Saturating("SQRDMLSH", "hs", s.sub_doubled_product_high),
}


@a64("0 Q 1 01110 size:2 0 Rm:5 1 000 S 1 Rn:5 Rd:5", section=_SECTION)
def three_same_extra_saturating(
    cpu: State, Q: int, size: int, Rm: int, S: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_SATURATING, S, size)
    s.apply(cpu, operation, Rd, *[v.read(cpu, i, Q, 8 << size) for i in (Rd, Rn, Rm)])


@a64(
    "01 1 11110 size:2 0 Rm:5 1 000 S 1 Rn:5 Rd:5",
    section="Advanced SIMD scalar three same extra",
)
def scalar_three_same_extra_saturating(
    cpu: State, size: int, Rm: int, S: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_SATURATING, S, size)
    s.apply(cpu, operation, Rd, *[[cpu.V[i, 8 << size]] for i in (Rd, Rn, Rm)])


# By (U, mixed), which operands are unsigned.
_UNSIGNED = {
    (0, 0): (0, 0),  # SDOT, SMMLA
    (1, 0): (1, 1),  # UDOT, UMMLA
    (0, 1): (1, 0),  # USDOT, USMMLA
}


@a64("0 Q U 01110 size:2 0 Rm:5 1 001 mixed 1 Rn:5 Rd:5", section=_SECTION)
def dot_product(
    cpu: State, Q: int, U: int, size: int, Rm: int, mixed: int, Rn: int, Rd: int
) -> None:
    unsigned = _unsigned(U, mixed, size)
    d, n, m = [v.read(cpu, i, Q, 32) for i in (Rd, Rn, Rm)]
    words = zip(d, n, m, strict=True)
    cpu.V[Rd, 64 << Q] = cpu.builder.join([x + e.dot(unsigned, y, z) for x, y, z in words])


@a64("0 1 U 01110 size:2 0 Rm:5 1 010 mixed 1 Rn:5 Rd:5", section=_SECTION)
def matrix_multiply_accumulate(
    cpu: State, U: int, size: int, Rm: int, mixed: int, Rn: int, Rd: int
) -> None:
    """Adds to a 2x2 matrix of words the product of a 2x8 and an 8x2 matrix of bytes."""
    unsigned = _unsigned(U, mixed, size)
    d = v.read(cpu, Rd, 1, 32)
    rows, columns = [v.read(cpu, i, 1, 64) for i in (Rn, Rm)]
    products = [e.dot(unsigned, row, column) for row in rows for column in columns]
    cpu.V[Rd, 128] = cpu.builder.join([x + y for x, y in zip(d, products, strict=True)])


def _unsigned(U: int, mixed: int, size: int) -> tuple[int, int]:
    if (U, mixed) not in _UNSIGNED or size != 0b10:
        raise Undefined("no integer instruction of the class has this opcode and size")
    return _UNSIGNED[U, mixed]
