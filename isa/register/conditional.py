"""Conditional compare (register and immediate), and conditional select."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import Flags, State
from isa.encoding import a64
from isa.shared import add_with_carry, condition_holds, datasize, subtract


@a64("sf op 1 11010010 Rm:5 cond:4 00 Rn:5 0 nzcv:4", "Conditional compare (register)")
def conditional_compare_register(
    cpu: State, sf: int, op: int, Rm: int, cond: int, Rn: int, nzcv: int
) -> None:
    width = datasize(sf)
    _conditional_compare(cpu, op, cpu.X[Rn, width], cpu.X[Rm, width], cond, nzcv)


@a64("sf op 1 11010010 imm5:5 cond:4 10 Rn:5 0 nzcv:4", "Conditional compare (immediate)")
def conditional_compare_immediate(
    cpu: State, sf: int, op: int, imm5: int, cond: int, Rn: int, nzcv: int
) -> None:
    width = datasize(sf)
    imm = cpu.builder.const(width, imm5)
    _conditional_compare(cpu, op, cpu.X[Rn, width], imm, cond, nzcv)


def _conditional_compare(
    cpu: State, op: int, operand1: Term, operand2: Term, cond: int, nzcv: int
) -> None:
    """CCMP or, without `op`, CCMN: the flags of the comparison where `cond` holds, else `nzcv`."""
    b, holds = cpu.builder, condition_holds(cpu, cond)
    _, flags = subtract(operand1, operand2) if op else add_with_carry(operand1, operand2, 0)
    chosen = zip((3, 2, 1, 0), flags, strict=True)
    cpu.flags = Flags(*[b.ite(holds, flag, b.const(1, nzcv >> i)) for i, flag in chosen])


@a64("sf op 0 11010100 Rm:5 cond:4 0 o2 Rn:5 Rd:5", "Conditional select")
def conditional_select(
    cpu: State, sf: int, op: int, Rm: int, cond: int, o2: int, Rn: int, Rd: int
) -> None:
    """CSEL, CSINC, CSINV, CSNEG by op:o2."""
    width = datasize(sf)
    otherwise = cpu.X[Rm, width]
    if op:
        otherwise = ~otherwise
    if o2:
        otherwise = otherwise + 1
    cpu.X[Rd, width] = cpu.select(condition_holds(cpu, cond), cpu.X[Rn, width], otherwise)
