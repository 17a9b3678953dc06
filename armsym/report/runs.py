"""A concrete run: how it ended, the registers that it changed, and its buffers after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from armsym.binary.disassemble import text
from armsym.binary.image import Image
from armsym.concrete import ConcreteState, RunOutcome, RunResult
from armsym.oracle.call import changed_registers
from armsym.oracle.loading import IMAGE
from armsym.report.console import columns


def lines(
    image: Image, before: ConcreteState, result: RunResult, buffers: Mapping[str, bytes]
) -> Iterator[str | Text]:
    """The run in words: outcome, registers as name, before, after; each buffer's bytes."""
    place = "" if result.outcome is RunOutcome.RETURNED else f" at {_place(image, result.state.pc)}"
    yield f"{result.outcome} after {result.instructions:,} instructions{place}"
    if reason := _reason(result):
        yield f"  {reason}"
    changed = changed_registers(before, result.state)
    if changed:
        rows = [(name, f"{b:#x}", "->", f"{a:#x}") for name, b, a in changed]
        yield from columns(rows, "<><<")
    for name, data in buffers.items():
        after = result.memory[name]
        yield f"{name} ({len(data)} bytes, {'unchanged' if after == data else 'changed'})"
        yield from [f"  {row:6x}  {after[row : row + 16].hex()}" for row in range(0, len(data), 16)]


def document(
    before: ConcreteState, result: RunResult, buffers: Mapping[str, bytes]
) -> dict[str, Any]:
    """What `armsym run --json` prints: `registers` are those that changed, values hexadecimal."""
    return {
        "outcome": result.outcome,
        "reason": _reason(result),
        "pc": f"{result.state.pc:#x}",
        "instructions": result.instructions,
        "registers": {n: f"{a:#x}" for n, _, a in changed_registers(before, result.state)},
        "buffers": {name: result.memory[name].hex() for name in buffers},
    }


def _reason(result: RunResult) -> str:
    if result.fault is None:
        return result.reason
    return f"{result.fault.kind}: {result.fault.place}"


def _place(image: Image, pc: int) -> str:
    """PC counted from the image's base, and the instruction there, if it is in the image."""
    address = pc - IMAGE
    if image.segment_at(address) is None:
        return f"{pc:#x}"
    return f"{address:#x}: {text(image.word(address), address)}"
