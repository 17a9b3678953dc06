"""export: goals, lemmas and laws that other solvers can try; z3 is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from armsym.audit.export import laws
from armsym.prove.export import smtlib_script
from tests.cli.support import Armsym
from tests.smt import answers

ProofFile = Callable[..., Path]


@pytest.mark.parametrize("form", [(), ("--normalised",)])
@pytest.mark.parametrize(("symbol", "first"), [("plus_one", "unsat"), ("plus_two", "sat")])
def test_z3_agrees_on_the_goals(
    armsym: Armsym,
    tiny: Path,
    proof_file: ProofFile,
    tmp_path: Path,
    form: tuple[str, ...],
    symbol: str,
    first: str,
) -> None:
    call = ("export", proof_file("plus_one"), "--binary", tiny, "--symbol", symbol, *form, "-q")
    printed = armsym(*call, "--smtlib", "-")
    assert printed.status == 0
    found = answers(printed.out)
    assert found[0] == first
    assert set(found[1:]) == {"unsat"}
    written = armsym(*call, "--smtlib", tmp_path / "goals", "--json").json["files"]
    assert [answers(Path(file).read_text()) for file in written] == [[v] for v in found]
    assert Path(written[0]).name == "plus_one-goal-0-functional-out[0].smt2"


def test_goals_are_as_spelled_unless_normalised(
    armsym: Armsym, tiny: Path, proof_file: ProofFile
) -> None:
    call = ("export", proof_file("plus_one"), "--binary", tiny, "--smtlib", "-")
    assert "bvadd" in armsym(*call).out
    first = armsym(*call, "--normalised").out.partition("(check-sat)")[0]
    left, right = first.split("(not (= ")[1].split(")")[0].split()
    assert left == right


def test_branches_are_decided_as_in_a_proof(armsym: Armsym, aws_lc: str) -> None:
    routine = "sha512_block_data_order_nohw"  # whose loop compares pointers
    printed = armsym("export", routine, "--binary", aws_lc, "--smtlib", "-", "-q")
    assert printed.status == 0
    assert printed.out.count("(check-sat)") == 69 + 8 + 12 + 8  # the invariant has 69 cells
    assert "bvadd" in printed.out


def test_lean(armsym: Armsym, tiny: Path, proof_file: ProofFile, tmp_path: Path) -> None:
    call = ("export", proof_file("plus_one"), "--binary", tiny, "--lean")
    printed = armsym(*call, "-")
    assert printed.out.startswith(
        "import Std.Tactic.BVDecide\n\ntheorem «goal 0 functional out[0]»"
    )
    assert printed.out.count(":= by bv_decide") == 1 + 12 + 8
    listed = armsym(*call, tmp_path)
    assert listed.out == f"{tmp_path / 'plus_one.lean'}\n"
    assert (tmp_path / "plus_one.lean").read_text() == printed.out


def test_large_goals_are_left_out_of_lean(armsym: Armsym, aws_lc: str) -> None:
    printed = armsym("export", "sha256_block_data_order_hw", "--lean", "-", "-q")
    assert printed.out.count(": left out, it has ") == 2 + 8  # the state, in the loop and after
    assert printed.out.count("bv_decide\n") == printed.out.count("theorem «goal ") > 60


def test_z3_agrees_on_the_laws() -> None:
    small = [claim for claim in laws() if claim.left.width <= 16]
    assert len(small) > 100
    assert set(answers(smtlib_script(small))) == {"unsat"}


def test_laws_are_exported_by_name(armsym: Armsym) -> None:
    assert armsym("export", "rules", "--lean", "-").out.count("theorem") == len(list(laws()))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("sha2",), "usage"),
        (("sha2", "--smtlib", "-"), "usage"),
        (("sha2", "--smtlib", "-", "--lean", "-"), "usage"),
        (("no_such_proof", "--smtlib", "-"), "no-such-proof"),
    ],
)
def test_errors(armsym: Armsym, arguments: tuple[str, ...], code: str) -> None:
    outcome = armsym("export", *arguments)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{code}]: ")


def test_a_run_that_does_not_return(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    call = ("export", proof_file("plus_one"), "--binary", tiny, "--symbol", "floats")
    outcome = armsym(*call, "--smtlib", "-")
    assert outcome.status == 2
    assert outcome.err.startswith("error[unfinished-run]: ")
