"""A concrete run: how it ended, the registers that it changed, and its buffers after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from armsym.oracle import ConcreteState, RunResult
from armsym.oracle.call import changed_registers
from armsym.report.console import columns


def lines(
    before: ConcreteState, result: RunResult, buffers: Mapping[str, bytes]
) -> Iterator[str | Text]:
    """The run in words: outcome, registers as name, before, after; each buffer's bytes."""
    reason = _reason(result)
    at = f" at {result.state.pc:#x}: {reason}" if reason else ""
    yield f"{result.outcome}{at} after {result.instructions:,} instructions"
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
    return f"{result.fault.kind} of {result.fault.place}"
