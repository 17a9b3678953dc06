"""One theorem: what it says, what it was shown about, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from armsym.prove.result import Result, Verdict, Witness
from armsym.report.proofs import STYLES, explanation


def lines(result: Result, statement: str) -> Iterator[str | Text]:
    """The theorem in words, or the claim that is no theorem and why."""
    yield Text(f"{result.name}: ").append(result.verdict, STYLES[result.verdict])
    for heading, told in _sections(result, statement):
        yield f"  {heading}"
        yield from [f"    {line}" for line in told]


def document(result: Result, statement: str) -> dict[str, Any]:
    """One element of what `armsym show --json` prints: a result and its statement in words."""
    certificate = result.certificate
    size = len(certificate.to_bytes()) if certificate is not None else None
    return {**result.to_json(), "statement": statement, "certificate_bytes": size}


def _sections(result: Result, statement: str) -> Iterator[tuple[str, list[str]]]:
    proved = result.verdict is Verdict.PROVED
    yield "theorem" if proved else "claim", statement.splitlines()
    if not proved:
        yield "why it is no theorem", list(explanation(result))
    yield "about", [f"{result.symbol} in {result.binary}, SHA-256 {result.binary_sha256}"]
    yield (
        "size",
        [
            f"{result.instructions:,} instructions, {result.steps:,} steps on all paths",
            f"{result.terms:,} terms in what is compared, in normal form",
        ],
    )
    if result.certificate is not None:
        yield "hypotheses", ["none but what the theorem gives"]
        yield "properties", [", ".join([name.replace("_", " ") for name in result.properties])]
        yield "rests on", [", ".join(result.rests_on)]
        lemmas, size = len(result.certificate.lemmas), len(result.certificate.to_bytes())
        yield "witnesses", [line for witness in result.witnesses for line in _witness(witness)]
        yield "certificate", [f"{size:,} bytes, {lemmas} lemmas"]


def _witness(witness: Witness) -> Iterator[str]:
    sizes = [f"{len(data) // 2} bytes of {name}" for name, data in witness.buffers.items()]
    yield f"a call that was run: {', '.join(sizes)}"
    yield from [f"{loop} has {turns} turns in it" for loop, turns in witness.turns.items()]
