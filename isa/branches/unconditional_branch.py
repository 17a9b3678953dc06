"""Unconditional branches: B, BL; BR, BLR, RET."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64

_BLR = 0b01


@a64("op 00101 imm26:26", "Unconditional branch (immediate)")
def unconditional_branch_immediate(cpu: State, op: int, imm26: int) -> None:
    """B; with op = 1, BL."""
    if op:
        cpu.X[30, 64] = cpu.PC + 4
    cpu.branch_to(cpu.PC + 4 * signed(imm26, 26))


@a64("1101011 00 op:2!=11 11111 000000 Rn:5 00000", "Unconditional branch (register)")
def unconditional_branch_register(cpu: State, op: int, Rn: int) -> None:
    """BR, BLR, RET."""
    target = cpu.X[Rn, 64]
    if op == _BLR:
        cpu.X[30, 64] = cpu.PC + 4
    cpu.branch_to(target)
