"""Executables and shared objects: what the kernel and the dynamic loader make of them in memory."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from armsym.binary import elf
from armsym.binary.dynamic import Dynamic
from armsym.binary.elf import ElfFile, ProgramHeader
from armsym.binary.image import PAGE, SLOT_SIZE, Address, Image, Segment
from armsym.binary.symbols import linked_symbols

Loaded = tuple[ProgramHeader, bytes]


def linked_image(file: ElfFile) -> Image:
    """The image of an executable or shared object.  Raises elf-truncated, unsupported-relocation.

    A writable segment is constant only where RELRO protects it once it is relocated; what the
    dynamic loader computes is a slot, whatever the file holds there.
    """
    memory = _load(file)

    def read(address: int, size: int, what: str) -> bytes:
        for header, data in memory:
            if header.address <= address and address + size <= header.address + len(data):
                return data[address - header.address : address - header.address + size]
        raise file.corrupt(f"{what} at {address:#x} is not in memory")

    dynamic = Dynamic(file, read)
    segments = [s for n, loaded in enumerate(memory) for s in _segments(file, n, *loaded)]
    return Image(
        path=file.path,
        sha256=hashlib.sha256(file.data).hexdigest(),
        kind="executable" if dynamic.executable else "shared object",
        segments=tuple(_relocated(file, segments, dynamic)),
        symbols=linked_symbols(file),
        externals={},
    )


def _load(file: ElfFile) -> list[Loaded]:
    """The loaded segments by address, zero-filled to their size in memory."""
    memory = []
    for header in file.program_headers:
        if header.type == elf.PT_LOAD and header.memory_size:
            if header.file_size > header.memory_size:
                raise file.corrupt("a segment that is smaller in memory than in the file")
            size = file.checked_size(header.memory_size)
            data = file.slice(header.offset, header.file_size, "segment")
            memory.append((header, data.ljust(size, b"\0")))
    memory.sort(key=lambda loaded: loaded[0].address)
    if any(a.address + len(data) > b.address for (a, data), (b, _) in pairwise(memory)):
        raise file.corrupt("segments that overlap")
    return memory


def _segments(file: ElfFile, number: int, header: ProgramHeader, data: bytes) -> Iterator[Segment]:
    """A loaded segment; a writable one is cut where RELRO begins and ends."""
    start, end = header.address, header.address + len(data)
    writable = bool(header.flags & elf.PF_W)
    first, last = _protected(file, header, end) if writable else (end, end)
    for a, b, suffix in ((start, first, ""), (first, last, ".relro"), (last, end, ".data")):
        if a < b:
            can_change = writable and suffix != ".relro"
            yield Segment(
                name=f"load{number}{suffix}",
                address=a,
                data=data[a - start : b - start],
                writable=can_change,
                executable=bool(header.flags & elf.PF_X),
                constant=not can_change,
            )


def _protected(file: ElfFile, header: ProgramHeader, end: int) -> tuple[int, int]:
    """The addresses, from and to, of a writable segment that RELRO protects.

    glibc protects whole pages and rounds the end down (`_dl_protect_relro`).  The page size is the
    running kernel's, at most the segment's alignment, which is therefore the unit here.  Without
    anything that tells the relocations, the protected bytes aren't known: then nothing is.
    """
    if not file.sections and all(p.type != elf.PT_DYNAMIC for p in file.program_headers):
        return end, end
    relro = [p for p in file.program_headers if p.type == elf.PT_GNU_RELRO]
    if not relro:
        return end, end
    stop = relro[-1].address + relro[-1].memory_size
    first = max(relro[-1].address, header.address)
    last = min(stop - stop % max(header.alignment, PAGE), end)
    return (first, last) if first < last else (end, end)


def _relocated(file: ElfFile, segments: list[Segment], dynamic: Dynamic) -> Iterator[Segment]:
    """The segments with their slots; what COPY relocations fill is not constant."""
    slots: list[dict[int, Address]] = [{} for _ in segments]
    starts = [s.address for s in segments]
    for place, value in dynamic.slots.items():
        index = bisect_right(starts, place) - 1
        if index < 0 or place + SLOT_SIZE > segments[index].end:
            raise file.corrupt(f"a dynamic relocation at {place:#x}, outside every segment")
        slots[index][place - starts[index]] = value
    for segment, own in zip(segments, slots, strict=True):
        copied = any(c.start < segment.end and segment.address < c.stop for c in dynamic.copied)
        yield replace(segment, slots=own, constant=segment.constant and not copied)
