"""`armsym step`: symbolic stepping by a script."""

from __future__ import annotations

from typing import TextIO

import click

from armsym.binary.image import Image
from armsym.bv.normal import NormalBuilder
from armsym.cli.options import binary_argument, json_option, opened, quiet_option, symbol_argument
from armsym.contract.execution import Execution
from armsym.contract.find import find
from armsym.contract.language import Proof
from armsym.machine.state import State
from armsym.prove.elimination import Elimination
from armsym.report.console import print_json, print_lines
from armsym.report.stepping import document, lines
from armsym.simulate import script as scripts
from armsym.simulate.call import unknown_call
from armsym.simulate.session import Session


@click.command(epilog="\b\nCommands of a script:\n" + (scripts.__doc__ or "").partition("\n\n")[2])
@binary_argument
@symbol_argument
@click.option(
    "--script",
    type=click.File(encoding="utf-8", errors="replace"),
    required=True,
    help="The commands; - reads them from standard input.",
)
@click.option("--contract", help="Start from this proof's contract; by default from SYMBOL's own.")
@json_option
@quiet_option
def step(
    binary: str, symbol: str, script: TextIO, contract: str | None, as_json: bool, quiet: bool
) -> int:
    """Step the routine SYMBOL of BINARY symbolically, by the commands of a script.

    It starts as its contract says, or, if there is none, with an unknown value in every register.
    Exit status 1 if a command could not do all that it was told.

    \b
    printf 'step 3\\nregs x0 x1\\n' | armsym step aws-lc sha512_block_data_order_hw --script -
    """
    image = opened(binary, symbol, quiet)
    session = Session(image, _start(image, symbol, contract))
    events = []
    for event in scripts.run_script(session, script.read()):
        events.append(event)
        if not as_json:
            print_lines(lines(event))
    if as_json:
        print_json({"symbol": symbol, "events": [document(e) for e in events]})
    return 0 if all(event.complete for event in events) else 1


def _start(image: Image, symbol: str, contract: str | None) -> State:
    entry = image.symbol(symbol).address
    builder = NormalBuilder()
    proof = _proof(symbol, contract)
    if proof is None:
        return unknown_call(image, entry, builder)
    return Execution(proof.contract(), image, entry, builder, search=Elimination()).initial


def _proof(symbol: str, contract: str | None) -> Proof | None:
    if contract is None:
        return next((p for p in find([]) if p.name == symbol), None)
    proofs = find([contract])
    if len(proofs) > 1:
        names = ", ".join([p.name for p in proofs])
        raise click.UsageError(f"--contract {contract} is ambiguous: {names}")
    return proofs[0]
