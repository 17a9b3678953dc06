"""Load/store ordered: what a single core sees of load-acquire and store-release."""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.loads_stores.transfer import load, store
from isa.outcomes import ConstrainedUnpredictable


@a64("size:2 0010001 L 0 Rs:5 o0 Rt2:5 Rn:5 Rt:5", "Load/store ordered")
def load_store_ordered(
    cpu: State, size: int, L: int, Rs: int, o0: int, Rt2: int, Rn: int, Rt: int
) -> None:
    # o0 tells LDAR from LDLAR: the difference is in what other cores see.
    if (Rs, Rt2) != (31, 31):
        raise ConstrainedUnpredictable("Rs and Rt2 should be all ones")
    transfer = load(8 << size) if L else store(8 << size)
    address = cpu.base_register(Rn)
    # Only with FEAT_LSE2 may the address be unaligned.
    cpu.Mem.check_alignment(address, size, "the address of an ordered access")
    transfer.move(cpu, Rt, address)
