"""The Unicorn emulator (QEMU's translator) as a machine that runs concrete states.

What it does not check, or checks otherwise: SP may be misaligned; an access of 16 bytes is two of
8, so that one across the border of two adjacent regions passes.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Sequence

import unicorn
from unicorn import Uc, UcError
from unicorn import arm64_const as arm64
from unicorn import unicorn_const as uc

from armsym.concrete import (
    AccessFault,
    ConcreteRegion,
    ConcreteState,
    Halt,
    RegionMap,
    RunOutcome,
    RunResult,
)
from armsym.oracle.protocols import OneAtATime

_PAGE = 4096
_QC_BIT = 27  # of FPSR

# QEMU's exception numbers (target/arm/cpu.h).
_EXCP_UDEF = 1
_EXCP_DATA_ABORT = 4

_ACCESSES = uc.UC_HOOK_MEM_READ | uc.UC_HOOK_MEM_WRITE
_UNMAPPED_ACCESSES = uc.UC_HOOK_MEM_READ_UNMAPPED | uc.UC_HOOK_MEM_WRITE_UNMAPPED
WRITES = (uc.UC_MEM_WRITE, uc.UC_MEM_WRITE_UNMAPPED)
_FETCH_ERRORS = (uc.UC_ERR_FETCH_UNMAPPED, uc.UC_ERR_FETCH_PROT)


class Unicorn:
    """A machine over fixed regions, whose bounds and permissions are checked to the byte."""

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        self._map = RegionMap(regions)
        self._uc = Uc(uc.UC_ARCH_ARM64, uc.UC_MODE_ARM)
        # The default core lacks FEAT_SHA512 and FEAT_SHA3.
        self._uc.ctl_set_cpu_model(arm64.UC_CPU_ARM64_MAX)
        self._registers = _Registers(self._uc)
        for start, end in _pages(self._map.regions):
            self._uc.mem_map(start, end - start, uc.UC_PROT_ALL)
        for region in self._map.regions:
            self._uc.mem_write(region.address, region.data)
        self._writable = {r.name: r for r in self._map.regions if "w" in r.permissions}
        self._initial = {name: bytes(r.data) for name, r in self._writable.items()}
        self._watch()
        self._uc.hook_add(_UNMAPPED_ACCESSES, self._on_access)
        self._uc.hook_add(uc.UC_HOOK_INTR, self._on_exception)
        self._advanced = False  # since memory was as declared
        self._fetched: set[int] = set()  # where instructions may be fetched, as was found
        self._started = 0
        self._fault: AccessFault | None = None
        self._exception: int | None = None
        self._undo: list[tuple[int, bytes]] = []

    def _watch(self) -> None:
        """What is to be seen of each instruction."""
        self._uc.hook_add(uc.UC_HOOK_CODE, self._on_instruction)
        self._uc.hook_add(_ACCESSES, self._on_access)

    def patch(self, address: int, data: bytes) -> None:
        """Replaces declared bytes, of one region, for the runs to come."""
        region = self._map.containing(address, len(data))
        self._uc.mem_write(address, data)
        self._uc.ctl_remove_cache(address, address + len(data))
        if initial := self._initial.get(region.name):
            offset = address - region.address
            end = offset + len(data)
            self._initial[region.name] = initial[:offset] + data + initial[end:]

    def run(self, state: ConcreteState, stop: int | None, limit: int) -> RunResult:
        """Runs from `state.pc` until PC is `stop`, or for `limit` instructions."""
        self.load(state)
        halt = self.advance(limit, stop)
        after = self.state
        memory = self._restored_memory()
        return RunResult(halt.outcome, after, memory, halt.instructions, halt.fault, halt.reason)

    def load(self, state: ConcreteState) -> None:
        """Registers become those of `state`, memory what is declared."""
        if self._advanced:
            self._restored_memory()
        self._registers.write(state)

    @property
    def state(self) -> ConcreteState:
        """The registers as they are now."""
        return self._registers.read()

    def read(self, address: int, size: int) -> bytes:
        """What is in memory now."""
        return bytes(self._uc.mem_read(address, size))

    def advance(self, limit: int, stop: int | None = None) -> Halt:
        """Goes on until PC is `stop`, or for `limit` instructions."""
        self._advanced = True
        self._started, self._fault, self._exception, self._undo = 0, None, None, []
        pc = self._pc()
        if pc != stop and limit:  # to Unicorn, 0 is no limit
            self._emulate(pc, stop, limit)
            pc = self._pc()
        for address, data in self._undo:
            self._uc.mem_write(address, data)
        if self._exception is not None and self._fault is None:
            return self._taken(pc, self._exception)
        outcome = RunOutcome.RETURNED if pc == stop else RunOutcome.LIMIT
        if outcome is RunOutcome.LIMIT and self._started < limit:
            self._fault = self._fault or self._fetch_fault(pc)
        if self._fault is not None:
            # The instruction at fault was started, unless it could not even be fetched.
            done = self._started - (self._fault.kind != "fetch")
            return Halt(RunOutcome.FAULT, done, self._fault)
        return Halt(outcome, self._started)

    def _pc(self) -> int:
        pc: int = self._uc.reg_read(arm64.UC_ARM64_REG_PC)
        return pc

    def _emulate(self, start: int, stop: int | None, limit: int) -> None:
        # Unicorn must be given some address to stop at; `limit` ends a run that has none.
        until = stop if stop is not None else (1 << 64) - 1
        try:
            self._uc.emu_start(start, until, 0, limit)
        except UcError as error:
            # Unicorn looks ahead: the target of a last branch need not be mapped.
            if self._fault is None and error.errno not in _FETCH_ERRORS:
                raise

    def _taken(self, pc: int, number: int) -> Halt:
        """The end of a run in which the instruction at `pc` took an exception."""
        done = self._started - 1
        if number == _EXCP_UDEF:
            return Halt(RunOutcome.UNDEFINED, done, reason="no such encoding")
        if number == _EXCP_DATA_ABORT:
            fault = AccessFault("alignment", 0, 0, pc, "the address is not aligned")
            return Halt(RunOutcome.FAULT, done, fault)
        return Halt(RunOutcome.UNMODELLED, done, reason=f"it takes exception {number}")

    def _restored_memory(self) -> dict[str, bytes]:
        """The writable bytes; in the emulator they become what was declared."""
        self._advanced = False
        memory = {}
        for name, region in self._writable.items():
            memory[name] = bytes(self._uc.mem_read(region.address, len(region.data)))
            if memory[name] != self._initial[name]:
                self._uc.mem_write(region.address, self._initial[name])
        return memory

    def _fetch_fault(self, pc: int) -> AccessFault | None:
        place = "the target is not a multiple of 4" if pc % 4 else self._map.violation(pc, 4, "x")
        return AccessFault("fetch", pc, 4, pc, place) if place else None

    def _on_instruction(self, engine: Uc, address: int, size: int, data: object) -> None:
        if address not in self._fetched:
            self._fault = self._fetch_fault(address)
            if self._fault is not None:
                engine.emu_stop()
                return
            self._fetched.add(address)
        self._started += 1

    def _on_access(
        self, engine: Uc, kind: int, address: int, size: int, value: int, data: object
    ) -> bool:
        """Sees every access before it is made; the result tells Unicorn to map nothing."""
        write = kind in WRITES
        place = self._map.violation(address, size, "w" if write else "r")
        if place and self._fault is None:
            pc = engine.reg_read(arm64.UC_ARM64_REG_PC)
            self._fault = AccessFault("write" if write else "read", address, size, pc, place)
            if kind == uc.UC_MEM_WRITE:
                # Unicorn still makes the store, which is taken back when it has stopped.
                parts = self._map.parts(address, size)
                self._undo = [(s, bytes(engine.mem_read(s, e - s))) for s, e in parts]
            engine.emu_stop()
        return False

    def _on_exception(self, engine: Uc, number: int, data: object) -> None:
        self._exception = number
        engine.emu_stop()


def one_at_a_time(regions: Sequence[ConcreteRegion]) -> OneAtATime:
    """Unicorn as an oracle for single instructions."""
    return OneAtATime(Unicorn(regions), regions, f"unicorn {unicorn.__version__}, cpu max")


class _Registers:
    """All registers of an engine in one call, through buffers that are laid out once.

    The binding's public batch calls build the buffers anew, which costs a hundred times as much.
    """

    _LAYOUT = struct.Struct("<" + "Q8x" * 33 + "I12x" * 3 + "QQ" * 32)
    _IDS = (
        *range(arm64.UC_ARM64_REG_X0, arm64.UC_ARM64_REG_X28 + 1),
        *(arm64.UC_ARM64_REG_X29, arm64.UC_ARM64_REG_X30),
        *(arm64.UC_ARM64_REG_SP, arm64.UC_ARM64_REG_PC),
        *(arm64.UC_ARM64_REG_NZCV, arm64.UC_ARM64_REG_FPCR, arm64.UC_ARM64_REG_FPSR),
        *range(arm64.UC_ARM64_REG_V0, arm64.UC_ARM64_REG_V31 + 1),
    )

    def __init__(self, engine: Uc) -> None:
        self._engine = engine
        count = len(self._IDS)
        self._buffer = ctypes.create_string_buffer(self._LAYOUT.size)
        start = ctypes.addressof(self._buffer)
        self._ids = (ctypes.c_int * count)(*self._IDS)
        self._slots = (ctypes.c_void_p * count)(*[start + 16 * i for i in range(count)])
        self._count = ctypes.c_int(count)

    def write(self, state: ConcreteState) -> None:
        low = (1 << 64) - 1
        halves = [half for v in state.vectors for half in (v & low, v >> 64)]
        others = (state.sp, state.pc, state.nzcv << 28, 0, state.qc << _QC_BIT)
        self._LAYOUT.pack_into(self._buffer, 0, *state.general, *others, *halves)
        self._check(self._engine._do_reg_write_batch(self._ids, self._slots, self._count))

    def read(self) -> ConcreteState:
        self._check(self._engine._do_reg_read_batch(self._ids, self._slots, self._count))
        values = self._LAYOUT.unpack(self._buffer)
        vectors = [low | high << 64 for low, high in zip(values[36::2], values[37::2], strict=True)]
        nzcv, qc = values[33] >> 28, values[35] >> _QC_BIT & 1
        return ConcreteState(list(values[:31]), values[31], values[32], nzcv, vectors, qc)

    def _check(self, status: int) -> None:
        if status != uc.UC_ERR_OK:
            raise UcError(status)


def _pages(regions: Iterable[ConcreteRegion]) -> list[tuple[int, int]]:
    """The page-aligned ranges [start, end) that cover regions sorted by address."""
    ranges: list[tuple[int, int]] = []
    for region in regions:
        start, end = region.address & -_PAGE, -(-region.end // _PAGE) * _PAGE
        if ranges and start <= ranges[-1][1]:
            start, end = ranges[-1][0], max(end, ranges.pop()[1])
        if end > start:
            ranges.append((start, end))
    return ranges
