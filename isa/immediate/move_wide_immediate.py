"""Move wide (immediate): MOVN, MOVZ, MOVK."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import datasize

_MOVN, _MOVK = 0b00, 0b11


@a64("sf opc:2!=01 100101 hw:2 imm16:16 Rd:5", "Move wide (immediate)")
def move_wide_immediate(cpu: State, sf: int, opc: int, hw: int, imm16: int, Rd: int) -> None:
    width, pos = datasize(sf), 16 * hw
    if pos >= width:
        raise Undefined(f"hw selects bit {pos} of {width}")
    imm = cpu.builder.const(width, imm16 << pos)
    if opc == _MOVK:
        cpu.X[Rd, width] = cpu.X[Rd, width] & ~(0xFFFF << pos) | imm
    else:
        cpu.X[Rd, width] = ~imm if opc == _MOVN else imm
