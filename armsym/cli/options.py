"""Arguments and options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from armsym.binary.image import Image
from armsym.binary.open import open_image
from armsym.report.console import Progress

binary_argument = click.argument("binary")
symbol_argument = click.argument("symbol")
proved_binary_option = click.option(
    "--binary",
    default="aws-lc",
    show_default=True,
    help="The binary whose code is proved: a path, lib.a:member.o, or a pinned one.",
)
proved_symbol_option = click.option(
    "--symbol", help="The routine's symbol, if the proof's name is another."
)
seed_option = click.option(
    "--seed", type=int, default=1, show_default=True, help="Repeats a run exactly."
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    help="How many processes share the work; by default one a processor.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print no progress.")


def number_option(name: str, default: int, text: str) -> Callable[[Any], Any]:
    """An option that takes a number from 1."""
    return click.option(
        name, type=click.IntRange(min=1), default=default, show_default=True, help=text
    )


def opened(binary: str, symbol: str | None = None, quiet: bool = False) -> Image:
    """The image that BINARY names; `symbol` picks the member of an archive."""
    with Progress(quiet) as progress:
        return open_image(binary, symbol, lambda doing: progress(binary, doing))
