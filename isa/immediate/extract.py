"""Extract: EXTR."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import datasize


@a64("sf 00 100111 N 0 Rm:5 imms:6 Rn:5 Rd:5", "Extract")
def extract(cpu: State, sf: int, N: int, Rm: int, imms: int, Rn: int, Rd: int) -> None:
    b, width = cpu.builder, datasize(sf)
    if sf != N or imms >= width:
        raise Undefined("N or imms does not fit the size of the registers")
    if Rn == Rm:  # the alias ROR (immediate)
        cpu.X[Rd, width] = b.ror(cpu.X[Rn, width], imms)
    else:
        both = b.concat(cpu.X[Rn, width], cpu.X[Rm, width])
        cpu.X[Rd, width] = both[imms + width - 1 : imms]
