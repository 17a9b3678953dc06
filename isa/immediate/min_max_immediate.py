"""Min/max (immediate): SMAX, UMAX, SMIN, UMIN."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64
from isa.shared import datasize, min_max


@a64("sf 0 0 100011 1 00 opc:2 imm8:8 Rn:5 Rd:5", "Min/max (immediate)")
def min_max_immediate(cpu: State, sf: int, opc: int, imm8: int, Rn: int, Rd: int) -> None:
    width, unsigned = datasize(sf), opc & 1
    operand2 = cpu.builder.const(width, imm8 if unsigned else signed(imm8, 8))
    cpu.X[Rd, width] = min_max(opc, cpu.X[Rn, width], operand2)
