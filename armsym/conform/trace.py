"""Traces: an oracle's answers in a file, so that isa is checked against them where it can't run.

Inside a gzip file are, numbers being little-endian:

    the line MAGIC; a line of JSON: oracle, description, seed, regions
    the bytes of the regions
    records: HEAD, the state before, that state xor the one after, changes
             (a change: region u8, offset u32, length u32, the bytes there)
    at last: HEAD with the kind END and the number of records

A trace may come from anywhere: nothing of it is believed before it is checked.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from armsym.concrete import (
    STATE_BYTES,
    AccessFault,
    ConcreteRegion,
    ConcreteState,
    RegionMap,
    RunOutcome,
    RunResult,
)
from armsym.conform.deviations import DEVIATIONS
from armsym.conform.generate import Case
from armsym.errors import ArmsymError
from isa import decode
from isa.outcomes import Outcome

MAGIC = b"armsym conformance trace 1\n"

# The kind of a record: how the instruction ended, and the kind of a fault.
_ENDINGS = (
    (RunOutcome.LIMIT, ""),
    (RunOutcome.UNDEFINED, ""),
    (RunOutcome.UNMODELLED, ""),
    (RunOutcome.FAULT, "read"),
    (RunOutcome.FAULT, "write"),
    (RunOutcome.FAULT, "access"),
    (RunOutcome.FAULT, "alignment"),
    (RunOutcome.FAULT, "fetch"),
)
_END = 255
_HEAD = struct.Struct("<BIIH")  # kind; word; index of the case, or number of records; changes
_CHANGE = struct.Struct("<BII")

# What reading a damaged file raises: gzip and zlib, json, and access to what it has decoded.
_DAMAGE = (
    *(OSError, EOFError, zlib.error),
    *(ValueError, RecursionError, LookupError, TypeError),
)

_LEVEL = 6
_MAX_HEADER = 1 << 16
_MAX_REGION = 1 << 24
_MAX_REGIONS = 8


@dataclass(frozen=True)
class TraceHeader:
    """What answered: an oracle by its name, its description, and the memory of all cases."""

    oracle: str
    description: str
    seed: int
    regions: Sequence[ConcreteRegion]


class Recorded(NamedTuple):
    """A case and the oracle's answer to it."""

    case: Case
    answer: RunResult


class Answers:
    """Recorded answers as an oracle for the same cases."""

    def __init__(self, records: Sequence[Recorded]) -> None:
        self._answers = {(r.case.word, r.case.state.to_bytes()): r.answer for r in records}

    def describe(self) -> str:
        """What it is."""
        return "recorded answers"

    def execute(self, tests: Sequence[tuple[int, ConcreteState]]) -> list[RunResult]:
        """The answers to these tests; KeyError if there is none."""
        return [self._answers[word, state.to_bytes()] for word, state in tests]


def encode(records: Sequence[Recorded], regions: Sequence[ConcreteRegion]) -> bytes:
    """Records as they are written to a trace; parts of a trace can be compressed apart."""
    return gzip.compress(b"".join([_record(r, regions) for r in records]), _LEVEL, mtime=0)


def _record(record: Recorded, regions: Sequence[ConcreteRegion]) -> bytes:
    case, answer = record
    fault = answer.fault.kind if answer.fault else ""
    kind = _ENDINGS.index((answer.outcome, fault))
    before = after = case.state.to_bytes()
    changes = []
    if answer.outcome is RunOutcome.LIMIT:
        after = answer.state.to_bytes()
        changes = list(_changes(answer, regions))
    head = _HEAD.pack(kind, case.word, case.index, len(changes))
    return b"".join([head, before, _xor(before, after), *changes])


def _changes(answer: RunResult, regions: Sequence[ConcreteRegion]) -> Iterator[bytes]:
    for number, region in enumerate(regions):
        data = answer.memory.get(region.name, region.data)
        if data != region.data:
            places = [i for i, (x, y) in enumerate(zip(data, region.data, strict=True)) if x != y]
            start, end = places[0], places[-1] + 1
            yield _CHANGE.pack(number, start, end - start) + data[start:end]


def _xor(x: bytes, y: bytes) -> bytes:
    number = int.from_bytes(x, "little") ^ int.from_bytes(y, "little")
    return number.to_bytes(len(x), "little")


