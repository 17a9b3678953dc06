"""Load/store ordered, LDAPR, and their unscaled forms: what a single core sees of them."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64
from isa.loads_stores.transfer import Transfer, Transfers, allocated, load, store
from isa.outcomes import ConstrainedUnpredictable


@a64("size:2 0010001 L 0 Rs:5 o0 Rt2:5 Rn:5 Rt:5", "Load/store ordered")
def load_store_ordered(
    cpu: State, size: int, L: int, Rs: int, o0: int, Rt2: int, Rn: int, Rt: int
) -> None:
    # o0 tells LDAR from LDLAR: the difference is in what other cores see.
    if (Rs, Rt2) != (31, 31):
        raise ConstrainedUnpredictable("Rs and Rt2 should be all ones")
    _access(cpu, load(8 << size) if L else store(8 << size), Rn, 0, Rt)


@a64("size:2 111 0 00 1 0 1 11111 1 100 00 Rn:5 Rt:5", "Atomic memory operations")
def load_acquire_rcpc(cpu: State, size: int, Rn: int, Rt: int) -> None:
    """LDAPR."""
    _access(cpu, load(8 << size), Rn, 0, Rt)


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
    _access(cpu, allocated(_UNSCALED, size, opc), Rn, signed(imm9, 9), Rt)


def _access(cpu: State, transfer: Transfer, n: int, offset: int, t: int) -> None:
    address = cpu.base_register(n) + offset
    # Only with FEAT_LSE2 may the address be unaligned.
    cpu.Mem.check_alignment(address, transfer.scale, "the address of an ordered access")
    transfer.move(cpu, t, address)
