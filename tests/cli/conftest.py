"""Fixtures of the command line's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from armsym.cli.main import main
from tests.cli.support import PROOF_FILE, Armsym, Outcome, run_apart, tiny_object


@pytest.fixture
def armsym(capfd: pytest.CaptureFixture[str]) -> Armsym:
    """Runs a command line in this process."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        status = main([str(a) for a in arguments])
        return Outcome(status, *capfd.readouterr())

    return call


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The path of the tiny object."""
    path = tmp_path / "tiny.o"
    path.write_bytes(tiny_object())
    return path


@pytest.fixture
def proof_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a proof file with these names, whose specification first does `before`."""

    def write(*names: str, before: str = "pass", file: str = "my_proof.py") -> Path:
        path = tmp_path / file
        path.write_text(PROOF_FILE.format(names=", ".join(map(repr, names)), before=before))
        return path

    return write


@pytest.fixture(scope="session")
def aws_lc() -> str:
    """The name of the pinned binary; skips where it is neither cached nor to be had."""
    fetched = run_apart("fetch", "--quiet")
    if fetched.status:
        pytest.skip(f"no aws-lc: {fetched.err.splitlines()[0]}")
    return "aws-lc"
