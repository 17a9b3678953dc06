"""Mutation testing: counts by kind and verdict, and each survivor with what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from armsym.binary.disassemble import text
from armsym.prove.mutate import Mutant
from armsym.prove.mutation import Tried
from armsym.prove.result import Verdict
from armsym.report.console import columns
from armsym.report.proofs import STYLES


@dataclass(frozen=True)
class Mutation:
    """The mutants of one routine that were tried, with the seed that drew them."""

    routine: str
    binary: str
    seed: int
    tried: list[Tried]

    @property
    def survivors(self) -> list[Tried]:
        """Those that were PROVED."""
        return [t for t in self.tried if t.verdict is Verdict.PROVED]


def lines(mutation: Mutation) -> Iterator[str | Text]:
    """A table of kinds by verdict, which properties were refuted, the survivors."""
    tried, survivors = mutation.tried, mutation.survivors
    verdicts = [v for v in Verdict if any(t.verdict is v for t in tried)]
    yield f"{mutation.routine}: {len(tried)} mutants of {mutation.binary} (seed {mutation.seed})"
    header = [
        Text("Kind", "bold"),
        Text("Mutants", "bold"),
        *[Text(v, STYLES[v]) for v in verdicts],
    ]
    counts = Counter((t.mutant.kind, t.verdict) for t in tried)
    rows = [
        (
            kind,
            f"{sum(counts[kind, v] for v in verdicts)}",
            *[f"{counts[kind, v]}" for v in verdicts],
        )
        for kind in sorted({kind for kind, _ in counts})
    ]
    for row in columns([header, *rows], "<".ljust(len(header), ">")):
        yield Text("  ") + row
    broken = Counter(t.property.replace("_", " ") for t in tried if t.property)
    if broken:
        yield f"  refuted: {', '.join([f'{name} {n}' for name, n in broken.most_common()])}"
    yield f"  survivors: {len(survivors)}"
    for survivor in survivors:
        yield f"    {survivor.number}, {survivor.mutant.kind}: {change(survivor.mutant)}"
        yield f"      {survivor.shown}"


def change(mutant: Mutant) -> str:
    """The address, and the bytes before and after; instructions disassembled."""
    if mutant.kind == "constant":
        return f"{mutant.address:#x}: byte {mutant.old.hex()} -> {mutant.new.hex()}"
    words = [int.from_bytes(data, "little") for data in (mutant.old, mutant.new)]
    old, new = [f"{word:08x} {text(word, mutant.address)}" for word in words]
    return f"{mutant.address:#x}: {old} -> {new}"


def document(mutations: Sequence[Mutation]) -> dict[str, Any]:
    """What `armsym mutate --json` prints."""
    return {
        "routines": [
            {
                "name": m.routine,
                "binary": m.binary,
                "seed": m.seed,
                "verdicts": dict(Counter(t.verdict.value for t in m.tried)),
                "survivors": [t.number for t in m.survivors],
                "mutants": [{**t.to_json(), "change": change(t.mutant)} for t in m.tried],
            }
            for m in mutations
        ]
    }
