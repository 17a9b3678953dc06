"""A lockstep: how far each routine went with the oracle, and where one went another way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from armsym.binary.disassemble import text
from armsym.binary.image import Image
from armsym.lockstep.run import Outcome
from armsym.lockstep.walk import Mismatch
from armsym.oracle.loading import IMAGE
from armsym.report.console import columns


def lines(outcomes: Sequence[Outcome], image: Image) -> Iterator[str | Text]:
    """A table of the calls, then the details of those that did not agree, then the totals."""
    rows = [
        (o.task.symbol, str(o.task.seed), f"{o.walk.halt.instructions:,}", _ending(o))
        for o in outcomes
    ]
    yield from columns([("routine", "seed", "instructions", ""), *rows], "<>><")
    for outcome in outcomes:
        if not outcome.walk.agreed:
            yield ""
            yield from _details(outcome, image)
    yield ""
    agreed = sum(o.walk.agreed for o in outcomes)
    total = sum(o.walk.halt.instructions for o in outcomes)
    yield f"{agreed} of {len(outcomes)} calls agree with Unicorn, {total:,} instructions"


def document(outcomes: Sequence[Outcome], image: Image) -> dict[str, Any]:
    """What `armsym lockstep --json` prints."""
    return {
        "binary": image.path,
        "binary_sha256": image.sha256,
        "agreed": all(o.walk.agreed for o in outcomes),
        "calls": [_call(o, image) for o in outcomes],
    }


def _call(outcome: Outcome, image: Image) -> dict[str, Any]:
    walk = outcome.walk
    mismatch = walk.mismatch
    return {
        "symbol": outcome.task.symbol,
        "seed": outcome.task.seed,
        "agreed": walk.agreed,
        "ending": _ending(outcome),
        "instructions": walk.halt.instructions,
        "comparisons": walk.comparisons,
        "mismatch": mismatch
        and {
            "address": f"{mismatch.pc - IMAGE:#x}",
            "disassembly": _instructions(mismatch, image),
            "differences": [
                {"name": d.name, "isa": d.isa, "oracle": d.oracle} for d in mismatch.differences
            ],
        },
        "repeat": outcome.task.command,
    }


def _ending(outcome: Outcome) -> str:
    walk = outcome.walk
    if walk.mismatch is not None:
        return "MISMATCH"
    return "agrees" if walk.agreed else f"agrees, but stops: {walk.halt.outcome}"


def _details(outcome: Outcome, image: Image) -> Iterator[str]:
    walk, task = outcome.walk, outcome.task
    if walk.mismatch is None:
        fault = walk.halt.fault
        why = f"{fault.kind}: {fault.place}" if fault is not None else walk.halt.reason
        yield f"{task.symbol} does not return: {walk.halt.outcome} {why}".rstrip()
    else:
        yield f"{task.symbol} differs after {walk.mismatch.done:,} instructions"
        yield from [f"  {line}" for line in _instructions(walk.mismatch, image)]
        for d in walk.mismatch.differences:
            yield f"  {d.name}: isa {d.isa}, oracle {d.oracle}"
    yield f"  repeat: {task.command}"


def _instructions(mismatch: Mismatch, image: Image) -> list[str]:
    """Address and disassembly of what differs, addresses counted from the image's base."""
    start = mismatch.pc - IMAGE
    if image.segment_at(start) is None:
        return [f"{mismatch.pc:#x}"]
    addresses = range(start, start + 4 * mismatch.length, 4)
    return [f"{a:#x}: {text(image.word(a), a)}" for a in addresses]
