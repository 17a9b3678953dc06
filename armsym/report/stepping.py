"""A stepping session's events: where it is, what has changed, terms as deep as is readable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armsym.bv.evaluate import size
from armsym.bv.term import Term, show
from armsym.simulate.script import Event, Value

# A term is shown as deep as fits in this many characters, at most so deep.
READABLE_LENGTH = 160
READABLE_DEPTH = 6
# From this size on the number of nodes is told.
LARGE = 24


def lines(event: Event) -> Iterator[str]:
    """The event in words."""
    place = "?" if event.address is None else f"{event.address:#x}"
    yield f"{event.steps:6}  {place:>10}  {event.instruction}".rstrip()
    for value in event.values:
        nodes = size([value.term])
        told = f"   [{nodes:,} nodes]" if nodes >= LARGE else ""
        yield f"          {value.name} = {shown(value)}{told}"
    if event.note:
        yield f"          {event.note}"


def document(event: Event) -> dict[str, Any]:
    """The event as `armsym step --json` prints it; `nodes` is the size of a term's DAG."""
    return {
        "line": event.line,
        "command": event.command,
        "steps": event.steps,
        "address": event.address,
        "instruction": event.instruction,
        "values": [
            {"name": v.name, "term": shown(v), "nodes": size([v.term])} for v in event.values
        ],
        "note": event.note,
        "complete": event.complete,
    }


def shown(value: Value) -> str:
    """The value's term, abbreviated unless a depth is asked for."""
    return show(value.term, value.depth) if value.depth is not None else _readable(value.term)


def _readable(term: Term) -> str:
    text = show(term, 0)
    for depth in range(1, READABLE_DEPTH + 1):
        deeper = show(term, depth)
        if len(deeper) > READABLE_LENGTH or deeper == text:
            break
        text = deeper
    return text
