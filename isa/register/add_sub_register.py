"""Add/subtract of registers: shifted, extended, and with carry."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import ROR, add_sub, add_with_carry, datasize, extend_reg, shift_reg


@a64("sf op S 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", "Add/subtract (shifted register)")
def add_sub_shifted_register(
    cpu: State, sf: int, op: int, S: int, shift: int, Rm: int, imm6: int, Rn: int, Rd: int
) -> None:
    width = datasize(sf)
    if shift == ROR or imm6 >= width:
        raise Undefined("a rotation, or a shift by more than the register has bits")
    operand2 = shift_reg(cpu.X[Rm, width], shift, imm6)
    cpu.X[Rd, width] = add_sub(cpu, op, S, cpu.X[Rn, width], operand2)


@a64("sf op S 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5", "Add/subtract (extended register)")
def add_sub_extended_register(
    cpu: State, sf: int, op: int, S: int, Rm: int, option: int, imm3: int, Rn: int, Rd: int
) -> None:
    width = datasize(sf)
    if imm3 > 4:
        raise Undefined("an extended register is shifted by 4 at most")
    operand2 = extend_reg(cpu.X[Rm, width], option, imm3, width)
    result = add_sub(cpu, op, S, cpu.XSP[Rn, width], operand2)
    (cpu.X if S else cpu.XSP)[Rd, width] = result


@a64("sf op S 11010000 Rm:5 000000 Rn:5 Rd:5", "Add/subtract (with carry)")
def add_sub_with_carry(cpu: State, sf: int, op: int, S: int, Rm: int, Rn: int, Rd: int) -> None:
    width = datasize(sf)
    operand2 = cpu.X[Rm, width]
    result, flags = add_with_carry(cpu.X[Rn, width], ~operand2 if op else operand2, cpu.flags.C)
    if S:
        cpu.flags = flags
    cpu.X[Rd, width] = result
