"""Bitfield: SBFM, BFM, UBFM."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import ASR, LSL, LSR, datasize, shift_reg

_SBFM, _BFM = 0b00, 0b01


@a64("sf opc:2!=11 100110 N immr:6 imms:6 Rn:5 Rd:5", "Bitfield")
def bitfield(cpu: State, sf: int, opc: int, N: int, immr: int, imms: int, Rn: int, Rd: int) -> None:
    width = datasize(sf)
    if sf != N or immr >= width or imms >= width:
        raise Undefined("N, immr or imms does not fit the size of the registers")
    result = _move(cpu.X[Rn, width], ASR if opc == _SBFM else LSR, immr, imms)
    if opc == _BFM:
        field = _move(cpu.builder.const(width, -1), LSR, immr, imms)
        result |= cpu.X[Rd, width] & ~field
    cpu.X[Rd, width] = result


def _move(src: Term, right: int, immr: int, imms: int) -> Term:
    """src<imms:0> rotated right by immr within the word, less what comes out below bit 0.

    The manual rotates and masks.  The same in shifts, up to the top and down, leaves the aliases
    LSL, LSR and ASR what they are: a multiple, a quotient.
    """
    top = shift_reg(src, LSL, src.width - 1 - imms)
    return shift_reg(top, right, (immr - imms - 1) % src.width)
