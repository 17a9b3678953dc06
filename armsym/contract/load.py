"""Proof files: loaded by path, never by importing a package that happens to be named `proofs`."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import sys
from pathlib import Path

import armsym
from armsym.contract.language import Proof
from armsym.errors import ArmsymError


def own_proof_files() -> list[Path]:
    """The proof files that come with armsym."""
    return sorted((Path(armsym.__file__).parent.parent / "proofs").glob("*.py"))


def own_proofs() -> list[Proof]:
    """The proofs that come with armsym."""
    return [proof for file in own_proof_files() for proof in load(file)]


def load(path: Path) -> list[Proof]:
    """The proofs that a file declares.  Raises ArmsymError `no-such-file`, `bad-proof-file`."""
    if not path.is_file():
        raise ArmsymError("no-such-file", f"{path}: no such proof file")
    try:
        contents = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise ArmsymError("unreadable-file", f"{path}: {error.strerror}") from error
    # Statements name a file's functions: they are to be the same wherever the file lies.
    spec = importlib.util.spec_from_file_location(f"proof_file_{contents}", path)
    if spec is None or spec.loader is None:
        raise ArmsymError("bad-proof-file", f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what a proof file prints is no data
            spec.loader.exec_module(module)
    except ArmsymError:
        raise
    except (Exception, SystemExit) as error:  # whatever a user's file raises is the file's fault
        raise ArmsymError("bad-proof-file", f"{path}: {type(error).__name__}: {error}") from error
    declared = [v for v in vars(module).values() if isinstance(v, tuple)]
    proofs = [p for group in declared for p in group if isinstance(p, Proof)]
    if not proofs:
        raise ArmsymError(
            "bad-proof-file", f"{path}: declares no contract", "decorate a function with @contract"
        )
    return proofs
