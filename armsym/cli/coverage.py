"""`armsym coverage`: which instructions of a binary's routines are modelled."""

from __future__ import annotations

import click

from armsym.cli.options import binary_argument, json_option, opened, quiet_option
from armsym.errors import ArmsymError
from armsym.report.console import print_json, print_lines
from armsym.report.coverage import document, lines
from armsym.simulate.coverage import coverage as covered
from armsym.simulate.coverage import routines_named


@click.command()
@binary_argument
@click.argument("regex", default="")
@json_option
@quiet_option
def coverage(binary: str, regex: str, as_json: bool, quiet: bool) -> int:
    """Tell which instructions of BINARY's routines, those named like REGEX, are modelled.

    Counts words of code, as far as symbols reach, and what is missing by mnemonic.  Exit status 1
    if anything is missing.
    """
    image = opened(binary, quiet=quiet)
    routines = routines_named(image, regex)
    if not routines:
        raise ArmsymError("missing-symbol", f"{image.path}: no routine is named like {regex!r}")
    found = list(covered(image, routines))
    if as_json:
        print_json(document(found))
    else:
        print_lines(lines(found))
    return 0 if all(c.modelled == c.words for c in found) else 1
