"""The harness program as an oracle: batches of instructions through pipes.

Like the processor, it checks bounds and permissions by the page, and does not tell whether a
forbidden access was a read or a write.  Linux lets a process ignore the highest byte of addresses.
"""

from __future__ import annotations

import contextlib
import itertools
import platform
import shutil
import struct
import subprocess
import weakref
from collections.abc import Sequence
from pathlib import Path

from armsym.concrete import (
    STATE_BYTES,
    AccessFault,
    ConcreteRegion,
    ConcreteState,
    RegionMap,
    RunOutcome,
    RunResult,
)
from armsym.errors import ArmsymError
from armsym.oracle.harness.build import CROSS_COMPILERS, NATIVE_COMPILERS, built

# As in program.c.
_MAX_CASES = 512
_NUMBER = struct.Struct("<Q")
_REGION = struct.Struct("<3Q")
_OUTPUT = struct.Struct(f"<2Q{STATE_BYTES}s")
_CHANGE = struct.Struct("<Q8s")
_PERMISSIONS = {"r": 1, "w": 2, "x": 4}
_PAGE = 4096

# Signals of Linux on AArch64.
_SIGILL, _SIGBUS, _SIGSEGV, _SIGVTALRM = 4, 7, 11, 26
_FAULTS = {_SIGSEGV: "access", _SIGBUS: "alignment"}

Test = tuple[int, ConcreteState]


def qemu(regions: Sequence[ConcreteRegion]) -> Harness:
    """The harness under QEMU's user mode emulation.  Raises ArmsymError, see Harness, `built`."""
    emulator = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    if emulator is None:
        hint = "Debian has it in the package qemu-user"
        raise ArmsymError("oracle-missing", "qemu-aarch64 was not found", hint)
    cpu = "max,pauth=off"
    command = [emulator, "-cpu", cpu, str(built(CROSS_COMPILERS))]
    return Harness(regions, command, f"{_first_line(emulator)}, cpu {cpu}")


def native(regions: Sequence[ConcreteRegion]) -> Harness:
    """The harness on this machine.  Raises ArmsymError, see Harness, `built`."""
    if (platform.system(), platform.machine()) != ("Linux", "aarch64"):
        what = f"this is {platform.system()} on {platform.machine()}, not Linux on aarch64"
        raise ArmsymError("oracle-missing", what, "`--oracle qemu` emulates such a machine")
    return Harness(regions, [str(built(NATIVE_COMPILERS))], f"native, {_processor()}")


def _first_line(emulator: str) -> str:
    done = subprocess.run([emulator, "--version"], capture_output=True, text=True, check=False)
    return next(iter(done.stdout.splitlines()), "qemu-aarch64")


def _processor() -> str:
    """The main ID register of the first processor, which names implementer and part."""
    midr = Path("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1")
    try:
        return f"MIDR_EL1 {midr.read_text().strip()}"
    except OSError:
        return "unknown processor"


