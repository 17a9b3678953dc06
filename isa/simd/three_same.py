"""Advanced SIMD three same, and its scalar form: operands and result have equal elements."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import maximum, minimum
from isa.simd import elements as e
from isa.simd import saturation as s
from isa.simd import vectors as v
from isa.simd.elements import signed, unsigned
from isa.simd.saturation import Saturating
from isa.simd.vectors import Operation

# Opcodes of this class that have no clause (floating-point), and those that have their own below.
_ELSEWHERE = (
    "11000,11001,11010,11011,11100,11101,11110,11111,"
    "00001,00101,01001,01011,10110,"
    "00011,10100,10101,10111"
)

_OPERATIONS = {
    (0, 0b00000): Operation("SHADD", "bhs", signed(e.halving_add)),
    (1, 0b00000): Operation("UHADD", "bhs", unsigned(e.halving_add)),
    (0, 0b00010): Operation("SRHADD", "bhs", signed(e.rounding_halving_add)),
    (1, 0b00010): Operation("URHADD", "bhs", unsigned(e.rounding_halving_add)),
    (0, 0b00100): Operation("SHSUB", "bhs", signed(e.halving_sub)),
    (1, 0b00100): Operation("UHSUB", "bhs", unsigned(e.halving_sub)),
    (0, 0b00110): Operation("CMGT", "bhsd", signed(e.greater)),
    (1, 0b00110): Operation("CMHI", "bhsd", unsigned(e.greater)),
    (0, 0b00111): Operation("CMGE", "bhsd", signed(e.greater_or_equal)),
    (1, 0b00111): Operation("CMHS", "bhsd", unsigned(e.greater_or_equal)),
    (0, 0b01000): Operation("SSHL", "bhsd", signed(e.shift_by_register)),
    (1, 0b01000): Operation("USHL", "bhsd", unsigned(e.shift_by_register)),
    (0, 0b01010): Operation("SRSHL", "bhsd", signed(e.rounding_shift_by_register)),
    (1, 0b01010): Operation("URSHL", "bhsd", unsigned(e.rounding_shift_by_register)),
    (0, 0b01100): Operation("SMAX", "bhs", signed(maximum)),
    (1, 0b01100): Operation("UMAX", "bhs", unsigned(maximum)),
    (0, 0b01101): Operation("SMIN", "bhs", signed(minimum)),
    (1, 0b01101): Operation("UMIN", "bhs", unsigned(minimum)),
    (0, 0b01110): Operation("SABD", "bhs", signed(e.absolute_difference)),
    (1, 0b01110): Operation("UABD", "bhs", unsigned(e.absolute_difference)),
    (0, 0b01111): Operation("SABA", "bhs", signed(e.absolute_difference), e.add),
    (1, 0b01111): Operation("UABA", "bhs", unsigned(e.absolute_difference), e.add),
    (0, 0b10000): Operation("ADD", "bhsd", e.add),
    (1, 0b10000): Operation("SUB", "bhsd", e.sub),
    (0, 0b10001): Operation("CMTST", "bhsd", e.test_bits),
    (1, 0b10001): Operation("CMEQ", "bhsd", e.equal),
    (0, 0b10010): Operation("MLA", "bhs", e.mul, e.add),
    (1, 0b10010): Operation("MLS", "bhs", e.mul, e.sub),
    (0, 0b10011): Operation("MUL", "bhs", e.mul),
    (1, 0b10011): Operation("PMUL", "b", lambda x, y: e.polynomial_multiply(x, y)[7:0]),
}

# The opcodes that the scalar form has, all for elements of 64 bits only.
_SCALAR = {0b00110, 0b00111, 0b01000, 0b01010, 0b10000, 0b10001}


@a64(
    f"0 Q U 01110 size:2 1 Rm:5 opcode:5!={_ELSEWHERE} 1 Rn:5 Rd:5",
    section="Advanced SIMD three same",
)
def three_same(
    cpu: State, Q: int, U: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_OPERATIONS, (U, opcode), size)
    n, m = [v.read(cpu, i, Q, 8 << size) for i in (Rn, Rm)]
    v.apply(cpu, operation, Rd, n, m)


@a64(
    f"01 U 11110 size:2 1 Rm:5 opcode:5!={_ELSEWHERE} 1 Rn:5 Rd:5",
    section="Advanced SIMD scalar three same",
)
def scalar_three_same(
    cpu: State, U: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_OPERATIONS, (U, opcode), size)
    if opcode not in _SCALAR or size != 3:
        raise Undefined(f"{operation.name} has no such scalar form")
    v.apply(cpu, operation, Rd, [cpu.V[Rn, 64]], [cpu.V[Rm, 64]])


_SATURATING = {
    (0, 0b00001): Saturating("SQADD", "bhsd", signed(s.add)),
    (1, 0b00001): Saturating("UQADD", "bhsd", unsigned(s.add), unsigned=1),
    (0, 0b00101): Saturating("SQSUB", "bhsd", signed(s.sub)),
    (1, 0b00101): Saturating("UQSUB", "bhsd", unsigned(s.sub), unsigned=1),
    (0, 0b01001): Saturating("SQSHL", "bhsd", signed(s.shift_by_register)),
    (1, 0b01001): Saturating("UQSHL", "bhsd", unsigned(s.shift_by_register), unsigned=1),
    (0, 0b01011): Saturating("SQRSHL", "bhsd", signed(s.rounding_shift_by_register)),
    (1, 0b01011): Saturating("UQRSHL", "bhsd", unsigned(s.rounding_shift_by_register), unsigned=1),
    (0, 0b10110): Saturating("SQDMULH", "hs", s.doubled_product_high),
    (1, 0b10110): Saturating("SQRDMULH", "hs", s.rounded_doubled_product_high),
}
_NOT_SATURATING = ",".join([f"{i:05b}" for i in range(32) if (0, i) not in _SATURATING])


@a64(
    f"0 Q U 01110 size:2 1 Rm:5 opcode:5!={_NOT_SATURATING} 1 Rn:5 Rd:5",
    section="Advanced SIMD three same",
)
def three_same_saturating(
    cpu: State, Q: int, U: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_SATURATING, (U, opcode), size)
    n, m = [v.read(cpu, i, Q, 8 << size) for i in (Rn, Rm)]
    s.apply(cpu, operation, Rd, n, m)


@a64(
    f"01 U 11110 size:2 1 Rm:5 opcode:5!={_NOT_SATURATING} 1 Rn:5 Rd:5",
    section="Advanced SIMD scalar three same",
)
def scalar_three_same_saturating(
    cpu: State, U: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_SATURATING, (U, opcode), size)
    s.apply(cpu, operation, Rd, [cpu.V[Rn, 8 << size]], [cpu.V[Rm, 8 << size]])


_PAIRWISE = {
    (0, 0b00): Operation("SMAXP", "bhs", signed(maximum)),
    (1, 0b00): Operation("UMAXP", "bhs", unsigned(maximum)),
    (0, 0b01): Operation("SMINP", "bhs", signed(minimum)),
    (1, 0b01): Operation("UMINP", "bhs", unsigned(minimum)),
    (0, 0b11): Operation("ADDP", "bhsd", e.add),
}


@a64(
    "0 Q U 01110 size:2 1 Rm:5 101 opcode:2!=10 1 Rn:5 Rd:5",
    section="Advanced SIMD three same",
)
def three_same_pairwise(
    cpu: State, Q: int, U: int, size: int, Rm: int, opcode: int, Rn: int, Rd: int
) -> None:
    operation = v.select(_PAIRWISE, (U, opcode), size)
    pairs = v.read(cpu, Rn, Q, 8 << size) + v.read(cpu, Rm, Q, 8 << size)
    v.apply(cpu, operation, Rd, pairs[0::2], pairs[1::2])


_LOGICAL: dict[tuple[int, int], Callable[[Term, Term, Term], Term]] = {
    (0, 0b00): lambda d, n, m: n & m,  # AND
    (0, 0b01): lambda d, n, m: n & ~m,  # BIC
    (0, 0b10): lambda d, n, m: n | m,  # ORR
    (0, 0b11): lambda d, n, m: n | ~m,  # ORN
    (1, 0b00): lambda d, n, m: n ^ m,  # EOR
    (1, 0b01): lambda d, n, m: m ^ ((m ^ n) & d),  # BSL
    (1, 0b10): lambda d, n, m: d ^ ((d ^ n) & m),  # BIT
    (1, 0b11): lambda d, n, m: d ^ ((d ^ n) & ~m),  # BIF
}


@a64("0 Q U 01110 size:2 1 Rm:5 00011 1 Rn:5 Rd:5", section="Advanced SIMD three same")
def three_same_logical(cpu: State, Q: int, U: int, size: int, Rm: int, Rn: int, Rd: int) -> None:
    datasize = 128 if Q else 64
    d, n, m = [cpu.V[i, datasize] for i in (Rd, Rn, Rm)]
    cpu.V[Rd, datasize] = _LOGICAL[U, size](d, n, m)
