"""`armsym lockstep`: whole routines on isa beside an emulator, state by state."""

from __future__ import annotations

from collections.abc import Sequence

import click

from armsym.binary.image import Image
from armsym.cli.options import (
    binary_argument,
    jobs_option,
    json_option,
    number_option,
    opened,
    quiet_option,
    seed_option,
)
from armsym.lockstep.run import Outcome, run_all, tasks_for
from armsym.lockstep.walk import LIMIT
from armsym.report.console import Progress, print_json, print_lines
from armsym.report.lockstep import document, lines


@click.command()
@binary_argument
@click.argument("symbol", default=".*")
@click.option(
    "--args",
    "arguments",
    metavar="PROTOTYPE",
    help="What the routine is called with, if armsym does not know it.",
)
@seed_option
@number_option("--runs", 1, "Calls of each routine, each with arguments of its own.")
@number_option("--limit", LIMIT, "Instructions of a call.")
@jobs_option
@json_option
@quiet_option
def lockstep(
    binary: str,
    symbol: str,
    arguments: str | None,
    seed: int,
    runs: int,
    limit: int,
    jobs: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Run routines of BINARY on isa and on Unicorn at once, from random legal arguments.

    SYMBOL is a routine's name, or a regular expression for whole names; without it, all routines
    are called whose arguments armsym knows.  Registers, flags and written memory are compared after
    each of the first 20,000 instructions, then at the ends of basic blocks.  Exit status 1 if they
    differ, or a routine does not return.

    \b
    armsym lockstep aws-lc sha512_block_data_order_hw
    armsym lockstep aws-lc 'aes_hw_.*' --runs 3
    armsym lockstep my.o add_words --args 'u64 out[n], const u64 in[n], n = 1..8'
    """
    image = opened(binary, symbol, quiet)
    tasks = tasks_for(image, symbol, arguments, seed, runs, limit)
    outcomes: list[Outcome] = []
    try:
        with Progress(quiet) as progress:
            for outcome in run_all(tasks, jobs, progress):
                outcomes.append(outcome)
                progress("done", f"{outcome.task.symbol} ({len(outcomes)} of {len(tasks)})")
    except KeyboardInterrupt:
        _show(outcomes, image, as_json)
        raise
    _show(outcomes, image, as_json)
    return 0 if all(o.walk.agreed for o in outcomes) else 1


def _show(outcomes: Sequence[Outcome], image: Image, as_json: bool) -> None:
    if as_json:
        print_json(document(outcomes, image))
    else:
        print_lines(lines(outcomes, image))
