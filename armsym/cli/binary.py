"""`armsym fetch`, `symbols`, `disasm`: the binary itself."""

from __future__ import annotations

import click

from armsym.binary.disassemble import extent, listing
from armsym.binary.open import open_all
from armsym.binary.wheel import fetch as fetch_binary
from armsym.cli.options import (
    binary_argument,
    json_option,
    opened,
    quiet_option,
    symbol_argument,
)
from armsym.report.console import Progress, columns, print_json, print_lines


@click.command()
@click.argument("name", default="aws-lc")
@json_option
@quiet_option
def fetch(name: str, as_json: bool, quiet: bool) -> None:
    """Download the pinned binary NAME, unless it is in the cache, and print its path.

    Its hash is checked; afterwards no network is needed.
    """
    with Progress(quiet) as progress:
        path = fetch_binary(name, lambda doing: progress(name, doing))
    if as_json:
        print_json({"name": name, "path": str(path)})
    else:
        print_lines([str(path)])


@click.command()
@binary_argument
@click.argument("regex", default="")
@click.option("--all", "mapping", is_flag=True, help="List mapping symbols ($x, $d) too.")
@json_option
@quiet_option
def symbols(binary: str, regex: str, mapping: bool, as_json: bool, quiet: bool) -> int:
    """List the symbols of BINARY whose names REGEX is found in, by address.

    Of an archive, those of all members.  Exit status 1 if there is none.
    """
    with Progress(quiet) as progress:
        images = open_all(binary, lambda doing: progress(binary, doing))
        found = [(member, s) for member, image in images for s in image.find(regex, mapping)]
    if as_json:
        fields = ("name", "address", "size", "kind", "binding", "section")
        listed = [{"member": m, **{f: getattr(s, f) for f in fields}} for m, s in found]
        print_json({"symbols": listed})
    elif found:
        rows = [
            (f"{s.address:#x}", str(s.size), s.kind, s.binding, s.section, s.name, m)
            for m, s in found
        ]
        print_lines(columns(rows, ">><<<<<"))
    return 0 if found else 1


@click.command()
@binary_argument
@symbol_argument
@json_option
@quiet_option
def disasm(binary: str, symbol: str, as_json: bool, quiet: bool) -> None:
    """Disassemble the routine SYMBOL of BINARY: addresses, words, instructions.

    A symbol without a size is shown up to the next routine.
    """
    image = opened(binary, symbol, quiet)
    lines = listing(image, *extent(image, image.symbol(symbol)))
    if as_json:
        document = [{"address": x.address, "word": x.word, "text": x.text} for x in lines]
        print_json({"symbol": symbol, "instructions": document})
    else:
        print_lines([f"{x.address:8x}  {x.word:08x}  {x.text}" for x in lines])
