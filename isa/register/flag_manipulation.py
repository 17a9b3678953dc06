"""Flags from a register: rotate right into flags (RMIF), evaluate into flags (SETF8, SETF16)."""

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
