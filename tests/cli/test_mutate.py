"""mutate: survivors and the exit status, the log of an interrupted run, Ctrl-C, errors."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Armsym, command

ProofFile = Callable[..., Path]


@pytest.fixture
def mutate(tiny: Path, proof_file: ProofFile) -> tuple[object, ...]:
    """A command line that tries mutants of a right routine of four instructions."""
    return ("mutate", proof_file("plus_one"), "--binary", tiny, "--quiet", "--calls", 20)


def test_survivors(armsym: Armsym, mutate: tuple[object, ...]) -> None:
    outcome = armsym(*mutate, "--count", 24)
    _, _, survivors = outcome.out.partition("  survivors: ")
    number, *told = survivors.splitlines()
    assert outcome.out.startswith("plus_one: 24 mutants of ")
    assert len(told) == 2 * int(number) > 0
    assert "910004" in outcome.out and "add x2, x2, #1 -> " in outcome.out
    assert outcome.status == int("by the kernel's theorem" in outcome.out)
    assert "WRONG" not in outcome.out


def test_the_json_schema(armsym: Armsym, mutate: tuple[object, ...]) -> None:
    outcome = armsym(*mutate, "--count", 3, "--seed", 2, "--json")
    assert outcome.json["schema"] == 1
    (routine,) = outcome.json["routines"]
    assert set(routine) == {"name", "binary", "seed", "verdicts", "survivors", "mutants"}
    assert [m["number"] for m in routine["mutants"]] == [1, 2, 3]
    assert sum(routine["verdicts"].values()) == 3
    assert routine["seed"] == 2
    assert set(routine["mutants"][0]["mutant"]) == {"kind", "address", "old", "new"}


def test_no_survivor_is_success(armsym: Armsym, mutate: tuple[object, ...]) -> None:
    (routine,) = armsym(*mutate, "--count", 1, "--json").json["routines"]
    assert routine["survivors"] == []
    assert armsym(*mutate, "--count", 1).status == 0


def test_a_log_is_gone_on_with(armsym: Armsym, mutate: tuple[object, ...], tmp_path: Path) -> None:
    log = tmp_path / "mutants.jsonl"
    armsym(*mutate, "--log", log, "--count", 2)
    short = log.read_text()
    log.write_text(short + short.splitlines()[0][:40])  # as a run leaves it that was killed
    armsym(*mutate, "--log", log, "--count", 2)
    assert log.read_text().count("\n") == 2
    armsym(*mutate, "--log", log, "--count", 3)
    numbers = [json.loads(line)["number"] for line in log.read_text().splitlines()]
    assert sorted(numbers) == [1, 2, 3]


def test_ctrl_c_shows_what_is_finished(mutate: tuple[object, ...], tmp_path: Path) -> None:
    log = tmp_path / "mutants.jsonl"
    arguments = command(*mutate, "--count", 1000, "--jobs", 1, "--log", log, "--json")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for _ in range(600):
            if log.exists() and log.read_text().count("\n") >= 2:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    (routine,) = json.loads(out)["routines"]
    assert 2 <= len(routine["mutants"]) < 1000


def test_only_what_proves_has_mutants(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    call = ("mutate", proof_file("plus_one"), "--binary", tiny, "--symbol", "plus_two")
    assert armsym(*call).err.splitlines()[-3].startswith("error[not-proved]: plus_one is REFUTED")


@pytest.mark.parametrize("line", ["no JSON", "[]", "{}", '{"about": ["plus_one", "", 1]}', "7"])
def test_another_file_is_no_log(
    armsym: Armsym, mutate: tuple[object, ...], tmp_path: Path, line: str
) -> None:
    log = tmp_path / "mutants.jsonl"
    log.write_text(f"{line}\n")
    outcome = armsym(*mutate, "--count", 1, "--log", log)
    if '"about"' in line:  # of another binary: it stays
        assert outcome.status == 0
        assert log.read_text().startswith(line)
    else:
        assert outcome.status == 2
        assert outcome.err.startswith("error[bad-log]: ")
        assert log.read_text() == f"{line}\n"
