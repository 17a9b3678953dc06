"""Branches under a condition: B.cond, compare and branch, test and branch."""

from __future__ import annotations

from armsym.bv.term import Term, signed
from armsym.machine.state import State
from isa.encoding import a64
from isa.shared import condition_holds, datasize


@a64("01010100 imm19:19 0 cond:4", "Conditional branch (immediate)")
def conditional_branch(cpu: State, imm19: int, cond: int) -> None:
    cpu.branch_if(condition_holds(cpu, cond), cpu.PC + 4 * signed(imm19, 19))


@a64("sf 011010 op imm19:19 Rt:5", "Compare and branch (immediate)")
def compare_and_branch(cpu: State, sf: int, op: int, imm19: int, Rt: int) -> None:
    """CBZ; with op = 1, CBNZ."""
    _branch_on_zero(cpu, cpu.X[Rt, datasize(sf)], op, signed(imm19, 19))


@a64("b5 011011 op b40:5 imm14:14 Rt:5", "Test and branch (immediate)")
def test_and_branch(cpu: State, b5: int, op: int, b40: int, imm14: int, Rt: int) -> None:
    """TBZ; with op = 1, TBNZ."""
    _branch_on_zero(cpu, cpu.X[Rt, 64][b5 << 5 | b40], op, signed(imm14, 14))


def _branch_on_zero(cpu: State, operand: Term, op: int, words: int) -> None:
    """Branches by `words` instructions if the operand is zero or, with `op`, if it is not."""
    zero = cpu.builder.eq(operand, cpu.builder.const(operand.width, 0))
    cpu.branch_if(~zero if op else zero, cpu.PC + 4 * words)
