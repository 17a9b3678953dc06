"""PC-rel. addressing: ADR, ADRP."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64


@a64("op immlo:2 10000 immhi:19 Rd:5", "PC-rel. addressing")
def pc_rel_addressing(cpu: State, op: int, immlo: int, immhi: int, Rd: int) -> None:
    b, imm = cpu.builder, signed(immhi << 2 | immlo, 21)
    if op:
        page = b.concat(cpu.PC[63:12], b.const(12, 0))
        cpu.X[Rd, 64] = page + (imm << 12)
    else:
        cpu.X[Rd, 64] = cpu.PC + imm
