"""Advanced SIMD copy, and its scalar form: elements to and from elements and registers."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined
from isa.simd import vectors as v

_SECTION = "Advanced SIMD copy"


@a64("0 Q 0 01110000 imm5:5 0 0000 1 Rn:5 Rd:5", section=_SECTION)
def dup_element(cpu: State, Q: int, imm5: int, Rn: int, Rd: int) -> None:
    esize, index = _size_and_index(imm5)
    datasize = v.vector_size(Q, esize)
    cpu.V[Rd, datasize] = cpu.builder.replicate(_element(cpu, Rn, esize, index), datasize // esize)


@a64("01 0 11110000 imm5:5 0 0000 1 Rn:5 Rd:5", section="Advanced SIMD scalar copy")
def scalar_dup_element(cpu: State, imm5: int, Rn: int, Rd: int) -> None:
    esize, index = _size_and_index(imm5)
    cpu.V[Rd, esize] = _element(cpu, Rn, esize, index)


@a64("0 Q 0 01110000 imm5:5 0 0001 1 Rn:5 Rd:5", section=_SECTION)
def dup_general(cpu: State, Q: int, imm5: int, Rn: int, Rd: int) -> None:
    esize, _ = _size_and_index(imm5)
    datasize = v.vector_size(Q, esize)
    cpu.V[Rd, datasize] = cpu.builder.replicate(cpu.X[Rn, esize], datasize // esize)


@a64("0 Q 0 01110000 imm5:5 0 0101 1 Rn:5 Rd:5", section=_SECTION)
def smov(cpu: State, Q: int, imm5: int, Rn: int, Rd: int) -> None:
    esize, index = _size_and_index(imm5)
    width = 64 if Q else 32
    if esize >= width:
        raise Undefined("SMOV extends an element to more bits")
    cpu.X[Rd, width] = cpu.builder.sign_extend(_element(cpu, Rn, esize, index), width)


@a64("0 Q 0 01110000 imm5:5 0 0111 1 Rn:5 Rd:5", section=_SECTION)
def umov(cpu: State, Q: int, imm5: int, Rn: int, Rd: int) -> None:
    esize, index = _size_and_index(imm5)
    width = 64 if Q else 32
    if (esize == 64) != (width == 64):
        raise Undefined("UMOV moves 64 bits to Xd, fewer to Wd")
    cpu.X[Rd, width] = cpu.builder.zero_extend(_element(cpu, Rn, esize, index), width)


@a64("0 1 0 01110000 imm5:5 0 0011 1 Rn:5 Rd:5", section=_SECTION)
def ins_general(cpu: State, imm5: int, Rn: int, Rd: int) -> None:
    esize, index = _size_and_index(imm5)
    _insert(cpu, Rd, index, cpu.X[Rn, esize])


@a64("0 1 1 01110000 imm5:5 0 imm4:4 1 Rn:5 Rd:5", section=_SECTION)
def ins_element(cpu: State, imm5: int, imm4: int, Rn: int, Rd: int) -> None:
    esize, index = _size_and_index(imm5)
    _insert(cpu, Rd, index, _element(cpu, Rn, esize, 8 * imm4 // esize))


def _size_and_index(imm5: int) -> tuple[int, int]:
    """The lowest 1 of `imm5` says how wide elements are, in bits; above it is the index."""
    size = imm5 & -imm5
    if size not in (1, 2, 4, 8):
        raise Undefined("imm5 selects no element size")
    return 8 * size, imm5 // (2 * size)


def _element(cpu: State, n: int, esize: int, index: int) -> Term:
    return cpu.builder.split(cpu.V[n, 128], esize)[index]


def _insert(cpu: State, d: int, index: int, value: Term) -> None:
    elements = cpu.builder.split(cpu.V[d, 128], value.width)
    elements[index] = value
    cpu.V[d, 128] = cpu.builder.join(elements)