class TraceWriter:
    """Writes a trace; it is whole when the context is left without an error.

    Raises ArmsymError `trace-unwritable`.
    """

    def __init__(self, path: Path, header: TraceHeader) -> None:
        self._path = path
        self._count = 0
        with self._writing():
            self._file = path.open("wb")
        regions = [
            {
                "name": r.name,
                "address": r.address,
                "size": len(r.data),
                "permissions": r.permissions,
            }
            for r in header.regions
        ]
        what = {"oracle": header.oracle, "description": header.description, "seed": header.seed}
        line = json.dumps({**what, "regions": regions}).encode() + b"\n"
        self._append(b"".join([MAGIC, line, *[r.data for r in header.regions]]))

    def write(self, records: bytes, count: int) -> None:
        """Adds `count` records, encoded."""
        self._count += count
        with self._writing():
            self._file.write(records)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, place: TracebackType | None
    ) -> None:
        if kind is None:
            self._append(_HEAD.pack(_END, 0, self._count, 0))
        with self._writing():
            self._file.close()

    def _append(self, data: bytes) -> None:
        with self._writing():
            self._file.write(gzip.compress(data, _LEVEL, mtime=0))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = f"{self._path}: {error.strerror or error}"
            raise ArmsymError("trace-unwritable", what) from error


class Trace:
    """A trace that is read record by record: `header`, then iteration.

    Raises ArmsymError `trace-unreadable`, `bad-trace`, and those of RegionMap.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        try:
            self._file = gzip.GzipFile(path)
        except OSError as error:
            raise ArmsymError("trace-unreadable", f"{path}: {error.strerror}") from error
        with self._reading():
            self.header = self._header()
        self._map = RegionMap(self.header.regions)

    def __iter__(self) -> Iterator[Recorded]:
        while True:
            with self._reading():
                record = self._next()
            if record is None:
                return
            yield record

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _header(self) -> TraceHeader:
        self._require(self._file.readline(len(MAGIC)) == MAGIC, "it is no trace of this version")
        line = json.loads(self._file.readline(_MAX_HEADER))
        names, declared = ("oracle", "description", "seed"), line["regions"]
        oracle, description, seed = [line[name] for name in names]
        self._require(oracle in DEVIATIONS and isinstance(description, str), "the oracle")
        self._require(type(seed) is int, "the seed")
        self._require(isinstance(declared, list) and len(declared) <= _MAX_REGIONS, "the regions")
        return TraceHeader(oracle, description, seed, [self._region(r) for r in declared])

    def _region(self, declared: dict[str, Any]) -> ConcreteRegion:
        name, permissions = declared["name"], declared["permissions"]
        address, size = declared["address"], declared["size"]
        self._require(isinstance(name, str) and name.isidentifier(), "a region's name")
        self._require(permissions in ("r", "rw", "rx"), "a region's permissions")
        self._require(type(address) is int and type(size) is int, "a region's extent")
        self._require(0 <= size <= _MAX_REGION, "a region's size")
        return ConcreteRegion(name, address, self._read(size), permissions)

    def _next(self) -> Recorded | None:
        kind, word, index, changes = _HEAD.unpack(self._read(_HEAD.size))
        if kind == _END:
            self._require(index == self._count and not self._file.read(1), "records are missing")
            return None
        self._require(kind < len(_ENDINGS), "the kind of a record")
        self._count += 1
        before = self._read(STATE_BYTES)
        after = _xor(before, self._read(STATE_BYTES))
        memory = self._memory(changes)
        state = ConcreteState.from_bytes(before)
        self._require(not self._map.violation(state.pc, 4, "x") and state.pc % 4 == 0, "a PC")
        self._require(state.nzcv < 16 and state.qc < 2, "flags")
        outcome, fault_kind = _ENDINGS[kind]
        fault = AccessFault(fault_kind, 0, 0, state.pc, "") if fault_kind else None
        answer = RunResult(outcome, ConcreteState.from_bytes(after), memory, 1, fault)
        return Recorded(self._case(word, index, state), answer)

    def _case(self, word: int, index: int, state: ConcreteState) -> Case:
        try:
            clause = decode(word).clause
        except Outcome as error:
            raise self._bad(f"{word:08x}: {error}") from error
        return Case(clause, self.header.seed, index, word, state)

    def _memory(self, changes: int) -> dict[str, bytes]:
        regions = self.header.regions
        memory = {r.name: r.data for r in regions if "w" in r.permissions}
        for _ in range(changes):
            number, offset, length = _CHANGE.unpack(self._read(_CHANGE.size))
            self._require(number < len(regions), "a change's region")
            name = regions[number].name
            self._require(name in memory and offset + length <= len(memory[name]), "a change")
            data = self._read(length)
            memory[name] = memory[name][:offset] + data + memory[name][offset + length :]
        return memory

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._require(len(data) == size, "it ends too early")
        return data

    def _require(self, condition: bool, what: str) -> None:
        if not condition:
            raise self._bad(what)

    def _bad(self, what: str) -> ArmsymError:
        return ArmsymError("bad-trace", f"{self._path}, record {self._count}: {what}")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turns the errors of a damaged file into the user's."""
        try:
            yield
        except _DAMAGE as error:
            raise ArmsymError("bad-trace", f"{self._path}: {error}") from error
