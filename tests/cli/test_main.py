"""The command line as a whole: help, versions, closed pipes, full disks, colour, conform."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from armsym import __version__
from armsym.cli import main as entry
from armsym.cli.main import VERBS
from armsym.report.console import print_lines
from tests.cli.support import Armsym, command, run_apart


def test_help_names_every_verb_with_an_example(armsym: Armsym) -> None:
    shown = armsym("--help")
    assert shown.status == 0
    for verb, (_, does, example) in VERBS.items():
        assert does in shown.out
        assert f"armsym {example}" in " ".join(shown.out.split())
        assert example.startswith(verb)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb(armsym: Armsym, verb: str) -> None:
    shown = armsym(verb, "--help")
    assert shown.status == 0
    assert "--json" in shown.out


def test_version_and_module(armsym: Armsym) -> None:
    assert armsym("--version").out == f"armsym {__version__}\n"
    assert run_apart("--version").out == f"armsym {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from armsym.cli.main import main; main(['--help'])\n"
        "heavy = {'capstone', 'isa', 'rich', 'unicorn', 'z3'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("no-such-verb",), ("disasm",), ("--no-such-option",), ("prove", "--jobs")]
)
def test_usage_errors(armsym: Armsym, arguments: tuple[str, ...]) -> None:
    outcome = armsym(*arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err


def test_a_hint_follows_a_blank_line(armsym: Armsym) -> None:
    first, blank, hint = armsym("symbols", "no/such/file").err.splitlines()
    assert first == "error[no-such-file]: no/such/file: no such file"
    assert blank == ""
    assert hint.startswith("hint: ")


def test_a_closed_pipe_is_quiet(tiny: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments), stdout=writer, stderr=subprocess.PIPE, text=True, check=False
        )

    listed, failed = run("symbols", tiny), run("symbols", "no/such/file", "--json")
    os.close(writer)
    assert (listed.returncode, listed.stderr) == (141, "")
    assert failed.returncode == 2
    assert failed.stderr.splitlines()[0] == "error[no-such-file]: no/such/file: no such file"
    assert "Error" not in failed.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_full_disk_is_an_error(tiny: Path, option: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("symbols", tiny, *option),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error[disk-full]: ")
    assert "Traceback" not in done.stderr


def test_an_unexpected_exception_is_one_line(
    armsym: Armsym, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("what\nnow")

    monkeypatch.delenv("ARMSYM_DEBUG", raising=False)
    monkeypatch.setattr(entry.cli, "invoke", broken)
    outcome = armsym("symbols", tiny)
    assert outcome.status == 2
    assert outcome.err.splitlines()[0] == "error[internal-error]: RuntimeError: what now"
    assert "Traceback" not in outcome.err
    monkeypatch.setenv("ARMSYM_DEBUG", "1")
    assert "Traceback" in armsym("symbols", tiny).err


def test_output_without_a_terminal_has_no_escapes(tiny: Path) -> None:
    outcome = run_apart("coverage", tiny, COLUMNS="20")
    assert "\x1b" not in outcome.out
    assert outcome.out.splitlines()[-1].startswith("1  fadd  UNMODELLED: ")


def test_lines_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    told = "|x:8:| :warning: [bold] 0x12"
    print_lines([told])
    assert capsys.readouterr().out == f"{told}\n"


def test_conform(armsym: Armsym) -> None:
    outcome = armsym("conform", "add_sub_immediate", "--tests", 50, "--seed", 3, "--json")
    assert outcome.status == 0
    (tested,) = outcome.json["classes"]
    assert (tested["name"], tested["tests"]) == ("add_sub_immediate", 50)
    shown = armsym("conform", "add_sub_immediate", "--tests", 50, "--seed", 3)
    assert shown.out.splitlines()[-1].startswith("1 classes, 50 tests, 0 mismatches")
    assert armsym("conform", "add_sub_immediate", "--case", 7).status == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("no_such_class",), "unknown-class"),
        (("--case", "3"), "usage"),
        (("--tests", "0"), "usage"),
    ],
)
def test_conform_errors(armsym: Armsym, arguments: tuple[str, ...], code: str) -> None:
    outcome = armsym("conform", *arguments)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{code}]: ")
