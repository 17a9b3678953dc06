"""One register's transfer to or from memory, and the addressing modes that all of them share."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.outcomes import ConstrainedUnpredictable, Undefined


class MemOp(Enum):
    """What an instruction does to memory."""

    LOAD = "load"
    STORE = "store"
    PREFETCH = "prefetch"


class Transfer(NamedTuple):
    """The transfer of `datasize` bits between memory and a general-purpose or vector register.

    A load extends them by their sign to `regsize` bits, and the register by zeros from there.
    """

    memop: MemOp
    vector: bool
    datasize: int
    regsize: int

    @property
    def nbytes(self) -> int:
        return self.datasize // 8

    @property
    def scale(self) -> int:
        """The shift that multiplies by `nbytes`."""
        return self.nbytes.bit_length() - 1

    def move(self, cpu: State, t: int, address: Term) -> None:
        """Performs the transfer of register `t`.  A prefetch is a hint, and has no effect."""
        registers = cpu.V if self.vector else cpu.X
        if self.memop is MemOp.LOAD:
            data = cpu.Mem[address, self.nbytes]
            registers[t, self.regsize] = cpu.builder.sign_extend(data, self.regsize)
        elif self.memop is MemOp.STORE:
            cpu.Mem[address, self.nbytes] = registers[t, self.datasize]


def load(datasize: int, regsize: int | None = None) -> Transfer:
    """A load of a general-purpose register; with `regsize`, sign-extending to so many bits."""
    return Transfer(MemOp.LOAD, False, datasize, regsize or datasize)


def store(datasize: int) -> Transfer:
    """A store of a general-purpose register."""
    return Transfer(MemOp.STORE, False, datasize, datasize)


def load_vector(datasize: int) -> Transfer:
    """A load of a SIMD&FP register."""
    return Transfer(MemOp.LOAD, True, datasize, datasize)


def store_vector(datasize: int) -> Transfer:
    """A store of a SIMD&FP register."""
    return Transfer(MemOp.STORE, True, datasize, datasize)


# A hint: `datasize` serves only to scale its offset.
PREFETCH = Transfer(MemOp.PREFETCH, False, 64, 64)


# The transfers of an encoding class, by the fields that select them.
Transfers = dict[tuple[int, ...], Transfer]


def allocated(transfers: Transfers, *fields: int) -> Transfer:
    """The transfer that these values of the fields select.  Raises Undefined if there is none."""
    if fields not in transfers:
        raise Undefined("the size and the operation are an unallocated combination")
    return transfers[fields]


class Indexing(Enum):
    """When the offset is added to the base register: (wback, postindex) in the manual."""

    OFFSET = (False, False)
    PRE_INDEX = (True, False)
    POST_INDEX = (True, True)


def access(
    cpu: State,
    transfer: Transfer,
    registers: tuple[int, ...],
    n: int,
    offset: Term | int,
    indexing: Indexing = Indexing.OFFSET,
    ordered: bool = False,
) -> None:
    """Transfers the registers from or to adjacent places, at the base register `n` plus `offset`.

    Where the access is `ordered`, each place must be aligned, if there is no FEAT_LSE2.
    Raises ConstrainedUnpredictable where the registers overlap in a way that the manual excludes.
    """
    wback, postindex = indexing.value
    if transfer.memop is MemOp.PREFETCH:
        cpu.observe(cpu.XSP[n, 64] + offset)  # the cache tells it, wherever it is
        return
    if transfer.memop is MemOp.LOAD and len(set(registers)) < len(registers):
        raise ConstrainedUnpredictable("one register is loaded twice")
    if wback and not transfer.vector and n in registers and n != 31:
        raise ConstrainedUnpredictable("the base register is transferred and written back")
    base = cpu.base_register(n)
    indexed = base + offset
    address = base if postindex else indexed
    if ordered:
        cpu.Mem.check_alignment(address, transfer.scale, "the address of an ordered access")
    for i, t in enumerate(registers):
        transfer.move(cpu, t, address + i * transfer.nbytes)
    if wback:
        cpu.XSP[n, 64] = indexed
