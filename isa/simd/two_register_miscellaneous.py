"""Advanced SIMD two-register miscellaneous, integer, and its scalar form."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import (
    bit_count,
    count_leading_sign_bits,
    count_leading_zero_bits,
    reverse_elements,
)
from isa.simd import elements as e
from isa.simd import saturation as s
from isa.simd import vectors as v
from isa.simd.saturation import Saturating
from isa.simd.vectors import Operation

_SECTION = "Advanced SIMD two-register miscellaneous"
_SCALAR_SECTION = "Advanced SIMD scalar two-register miscellaneous"


# REV64, REV32, REV16: the elements of each container in the opposite order.
_REVERSE = {
    # (U, o0): name, sizes of element, bits of the container
    (0, 0): ("REV64", "bhs", 64),
    (1, 0): ("REV32", "bh", 32),
    (0, 1): ("REV16", "b", 16),
}


@a64("0 Q U 01110 size:2 10000 0000 o0 10 Rn:5 Rd:5", section=_SECTION)
def reverse_in_containers(cpu: State, Q: int, U: int, size: int, o0: int, Rn: int, Rd: int) -> None:
    if (U, o0) not in _REVERSE:
        raise Undefined("no instruction of the class has this opcode")
    name, sizes, container = _REVERSE[U, o0]
    esize = v.check_size(name, sizes, size)
    b, datasize = cpu.builder, 128 if Q else 64
    cpu.V[Rd, datasize] = b.join(
        [reverse_elements(x, esize) for x in b.split(cpu.V[Rn, datasize], container)]
    )


# Sums of neighbours in twice their width: alone, or added to the destination.
_ADD_PAIRS = {
    0: Operation("SADDLP, UADDLP", "bhs", e.add),
    1: Operation("SADALP, UADALP", "bhs", e.add, e.add),
}


@a64("0 Q U 01110 size:2 10000 00 op 10 10 Rn:5 Rd:5", section=_SECTION)
def add_long_pairwise(cpu: State, Q: int, U: int, size: int, op: int, Rn: int, Rd: int) -> None:
    operation = v.select(_ADD_PAIRS, op, size)
    wide = [e.extend(U, x, 16 << size) for x in v.read(cpu, Rn, Q, 8 << size)]
    v.apply(cpu, operation, Rd, wide[0::2], wide[1::2])


_LEADING = {
    0: Operation("CLS", "bhs", count_leading_sign_bits),
    1: Operation("CLZ", "bhs", count_leading_zero_bits),
}


@a64("0 Q U 01110 size:2 10000 00100 10 Rn:5 Rd:5", section=_SECTION)
def count_leading_bits(cpu: State, Q: int, U: int, size: int, Rn: int, Rd: int) -> None:
    operation = v.select(_LEADING, U, size)
    v.apply(cpu, operation, Rd, v.read(cpu, Rn, Q, 8 << size))


# Here (U, size) is the opcode, and elements are bytes.
_BYTES = {
    (0, 0b00): Operation("CNT", "b", bit_count),
    (1, 0b00): Operation("NOT", "b", lambda x: ~x),
    (1, 0b01): Operation("RBIT", "b", lambda x: reverse_elements(x, 1)),
}


@a64("0 Q U 01110 size:2 10000 00101 10 Rn:5 Rd:5", section=_SECTION)
def bits_of_bytes(cpu: State, Q: int, U: int, size: int, Rn: int, Rd: int) -> None:
    operation = v.select(_BYTES, (U, size), 0)
    v.apply(cpu, operation, Rd, v.read(cpu, Rn, Q, 8))


_WITH_ZERO = {
    (0, 0b00): Operation("CMGT (zero)", "bhsd", lambda x: e.greater(0, x, e.zero(x))),
    (1, 0b00): Operation("CMGE (zero)", "bhsd", lambda x: e.greater_or_equal(0, x, e.zero(x))),
    (0, 0b01): Operation("CMEQ (zero)", "bhsd", lambda x: e.equal(x, e.zero(x))),
    (1, 0b01): Operation("CMLE (zero)", "bhsd", lambda x: e.greater_or_equal(0, e.zero(x), x)),
    (0, 0b10): Operation("CMLT (zero)", "bhsd", lambda x: e.greater(0, e.zero(x), x)),
    (0, 0b11): Operation("ABS", "bhsd", e.absolute),
    (1, 0b11): Operation("NEG", "bhsd", lambda x: -x),
}


@a64("0 Q U 01110 size:2 10000 010 op:2 10 Rn:5 Rd:5", section=_SECTION)
def compare_zero_abs_neg(cpu: State, Q: int, U: int, size: int, op: int, Rn: int, Rd: int) -> None:
    operation = v.select(_WITH_ZERO, (U, op), size)
    v.apply(cpu, operation, Rd, v.read(cpu, Rn, Q, 8 << size))


@a64("01 U 11110 size:2 10000 010 op:2 10 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_compare_zero_abs_neg(cpu: State, U: int, size: int, op: int, Rn: int, Rd: int) -> None:
    operation = v.select(_WITH_ZERO, (U, op), size)
    v.check_size(f"the scalar {operation.name}", "d", size)
    v.apply(cpu, operation, Rd, [cpu.V[Rn, 64]])


# Of destination and source.
_SATURATING = {
    (0, 0): Saturating("SUQADD", "bhsd", e.signed(s.add_other)),
    (1, 0): Saturating("USQADD", "bhsd", e.unsigned(s.add_other), unsigned=1),
    (0, 1): Saturating("SQABS", "bhsd", lambda d, x: s.absolute(x)),
    (1, 1): Saturating("SQNEG", "bhsd", lambda d, x: s.negative(x)),
}


@a64("0 Q U 01110 size:2 10000 00 op 11 10 Rn:5 Rd:5", section=_SECTION)
def saturating_add_abs_neg(
    cpu: State, Q: int, U: int, size: int, op: int, Rn: int, Rd: int
) -> None:
    d, n = [v.read(cpu, i, Q, 8 << size) for i in (Rd, Rn)]
    s.apply(cpu, v.select(_SATURATING, (U, op), size), Rd, d, n)


@a64("01 U 11110 size:2 10000 00 op 11 10 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_saturating_add_abs_neg(cpu: State, U: int, size: int, op: int, Rn: int, Rd: int) -> None:
    d, n = cpu.V[Rd, 8 << size], cpu.V[Rn, 8 << size]
    s.apply(cpu, v.select(_SATURATING, (U, op), size), Rd, [d], [n])


_NARROW = {(0, 0b01): "XTN", (1, 0b01): "SQXTUN", (0, 0b10): "SQXTN", (1, 0b10): "UQXTN"}


@a64("0 Q U 01110 size:2 10000 10 op:2!=00,11 0 10 Rn:5 Rd:5", section=_SECTION)
def extract_narrow(cpu: State, Q: int, U: int, size: int, op: int, Rn: int, Rd: int) -> None:
    esize = v.check_size(_NARROW[U, op], "bhs", size)
    elements = cpu.builder.split(cpu.V[Rn, 128], 2 * esize)
    v.write_part(cpu, Rd, Q, [s.narrow(cpu, U, op >> 1, x) for x in elements])


@a64("01 U 11110 size:2 10000 10 op:2!=00,11 0 10 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_extract_narrow(cpu: State, U: int, size: int, op: int, Rn: int, Rd: int) -> None:
    if _NARROW[U, op] == "XTN":
        raise Undefined("there is no scalar XTN")
    esize = v.check_size(_NARROW[U, op], "bhs", size)
    cpu.V[Rd, esize] = s.narrow(cpu, U, op >> 1, cpu.V[Rn, 2 * esize])


@a64("0 Q 1 01110 size:2 10000 10011 10 Rn:5 Rd:5", section=_SECTION)
def shll(cpu: State, Q: int, size: int, Rn: int, Rd: int) -> None:
    b, esize = cpu.builder, v.check_size("SHLL", "bhs", size)
    zeroes = b.const(esize, 0)
    cpu.V[Rd, 128] = b.join([b.concat(x, zeroes) for x in v.read_part(cpu, Rn, Q, esize)])
