"""Advanced SIMD vector x indexed element, and its scalar form: integer multiplications."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.simd import elements as e
from isa.simd import saturation as s
from isa.simd import vectors as v
from isa.simd.saturation import Saturating
from isa.simd.vectors import Operation

_SECTION = "Advanced SIMD vector x indexed element"
_SCALAR_SECTION = "Advanced SIMD scalar x indexed element"

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


_HIGH = {
    0: Saturating("SQDMULH", "hs", s.doubled_product_high),
    1: Saturating("SQRDMULH", "hs", s.rounded_doubled_product_high),
}


@a64("0 Q 0 01111 size:2 L M Rm:4 110 R H 0 Rn:5 Rd:5", section=_SECTION)
def sqdmulh_by_element(
    cpu: State, Q: int, size: int, R: int, Rn: int, Rd: int, **element: int
) -> None:
    operation, n = v.select(_HIGH, R, size), v.read(cpu, Rn, Q, 8 << size)
    s.apply(cpu, operation, Rd, n, [_element(cpu, size, **element)] * len(n))


@a64("01 0 11111 size:2 L M Rm:4 110 R H 0 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_sqdmulh_by_element(
    cpu: State, size: int, R: int, Rn: int, Rd: int, **element: int
) -> None:
    operation, n = v.select(_HIGH, R, size), cpu.V[Rn, 8 << size]
    s.apply(cpu, operation, Rd, [n], [_element(cpu, size, **element)])


_HIGH_ACCUMULATE = {
    0: Saturating("SQRDMLAH", "hs", s.add_doubled_product_high),
    1: Saturating("SQRDMLSH", "hs", s.sub_doubled_product_high),
}


@a64("0 Q 1 01111 size:2 L M Rm:4 11 S 1 H 0 Rn:5 Rd:5", section=_SECTION)
def sqrdmlah_by_element(
    cpu: State, Q: int, size: int, S: int, Rn: int, Rd: int, **element: int
) -> None:
    operation = v.select(_HIGH_ACCUMULATE, S, size)
    d, n = [v.read(cpu, i, Q, 8 << size) for i in (Rd, Rn)]
    s.apply(cpu, operation, Rd, d, n, [_element(cpu, size, **element)] * len(n))


@a64("01 1 11111 size:2 L M Rm:4 11 S 1 H 0 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_sqrdmlah_by_element(
    cpu: State, size: int, S: int, Rn: int, Rd: int, **element: int
) -> None:
    operation = v.select(_HIGH_ACCUMULATE, S, size)
    d, n = [cpu.V[i, 8 << size] for i in (Rd, Rn)]
    s.apply(cpu, operation, Rd, [d], [n], [_element(cpu, size, **element)])


@a64("0 Q 0 01111 size:2 L M Rm:4 op:2!=11 11 H 0 Rn:5 Rd:5", section=_SECTION)
def sqdmull_by_element(
    cpu: State, Q: int, size: int, op: int, Rn: int, Rd: int, **element: int
) -> None:
    """SQDMLAL, SQDMLSL and SQDMULL."""
    n = v.read_part(cpu, Rn, Q, v.check_size("SQDMULL", "hs", size))
    s.multiply_long(cpu, op, Rd, n, [_element(cpu, size, **element)] * len(n))


@a64("01 0 11111 size:2 L M Rm:4 op:2!=11 11 H 0 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_sqdmull_by_element(
    cpu: State, size: int, op: int, Rn: int, Rd: int, **element: int
) -> None:
    """SQDMLAL, SQDMLSL and SQDMULL."""
    n = cpu.V[Rn, v.check_size("SQDMULL", "hs", size)]
    s.multiply_long(cpu, op, Rd, [n], [_element(cpu, size, **element)])


@a64("0 Q U 01111 size:2 L M Rm:4 1110 H 0 Rn:5 Rd:5", section=_SECTION)
def dot_by_element(cpu: State, Q: int, U: int, size: int, Rn: int, Rd: int, **element: int) -> None:
    """SDOT and UDOT."""
    if size != 0b10:
        raise Undefined("a dot product has elements of 32 bits")
    _dot(cpu, Q, (U, U), Rn, Rd, _element(cpu, 2, **element))


@a64("0 Q 0 01111 U 0 L M Rm:4 1111 H 0 Rn:5 Rd:5", section=_SECTION)
def mixed_dot_by_element(cpu: State, Q: int, U: int, Rn: int, Rd: int, **element: int) -> None:
    """SUDOT and, if the bytes of Vn are unsigned, USDOT."""
    _dot(cpu, Q, (U, 1 - U), Rn, Rd, _element(cpu, 2, **element))


def _dot(cpu: State, Q: int, unsigned: tuple[int, int], Rn: int, Rd: int, m: Term) -> None:
    d, n = [v.read(cpu, i, Q, 32) for i in (Rd, Rn)]
    words = zip(d, n, strict=True)
    cpu.V[Rd, 64 << Q] = cpu.builder.join([x + e.dot(unsigned, y, m) for x, y in words])


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
