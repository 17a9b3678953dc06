"""Cryptographic four-register (EOR3, BCAX) and XAR: SHA-3, with RAX1 in sha512."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64


@a64("110011100 Op0:2!=10,11 Rm:5 0 Ra:5 Rn:5 Rd:5", section="Cryptographic four-register")
def cryptographic_four_register(cpu: State, Op0: int, Rm: int, Ra: int, Rn: int, Rd: int) -> None:
    n, m, a = [cpu.V[i, 128] for i in (Rn, Rm, Ra)]
    cpu.V[Rd, 128] = n ^ (m & ~a) if Op0 else n ^ m ^ a


@a64("11001110 100 Rm:5 imm6:6 Rn:5 Rd:5", section="XAR")
def xar(cpu: State, Rm: int, imm6: int, Rn: int, Rd: int) -> None:
    b = cpu.builder
    pairs = zip(b.split(cpu.V[Rn, 128], 64), b.split(cpu.V[Rm, 128], 64), strict=True)
    cpu.V[Rd, 128] = b.join([b.ror(n ^ m, imm6) for n, m in pairs])
