"""`armsym prove`: proofs side by side, and the table of their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from armsym.cli.options import (
    jobs_option,
    json_option,
    opened,
    proved_binary_option,
    proved_symbol_option,
    quiet_option,
)
from armsym.contract.find import find
from armsym.errors import ArmsymError
from armsym.prove.result import Result, Verdict
from armsym.prove.schedule import Task, run_all
from armsym.report.console import Progress, print_json, print_lines
from armsym.report.files import file_name, write_whole
from armsym.report.proofs import closing, statement, table


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@proved_binary_option
@proved_symbol_option
@jobs_option
@click.option(
    "--budget", type=click.FloatRange(min=0, min_open=True), help="Seconds for each proof."
)
@click.option(
    "--certificate",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the certificate of each PROVED routine to DIR/NAME.cert, for `armsym check`.",
)
@click.option(
    "--unchecked", is_flag=True, help="Do not ask the kernel: the best verdict is UNCHECKED."
)
@json_option
@quiet_option
def prove(
    names: tuple[str, ...],
    binary: str,
    symbol: str | None,
    jobs: int,
    budget: float | None,
    folder: Path | None,
    unchecked: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Prove routines against the standards.

    NAME is a proof (sha512_block_data_order_hw), a family of them (sha512), or a proof file of your
    own (my_proof.py); without one, all proofs that come with armsym are tried.  Exit status 1 if
    any is not PROVED.

    \b
    armsym prove sha512
    armsym prove my_proof.py --binary my.o
    """
    tasks = tasks_for(names, binary, symbol, quiet, checked=not unchecked)
    finished: dict[int, Result] = {}
    try:
        with Progress(quiet) as progress:
            for index, result in run_all(tasks, jobs, budget, progress):
                finished[index] = result
                if folder is not None and result.certificate is not None:
                    data = result.certificate.to_bytes()
                    write_whole(folder / file_name(result.name, ".cert"), data)
                progress(result.name, "")
    except (KeyboardInterrupt, ArmsymError, OSError) as error:
        if isinstance(error, KeyboardInterrupt) or not as_json:  # an error is a document itself
            _show(finished, as_json)
        raise
    _show(finished, as_json)
    return 0 if all(r.verdict is Verdict.PROVED for r in finished.values()) else 1


def tasks_for(
    names: tuple[str, ...], binary: str, symbol: str | None, quiet: bool, checked: bool = True
) -> list[Task]:
    """The proofs that these names mean, each with the routine that it is about."""
    proofs = find(list(names))
    if symbol is not None and len({p.symbol for p in proofs}) > 1:
        listed = ", ".join([p.name for p in proofs])
        raise click.UsageError(f"--symbol needs proofs of one routine; these are: {listed}")
    tasks: list[Task] = []
    for proof in proofs:
        routine = symbol or proof.symbol
        # An archive may have another member for each routine.
        same = bool(tasks) and tasks[-1].image.path == binary
        image = tasks[-1].image if same else opened(binary, routine, quiet)
        image.symbol(routine)
        tasks.append(Task(proof.name, names, image, routine, checked))
    return tasks


def _show(finished: Mapping[int, Result], as_json: bool) -> None:
    """Prints the results by their tasks' order."""
    results = [finished[index] for index in sorted(finished)]
    if as_json:
        print_json({"results": [r.to_json() for r in results]})
    elif results:
        print_lines([*table(results), "", *statement(results), closing(results)])
