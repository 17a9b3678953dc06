"""Load register (literal)."""

from __future__ import annotations

from armsym.bv.term import signed
from armsym.machine.state import State
from isa.encoding import a64
from isa.loads_stores.transfer import PREFETCH, Transfers, allocated, load, load_vector

# By VR and opc.
_TRANSFERS: Transfers = {
    (0, 0b00): load(32),  # LDR
    (0, 0b01): load(64),
    (0, 0b10): load(32, 64),  # LDRSW
    (0, 0b11): PREFETCH,  # PRFM
    (1, 0b00): load_vector(32),
    (1, 0b01): load_vector(64),
    (1, 0b10): load_vector(128),
}


@a64("opc:2 011 VR 00 imm19:19 Rt:5", "Load register (literal)")
def load_register_literal(cpu: State, opc: int, VR: int, imm19: int, Rt: int) -> None:
    allocated(_TRANSFERS, VR, opc).move(cpu, Rt, cpu.PC + 4 * signed(imm19, 19))
