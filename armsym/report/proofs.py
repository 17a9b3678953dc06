"""The results of proofs: a table, what is wrong below each line, and one closing line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text

from armsym.prove.result import Counterexample, Result, Verdict
from armsym.report.console import columns

STYLES = {
    Verdict.PROVED: "bold green",
    Verdict.REFUTED: "bold red",
    Verdict.UNKNOWN: "yellow",
    Verdict.TIMEOUT: "yellow",
    Verdict.VACUOUS: "magenta",
    Verdict.UNCHECKED: "yellow",
    Verdict.UNMODELLED: "cyan",
}
HEADER = ("Routine", "Verdict", "Instructions", "Terms", "Seconds")


def table(results: Sequence[Result]) -> Iterator[Text]:
    """The lines of the table, with the reason below each proof that is not PROVED."""
    header = [Text(title, "bold") for title in HEADER]
    head, *rows = columns([header, *[_row(r) for r in results]], "<<>>>")
    yield head
    for result, row in zip(results, rows, strict=True):
        yield row
        if result.verdict is not Verdict.PROVED:
            yield from _indented(explanation(result))


def closing(results: Sequence[Result]) -> str:
    """How many proofs have each verdict: "4 proved, 0 refuted", and what else there is."""
    counts = Counter(r.verdict for r in results)
    shown = [v for v in Verdict if counts[v] or v in (Verdict.PROVED, Verdict.REFUTED)]
    return ", ".join([f"{counts[v]} {v.lower()}" for v in shown])


def statement(results: Sequence[Result]) -> Iterator[str]:
    """What the proofs that went through established, and what they rest on."""
    proved = [r for r in results if r.verdict is Verdict.PROVED]
    if proved:
        names = list(dict.fromkeys([name for r in proved for name in r.properties]))
        yield f"proved: {', '.join([n.replace('_', ' ') for n in names])}"
        rests_on = list(dict.fromkeys([item for r in proved for item in r.rests_on]))
        yield f"resting on: {', '.join(rests_on)}"


def _row(result: Result) -> tuple[str | Text, ...]:
    return (
        result.name if result.name == result.symbol else f"{result.name} ({result.symbol})",
        Text(result.verdict, STYLES[result.verdict]),
        _number(result.instructions),
        _number(result.terms),
        f"{result.seconds:.2f}",
    )


def _number(counted: int) -> str:
    """Nothing is counted where random calls, or the budget, ended it first."""
    return f"{counted:,}" if counted else "-"


def explanation(result: Result) -> Iterator[str]:
    """Why a proof is not PROVED: the reason, each property, the counterexample."""
    yield result.reason
    verdicts = [f"{n.replace('_', ' ')} {v.lower()}" for n, v in result.properties.items()]
    if len(set(result.properties.values())) > 1:
        yield f"properties: {', '.join(verdicts)}"
    if result.counterexample is not None:
        yield from _counterexample(result.counterexample)


def _counterexample(found: Counterexample) -> Iterator[str]:
    yield "counterexample:"
    named = [(name, value) for name, value in found.registers.items()]
    named += [(name, f"{data} (bytes)") for name, data in found.buffers.items()]
    yield from [f"  {line}" for line in columns(named, "<<")]
    if found.other:
        rows = [("", "here", "there"), *found.other]
        yield "a second input, alike but for"
        yield from [f"  {line}" for line in columns(rows, "<<<")]
    if found.differences:
        rows = [("", "expected", "actual"), *found.differences]
        yield from [f"  {line}" for line in columns(rows, "<<<")]
        yield f"first difference: {found.differences[0][0]}"


def _indented(lines: Iterator[str]) -> Iterator[Text]:
    return (Text(f"    {line}") for line in lines)
