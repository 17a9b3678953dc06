"""Data-processing (1 source): reversals of bits and bytes, counts of bits, absolute value."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import (
    bit_count,
    count_leading_sign_bits,
    count_leading_zero_bits,
    datasize,
    reverse_elements,
)

# The (container, element) sizes by opc; for RBIT the container is the register.
_REVERSALS = {0b01: (16, 8), 0b10: (32, 8), 0b11: (64, 8)}


@a64("sf 1 0 11010110 00000 0000 opc:2 Rn:5 Rd:5", "Data-processing (1 source)")
def reverse(cpu: State, sf: int, opc: int, Rn: int, Rd: int) -> None:
    """RBIT, REV16, REV32 (with sf = 0: REV), REV."""
    b, width = cpu.builder, datasize(sf)
    container, element = _REVERSALS.get(opc, (width, 1))
    if container > width:
        raise Undefined("REV of 64 bits in a 32-bit register")
    parts = [reverse_elements(part, element) for part in b.split(cpu.X[Rn, width], container)]
    cpu.X[Rd, width] = b.join(parts)


@a64("sf 1 0 11010110 00000 00010 op Rn:5 Rd:5", "Data-processing (1 source)")
def count_leading(cpu: State, sf: int, op: int, Rn: int, Rd: int) -> None:
    """CLZ; with op = 1, CLS."""
    width = datasize(sf)
    count = count_leading_sign_bits if op else count_leading_zero_bits
    cpu.X[Rd, width] = count(cpu.X[Rn, width])


@a64("sf 1 0 11010110 00000 00011 op Rn:5 Rd:5", "Data-processing (1 source)")
def count_bits(cpu: State, sf: int, op: int, Rn: int, Rd: int) -> None:
    """CTZ; with op = 1, CNT."""
    width = datasize(sf)
    x = cpu.X[Rn, width]
    cpu.X[Rd, width] = bit_count(x) if op else count_leading_zero_bits(reverse_elements(x, 1))


@a64("sf 1 0 11010110 00000 001000 Rn:5 Rd:5", "Data-processing (1 source)")
def absolute(cpu: State, sf: int, Rn: int, Rd: int) -> None:
    """ABS, modulo 2^datasize."""
    width = datasize(sf)
    x = cpu.X[Rn, width]
    cpu.X[Rd, width] = cpu.builder.ite(x[width - 1], -x, x)
