"""`armsym conform`: the instructions of isa against an oracle."""

from __future__ import annotations

import click

from armsym.cli.options import json_option, quiet_option
from armsym.conform.run import ORACLES, clauses_named, conform_case
from armsym.conform.run import conform as test_all
from armsym.report.conformance import document, lines
from armsym.report.console import Progress, print_json, print_lines


@click.command()
@click.argument("classes", nargs=-1, metavar="[CLASS]...")
@click.option(
    "--tests",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    help="Test cases in all, spread over the classes.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Repeats a run exactly.")
@click.option("--case", type=click.IntRange(min=0), help="Repeat this one case of one CLASS.")
@click.option("--oracle", type=click.Choice(list(ORACLES)), default="unicorn", show_default=True)
@json_option
@quiet_option
def conform(
    classes: tuple[str, ...],
    tests: int,
    seed: int,
    case: int | None,
    oracle: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Test the encoding classes CLASS, or all, against an emulator.

    Random encodings of each class run on random and corner states, here and there; all registers,
    flags, memory and faults are compared.  Exit status 1 if anything differs.

    \b
    armsym conform --tests 20000 --seed 1
    armsym conform add_sub_immediate --seed 1 --case 17
    """
    clauses = clauses_named(classes)
    if case is not None:
        if len(clauses) != 1:
            raise click.UsageError("--case repeats a case of exactly one CLASS")
        report = conform_case(clauses[0], seed, case, oracle)
        passed = not report.classes[0].mismatches
    else:
        with Progress(quiet) as progress:
            report = test_all(
                clauses, tests, seed, oracle, lambda c: progress("tested", c.clause.name)
            )
        passed = report.passed
    if as_json:
        print_json(document(report))
    else:
        print_lines(lines(report))
    return 0 if passed else 1
