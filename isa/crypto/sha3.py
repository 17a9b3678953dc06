"""Cryptographic four-register, and XAR: SHA-3, with RAX1 in sha512, and SM3SS1."""

from __future__ import annotations

from armsym.machine.state import State
from isa.crypto.sm3 import sm3ss1
from isa.encoding import a64
from isa.outcomes import Undefined

_EOR3, _BCAX, _SM3SS1 = range(3)


@a64("110011100 Op0:2 Rm:5 0 Ra:5 Rn:5 Rd:5", section="Cryptographic four-register")
def cryptographic_four_register(cpu: State, Op0: int, Rm: int, Ra: int, Rn: int, Rd: int) -> None:
    b = cpu.builder
    n, m, a = [cpu.V[i, 128] for i in (Rn, Rm, Ra)]
    if Op0 == _EOR3:
        cpu.V[Rd, 128] = n ^ m ^ a
    elif Op0 == _BCAX:
        cpu.V[Rd, 128] = n ^ (m & ~a)
    elif Op0 == _SM3SS1:
        cpu.V[Rd, 128] = b.join(sm3ss1(*[b.split(x, 32) for x in (n, m, a)]))
    else:
        raise Undefined("no four-register instruction has this opcode")


@a64("11001110 100 Rm:5 imm6:6 Rn:5 Rd:5", section="XAR")
def xar(cpu: State, Rm: int, imm6: int, Rn: int, Rd: int) -> None:
    b = cpu.builder
    pairs = zip(b.split(cpu.V[Rn, 128], 64), b.split(cpu.V[Rm, 128], 64), strict=True)
    cpu.V[Rd, 128] = b.join([b.ror(n ^ m, imm6) for n, m in pairs])
