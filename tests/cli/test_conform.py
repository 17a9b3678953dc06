"""`armsym conform` with traces and other oracles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import Armsym


def test_record_and_replay(armsym: Armsym, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    recorded = armsym("conform", "add_sub_immediate", "--tests", 50, "--record", trace)
    replayed = armsym("conform", "--replay", trace)
    assert recorded.status == replayed.status == 0
    assert replayed.out == recorded.out
    assert "50 tests, 0 mismatches against unicorn" in replayed.out


def test_several_processes(armsym: Armsym) -> None:
    command = ("conform", "add_sub_immediate", "shll", "--tests", 60)
    one, two = armsym(*command, "--jobs", 1), armsym(*command, "--jobs", 2)
    assert one.status == two.status == 0
    assert one.out == two.out


@pytest.mark.parametrize("more", [("add_sub_immediate",), ("--case", 3), ("--record", "F")])
def test_a_replay_takes_all_from_its_file(armsym: Armsym, more: tuple[object, ...]) -> None:
    outcome = armsym("conform", "--replay", "F", *more)
    assert outcome.status == 2
    assert outcome.err.startswith("error[usage]: ")


def test_what_is_not_installed_is_named(armsym: Armsym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    outcome = armsym("conform", "shll", "--tests", 1, "--oracle", "qemu")
    assert outcome.status == 2
    assert outcome.err.startswith("error[oracle-missing]: qemu-aarch64")
    assert "hint: " in outcome.err


def test_coverage(armsym: Armsym) -> None:
    command = ("conform", "add_sub_immediate", "--tests", 40)
    table = armsym(*command, "--coverage").out
    assert "register 31" in table
    assert table.endswith(armsym(*command).out)
    (found,) = json.loads(armsym(*command, "--json").out)["classes"]
    fields = {field["name"]: field for field in found["coverage"]}
    assert fields["sf"]["executed"] == 2
    assert fields["Rd"]["register_31"] is True
    assert fields["sh"]["register_31"] is None
