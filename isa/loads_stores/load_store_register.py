"""Load/store register: immediate offsets of every kind, and register offset."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64
from isa.loads_stores.transfer import (
    PREFETCH,
    Indexing,
    Transfers,
    access,
    allocated,
    load,
    load_vector,
    store,
    store_vector,
)
from isa.outcomes import Undefined
from isa.shared import extend_reg

# By VR, size and opc; the names are those of the unsigned immediate.
_TRANSFERS: Transfers = {
    (0, 0b00, 0b00): store(8),  # STRB
    (0, 0b00, 0b01): load(8),  # LDRB
    (0, 0b00, 0b10): load(8, 64),  # LDRSB
    (0, 0b00, 0b11): load(8, 32),
    (0, 0b01, 0b00): store(16),  # STRH
    (0, 0b01, 0b01): load(16),  # LDRH
    (0, 0b01, 0b10): load(16, 64),  # LDRSH
    (0, 0b01, 0b11): load(16, 32),
    (0, 0b10, 0b00): store(32),  # STR
    (0, 0b10, 0b01): load(32),  # LDR
    (0, 0b10, 0b10): load(32, 64),  # LDRSW
    (0, 0b11, 0b00): store(64),
    (0, 0b11, 0b01): load(64),
    (1, 0b00, 0b00): store_vector(8),
    (1, 0b00, 0b01): load_vector(8),
    (1, 0b00, 0b10): store_vector(128),
    (1, 0b00, 0b11): load_vector(128),
    (1, 0b01, 0b00): store_vector(16),
    (1, 0b01, 0b01): load_vector(16),
    (1, 0b10, 0b00): store_vector(32),
    (1, 0b10, 0b01): load_vector(32),
    (1, 0b11, 0b00): store_vector(64),
    (1, 0b11, 0b01): load_vector(64),
}
_WITH_PREFETCH = _TRANSFERS | {(0, 0b11, 0b10): PREFETCH}  # PRFM


@a64("size:2 111 VR 00 opc:2 0 imm9:9 00 Rn:5 Rt:5", "Load/store register (unscaled immediate)")
def load_store_unscaled(cpu: State, **fields: int) -> None:
    _signed_offset(cpu, _WITH_PREFETCH, Indexing.OFFSET, **fields)


@a64("size:2 111 VR 00 opc:2 0 imm9:9 01 Rn:5 Rt:5", "Load/store register (immediate post-indexed)")
def load_store_post_indexed(cpu: State, **fields: int) -> None:
    _signed_offset(cpu, _TRANSFERS, Indexing.POST_INDEX, **fields)


@a64("size:2 111 VR 00 opc:2 0 imm9:9 11 Rn:5 Rt:5", "Load/store register (immediate pre-indexed)")
def load_store_pre_indexed(cpu: State, **fields: int) -> None:
    _signed_offset(cpu, _TRANSFERS, Indexing.PRE_INDEX, **fields)


@a64("size:2 111 0 00 opc:2 0 imm9:9 10 Rn:5 Rt:5", "Load/store register (unprivileged)")
def load_store_unprivileged(cpu: State, **fields: int) -> None:
    # At EL0, where the code runs, there is no lower privilege to access memory with.
    _signed_offset(cpu, _TRANSFERS, Indexing.OFFSET, VR=0, **fields)


@a64("size:2 111 VR 01 opc:2 imm12:12 Rn:5 Rt:5", "Load/store register (unsigned immediate)")
def load_store_unsigned_immediate(
    cpu: State, size: int, VR: int, opc: int, imm12: int, Rn: int, Rt: int
) -> None:
    transfer = allocated(_WITH_PREFETCH, VR, size, opc)
    access(cpu, transfer, (Rt,), Rn, imm12 * transfer.nbytes)


@a64(
    "size:2 111 VR 00 opc:2 1 Rm:5 option:3 S 10 Rn:5 Rt:5", "Load/store register (register offset)"
)
def load_store_register_offset(
    cpu: State, size: int, VR: int, opc: int, Rm: int, option: int, S: int, Rn: int, Rt: int
) -> None:
    transfer = allocated(_WITH_PREFETCH, VR, size, opc)
    if not option & 0b010:
        raise Undefined("the index register is extended from less than a word")
    offset = extend_reg(cpu.X[Rm, 64], option, transfer.scale if S else 0, 64)
    access(cpu, transfer, (Rt,), Rn, offset)


def _signed_offset(
    cpu: State,
    transfers: Transfers,
    indexing: Indexing,
    *,
    size: int,
    VR: int,
    opc: int,
    imm9: int,
    Rn: int,
    Rt: int,
) -> None:
    access(cpu, allocated(transfers, VR, size, opc), (Rt,), Rn, signed(imm9, 9), indexing)
