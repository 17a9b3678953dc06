"""The audit of the fast engine: each law, by which rule of the kernel it is proved, its faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from armsym.audit.run import Finding
from armsym.report.console import columns

HEADER = ("Form", "Law", "Widths", "Proved by", "Near miss")


def lines(findings: Sequence[Finding]) -> Iterator[Text | str]:
    """The table, with the faults of a law below it, and one closing line."""
    header = [Text(title, "bold") for title in HEADER]
    head, *rows = columns([header, *[_row(f) for f in findings]], "<<<<<")
    yield head
    for finding, row in zip(findings, rows, strict=True):
        yield row
        yield from [f"    {fault}" for fault in finding.faults]
    faulty = sum(1 for f in findings if f.faults)
    statements = sum(len(f.proved) for f in findings)
    yield ""
    yield f"{len(findings)} laws, proved at {statements} widths in all; {faulty} with faults"


def document(findings: Sequence[Finding]) -> dict[str, Any]:
    """What `armsym audit rules --json` prints; `proved` has the kernel's rules by width."""
    return {
        "laws": [
            {
                "form": f.form,
                "law": f.law,
                "proved": {str(width): way for width, way in f.proved.items()},
                "near_miss_refuted": f.refuted,
                "faults": f.faults,
            }
            for f in findings
        ]
    }


def _row(finding: Finding) -> tuple[str | Text, ...]:
    ways = {way for told in finding.proved.values() for way in told.split(", ")}
    missed = set(finding.proved) - set(finding.refuted)
    return (
        finding.form,
        finding.law,
        " ".join(map(str, finding.proved)),
        ", ".join(sorted(ways)) or Text("not proved", "bold red"),
        "refuted" if finding.refuted and not missed else Text("not refuted", "bold red"),
    )
