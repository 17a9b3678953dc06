"""check, prove --certificate and --unchecked: what is written, replayed, refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from armsym.check.certificate import read
from tests.cli.support import Armsym, Outcome

ProofFile = Callable[..., Path]


@pytest.fixture
def proof(proof_file: ProofFile) -> Path:
    return proof_file("plus_one")


@pytest.fixture
def certificate(armsym: Armsym, tiny: Path, proof: Path, tmp_path: Path) -> Path:
    """The certificate of the tiny object's routine."""
    folder = tmp_path / "new" / "folder"
    proved = armsym("prove", proof, "--binary", tiny, "--certificate", folder)
    assert proved.status == 0
    assert [path.name for path in folder.iterdir()] == ["plus_one.cert"]
    return folder / "plus_one.cert"


@pytest.fixture
def check(armsym: Armsym, proof: Path) -> Callable[..., Outcome]:
    return lambda *arguments: armsym("check", *arguments, "--spec", proof)


def test_accepted_with_the_binary_and_without(
    check: Callable[..., Outcome], certificate: Path, tiny: Path
) -> None:
    compared = check(certificate, "--binary", tiny)
    assert compared.status == 0
    first, *told = compared.out.splitlines()
    assert first == f"{certificate}: ACCEPTED"
    assert [line.strip() for line in told if line[2] != " "] == [
        "theorem",
        "hypotheses",
        "about",
        "rests on",
        "left to trust",
    ]
    assert "    routine plus_one" in told
    assert told[-1] == "    kernel, isa, crypto_specs, ELF loader, Python"
    alone = check(certificate)
    assert alone.status == 0
    assert "no binary was compared" in alone.out
    assert "ELF loader" not in alone.out


def test_json(check: Callable[..., Outcome], certificate: Path, tiny: Path) -> None:
    document = check(certificate, "--binary", tiny, "--json").json
    assert document["schema"] == 1
    (result,) = document["results"]
    assert (result["verdict"], result["symbol"], result["rests_on"]) == ("ACCEPTED", "plus_one", [])
    assert result["statement"] == read(certificate).statement
    assert result["binary_sha256"] == result["proved_binary_sha256"]
    assert [code[0] for code in result["code"]] == [result["entry"]]
    assert result["changed_sources"] == []


def test_another_binary_is_refused(
    check: Callable[..., Outcome], certificate: Path, tiny: Path
) -> None:
    data = tiny.read_bytes()
    changed = tiny.with_name("changed.o")
    changed.write_bytes(data.replace(b"\x42\x04\x00\x91", b"\x42\x08\x00\x91", 1))
    outcome = check(certificate, "--binary", changed)
    assert outcome.status == 1
    assert outcome.out.splitlines()[0] == f"{certificate}: REFUSED"
    assert "error[certificate-refused]: " in outcome.out
    (result,) = check(certificate, "--binary", changed, "--json").json["results"]
    assert result["error"]["code"] == "certificate-refused"
    assert "statement" not in result


def test_other_sources_are_named(check: Callable[..., Outcome], certificate: Path) -> None:
    made = read(certificate)
    older = replace(made, sources={**made.sources, "isa": "0" * 64})
    certificate.write_bytes(older.to_bytes())
    outcome = check(certificate)
    assert outcome.status == 0
    assert outcome.out.splitlines()[-1].endswith("other sources than are installed: isa")


def test_the_contract_must_be_had(armsym: Armsym, certificate: Path) -> None:
    outcome = armsym("check", certificate)
    assert outcome.status == 1
    assert "no contract is called plus_one" in outcome.out


def test_what_cannot_be_read_does_not_hide_the_rest(
    check: Callable[..., Outcome], certificate: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.cert"
    bad.write_bytes(b"no certificate")
    outcome = check(bad, tmp_path / "none", certificate)
    assert outcome.status == 2
    assert outcome.out.count("ERROR") == 2
    assert "plus_one.cert: ACCEPTED" in outcome.out
    assert [line.partition(":")[0] for line in outcome.err.splitlines()] == [
        "error[bad-certificate]",
        "error[unreadable-file]",
    ]


def test_no_prover_normaliser_or_solver_takes_part(certificate: Path, proof: Path) -> None:
    program = (
        "import sys\n"
        "for name in ('armsym.bv.normal', 'armsym.prove', 'armsym.oracle', 'armsym.conform',"
        " 'z3', 'unicorn', 'pysat'):\n"
        "    sys.modules[name] = None\n"
        "from armsym.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, "check", str(certificate), "--spec", str(proof)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"][0]["verdict"] == "ACCEPTED"


def test_unchecked_is_no_success(armsym: Armsym, tiny: Path, proof: Path, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    call = ("prove", proof, "--binary", tiny, "--unchecked", "--certificate", folder)
    outcome = armsym(*call)
    assert outcome.status == 1
    assert outcome.out.splitlines()[-1] == "0 proved, 0 refuted, 1 unchecked"
    (result,) = armsym(*call, "--json").json["results"]
    assert {result["verdict"], *result["properties"].values()} == {"UNCHECKED"}
    assert not folder.exists()


def test_a_certificate_is_written_whole_or_not_at_all(
    armsym: Armsym, tiny: Path, proof: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "plus_one.cert"
    taken.mkdir()
    outcome = armsym("prove", proof, "--binary", tiny, "--certificate", tmp_path)
    assert outcome.status == 2
    assert outcome.err.splitlines()[-1].startswith("error[")
    assert list(tmp_path.glob(".*")) == []


def test_the_certificates_of_sha2(armsym: Armsym, aws_lc: str, tmp_path: Path) -> None:
    assert armsym("prove", "sha256", "--certificate", tmp_path, "--quiet").status == 0
    files = sorted(tmp_path.glob("*.cert"))
    assert len(files) == 2
    outcome = armsym("check", *files, "--binary", aws_lc)
    assert outcome.status == 0
    assert outcome.out.count(": ACCEPTED") == 2


def test_names_stay_in_their_folder(armsym: Armsym, tiny: Path, proof: Path) -> None:
    odd = proof.with_name("odd.py")
    odd.write_text(proof.read_text().replace("'plus_one'", "'../plus one'"))
    folder = proof.parent / "deep"
    call = ("prove", odd, "--binary", tiny, "--symbol", "plus_one", "--certificate", folder)
    assert armsym(*call).status == 0
    assert [path.name for path in folder.iterdir()] == ["..%2Fplus%20one.cert"]
