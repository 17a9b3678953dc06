"""Load/store ordered, LDAPR, their other forms and pairs: what a single core sees of them."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64
from isa.loads_stores.transfer import (
    Indexing,
    Transfers,
    access,
    allocated,
    load,
    load_vector,
    store,
    store_vector,
)
from isa.outcomes import ConstrainedUnpredictable, Undefined


@a64("size:2 0010001 L 0 Rs:5 o0 Rt2:5 Rn:5 Rt:5", "Load/store ordered")
def load_store_ordered(
    cpu: State, size: int, L: int, Rs: int, o0: int, Rt2: int, Rn: int, Rt: int
) -> None:
    # o0 tells LDAR from LDLAR: the difference is in what other cores see.
    if (Rs, Rt2) != (31, 31):
        raise ConstrainedUnpredictable("Rs and Rt2 should be all ones")
    access(cpu, (load if L else store)(8 << size), (Rt,), Rn, 0, ordered=True)


@a64("size:2 111 0 00 1 0 1 11111 1 100 00 Rn:5 Rt:5", "Atomic memory operations")
def load_acquire_rcpc(cpu: State, size: int, Rn: int, Rt: int) -> None:
    """LDAPR."""
    access(cpu, load(8 << size), (Rt,), Rn, 0, ordered=True)


# By size and opc.
_UNSCALED: Transfers = {
    (0b00, 0b00): store(8),  # STLURB
    (0b00, 0b01): load(8),  # LDAPURB
    (0b00, 0b10): load(8, 64),  # LDAPURSB
    (0b00, 0b11): load(8, 32),
    (0b01, 0b00): store(16),  # STLURH
    (0b01, 0b01): load(16),  # LDAPURH
    (0b01, 0b10): load(16, 64),  # LDAPURSH
    (0b01, 0b11): load(16, 32),
    (0b10, 0b00): store(32),  # STLUR
    (0b10, 0b01): load(32),  # LDAPUR
    (0b10, 0b10): load(32, 64),  # LDAPURSW
    (0b11, 0b00): store(64),
    (0b11, 0b01): load(64),
}


@a64("size:2 011001 opc:2 0 imm9:9 00 Rn:5 Rt:5", "LDAPR/STLR (unscaled immediate)")
def load_store_ordered_unscaled(
    cpu: State, size: int, opc: int, imm9: int, Rn: int, Rt: int
) -> None:
    access(cpu, allocated(_UNSCALED, size, opc), (Rt,), Rn, signed(imm9, 9), ordered=True)


@a64("1 sz 011001 1 L 0 00000 0000 10 Rn:5 Rt:5", "LDAPR/STLR (writeback)")
def load_store_ordered_writeback(cpu: State, sz: int, L: int, Rn: int, Rt: int) -> None:
    """LDAPR (post-index); with L = 0, STLR (pre-index)."""
    _indexed(cpu, sz, L, Rn, (Rt,), 1)


@a64("1 sz 011001 0 L 0 Rt2:5 000 opc2 10 Rn:5 Rt:5", "LDIAPP/STILP")
def load_store_ordered_pair(
    cpu: State, sz: int, L: int, Rt2: int, opc2: int, Rn: int, Rt: int
) -> None:
    """LDIAPP; with L = 0, STILP.  With opc2 = 0 the former is post-indexed, the latter pre-."""
    _indexed(cpu, sz, L, Rn, (Rt, Rt2), 1 - opc2)


# By opc<1> and size, the vector's.
_VECTOR_SIZES = {(0, 0b00): 8, (0, 0b01): 16, (0, 0b10): 32, (0, 0b11): 64, (1, 0b00): 128}


@a64("size:2 011101 opc1 L 0 imm9:9 10 Rn:5 Rt:5", "LDAPR/STLR (SIMD&FP)")
def load_store_ordered_unscaled_vector(
    cpu: State, size: int, opc1: int, L: int, imm9: int, Rn: int, Rt: int
) -> None:
    """LDAPUR; with L = 0, STLUR."""
    if (opc1, size) not in _VECTOR_SIZES:
        raise Undefined("only the size of bytes goes with 128 bits")
    transfer = (load_vector if L else store_vector)(_VECTOR_SIZES[opc1, size])
    access(cpu, transfer, (Rt,), Rn, signed(imm9, 9), ordered=True)


def _indexed(
    cpu: State, sz: int, L: int, n: int, registers: tuple[int, ...], writeback: int
) -> None:
    """A load, post-indexed, or store, pre-indexed; the base goes by what is transferred."""
    transfer = (load if L else store)(32 << sz)
    nbytes = len(registers) * transfer.nbytes
    if not writeback:
        access(cpu, transfer, registers, n, 0, ordered=True)
    elif L:
        access(cpu, transfer, registers, n, nbytes, Indexing.POST_INDEX, ordered=True)
    else:
        access(cpu, transfer, registers, n, -nbytes, Indexing.PRE_INDEX, ordered=True)
