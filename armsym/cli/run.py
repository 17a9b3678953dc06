"""`armsym run`: a routine on concrete values, by armsym's own emulator or by Unicorn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from armsym.cli.options import binary_argument, json_option, opened, quiet_option, symbol_argument
from armsym.concrete import Machine, RunOutcome
from armsym.errors import ArmsymError
from armsym.oracle import ConcreteMachine, Unicorn
from armsym.oracle.call import RETURN, Call
from armsym.report.console import print_json, print_lines
from armsym.report.runs import document, lines

MACHINES: Mapping[str, Callable[..., ConcreteMachine]] = {"armsym": Machine, "unicorn": Unicorn}
REGISTERS = {**{f"x{n}": 64 for n in range(31)}, **{f"v{n}": 128 for n in range(32)}}
EXPLAINED = {"x0": "A register's value (likewise --x1 to --x30, --v0 to --v31).  Default: 0."}


def _register_options(command: Callable[..., int]) -> Callable[..., int]:
    for name in reversed(REGISTERS):
        described = EXPLAINED.get(name)
        command = click.option(
            f"--{name}", metavar="VALUE", help=described, hidden=described is None
        )(command)
    return command


@click.command()
@binary_argument
@symbol_argument
@click.option(
    "--arg",
    "arguments",
    multiple=True,
    metavar="VALUE",
    help="The next argument, from x0 on: a number, or the name of a buffer for its address.",
)
@_register_options
@click.option(
    "--buffer",
    "buffers",
    multiple=True,
    metavar="NAME:BYTES",
    help="A buffer: hexadecimal digits, COUNT*DIGITS to repeat them, or @FILE.",
)
@click.option("--emulator", type=click.Choice(list(MACHINES)), default="armsym", show_default=True)
@click.option("--limit", type=click.IntRange(min=1), default=10_000_000, help="Instructions.")
@json_option
@quiet_option
def run(
    binary: str,
    symbol: str,
    arguments: tuple[str, ...],
    buffers: tuple[str, ...],
    emulator: str,
    limit: int,
    as_json: bool,
    quiet: bool,
    **given: str | None,
) -> int:
    """Run the routine SYMBOL of BINARY on concrete values and show what it leaves.

    Registers and buffers that are not given are zero or absent.  Exit status 1 if the routine does
    not return.

    \b
    armsym run aws-lc sha512_block_data_order_hw \\
        --buffer state:64*00 --buffer in:128*61 --arg state --arg in --arg 1
    """
    image = opened(binary, symbol, quiet)
    contents = dict([_buffer(text) for text in buffers])
    call = Call(image, image.symbol(symbol).address, contents)
    if len(arguments) > 8:
        raise click.UsageError("more than eight arguments do not fit in registers")
    values = {f"x{n}": text for n, text in enumerate(arguments)}
    values |= {name: text for name, text in given.items() if text is not None}
    before = call.state({name: _value(name, text, call) for name, text in values.items()})
    result = MACHINES[emulator](call.regions).run(before, RETURN, limit)
    if as_json:
        print_json(document(before, result, contents))
    else:
        print_lines(lines(image, before, result, contents))
    return 0 if result.outcome is RunOutcome.RETURNED else 1


def _buffer(text: str) -> tuple[str, bytes]:
    name, colon, data = text.partition(":")
    if not (name and colon and data):
        raise _bad("--buffer", text, "NAME:BYTES")
    if data.startswith("@"):
        try:
            return name, Path(data[1:]).read_bytes()
        except OSError as error:
            raise ArmsymError("no-such-file", f"--buffer {name}: {error}") from error
    count, star, digits = data.rpartition("*")
    try:
        return name, bytes.fromhex(digits) * (int(count) if star else 1)
    except ValueError as error:
        raise _bad("--buffer", text, "hexadecimal digits, COUNT*DIGITS, or @FILE") from error


def _value(register: str, text: str, call: Call) -> int:
    if text in call.addresses:
        return call.addresses[text]
    try:
        value = int(text, 0)
    except ValueError as error:
        raise _bad(register, text, "a number, or the name of a --buffer") from error
    bits = REGISTERS[register]
    if not -(1 << (bits - 1)) <= value < 1 << bits:
        raise _bad(register, text, f"a number of {bits} bits")
    return value % (1 << bits)


def _bad(what: str, text: str, expected: str) -> ArmsymError:
    return ArmsymError("bad-argument", f"{what}: {text!r} is not {expected}")
