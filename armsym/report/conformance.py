"""A conformance run: counts for each encoding class, then every mismatch with its repetition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.text import Text

from armsym.conform.compare import Verdict
from armsym.conform.result import Disagreement, Report
from armsym.report.console import columns


def lines(report: Report) -> Iterator[str | Text]:
    """A table of classes by verdict, the deviations of the oracle, the mismatches, the total."""
    shown = [v for v in Verdict if any(c.counts[v] for c in report.classes)]
    rows = [
        (c.clause.name, str(c.tests), *[str(c.counts[v] or "") for v in shown])
        for c in report.classes
    ]
    header = ("class", "tests", *[str(v) for v in shown])
    yield from columns([header, *rows], "<".ljust(len(header), ">"))
    yield ""
    reasons = sum((c.reasons for c in report.classes), Counter[str]())
    yield from [f"known of {report.oracle}, {n} times: {why}" for why, n in reasons.items()]
    for found in report.classes:
        yield from [str(mismatch) for mismatch in found.mismatches]
        if not found.counts[Verdict.EXECUTED]:
            yield f"{found.clause.name}: no case was executed"
    mismatches = sum(c.counts[Verdict.MISMATCH] for c in report.classes)
    yield (
        f"{len(report.classes)} classes, {report.tests:,} tests, {mismatches} mismatches"
        f" against {report.oracle} (seed {report.seed})"
    )


def coverage_lines(report: Report) -> Iterator[str | Text]:
    """A table of fields: how many values were executed, what else became of others."""
    header = ("class", "field", "values", "register 31", "untested", "refused", "not met")
    rows = [
        (
            c.clause.name,
            f.name,
            str(f.executed),
            _MET[f.register_31],
            *map(", ".join, (f.untested, f.refused, f.missing)),
        )
        for c in report.classes
        for f in c.coverage.fields(c.clause)
    ]
    yield from columns([header, *rows], "<<><<<<")


_MET = {True: "executed", False: "not executed", None: ""}


def document(report: Report) -> dict[str, Any]:
    """What `armsym conform --json` prints."""
    return {
        "oracle": report.oracle,
        "seed": report.seed,
        "passed": report.passed,
        "classes": [
            {
                "name": c.clause.name,
                "tests": c.tests,
                "counts": {verdict.value: n for verdict, n in c.counts.items()},
                "coverage": [asdict(f) for f in c.coverage.fields(c.clause)],
                "known": dict(c.reasons),
                "mismatches": [_disagreement(d) for d in c.mismatches],
                "deviations": [_disagreement(d) for d in c.deviations],
            }
            for c in report.classes
        ],
    }


def _disagreement(found: Disagreement) -> dict[str, Any]:
    return {
        "word": f"{found.case.word:08x}",
        "disassembly": found.disassembly,
        "before": found.registers,
        "differences": [
            {"name": d.name, "isa": d.isa, "oracle": d.oracle} for d in found.finding.differences
        ],
        "reason": found.finding.reason,
        "repeat": found.command,
    }
