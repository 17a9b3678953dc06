"""Add/subtract (immediate)."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.shared import add_sub, datasize


@a64("sf op S 100010 sh imm12:12 Rn:5 Rd:5", "Add/subtract (immediate)")
def add_sub_immediate(
    cpu: State, sf: int, op: int, S: int, sh: int, imm12: int, Rn: int, Rd: int
) -> None:
    width = datasize(sf)
    imm = cpu.builder.const(width, imm12 << 12 if sh else imm12)
    result = add_sub(cpu, op, S, cpu.XSP[Rn, width], imm)
    (cpu.X if S else cpu.XSP)[Rd, width] = result
