"""Moves of the floating-point classes: they copy bits and compute nothing."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import condition_holds
from isa.simd.modified_immediate import vfp_expand_imm

# ftype: the width of a floating-point register, in bits.
_WIDTHS = {0b00: 32, 0b01: 64, 0b11: 16}


def _width(ftype: int) -> int:
    if ftype not in _WIDTHS:
        raise Undefined("no floating-point type has this encoding")
    return _WIDTHS[ftype]


# (sf, ftype, rmode): the width of the general register, and the bits of V that are moved.
_GENERAL = {
    (0, 0b11, 0b00): (32, 15, 0),
    (1, 0b11, 0b00): (64, 15, 0),
    (0, 0b00, 0b00): (32, 31, 0),
    (1, 0b01, 0b00): (64, 63, 0),
    (1, 0b10, 0b01): (64, 127, 64),
}


@a64(
    "sf 0 0 11110 ftype:2 1 0 rmode 11 op 000000 Rn:5 Rd:5",
    section="Conversion between floating-point and integer",
)
def fmov_general(cpu: State, sf: int, ftype: int, rmode: int, op: int, Rn: int, Rd: int) -> None:
    """FMOV between a general register and a floating-point one, which is written if `op`."""
    if (sf, ftype, rmode) not in _GENERAL:
        raise Undefined("FMOV has no such operands")
    b, (width, hi, lo) = cpu.builder, _GENERAL[sf, ftype, rmode]
    if not op:
        cpu.X[Rd, width] = b.zero_extend(b.extract(cpu.V[Rn, 128], hi, lo), width)
    elif lo == 0:
        cpu.V[Rd, hi + 1] = cpu.X[Rn, hi + 1]
    else:
        cpu.V[Rd, 128] = b.concat(cpu.X[Rn, 64], cpu.V[Rd, 64])


@a64(
    "0 0 0 11110 ftype:2 1 000000 10000 Rn:5 Rd:5",
    section="Floating-point data-processing (1 source)",
)
def fmov_register(cpu: State, ftype: int, Rn: int, Rd: int) -> None:
    cpu.V[Rd, _width(ftype)] = cpu.V[Rn, _width(ftype)]


@a64("0 0 0 11110 ftype:2 1 imm8:8 100 00000 Rd:5", section="Floating-point immediate")
def fmov_immediate(cpu: State, ftype: int, imm8: int, Rd: int) -> None:
    width = _width(ftype)
    cpu.V[Rd, width] = cpu.builder.const(width, vfp_expand_imm(imm8, width))


@a64(
    "0 0 0 11110 ftype:2 1 Rm:5 cond:4 11 Rn:5 Rd:5",
    section="Floating-point conditional select",
)
def fcsel(cpu: State, ftype: int, Rm: int, cond: int, Rn: int, Rd: int) -> None:
    width = _width(ftype)
    condition = condition_holds(cpu, cond)
    cpu.V[Rd, width] = cpu.builder.ite(condition, cpu.V[Rn, width], cpu.V[Rm, width])
