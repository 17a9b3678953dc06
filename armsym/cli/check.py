"""`armsym check`: certificates, shown again by the kernel."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from armsym.cli.options import json_option, opened, quiet_option
from armsym.report.certificates import checked, error, lines
from armsym.report.console import print_json, print_lines

STATUS = {"ACCEPTED": 0, "REFUSED": 1, "ERROR": 2}


@click.command()
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--binary", help="Read code and constants from this binary, not from FILE.")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    help="The proof file (Python, which is run) that has the contract, if it is not armsym's own.",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="SOLVER",
    help="Accept what rests on this solver's bare word, such as z3; may be repeated.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=300,
    show_default=True,
    help="Time for each certificate; one that takes longer is an error.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=2048,
    show_default=True,
    metavar="MIB",
    help="Memory (address space) for each certificate; one that takes more is an error.",
)
@json_option
@quiet_option
def check(
    files: tuple[Path, ...],
    binary: str | None,
    spec: Path | None,
    trust: tuple[str, ...],
    seconds: float,
    memory: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Replay the certificates FILE in the kernel and print their theorems.

    No prover and no solver takes part.  Without --binary a theorem is about the bytes that the
    certificate holds.  A certificate may be anybody's: it runs no code, and is replayed in a
    process with limits.  Exit status 1 if a certificate is refused, 2 if one can't be replayed.

    \b
    armsym prove sha512 --certificate proved
    armsym check proved/*.cert --binary aws-lc
    """
    image = None if binary is None else opened(binary, quiet=quiet)
    words = frozenset([f"{solver}'s word" for solver in trust])
    documents, status = [], 0
    for file in files:
        result = checked(file, image, spec, words, seconds, memory << 20)
        status = max(status, STATUS[result["verdict"]])
        documents.append(result)
        if not as_json:
            print_lines(lines(result))
        if failure := error(result):
            print(failure, file=sys.stderr)
    if as_json:
        print_json({"results": documents})
    return status
