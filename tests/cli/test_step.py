"""step: symbolic stepping by scripts, from a contract's state or from nothing known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from armsym.simulate import script as script_module
from tests.cli.support import Armsym, Outcome

Stepper = Callable[..., Outcome]


@pytest.fixture
def step(armsym: Armsym, tiny: Path, tmp_path: Path) -> Stepper:
    """Steps a routine of the tiny object by a script."""

    def call(symbol: str, script: str, *options: object) -> Outcome:
        file = tmp_path / "script"
        file.write_text(script)
        return armsym("step", tiny, symbol, "--script", file, *options)

    return call


def test_steps_to_the_return(step: Stepper) -> None:
    script = "region in x1 8\nregion out x0 8 rw\nstep 99  # to the end\nmem out"
    outcome = step("plus_one", script, "--json")
    assert outcome.status == 0
    events = outcome.json["events"]
    assert [e["instruction"] for e in events[2:6]] == [
        "ldr x2, [x1]",
        "add x2, x2, #1",
        "str x2, [x0]",
        "ret",
    ]
    assert events[6]["note"] == "returned"
    (value,) = events[7]["values"]
    assert (value["name"], value["term"]) == ("out+0x0", "(sum[1, 1] (in 0x0))")


def test_unknown_pointers_stop_it_until_they_are_mapped(step: Stepper) -> None:
    stuck = step("plus_one", "step")
    assert stuck.status == 1
    assert "undecided: the address belongs to no region: x1" in stuck.out
    freed = step("plus_one", "step\nregion in x1 8\nstep\nprint x2", "--json")
    assert [v["term"] for v in freed.json["events"][-1]["values"]] == ["(in 0x0)"]


def test_regions_are_bounded_and_not_written_unless_asked_for(step: Stepper) -> None:
    assert "out-of-bounds" not in step("plus_one", "region in x1 8\nstep").out
    assert "fault: reads 8 bytes at in +0x0" in step("plus_one", "region in x1 7\nstep").out
    stored = step("plus_one", "region in x1 8\nregion out x0 8\nstep 3")
    assert "fault: writes out + 0x0" in stored.out


def test_forks_wait_for_a_choice(step: Stepper) -> None:
    assert step("forks", "step 2").status == 1
    taken = step("forks", "step\nbranch taken\nstep\nfacts", "--json").json["events"]
    assert taken[0]["note"].startswith("forks on (= x0 0x0)")
    assert taken[1]["address"] == 0x28
    assert taken[-1]["values"][0]["term"] == "(= x0 0x0)"
    assert step("forks", "step\nbranch not-taken", "--json").json["events"][1]["address"] == 0x24
    assert step("forks", "step\nback\nstep\nbranch taken").status == 1


def test_a_branch_that_the_path_has_decided_does_not_fork(step: Stepper) -> None:
    script = "step\nbranch taken\nstep\nregs pc"
    assert step("forks_twice", script, "--json").json["events"][-1]["address"] == 0x3C


def test_back_undoes_and_until_goes_on(step: Stepper) -> None:
    start = "region in x1 8\nregion out x0 8 rw\n"
    events = step("plus_one", start + "until plus_one+0x8\nback 9\nuntil 0x4", "--json").json
    assert [(e["address"], e["steps"]) for e in events["events"][2:]] == [(8, 2), (0, 0), (4, 1)]
    missed = step("plus_one", start + "until 0x4000")
    assert missed.status == 1
    assert "returned" in missed.out


def test_until_gives_up(step: Stepper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script_module, "STEP_LIMIT", 10)
    outcome = step("hangs", "until 0")
    assert outcome.status == 1
    assert "not there after 10 instructions" in outcome.out


def test_registers_memory_and_terms(step: Stepper) -> None:
    script = "regs x3 sp v7 n pc\nmem sp-16 12\nmem stack 0 8\nprint #0"
    events = step("plus_one", script, "--json").json["events"]
    assert [v["name"] for v in events[0]["values"]] == ["x3", "sp", "v7", "n", "pc"]
    assert [v["name"] for v in events[1]["values"]] == ["stack+0xff0", "stack+0xff8"]
    assert events[2]["values"][0]["term"] == "(stack 0x0)"


def test_starts_from_the_contract(armsym: Armsym, aws_lc: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(
        "mem state 0 8\nstep 600\nbranch not-taken\nstep 600\nmem state 0 8\nprint sp"
    )
    routine = "sha512_block_data_order_hw"
    outcome = armsym("step", aws_lc, routine, "--script", script, "--json")
    assert outcome.status == 1  # the first `step` ends where the number of blocks matters
    first, *_, returned, last, sp = outcome.json["events"]
    assert first["values"][0]["term"] == "(state 0x0)"
    assert returned["note"] == "returned"
    assert last["values"][0]["nodes"] > 1000
    assert len(last["values"][0]["term"]) < 200
    assert sp["values"][0]["term"] == "(concat sp 0x0)"


def test_a_contract_can_be_chosen(
    step: Stepper, proof_file: Callable[..., Path], tmp_path: Path
) -> None:
    proof = proof_file("plus_one")
    outcome = step("plus_two", "step 3", "--contract", proof, "--json")
    assert outcome.json["events"][-1]["values"][0]["name"] == "out+0x0"
    ambiguous = step("plus_two", "step", "--contract", proof_file("a", "b"))
    assert ambiguous.status == 2


def test_a_script_that_is_no_text(armsym: Armsym, tiny: Path, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"\xff\xfe step")
    assert "error[bad-script]: line 1: " in armsym("step", tiny, "forks", "--script", script).err
    assert armsym("step", tiny, "forks", "--script", tmp_path / "none").status == 2


@pytest.mark.parametrize(
    "line",
    [
        "dance",
        "step many",
        "step -1",
        "step 1 2",
        "until",
        "until nowhere",
        "branch taken",
        "regs x31",
        "mem nothing",
        "mem x0 8",
        "mem stack 5000 8",
        "print #999999",
        "print x0 deep",
        "region in x1",
        "region in x1 0",
        "region in x1 8 rwx",
        "region x2 x1 8",
        "region stack x1 8",
        "region more sp 8",
        "region in v0 8",
        "mem n+8",
    ],
)
def test_wrong_commands_name_their_line(step: Stepper, line: str) -> None:
    outcome = step("forks", f"# a comment\n\n{line}\n")
    assert outcome.status == 2
    assert outcome.err.startswith("error[bad-script]: line 3: ")
