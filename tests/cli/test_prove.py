"""prove: verdicts, the JSON schema, budgets, dying children, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from armsym.prove.result import PROPERTIES
from tests.cli.support import Armsym, command

ProofFile = Callable[..., Path]


def test_a_users_proof(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    outcome = armsym("prove", proof_file("plus_one"), "--binary", tiny)
    assert outcome.status == 0
    assert outcome.out.splitlines()[1].split()[:3] == ["plus_one", "PROVED", "4"]
    assert outcome.out.splitlines()[-1] == "1 proved, 0 refuted"


def test_a_wrong_routine_is_refuted(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    call = ("prove", proof_file("plus_one"), "--binary", tiny, "--symbol", "plus_two")
    outcome = armsym(*call)
    assert outcome.status == 1
    assert "plus_one (plus_two)  REFUTED" in outcome.out
    assert "first difference: out[0]" in outcome.out
    assert "1 refuted" in outcome.out.splitlines()[-1]
    (result,) = armsym(*call, "--json").json["results"]
    ((place, expected, actual),) = result["counterexample"]["differences"]
    assert place == "out[0]"
    given = int.from_bytes(bytes.fromhex(result["counterexample"]["buffers"]["in"]), "little")
    assert int(expected, 0) == (given + 1) % (1 << 64)
    assert int(actual, 0) == (given + 2) % (1 << 64)


def test_the_json_schema(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    document = armsym("prove", proof_file("plus_one"), "--binary", tiny, "--json").json
    assert document["schema"] == 1
    (result,) = document["results"]
    fields = "name binary binary_sha256 symbol verdict properties instructions steps terms seconds"
    assert {*fields.split(), "rests_on", "counterexample"} <= set(result)
    assert result["verdict"] == "PROVED"
    assert result["properties"] == dict.fromkeys(PROPERTIES, "PROVED")
    assert result["binary"] == str(tiny)


def test_the_four_sha2_routines(armsym: Armsym, aws_lc: str) -> None:
    outcome = armsym("prove", "sha2", "--binary", aws_lc)
    assert outcome.status == 0
    assert outcome.out.count("PROVED") == 4
    assert outcome.out.splitlines()[-1] == "4 proved, 0 refuted"


def test_results_keep_the_order_of_the_proofs(
    armsym: Armsym, tiny: Path, proof_file: ProofFile
) -> None:
    slow = proof_file("plus_two", before="time.sleep(1)", file="slow.py")
    fast = proof_file("plus_one", file="fast.py")
    outcome = armsym("prove", slow, fast, "--binary", tiny, "--jobs", 2, "--json")
    assert [r["name"] for r in outcome.json["results"]] == ["plus_two", "plus_one"]


def test_over_budget_is_a_timeout(
    armsym: Armsym, tiny: Path, proof_file: ProofFile, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    solver = "import subprocess; solver = subprocess.Popen(['sleep', '60'])"
    write = f"Path({str(pid_file)!r}).write_text(str(solver.pid))"
    sleepy = proof_file("plus_one", before=f"{solver}; {write}; time.sleep(60)")
    start = time.monotonic()
    outcome = armsym("prove", sleepy, "--binary", tiny, "--budget", "3")
    assert time.monotonic() - start < 20
    assert outcome.status == 1
    assert "TIMEOUT" in outcome.out
    assert "the budget of 3 s was used up" in outcome.out
    assert not _runs(int(pid_file.read_text())), "what the proof has started lives on"


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "its process was killed by SIGKILL"),
        ("os._exit(3)", "its process ended with status 3 and no result"),
        ("raise RuntimeError('no idea')", "internal error: RuntimeError: no idea"),
    ],
)
def test_a_child_that_dies_is_unknown(
    armsym: Armsym, tiny: Path, proof_file: ProofFile, before: str, reason: str
) -> None:
    bad = proof_file("plus_two", before=before, file="bad.py")
    good = proof_file("plus_one", file="good.py")
    outcome = armsym("prove", bad, good, "--binary", tiny)
    assert outcome.status == 1
    assert reason in outcome.out
    assert "1 proved, 0 refuted, 1 unknown" in outcome.out
    assert "Traceback" not in outcome.err


def test_no_proof_is_dropped_for_its_name(
    armsym: Armsym, tiny: Path, proof_file: ProofFile
) -> None:
    one = proof_file("plus_one", file="one.py")
    other = proof_file("plus_one", file="other.py", before="another = True")
    assert "error[ambiguous-proof]" in armsym("prove", one, other, "--binary", tiny).err
    assert armsym("prove", one, one, "--binary", tiny).out.count("PROVED") == 1


def test_what_a_proof_file_prints_is_no_data(
    armsym: Armsym, tiny: Path, proof_file: ProofFile
) -> None:
    noisy = proof_file("plus_one", before="os.system('echo noise'); print('more noise')")
    noisy.write_text(f"{noisy.read_text()}\nprint('noise')\n")
    outcome = armsym("prove", noisy, "--binary", tiny, "--json")
    assert outcome.json["results"][0]["verdict"] == "PROVED"


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("raise ValueError('no')", "bad-spec"),
        ("return []", "bad-spec"),
        ("1 // 0", "bad-spec"),
        ("raise NotImplementedError", "bad-spec"),
        ("assert not words", "bad-spec"),
        ("no_such_name", "bad-spec"),
    ],
)
def test_a_specification_that_cannot_be_used(
    armsym: Armsym, tiny: Path, proof_file: ProofFile, before: str, code: str
) -> None:
    outcome = armsym("prove", proof_file("plus_one", before=before), "--binary", tiny, "--json")
    assert outcome.status == 2
    assert outcome.json["error"]["code"] == code


def test_what_is_proved_before_an_error_is_shown(
    armsym: Armsym, tiny: Path, proof_file: ProofFile
) -> None:
    good = proof_file("plus_one", file="good.py")
    bad = proof_file("plus_two", before="return []", file="bad.py")
    outcome = armsym("prove", good, bad, "--binary", tiny, "--jobs", "1")
    assert outcome.status == 2
    assert "error[bad-spec]" in outcome.err
    assert outcome.out.count("PROVED") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("prove", "sha1024"), "no-such-proof"),
        (("prove", "no_such_file.py"), "no-such-file"),
        (("prove", "sha2", "--binary", "{tiny}"), "missing-symbol"),
        (("prove", "sha2", "--symbol", "plus_one", "--binary", "{tiny}"), "usage"),
        (("prove", "--jobs", "0"), "usage"),
        (("prove", "--budget", "0"), "usage"),
    ],
)
def test_errors(armsym: Armsym, tiny: Path, arguments: tuple[str, ...], code: str) -> None:
    outcome = armsym(*[a.format(tiny=tiny) for a in arguments])
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{code}]: ")
    assert outcome.out == ""


@pytest.mark.parametrize("format_option", [(), ("--json",)])
def test_ctrl_c_shows_what_is_finished_and_leaves_no_process(
    tiny: Path, proof_file: ProofFile, tmp_path: Path, format_option: tuple[str, ...]
) -> None:
    pid_file = tmp_path / "pid"
    before = f"Path({str(pid_file)!r}).write_text(str(os.getpid())); time.sleep(60)"
    fast = proof_file("plus_one", file="fast.py")
    sleepy = proof_file("plus_two", before=before, file="sleepy.py")
    arguments = command("prove", fast, sleepy, "--binary", tiny, "--jobs", 1, *format_option)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        child = _pid_written(pid_file)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    if format_option:
        assert [r["name"] for r in json.loads(out)["results"]] == ["plus_one"]
    else:
        assert out.splitlines()[-1] == b"1 proved, 0 refuted"
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_children_do_not_outlive_a_killed_parent(
    tiny: Path, proof_file: ProofFile, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    before = f"Path({str(pid_file)!r}).write_text(str(os.getpid())); time.sleep(60)"
    arguments = command("prove", proof_file("plus_one", before=before), "--binary", tiny)
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
        child = _pid_written(pid_file)
        process.kill()
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.05)
    pytest.fail("the child lives on")


def _pid_written(file: Path) -> int:
    for _ in range(400):
        if file.exists() and file.read_text():
            return int(file.read_text())
        time.sleep(0.05)
    pytest.fail("the child has not come to its specification")


def _runs(pid: int) -> bool:
    """Whether a process exists and is no zombie, which a container may fail to reap."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
