"""The entry point: finds the verb, and turns every error into a message and an exit status."""

from __future__ import annotations

import errno
import importlib
import json
import os
import sys
import traceback

import click

from armsym import __version__
from armsym.errors import ArmsymError

# Exit status of a command that Ctrl-C, or the end of its reader, ended: 128 + the signal's number.
INTERRUPTED = 130
NO_READER = 141

# verb: (its module, what it does, an example)
VERBS = {
    "prove": ("prove", "Prove routines against the standards.", "prove sha512"),
    "check": ("check", "Replay certificates.", "check proved/*.cert --binary aws-lc"),
    "show": ("show", "Show a theorem in words.", "show sha512_block_data_order_hw"),
    "export": (
        "export",
        "Write a proof's goals for other solvers.",
        "export sha256_block_data_order_hw --smtlib goals",
    ),
    "mutate": ("mutate", "Try to prove changed routines.", "mutate sha512 --count 200"),
    "step": ("step", "Step a routine symbolically.", "step my.o my_routine --script steps.txt"),
    "run": ("run", "Run a routine on concrete values.", "run my.o add --arg 2 --arg 3"),
    "disasm": ("binary", "Disassemble a routine.", "disasm aws-lc sha512_block_data_order_hw"),
    "symbols": ("binary", "List a binary's symbols.", "symbols aws-lc '^sha'"),
    "fetch": ("binary", "Download a pinned binary into the cache.", "fetch aws-lc"),
    "coverage": ("coverage", "Tell which instructions are modelled.", "coverage aws-lc '^sha512'"),
    "conform": ("conform", "Test instructions against an emulator.", "conform --tests 1000"),
    "lockstep": (
        "lockstep",
        "Run routines beside an emulator, state by state.",
        "lockstep aws-lc sha512_block_data_order_hw",
    ),
    "audit": ("audit", "Prove the fast engine's rewrite rules.", "audit rules"),
}


class Verbs(click.Group):
    """A group whose commands are imported when they are called: help and errors stay fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"armsym.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, does) for verb, (_, does, _) in VERBS.items()])
        with formatter.section("Examples"):
            for _, _, example in VERBS.values():
                formatter.write_text(f"armsym {example}")
        formatter.write_paragraph()
        formatter.write_text("`armsym COMMAND --help` explains a command's options.")


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="armsym %(version)s")
def cli() -> None:
    """Proves that AArch64 machine code computes what the cipher standards say.

    BINARY is the path of an ELF file, `lib.a:member.o`, or the name of a pinned binary: `aws-lc` is
    AWS-LC as it ships in the awscrt wheel, downloaded when first used.

    Exit status: 0 if all is as hoped, 1 if something is not (not PROVED, a mismatch, not covered),
    2 for an error.
    """


def main(arguments: list[str] | None = None) -> int:
    """Runs a command line, `sys.argv` if none is given, and returns its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        with cli.make_context("armsym", list(given)) as context:
            status = cli.invoke(context)
        sys.stdout.flush()
    except BaseException as error:
        return _failed(error, "--json" in given)
    return status if isinstance(status, int) else 0


def _failed(error: BaseException, as_json: bool) -> int:
    """Reports what ended a command, as far as there is anybody to read it; its exit status."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        _discard_output()
        return NO_READER
    if not isinstance(error, Exception):
        raise error
    if os.environ.get("ARMSYM_DEBUG"):
        traceback.print_exception(error)
    shown = _described(error)
    print(shown, file=sys.stderr)
    fields = {"code": shown.code, "message": shown.message, "hint": shown.hint}
    try:
        if as_json:
            print(json.dumps({"schema": 1, "error": fields}, indent=2))
        sys.stdout.flush()
    except OSError:
        _discard_output()
    return 2


def _described(error: Exception) -> ArmsymError:
    """The error as armsym reports it."""
    if isinstance(error, ArmsymError):
        return error
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "armsym"
        return ArmsymError("usage", error.format_message(), f"`{command} --help` explains")
    if isinstance(error, click.ClickException):
        return ArmsymError("usage", error.format_message())
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return ArmsymError("disk-full", "no space is left to write the output", "free some space")
    if isinstance(error, OSError):
        return ArmsymError("system-error", str(error))
    text = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "this is a defect of armsym; ARMSYM_DEBUG=1 shows where, please report it"
    return ArmsymError("internal-error", text, hint)


def _discard_output() -> None:
    """Nobody reads standard output any more: what is still buffered goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
