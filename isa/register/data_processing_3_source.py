"""Data-processing (3 source): multiply-add and multiply-subtract, high halves of products."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import ConstrainedUnpredictable
from isa.shared import datasize


@a64("sf 00 11011 000 Rm:5 o0 Ra:5 Rn:5 Rd:5", "Data-processing (3 source)")
def multiply_add(cpu: State, sf: int, Rm: int, o0: int, Ra: int, Rn: int, Rd: int) -> None:
    """MADD, MSUB."""
    width = datasize(sf)
    product = cpu.X[Rn, width] * cpu.X[Rm, width]
    addend = cpu.X[Ra, width]
    cpu.X[Rd, width] = addend - product if o0 else addend + product


@a64("1 00 11011 U 01 Rm:5 o0 Ra:5 Rn:5 Rd:5", "Data-processing (3 source)")
def multiply_add_long(cpu: State, U: int, Rm: int, o0: int, Ra: int, Rn: int, Rd: int) -> None:
    """SMADDL, SMSUBL, UMADDL, UMSUBL."""
    extend = cpu.builder.zero_extend if U else cpu.builder.sign_extend
    product = extend(cpu.X[Rn, 32], 64) * extend(cpu.X[Rm, 32], 64)
    addend = cpu.X[Ra, 64]
    cpu.X[Rd, 64] = addend - product if o0 else addend + product


@a64("1 00 11011 U 10 Rm:5 0 Ra:5 Rn:5 Rd:5", "Data-processing (3 source)")
def multiply_high(cpu: State, U: int, Rm: int, Ra: int, Rn: int, Rd: int) -> None:
    """SMULH, UMULH."""
    if Ra != 31:
        raise ConstrainedUnpredictable("the bits of Ra should be one")
    extend = cpu.builder.zero_extend if U else cpu.builder.sign_extend
    product = extend(cpu.X[Rn, 64], 128) * extend(cpu.X[Rm, 64], 128)
    cpu.X[Rd, 64] = product[127:64]
