"""Load/store exclusive register and pair: what a single core sees of them, left undisturbed.

A load-exclusive marks its place; a store-exclusive succeeds there, once, and fails where nothing is
marked.  That it may fail for other reasons, which the architecture allows at any time, is left out.
The field o0 orders accesses as other cores see them.
"""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import ConstrainedUnpredictable


@a64("size:2 001000 0 1 0 11111 o0 11111 Rn:5 Rt:5", "Load/store exclusive register")
def load_exclusive_register(cpu: State, size: int, o0: int, Rn: int, Rt: int) -> None:
    """LDXR, LDAXR."""
    cpu.X[Rt, 8 << size] = _load(cpu, Rn, 1 << size)


@a64("size:2 001000 0 0 0 Rs:5 o0 11111 Rn:5 Rt:5", "Load/store exclusive register")
def store_exclusive_register(cpu: State, size: int, Rs: int, o0: int, Rn: int, Rt: int) -> None:
    """STXR, STLXR."""
    _store(cpu, Rs, Rn, (Rt,), cpu.X[Rt, 8 << size])


@a64("1 sz 001000 0 1 1 11111 o0 Rt2:5 Rn:5 Rt:5", "Load/store exclusive pair")
def load_exclusive_pair(cpu: State, sz: int, o0: int, Rt2: int, Rn: int, Rt: int) -> None:
    """LDXP, LDAXP."""
    if Rt == Rt2:
        raise ConstrainedUnpredictable("one register is loaded twice")
    datasize = 32 << sz
    pair = _load(cpu, Rn, datasize // 4)
    cpu.X[Rt, datasize], cpu.X[Rt2, datasize] = cpu.builder.split(pair, datasize)


@a64("1 sz 001000 0 0 1 Rs:5 o0 Rt2:5 Rn:5 Rt:5", "Load/store exclusive pair")
def store_exclusive_pair(cpu: State, sz: int, Rs: int, o0: int, Rt2: int, Rn: int, Rt: int) -> None:
    """STXP, STLXP."""
    datasize = 32 << sz
    pair = cpu.builder.concat(cpu.X[Rt2, datasize], cpu.X[Rt, datasize])
    _store(cpu, Rs, Rn, (Rt, Rt2), pair)


def _load(cpu: State, n: int, nbytes: int) -> Term:
    """What is at base register n, which the monitor marks."""
    address = _aligned(cpu, n, nbytes)
    data = cpu.Mem[address, nbytes]
    cpu.monitor = (address, nbytes)
    return data


def _store(cpu: State, s: int, n: int, registers: tuple[int, ...], data: Term) -> None:
    """Stores at base register n if that is marked; Ws tells: 0 for a success, 1 for a failure."""
    if s in registers or (s == n and n != 31):
        raise ConstrainedUnpredictable("the status register is the base, or is stored")
    nbytes = data.width // 8
    address = _aligned(cpu, n, nbytes)
    marked, cpu.monitor = cpu.monitor, None
    if marked is not None:
        if marked[1] != nbytes or not cpu.builder.same(marked[0], address):
            raise ConstrainedUnpredictable("a store-exclusive where no load-exclusive was")
        cpu.Mem[address, nbytes] = data
    cpu.X[s, 32] = cpu.builder.const(32, 1 if marked is None else 0)


def _aligned(cpu: State, n: int, nbytes: int) -> Term:
    address = cpu.base_register(n)
    cpu.Mem.check_alignment(address, nbytes.bit_length() - 1, "the address of an exclusive access")
    return address
