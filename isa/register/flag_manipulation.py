"""Flags from a register: rotate right into flags (RMIF), evaluate into flags (SETF8, SETF16).

And from themselves: CFINV, XAFLAG, AXFLAG, which the manual has in PSTATE.
"""

from __future__ import annotations

from armsym.machine.state import Flags, State
from isa.encoding import a64


@a64("1 0 1 11010000 imm6:6 00001 Rn:5 0 mask:4", "Rotate right into flags")
def rotate_right_into_flags(cpu: State, imm6: int, Rn: int, mask: int) -> None:
    rotated = cpu.builder.ror(cpu.X[Rn, 64], imm6)
    chosen = zip((3, 2, 1, 0), cpu.flags, strict=True)
    cpu.flags = Flags(*[rotated[i] if mask >> i & 1 else flag for i, flag in chosen])


@a64("0 0 1 11010000 000000 sz 0010 Rn:5 0 1101", "Evaluate into flags")
def evaluate_into_flags(cpu: State, sz: int, Rn: int) -> None:
    b, reg, msb = cpu.builder, cpu.X[Rn, 32], 15 if sz else 7
    zero = b.eq(reg[msb:0], b.const(msb + 1, 0))
    cpu.flags = cpu.flags._replace(N=reg[msb], Z=zero, V=reg[msb + 1] ^ reg[msb])


def _cfinv(f: Flags) -> Flags:
    return f._replace(C=~f.C)


def _xaflag(f: Flags) -> Flags:
    """From the flags of an external format's comparison to those of Arm's."""
    return Flags(N=~f.C & ~f.Z, Z=f.Z & f.C, C=f.C | f.Z, V=~f.C & f.Z)


def _axflag(f: Flags) -> Flags:
    """From the flags of Arm's comparison to those of an external format's."""
    zero = f.N.builder.const(1, 0)
    return Flags(N=zero, Z=f.Z | f.V, C=f.C & ~f.V, V=zero)


_CONVERSIONS = (_cfinv, _xaflag, _axflag)


@a64("1101010100 0 00 000 0100 0000 0 op2:2!=11 11111", "PSTATE")
def convert_flags(cpu: State, op2: int) -> None:
    cpu.flags = _CONVERSIONS[op2](cpu.flags)
