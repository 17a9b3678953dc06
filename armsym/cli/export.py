"""`armsym export`: what is to be proved, for other solvers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from armsym.audit.export import laws
from armsym.cli.options import (
    json_option,
    proved_binary_option,
    proved_symbol_option,
    quiet_option,
)
from armsym.cli.prove import tasks_for
from armsym.contract.find import find
from armsym.prove.export import Claim, goals, lean_file, lemmas, smtlib_script
from armsym.prove.schedule import Task, run_all
from armsym.report.console import Progress, print_json, print_lines, print_text
from armsym.report.files import file_name, write_whole


@click.command()
@click.argument("name")
@proved_binary_option
@proved_symbol_option
@click.option("--smtlib", metavar="DIR", help="Write SMT-LIB 2, a file for each goal; - prints.")
@click.option("--lean", metavar="DIR", help="Write one file of Lean 4 (bv_decide); - prints.")
@click.option("--normalised", is_flag=True, help="Normal forms, not what the code spells.")
@json_option
@quiet_option
def export(
    name: str,
    binary: str,
    symbol: str | None,
    smtlib: str | None,
    lean: str | None,
    normalised: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write the goals of the proof NAME, and the lemmas that it used, for other solvers to try.

    A goal says that a word at the end of the run is what the standard says; its script is
    unsatisfiable if that is so.  With `rules` as NAME, the laws that `armsym audit rules` proves.

    \b
    armsym export sha256_block_data_order_hw --smtlib goals
    armsym export rules --lean -
    """
    if (smtlib is None) == (lean is None):
        raise click.UsageError("one of --smtlib and --lean is expected")
    if name == "rules":
        claims = list(laws())
    else:
        task = _only(tasks_for((name,), binary, symbol, quiet))
        name, claims = task.proof, _claims(task, normalised, quiet)
    folder = smtlib or lean or "-"
    files = {f"{name}.lean": lean_file(claims)} if lean else _scripts(name, claims, folder)
    paths = [Path(folder) / file for file in files]
    if folder != "-":
        for path, text in zip(paths, files.values(), strict=True):
            write_whole(path, text.encode())
    if as_json:
        texts = [{"name": file, "text": text} for file, text in files.items()]
        print_json({"files": texts if folder == "-" else [str(path) for path in paths]})
    elif folder == "-":
        print_text("".join(files.values()))
    else:
        print_lines([str(path) for path in paths])
    return 0


def _only(tasks: Sequence[Task]) -> Task:
    if len(tasks) > 1:
        listed = ", ".join([task.proof for task in tasks])
        raise click.UsageError(f"one proof is exported at a time; these are {listed}")
    return tasks[0]


def _claims(task: Task, normalised: bool, quiet: bool) -> list[Claim]:
    """The goals, and the lemmas if the proof goes through."""
    proof = next(p for p in find(list(task.found_by)) if p.name == task.proof)
    entry = task.image.symbol(task.symbol).address
    claims = goals(proof.contract(), task.image, entry, normalised)
    with Progress(quiet) as progress:
        ((_, result),) = run_all([task], jobs=1, progress=progress)
    return claims + ([] if result.certificate is None else list(lemmas(result.certificate)))


def _scripts(name: str, claims: Sequence[Claim], folder: str) -> dict[str, str]:
    """One script for a reader of standard output, or one for each claim."""
    if folder == "-":
        return {f"{name}.smt2": smtlib_script(claims)}
    return {
        file_name(f"{name} {claim.name}".replace(" ", "-"), ".smt2"): claim.smtlib()
        for claim in claims
    }
