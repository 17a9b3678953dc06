"""`armsym mutate`: routines changed in one place each, to see that none still proves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from armsym.cli.options import (
    jobs_option,
    json_option,
    number_option,
    proved_binary_option,
    proved_symbol_option,
    quiet_option,
    seed_option,
)
from armsym.cli.prove import tasks_for
from armsym.errors import ArmsymError
from armsym.prove.mutate import Code
from armsym.prove.mutation import Campaign, Tried
from armsym.prove.schedule import Task, run_all
from armsym.report.console import Progress, print_json, print_lines
from armsym.report.mutation import Mutation, document, lines
from armsym.report.mutation_log import MutationLog


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@proved_binary_option
@proved_symbol_option
@number_option("--count", 100, "How many mutants of each routine.")
@seed_option
@jobs_option
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    help="Seconds for each mutant.",
)
@number_option("--calls", 1000, "How often a survivor is called on the emulator, at random.")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep results in FILE; the same command goes on where an earlier one stopped.",
)
@json_option
@quiet_option
def mutate(
    names: tuple[str, ...],
    binary: str,
    symbol: str | None,
    count: int,
    seed: int,
    jobs: int,
    budget: float,
    calls: int,
    log: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Change proved routines in one place each, and try to prove them still.

    NAME is what `armsym prove` takes.  A mutant has another register, immediate or operation in one
    instruction, or none in its place; a loop that ends a turn early or late; or another byte in a
    table.  Mutants that are PROVED are listed, with what is known of them.  Exit status 1 if one of
    them has not been shown to do the same in every state.

    \b
    armsym mutate sha512 --count 200 --log mutants.jsonl
    armsym mutate my_proof.py --binary my.o
    """
    tasks = tasks_for(names, binary, symbol, quiet)
    finished: list[Mutation] = []
    try:
        with Progress(quiet) as progress:
            for task, code in zip(tasks, _codes(tasks, jobs, progress), strict=True):
                campaign = Campaign(task, code, seed, count, jobs, budget, calls)
                finished.append(Mutation(task.proof, task.image.path, seed, []))
                for tried in _results(campaign, log, progress):
                    finished[-1].tried.append(tried)
    except KeyboardInterrupt:
        _show(finished, as_json)
        raise
    _show(finished, as_json)
    return 0 if all(t.equivalent for m in finished for t in m.survivors) else 1


def _codes(tasks: Sequence[Task], jobs: int, progress: Progress) -> list[Code]:
    """The code that each routine depends on, which is proved first.  Raises `not-proved`."""
    codes: dict[int, Code] = {}
    for index, result in run_all(tasks, jobs, progress=progress):
        progress(result.name, "")
        if result.certificate is None:
            message = f"{result.name} is {result.verdict}: {result.reason}"
            raise ArmsymError("not-proved", message, "only what proves has mutants to try")
        codes[index] = result.certificate.code
    return [codes[index] for index in sorted(codes)]


def _results(campaign: Campaign, path: Path | None, progress: Progress) -> Iterator[Tried]:
    """What becomes of the mutants; those in the log are not tried again, others are added to it."""
    task = campaign.task
    log = MutationLog(path, task.proof, task.image.sha256, campaign.seed) if path else None
    known = log.read() if log else {}
    for tried in campaign.results(known, lambda doing: progress(task.proof, doing)):
        if log and known.get(tried.number) is not tried:
            log.append(tried)
        yield tried
    progress(task.proof, "")


def _show(finished: Sequence[Mutation], as_json: bool) -> None:
    """Prints the routines, their mutants by number."""
    for mutation in finished:
        mutation.tried.sort(key=lambda tried: tried.number)
    if as_json:
        print_json(document(finished))
    else:
        print_lines(line for mutation in finished for line in lines(mutation))
