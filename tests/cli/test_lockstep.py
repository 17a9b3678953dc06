"""`armsym lockstep`: what it prints, and how a mismatch is repeated."""

from __future__ import annotations

import re
import shlex
from functools import partial
from pathlib import Path

import pytest

from armsym.lockstep import run as run_module
from armsym.lockstep.machines import IsaCompanion
from isa import Instruction, decode
from tests.cli.support import ADD_X2_X2_1, ADD_X2_X2_2, Armsym

ARGUMENTS = "u64 out[1], const u64 in[1]"


def test_a_routine_agrees(armsym: Armsym, tiny: Path) -> None:
    outcome = armsym("lockstep", tiny, "plus_one", "--args", ARGUMENTS, "--runs", 3, "--seed", 5)
    assert outcome.status == 0
    assert [line.split() for line in outcome.out.splitlines()[1:4]] == [
        ["plus_one", seed, "4", "agrees"] for seed in "567"
    ]
    assert "3 of 3 calls agree with Unicorn, 12 instructions" in outcome.out
    assert armsym("lockstep", tiny, "forks", "--args", "").status == 0


def test_several_routines_by_several_processes(armsym: Armsym, tiny: Path) -> None:
    command = ("lockstep", tiny, "plus_.*|forks", "--args", ARGUMENTS, "--json", "--quiet")
    one, two = armsym(*command, "--jobs", 1), armsym(*command, "--jobs", 2)
    assert one.status == two.status == 0
    assert one.out == two.out
    assert one.json["agreed"]
    assert [c["symbol"] for c in one.json["calls"]] == ["plus_one", "plus_two", "forks"]


def add_2_for_1(word: int) -> Instruction:
    return decode(ADD_X2_X2_2 if word == ADD_X2_X2_1 else word)


def test_a_mismatch_is_printed_and_repeated(
    armsym: Armsym, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = partial(IsaCompanion, decoder=add_2_for_1)
    monkeypatch.setattr(run_module, "IsaCompanion", broken)
    command = ("lockstep", tiny, "plus_.*", "--args", ARGUMENTS, "--seed", 9, "--jobs", 1)
    outcome = armsym(*command)
    assert outcome.status == 1
    head, place, difference, repeat, _, total = outcome.out.splitlines()[-6:]
    assert head == "plus_one differs after 1 instructions"
    assert place == "  0x4: add x2, x2, #1"
    assert re.fullmatch(r"  X2: isa 0x\w+, oracle 0x\w+", difference)
    assert total == "1 of 2 calls agree with Unicorn, 5 instructions"
    repeated = armsym(*shlex.split(repeat.removeprefix("  repeat: armsym ")), "--json")
    assert repeated.status == 1
    (call,) = repeated.json["calls"]
    assert not call["agreed"]
    assert call["mismatch"]["disassembly"] == ["0x4: add x2, x2, #1"]
    (found,) = call["mismatch"]["differences"]
    assert int(found["isa"], 16) - int(found["oracle"], 16) == 1


def test_a_routine_that_does_not_return(armsym: Armsym, tiny: Path) -> None:
    outcome = armsym("lockstep", tiny, "hangs", "--args", "n = 1", "--limit", 50)
    assert outcome.status == 1
    assert "hangs does not return: limit" in outcome.out
    assert "--args 'n = 1' --limit 50" in outcome.out


@pytest.mark.parametrize(
    "arguments, error",
    [
        (("plus_one",), "no-prototype"),
        (("plus_four",), "missing-symbol"),
        (("plus_(one",), "bad-pattern"),
        (("plus_one", "--args", "u65 x[2]"), "bad-prototype"),
        (("plus_one", "--args", "x = plus_four"), "missing-symbol"),
    ],
)
def test_errors(armsym: Armsym, tiny: Path, arguments: tuple[str, ...], error: str) -> None:
    outcome = armsym("lockstep", tiny, *arguments)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{error}]: ")
