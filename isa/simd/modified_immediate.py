"""Advanced SIMD modified immediate: MOVI, MVNI, ORR, BIC and FMOV of a constant."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined


@a64(
    "0 Q op 0111100000 abc:3 cmode:4 o2 1 defgh:5 Rd:5", section="Advanced SIMD modified immediate"
)
def modified_immediate(
    cpu: State, Q: int, op: int, abc: int, cmode: int, o2: int, defgh: int, Rd: int
) -> None:
    if o2 and (op, cmode) != (0, 0b1111):
        raise Undefined("no instruction of the class has this opcode")
    if op and cmode == 0b1111 and not Q:
        raise Undefined("a vector has two elements or more")
    b, datasize = cpu.builder, 128 if Q else 64
    imm64 = adv_simd_expand_imm(op, cmode, o2, abc << 5 | defgh)
    imm = b.replicate(b.const(64, imm64), datasize // 64)
    if cmode & 1 and cmode < 0b1100:  # BIC, ORR
        before = cpu.V[Rd, datasize]
        cpu.V[Rd, datasize] = before & ~imm if op else before | imm
    else:  # MVNI; MOVI, FMOV
        cpu.V[Rd, datasize] = ~imm if op and cmode < 0b1110 else imm


def adv_simd_expand_imm(op: int, cmode: int, o2: int, imm8: int) -> int:
    """AdvSIMDExpandImm(), and FMOV's of half precision: the 64-bit constant of `imm8`."""
    match cmode >> 1:
        case 0b000 | 0b001 | 0b010 | 0b011 as byte:
            return _replicate(imm8 << 8 * byte, 32)
        case 0b100 | 0b101 as byte:
            return _replicate(imm8 << 8 * (byte - 4), 16)
        case 0b110:  # ones are shifted in
            shift = 16 if cmode & 1 else 8
            return _replicate(imm8 << shift | (1 << shift) - 1, 32)
    if cmode & 1:
        size = 16 if o2 else 64 if op else 32
        return _replicate(vfp_expand_imm(imm8, size), size)
    if op:  # a bit of imm8 stands for a byte
        return sum(0xFF << 8 * i for i in range(8) if imm8 >> i & 1)
    return _replicate(imm8, 8)


def vfp_expand_imm(imm8: int, width: int) -> int:
    """VFPExpandImm(): the floating-point number of `width` bits that `imm8` stands for."""
    exponent_width = {16: 5, 32: 8, 64: 11}[width]
    sign, high_bit, low_bits, fraction = imm8 >> 7, imm8 >> 6 & 1, imm8 >> 4 & 0b11, imm8 & 0b1111
    repeated = (1 << exponent_width - 3) - 1 if high_bit else 0
    exponent = (1 - high_bit) << exponent_width - 1 | repeated << 2 | low_bits
    fraction_width = width - 1 - exponent_width
    return sign << width - 1 | exponent << fraction_width | fraction << fraction_width - 4


def _replicate(value: int, width: int) -> int:
    """The `width`-bit value, repeated in 64 bits."""
    return sum(value << lo for lo in range(0, 64, width))
