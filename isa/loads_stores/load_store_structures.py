"""Advanced SIMD load/store of multiple structures, of a single structure, and replicated."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import Undefined

# By opcode: (rpt, selem), how many times a structure of how many registers is transferred.
_MULTIPLE = {
    0b0000: (1, 4),  # LD4, ST4
    0b0010: (4, 1),  # LD1, ST1 of four registers
    0b0100: (1, 3),  # LD3, ST3
    0b0110: (3, 1),
    0b0111: (1, 1),
    0b1000: (1, 2),  # LD2, ST2
    0b1010: (2, 1),
}


@a64(
    "0 Q 0011000 L 000000 opcode:4 size:2 Rn:5 Rt:5",
    "Advanced SIMD load/store multiple structures",
)
def load_store_multiple_structures(cpu: State, Rn: int, **fields: int) -> None:
    _multiple(cpu, cpu.base_register(Rn), **fields)


@a64(
    "0 Q 0011001 L 0 Rm:5 opcode:4 size:2 Rn:5 Rt:5",
    "Advanced SIMD load/store multiple structures (post-indexed)",
)
def load_store_multiple_structures_post_indexed(
    cpu: State, Rm: int, Rn: int, **fields: int
) -> None:
    address = cpu.base_register(Rn)
    nbytes = _multiple(cpu, address, **fields)
    cpu.XSP[Rn, 64] = address + _increment(cpu, Rm, nbytes)


@a64(
    "0 Q 0011010 L R 00000 opcode:3 S size:2 Rn:5 Rt:5",
    "Advanced SIMD load/store single structure",
)
def load_store_single_structure(cpu: State, Rn: int, **fields: int) -> None:
    _single(cpu, cpu.base_register(Rn), **fields)


@a64(
    "0 Q 0011011 L R Rm:5 opcode:3 S size:2 Rn:5 Rt:5",
    "Advanced SIMD load/store single structure (post-indexed)",
)
def load_store_single_structure_post_indexed(cpu: State, Rm: int, Rn: int, **fields: int) -> None:
    address = cpu.base_register(Rn)
    nbytes = _single(cpu, address, **fields)
    cpu.XSP[Rn, 64] = address + _increment(cpu, Rm, nbytes)


@a64("0 Q 0011010 L 0 00001 100001 Rn:5 Rt:5", "Advanced SIMD load/store single structure")
def load_store_ordered_lane(cpu: State, Q: int, L: int, Rn: int, Rt: int) -> None:
    """LDAP1; with L = 0, STL1: the doubleword lane Q.  Only with FEAT_LSE2 may it be unaligned."""
    address = cpu.base_register(Rn)
    cpu.Mem.check_alignment(address, 3, "the address of an ordered access")
    _transfer_lane(cpu, address, [Rt], 64, Q, L)


def _multiple(cpu: State, address: Term, *, Q: int, L: int, opcode: int, size: int, Rt: int) -> int:
    """Transfers `rpt` times structures of `selem` registers; the number of bytes."""
    if opcode not in _MULTIPLE:
        raise Undefined(f"opcode {opcode:04b} is unallocated")
    rpt, selem = _MULTIPLE[opcode]
    if size == 0b11 and not Q and selem != 1:
        raise Undefined("vectors of one element have no structures")
    datasize = 64 << Q
    # Registers that follow one another in memory: one structure of elements as wide as they are.
    esize = datasize if selem == 1 else 8 << size
    registers = _consecutive(Rt, rpt * selem)
    if L:
        values = _load(cpu, address, esize, len(registers) * datasize // esize)
        for i, t in enumerate(registers):
            cpu.V[t, datasize] = cpu.builder.join(values[i :: len(registers)])
    else:
        vectors = [cpu.builder.split(cpu.V[t, datasize], esize) for t in registers]
        _store(cpu, address, [e for structure in zip(*vectors, strict=True) for e in structure])
    return len(registers) * datasize // 8


def _single(
    cpu: State, address: Term, *, Q: int, L: int, R: int, opcode: int, S: int, size: int, Rt: int
) -> int:
    """Transfers one structure, an element of each register; the number of bytes."""
    registers = _consecutive(Rt, ((opcode & 1) << 1 | R) + 1)
    scale = opcode >> 1
    if scale == 0b11:
        if not L or S:
            raise Undefined("replication is for loads, with S = 0")
        esize = 8 << size
        _load_and_replicate(cpu, address, registers, esize, 64 << Q)
    else:
        esize, index = _lane(scale, Q << 3 | S << 2 | size)
        _transfer_lane(cpu, address, registers, esize, index, L)
    return len(registers) * esize // 8


def _load_and_replicate(
    cpu: State, address: Term, registers: list[int], esize: int, datasize: int
) -> None:
    """Loads an element for each register, into all its lanes."""
    for t, value in zip(registers, _load(cpu, address, esize, len(registers)), strict=True):
        cpu.V[t, datasize] = cpu.builder.replicate(value, datasize // esize)


def _transfer_lane(
    cpu: State, address: Term, registers: list[int], esize: int, index: int, L: int
) -> None:
    """Loads or stores one lane of each register; a load keeps the others."""
    vectors = [cpu.builder.split(cpu.V[t, 128], esize) for t in registers]
    if L:
        values = _load(cpu, address, esize, len(registers))
        for t, vector, value in zip(registers, vectors, values, strict=True):
            vector[index] = value
            cpu.V[t, 128] = cpu.builder.join(vector)
    else:
        _store(cpu, address, [vector[index] for vector in vectors])


def _lane(scale: int, position: int) -> tuple[int, int]:
    """The size in bits and the index of the lane that starts at byte Q:S:size of the register.

    A position that is no multiple of the lane's size is unallocated, but for this: words and
    doublewords share a scale, and a doubleword has the lowest bit set.
    """
    if scale == 2 and position & 1:
        scale, position = 3, position - 1
    if position % (1 << scale):
        raise Undefined("Q:S:size is not the position of a lane")
    return 8 << scale, position >> scale


def _consecutive(t: int, count: int) -> list[int]:
    """The registers Vt, Vt+1, ...; V0 follows V31."""
    return [(t + i) % 32 for i in range(count)]


def _load(cpu: State, address: Term, esize: int, count: int) -> list[Term]:
    """`count` adjacent elements of memory."""
    ebytes = esize // 8
    return [cpu.Mem[address + i * ebytes, ebytes] for i in range(count)]


def _store(cpu: State, address: Term, elements: list[Term]) -> None:
    """Stores the elements one after another."""
    for i, element in enumerate(elements):
        ebytes = element.width // 8
        cpu.Mem[address + i * ebytes, ebytes] = element


def _increment(cpu: State, m: int, nbytes: int) -> Term:
    """What a post-indexed form adds to its base: Xm, or for register 31 the bytes transferred."""
    return cpu.builder.const(64, nbytes) if m == 31 else cpu.X[m, 64]
