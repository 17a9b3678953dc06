"""Advanced SIMD shift by immediate, integer, and its scalar form."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.simd import elements as e
from isa.simd import saturation as s
from isa.simd import vectors as v
from isa.simd.elements import signed, unsigned

_SECTION = "Advanced SIMD shift by immediate"
_SCALAR_SECTION = "Advanced SIMD scalar shift by immediate"

# An element of the result from those of destination and source, and the number of bits.
_Function = Callable[[Term, Term, int], Term]


def _replace(shift: e.Shift) -> _Function:
    return lambda d, x, amount: shift(x, amount)


def _accumulate(shift: e.Shift) -> _Function:
    return lambda d, x, amount: d + shift(x, amount)


def _insert_left(d: Term, x: Term, amount: int) -> Term:
    """x shifted left; the bits that it leaves free are the destination's."""
    return d & ((1 << amount) - 1) | x << amount


def _insert_right(d: Term, x: Term, amount: int) -> Term:
    """x shifted right; the bits that it leaves free are the destination's."""
    return d & ~((1 << x.width >> amount) - 1) | x >> amount


_LEFT = 0b101
_SHIFTS: dict[tuple[int, int], _Function] = {
    # (U, opcode<3:1>)
    (0, 0b000): _replace(signed(e.shift_right)),  # SSHR
    (1, 0b000): _replace(unsigned(e.shift_right)),  # USHR
    (0, 0b001): _accumulate(signed(e.shift_right)),  # SSRA
    (1, 0b001): _accumulate(unsigned(e.shift_right)),  # USRA
    (0, 0b010): _replace(signed(e.rounding_shift_right)),  # SRSHR
    (1, 0b010): _replace(unsigned(e.rounding_shift_right)),  # URSHR
    (0, 0b011): _accumulate(signed(e.rounding_shift_right)),  # SRSRA
    (1, 0b011): _accumulate(unsigned(e.rounding_shift_right)),  # URSRA
    (1, 0b100): _insert_right,  # SRI
    (0, _LEFT): lambda d, x, amount: x << amount,  # SHL
    (1, _LEFT): _insert_left,  # SLI
}


@a64(
    "0 Q U 011110 immh:4!=0000 immb:3 0 opcode:3!=110,111 0 1 Rn:5 Rd:5",
    section=_SECTION,
)
def shift_by_immediate(
    cpu: State, Q: int, U: int, immh: int, immb: int, opcode: int, Rn: int, Rd: int
) -> None:
    datasize = v.vector_size(Q, _element_size(immh))
    _shift(cpu, datasize, (U, opcode), immh, immb, Rn, Rd)


@a64("01 U 111110 immh:4 immb:3 0 opcode:3!=110,111 0 1 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_shift_by_immediate(
    cpu: State, U: int, immh: int, immb: int, opcode: int, Rn: int, Rd: int
) -> None:
    if _element_size(immh) != 64:
        raise Undefined("a scalar shift has 64 bits")
    _shift(cpu, 64, (U, opcode), immh, immb, Rn, Rd)


def _shift(
    cpu: State, datasize: int, key: tuple[int, int], immh: int, immb: int, Rn: int, Rd: int
) -> None:
    if key not in _SHIFTS:
        raise Undefined("no instruction of the class has this opcode")
    b, esize, function = cpu.builder, _element_size(immh), _SHIFTS[key]
    immediate = immh << 3 | immb
    amount = immediate - esize if key[1] == _LEFT else 2 * esize - immediate
    d, n = [b.split(cpu.V[i, datasize], esize) for i in (Rd, Rn)]
    cpu.V[Rd, datasize] = b.join([function(*xs, amount) for xs in zip(d, n, strict=True)])


@a64("0 Q U 011110 immh:4!=0000 immb:3 100 o R 1 Rn:5 Rd:5", section=_SECTION)
def shift_right_narrow(cpu: State, Q: int, immh: int, Rn: int, Rd: int, **fields: int) -> None:
    """SHRN, SQSHRUN, SQSHRN, UQSHRN by (U, o); rounding with R."""
    elements = cpu.builder.split(cpu.V[Rn, 128], 2 * _narrow_element_size(immh))
    v.write_part(cpu, Rd, Q, [_narrow(cpu, x, immh, **fields) for x in elements])


@a64("01 U 111110 immh:4!=0000 immb:3 100 o R 1 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_shift_right_narrow(
    cpu: State, U: int, immh: int, o: int, Rn: int, Rd: int, **fields: int
) -> None:
    """SQSHRUN, SQSHRN, UQSHRN by (U, o); rounding with R."""
    if not U and not o:
        raise Undefined("there is no scalar SHRN")
    esize = _narrow_element_size(immh)
    cpu.V[Rd, esize] = _narrow(cpu, cpu.V[Rn, 2 * esize], immh, U=U, o=o, **fields)


def _narrow(cpu: State, x: Term, immh: int, *, U: int, immb: int, o: int, R: int) -> Term:
    amount = x.width - (immh << 3 | immb)
    shift = e.rounding_shift_right if R else e.shift_right
    return s.narrow(cpu, U, o, shift(U & o, x, amount))


@a64("0 Q U 011110 immh:4!=0000 immb:3 011 o 0 1 Rn:5 Rd:5", section=_SECTION)
def shift_left_saturating(cpu: State, Q: int, immh: int, **fields: int) -> None:
    _shift_left_saturating(cpu, v.vector_size(Q, _element_size(immh)), immh, **fields)


@a64("01 U 111110 immh:4!=0000 immb:3 011 o 0 1 Rn:5 Rd:5", section=_SCALAR_SECTION)
def scalar_shift_left_saturating(cpu: State, immh: int, **fields: int) -> None:
    _shift_left_saturating(cpu, _element_size(immh), immh, **fields)


def _shift_left_saturating(
    cpu: State, datasize: int, immh: int, *, U: int, immb: int, o: int, Rn: int, Rd: int
) -> None:
    """SQSHLU, SQSHL, UQSHL by (U, o)."""
    if not U and not o:
        raise Undefined("no instruction of the class has this opcode")
    b, esize = cpu.builder, _element_size(immh)
    amount = (immh << 3 | immb) - esize
    exact = [e.extend(U & o, x, 2 * esize) << amount for x in b.split(cpu.V[Rn, datasize], esize)]
    cpu.V[Rd, datasize] = b.join([s.saturate(cpu, U, x, esize) for x in exact])


@a64("0 Q U 011110 immh:4!=0000 immb:3 10100 1 Rn:5 Rd:5", section=_SECTION)
def shift_left_long(cpu: State, Q: int, U: int, immh: int, immb: int, Rn: int, Rd: int) -> None:
    """SSHLL and USHLL."""
    esize = _narrow_element_size(immh)
    amount = (immh << 3 | immb) - esize
    elements = v.read_part(cpu, Rn, Q, esize)
    cpu.V[Rd, 128] = cpu.builder.join([e.extend(U, x, 2 * esize) << amount for x in elements])


def _element_size(immh: int) -> int:
    """The highest 1 of `immh` says how wide elements are, in bits."""
    return 4 << immh.bit_length()


def _narrow_element_size(immh: int) -> int:
    if immh & 0b1000:
        raise Undefined("no element is wider than 64 bits")
    return _element_size(immh)
