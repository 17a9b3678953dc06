"""Data-processing (2 source): division, shifts by a register, CRC-32, minimum and maximum."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.shared import ASR, LSL, LSR, datasize, min_max, reverse_elements

# The polynomials of CRC32 and CRC32C, x^32 left out.
_POLYNOMIALS = (0x04C11DB7, 0x1EDC6F41)


@a64("sf 0 0 11010110 Rm:5 00001 o1 Rn:5 Rd:5", "Data-processing (2 source)")
def divide(cpu: State, sf: int, Rm: int, o1: int, Rn: int, Rd: int) -> None:
    """UDIV, SDIV: rounded towards zero; a division by zero gives zero."""
    b, width = cpu.builder, datasize(sf)
    operand1, operand2 = cpu.X[Rn, width], cpu.X[Rm, width]
    cpu.observe(operand1, operand2)
    if o1:
        negative = (operand1 ^ operand2)[width - 1]
        magnitude = b.udiv(_absolute(operand1), _absolute(operand2))
        quotient = b.ite(negative, -magnitude, magnitude)
    else:
        quotient = b.udiv(operand1, operand2)
    zero = b.const(width, 0)
    cpu.X[Rd, width] = b.ite(b.eq(operand2, zero), zero, quotient)


def _absolute(x: Term) -> Term:
    return x.builder.ite(x[x.width - 1], -x, x)


@a64("sf 0 0 11010110 Rm:5 0010 op2:2 Rn:5 Rd:5", "Data-processing (2 source)")
def shift_variable(cpu: State, sf: int, Rm: int, op2: int, Rn: int, Rd: int) -> None:
    """LSLV, LSRV, ASRV, RORV: by the amount in Rm modulo the width."""
    b, width = cpu.builder, datasize(sf)
    x, amount = cpu.X[Rn, width], cpu.X[Rm, width] & (width - 1)
    if op2 == LSL:
        result = b.shl(x, amount)
    elif op2 == LSR:
        result = b.lshr(x, amount)
    elif op2 == ASR:
        result = b.ashr(x, amount)
    else:
        result = b.lshr(x, amount) | b.shl(x, -amount & (width - 1))
    cpu.X[Rd, width] = result


@a64("sf 0 0 11010110 Rm:5 010 C sz:2 Rn:5 Rd:5", "Data-processing (2 source)")
def crc32(cpu: State, sf: int, Rm: int, C: int, sz: int, Rn: int, Rd: int) -> None:
    """CRC32B, CRC32H, CRC32W, CRC32X, and with C = 1 CRC32CB to CRC32CX."""
    if sf != (sz == 0b11):
        raise Undefined("a CRC of 64 bits takes an X register, others a W register")
    b, size = cpu.builder, 8 << sz
    accumulator = reverse_elements(cpu.X[Rn, 32], 1)
    value = reverse_elements(cpu.X[Rm, size], 1)
    dividend = b.concat(accumulator, b.const(size, 0)) ^ b.concat(value, b.const(32, 0))
    cpu.X[Rd, 32] = reverse_elements(_poly32_mod2(dividend, _POLYNOMIALS[C]), 1)


def _poly32_mod2(data: Term, poly: int) -> Term:
    """Poly32Mod2(): the 32-bit remainder of data modulo x^32 + poly, over {0,1}."""
    b = data.builder
    for i in range(data.width - 1, 31, -1):
        data = data[i - 1 : 0] ^ b.replicate(data[i], i) & (poly << (i - 32))
    return data


@a64("sf 0 0 11010110 Rm:5 0110 opc:2 Rn:5 Rd:5", "Data-processing (2 source)")
def min_max_register(cpu: State, sf: int, Rm: int, opc: int, Rn: int, Rd: int) -> None:
    """SMAX, UMAX, SMIN, UMIN."""
    width = datasize(sf)
    cpu.X[Rd, width] = min_max(opc, cpu.X[Rn, width], cpu.X[Rm, width])
