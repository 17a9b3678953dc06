"""`armsym conform`: the instructions of isa against an oracle."""

from __future__ import annotations

from pathlib import Path

import click

from armsym.cli.options import (
    jobs_option,
    json_option,
    number_option,
    quiet_option,
    seed_option,
)
from armsym.conform.run import ORACLES, clauses_named, conform_case, replay
from armsym.conform.run import conform as test_all
from armsym.report.conformance import coverage_lines, document, lines
from armsym.report.console import Progress, print_json, print_lines


@click.command()
@click.argument("classes", nargs=-1, metavar="[CLASS]...")
@number_option("--tests", 20_000, "Test cases in all, spread over the classes.")
@seed_option
@click.option("--case", type=click.IntRange(min=0), help="Repeat this one case of one CLASS.")
@click.option("--oracle", type=click.Choice(list(ORACLES)), default="unicorn", show_default=True)
@jobs_option
@click.option(
    "--record", type=click.Path(path_type=Path), help="Write the oracle's answers to this file."
)
@click.option(
    "--replay",
    "trace",
    type=click.Path(path_type=Path),
    help="Ask no oracle: take the answers from this file.",
)
@click.option("--coverage", is_flag=True, help="Print which values the fields have had, too.")
@json_option
@quiet_option
def conform(
    classes: tuple[str, ...],
    tests: int,
    seed: int,
    case: int | None,
    oracle: str,
    jobs: int,
    record: Path | None,
    trace: Path | None,
    coverage: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Test the encoding classes CLASS, or all, against an emulator or an Arm processor.

    Random encodings of each class run on random and corner states, here and there; all registers,
    flags, memory and faults are compared.  Exit status 1 if anything differs.

    \b
    armsym conform --tests 20000 --seed 1
    armsym conform add_sub_immediate --seed 1 --case 17
    armsym conform --oracle native --record FILE
    armsym conform --replay FILE
    """
    if trace is not None and (classes or record is not None or case is not None):
        raise click.UsageError("--replay takes the cases from its file")
    if case is not None and len(classes) != 1:
        raise click.UsageError("--case repeats a case of exactly one CLASS")
    with Progress(quiet) as progress:
        if trace is not None:
            report = replay(trace)
        elif case is not None:
            report = conform_case(clauses_named(classes)[0], seed, case, oracle)
        else:
            report = test_all(
                clauses_named(classes),
                tests,
                seed,
                oracle,
                jobs,
                record,
                lambda c: progress("tested", c.clause.name),
            )
    if as_json:
        print_json(document(report))
    else:
        if coverage:
            print_lines(coverage_lines(report))
        print_lines(lines(report))
    if case is not None:
        return 1 if report.classes[0].mismatches else 0
    return 0 if report.passed else 1
