"""Logical (immediate): AND, ORR, EOR, ANDS."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import datasize, logical


@a64("sf opc:2 100100 N immr:6 imms:6 Rn:5 Rd:5", "Logical (immediate)")
def logical_immediate(
    cpu: State, sf: int, opc: int, N: int, immr: int, imms: int, Rn: int, Rd: int
) -> None:
    width = datasize(sf)
    imm = cpu.builder.const(width, decode_bit_masks(N, imms, immr, width))
    result = logical(cpu, opc, cpu.X[Rn, width], imm)
    (cpu.X if opc == 0b11 else cpu.XSP)[Rd, width] = result


def decode_bit_masks(N: int, imms: int, immr: int, width: int) -> int:
    """DecodeBitMasks(): `width` bits, a run of ones in an element, rotated and replicated.

    Raises Undefined for an element wider than `width` or narrower than two bits, or of ones alone.
    """
    length = (N << 6 | imms ^ 0b111111).bit_length() - 1
    size = 1 << length if length > 0 else 0
    if not 2 <= size <= width:
        raise Undefined(f"N:imms selects no element size of {width} bits")
    ones, rotation = imms % size + 1, immr % size
    if ones == size:
        raise Undefined("the bit mask would be all ones")
    run = (1 << ones) - 1
    element = (run >> rotation | run << (size - rotation)) & ((1 << size) - 1)
    return sum(element << lo for lo in range(0, width, size))
