"""Logical (shifted register): AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import datasize, logical, shift_reg


@a64("sf opc:2 01010 shift:2 N Rm:5 imm6:6 Rn:5 Rd:5", "Logical (shifted register)")
def logical_shifted_register(
    cpu: State, sf: int, opc: int, shift: int, N: int, Rm: int, imm6: int, Rn: int, Rd: int
) -> None:
    width = datasize(sf)
    if imm6 >= width:
        raise Undefined(f"a shift of {width} bits by {imm6}")
    operand2 = shift_reg(cpu.X[Rm, width], shift, imm6)
    cpu.X[Rd, width] = logical(cpu, opc, cpu.X[Rn, width], ~operand2 if N else operand2)
