"""Proof files are loaded by path; a broken one is an error in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from armsym.contract.find import find
from armsym.contract.load import load, own_proof_files
from armsym.errors import ArmsymError

GOOD = """
from armsym.contract import contract

@contract({name!r})
def states(c):
    out = c.buffer("out", elements=1, width=8, access="rw")
    c.ensures(out, list, out)
"""


def proof_file(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    (proof,) = load(proof_file(tmp_path, GOOD.format(name="mine")))
    assert proof.name == "mine"
    assert proof.contract().name == "mine"


def test_files_of_one_name_do_not_mix(tmp_path: Path) -> None:
    names = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (proof,) = load(proof_file(tmp_path / folder, GOOD.format(name=folder)))
        names.append(proof.name)
    assert names == ["a", "b"]


def test_all_names_of_a_family_or_prefix() -> None:
    names = {proof.name for proof in find([])}
    assert {proof.name for proof in find(["sha2"])} <= names
    assert [p.name for p in find(["sha512_block"])] == [
        "sha512_block_data_order_hw",
        "sha512_block_data_order_nohw",
    ]
    assert [p.name for p in find(["sha512", "sha512_block_data_order_hw"])] == [
        p.name for p in find(["sha512"])
    ]


def test_a_folder_named_proofs_does_not_collide(tmp_path: Path) -> None:
    """Python would import it rather than armsym's own: the current directory comes first."""
    (tmp_path / "proofs").mkdir()
    for file in ("__init__.py", "sha2.py"):
        proof_file(tmp_path / "proofs", "raise SystemExit('the wrong folder')", file)
    script = "from armsym.contract.find import find; print(*[p.name for p in find(['sha256'])])"
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["sha256_block_data_order_hw", "sha256_block_data_order_nohw"]


def test_what_a_proof_file_prints_is_no_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(proof_file(tmp_path, "print('hello')" + GOOD.format(name="noisy")))
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "hello\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def (", "SyntaxError: "),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("x = 1", "declares no contract"),
        ("\0", ": "),
    ],
)
def test_broken_files(tmp_path: Path, text: str, message: str) -> None:
    path = proof_file(tmp_path, text)
    with pytest.raises(ArmsymError) as error:
        load(path)
    assert error.value.code == "bad-proof-file"
    assert error.value.message.startswith(f"{path}: ")
    assert message in error.value.message


@pytest.mark.parametrize("path", ["none.py", "."])
def test_no_such_file(tmp_path: Path, path: str) -> None:
    with pytest.raises(ArmsymError) as error:
        load(tmp_path / path)
    assert error.value.code == "no-such-file"


def test_no_such_proof_has_a_suggestion() -> None:
    with pytest.raises(ArmsymError) as error:
        find(["sha512_block_data_order_hv"])
    assert error.value.code == "no-such-proof"
    assert error.value.hint == "did you mean sha512_block_data_order_hw?"


def test_two_files_that_declare_one_name_are_ambiguous(tmp_path: Path) -> None:
    good = GOOD.format(name="mine")
    files = {"a.py": good, "b.py": f"{good}\n# another\n", "copy.py": good}
    paths = [str(proof_file(tmp_path, text, name)) for name, text in files.items()]
    with pytest.raises(ArmsymError) as error:
        find(paths)
    assert error.value.code == "ambiguous-proof"
    assert [proof.name for proof in find([paths[0], paths[2]])] == ["mine"]


def test_every_proof_that_comes_with_armsym_states_a_contract() -> None:
    assert own_proof_files()
    for proof in find([]):
        contract = proof.contract()
        assert contract.ensured or contract.returned or contract.idle
