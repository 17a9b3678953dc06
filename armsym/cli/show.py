"""`armsym show`: a theorem in words, and what it rests on."""

from __future__ import annotations

import os

import click

from armsym.cli.options import (
    json_option,
    proved_binary_option,
    proved_symbol_option,
    quiet_option,
)
from armsym.cli.prove import tasks_for
from armsym.contract.find import find
from armsym.contract.statement import statement
from armsym.prove.result import Verdict
from armsym.prove.schedule import run_all
from armsym.report.console import Progress, print_json, print_lines
from armsym.report.theorems import document, lines


@click.command()
@click.argument("name")
@proved_binary_option
@proved_symbol_option
@json_option
@quiet_option
def show(name: str, binary: str, symbol: str | None, as_json: bool, quiet: bool) -> int:
    """Show the theorem of the proof NAME, after proving it: what is given, what holds afterwards.

    Also the size of its terms, the properties that it comprises, and what it rests on.  NAME is
    what `armsym prove` takes.  Exit status 1 if it is not PROVED.
    """
    tasks = tasks_for((name,), binary, symbol, quiet)
    statements = {proof.name: statement(proof.contract()) for proof in find([name])}
    with Progress(quiet) as progress:
        finished = dict(run_all(tasks, os.cpu_count() or 1, progress=progress))
    results = [finished[index] for index in sorted(finished)]
    if as_json:
        print_json({"theorems": [document(r, statements[r.name]) for r in results]})
    else:
        for result in results:
            print_lines(lines(result, statements[result.name]))
    return 0 if all(r.verdict is Verdict.PROVED for r in results) else 1
