"""Load/store register pair, and the no-allocate pair."""

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
from isa.outcomes import Unmodelled

# By VR, opc and L.
_NO_ALLOCATE: Transfers = {
    (0, 0b00, 0): store(32),
    (0, 0b00, 1): load(32),
    (0, 0b10, 0): store(64),
    (0, 0b10, 1): load(64),
    (1, 0b00, 0): store_vector(32),
    (1, 0b00, 1): load_vector(32),
    (1, 0b01, 0): store_vector(64),
    (1, 0b01, 1): load_vector(64),
    (1, 0b10, 0): store_vector(128),
    (1, 0b10, 1): load_vector(128),
}
_TRANSFERS = _NO_ALLOCATE | {(0, 0b01, 1): load(32, 64)}  # LDPSW


@a64("opc:2 101 VR 000 L imm7:7 Rt2:5 Rn:5 Rt:5", "Load/store no-allocate pair (offset)")
def load_store_no_allocate_pair(cpu: State, **fields: int) -> None:
    _pair(cpu, _NO_ALLOCATE, Indexing.OFFSET, **fields)


@a64("opc:2 101 VR 001 L imm7:7 Rt2:5 Rn:5 Rt:5", "Load/store register pair (post-indexed)")
def load_store_pair_post_indexed(cpu: State, **fields: int) -> None:
    _register_pair(cpu, Indexing.POST_INDEX, **fields)


@a64("opc:2 101 VR 010 L imm7:7 Rt2:5 Rn:5 Rt:5", "Load/store register pair (offset)")
def load_store_pair_offset(cpu: State, **fields: int) -> None:
    _register_pair(cpu, Indexing.OFFSET, **fields)


@a64("opc:2 101 VR 011 L imm7:7 Rt2:5 Rn:5 Rt:5", "Load/store register pair (pre-indexed)")
def load_store_pair_pre_indexed(cpu: State, **fields: int) -> None:
    _register_pair(cpu, Indexing.PRE_INDEX, **fields)


def _register_pair(cpu: State, indexing: Indexing, **fields: int) -> None:
    if (fields["VR"], fields["opc"], fields["L"]) == (0, 0b01, 0):
        raise Unmodelled("STGP stores an allocation tag")
    _pair(cpu, _TRANSFERS, indexing, **fields)


def _pair(
    cpu: State,
    transfers: Transfers,
    indexing: Indexing,
    *,
    opc: int,
    VR: int,
    L: int,
    imm7: int,
    Rt2: int,
    Rn: int,
    Rt: int,
) -> None:
    transfer = allocated(transfers, VR, opc, L)
    access(cpu, transfer, (Rt, Rt2), Rn, signed(imm7, 7) * transfer.nbytes, indexing)