class Harness:
    """A process of the harness program, which has these regions in memory, of whole pages.

    Raises ArmsymError `oracle-failed` if the program doesn't start.
    """

    def __init__(
        self, regions: Sequence[ConcreteRegion], command: Sequence[str], description: str
    ) -> None:
        if any((region.address | len(region.data)) % _PAGE for region in regions):
            raise ValueError("a region is not of whole pages")
        self._map = RegionMap(regions)
        self._initial = {r.name: r.data for r in regions if "w" in r.permissions}
        self._command = command
        self._description = description
        self._start()

    def describe(self) -> str:
        """What it is: program, version, processor."""
        return self._description

    def execute(self, tests: Sequence[Test]) -> list[RunResult]:
        """How each word ends that is put at the PC of its state.

        ValueError if instructions of a batch lie side by side.
        """
        results: list[RunResult] = []
        for start in range(0, len(tests), _MAX_CASES):
            results += self._survive(tests[start : start + _MAX_CASES])
        return results

    def close(self) -> None:
        """Ends the process."""
        self._close()

    def _start(self) -> None:
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise ArmsymError("oracle-failed", f"{self._command[0]}: {error.strerror}") from error
        assert process.stdin and process.stdout
        self._process, self._input, self._output = process, process.stdin, process.stdout
        self._close = weakref.finalize(self, _end, process)
        try:
            self._send(
                [_NUMBER.pack(len(self._map.regions)), *map(_declaration, self._map.regions)]
            )
            self._receive(_NUMBER.size)
        except EOFError:
            self._close()
            what = f"{' '.join(self._command)} ended with status {process.returncode}"
            raise ArmsymError("oracle-failed", what) from None

    def _survive(self, batch: Sequence[Test]) -> list[RunResult]:
        """The results of a batch, even if one of it ends the process: then of its halves."""
        try:
            return self._exchange(batch)
        except EOFError:
            self._close()
            self._start()
        if len(batch) == 1:
            state = batch[0][1]
            return [RunResult(RunOutcome.UNMODELLED, state, {}, 0, reason="the oracle ended")]
        half = len(batch) // 2
        return self._survive(batch[:half]) + self._survive(batch[half:])

    def _exchange(self, batch: Sequence[Test]) -> list[RunResult]:
        _check_apart([state.pc for _, state in batch])
        self._send([_NUMBER.pack(len(batch)), *[_input(word, state) for word, state in batch]])
        outputs = list(_OUTPUT.iter_unpack(self._receive(len(batch) * _OUTPUT.size)))
        changes = self._changes([count for _, count, _ in outputs])
        return list(map(self._result, batch, outputs, changes))

    def _changes(self, counts: Sequence[int]) -> list[bytes]:
        """Reads the changes of the cases, each of which has so many."""
        ends = [_CHANGE.size * end for end in itertools.accumulate(counts, initial=0)]
        data = self._receive(ends[-1])
        return [data[start:end] for start, end in itertools.pairwise(ends)]

    def _send(self, parts: Sequence[bytes]) -> None:
        try:
            self._input.write(b"".join(parts))
            self._input.flush()
        except BrokenPipeError:
            raise EOFError from None

    def _receive(self, size: int) -> bytes:
        data = self._output.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def _result(self, test: Test, output: tuple[int, int, bytes], changes: bytes) -> RunResult:
        """How a case ended.  A signal elsewhere than at its PC is what follows the instruction."""
        pc, (signal, _, after) = test[1].pc, output
        state = ConcreteState.from_bytes(after)
        if state.pc != pc or signal == _SIGVTALRM:
            return RunResult(RunOutcome.LIMIT, state, self._memory(changes), 1)
        if signal in _FAULTS:
            fault = AccessFault(_FAULTS[signal], 0, 0, pc, f"signal {signal}")
            return RunResult(RunOutcome.FAULT, state, self._initial, 0, fault)
        outcome = RunOutcome.UNDEFINED if signal == _SIGILL else RunOutcome.UNMODELLED
        return RunResult(outcome, state, self._initial, 0, reason=f"signal {signal}")

    def _memory(self, changes: bytes) -> dict[str, bytes]:
        """The writable bytes, with these changes."""
        memory = dict(self._initial)
        for address, data in _CHANGE.iter_unpack(changes):
            region = self._map.containing(address, len(data))
            start = address - region.address
            old = memory[region.name]
            memory[region.name] = old[:start] + data + old[start + len(data) :]
        return memory


def _check_apart(addresses: list[int]) -> None:
    ordered = sorted(addresses)
    if any(high - low < 8 for low, high in itertools.pairwise(ordered)):
        raise ValueError("two instructions of a batch are neighbours")


def _declaration(region: ConcreteRegion) -> bytes:
    permissions = sum(_PERMISSIONS[p] for p in region.permissions)
    return _REGION.pack(region.address, len(region.data), permissions) + region.data


def _input(word: int, state: ConcreteState) -> bytes:
    return _NUMBER.pack(word) + state.to_bytes()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that may have ended already."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    process.wait()
