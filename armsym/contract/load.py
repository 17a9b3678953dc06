"""Proof files: loaded by path, never by importing a package that happens to be named `proofs`."""

from __future__ import annotations

import contextlib
import difflib
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


def find(names: list[str]) -> list[Proof]:
    """The proofs that these names mean, each once; all of armsym's own if there are none.

    A name is a proof, a family (the name of one of armsym's proof files, or a prefix of a proof's
    name up to an underscore), or the path of a proof file.  Raises ArmsymError `no-such-proof`,
    `ambiguous-proof`, and what `load` raises.
    """
    if not names:
        return [proof for file in own_proof_files() for proof in load(file)]
    found: dict[str, Proof] = {}
    for proof in [proof for name in names for proof in _named(name)]:
        known = found.setdefault(proof.name, proof)
        if known.state.__module__ != proof.state.__module__:
            raise ArmsymError("ambiguous-proof", f"two proof files declare {proof.name}")
    return list(found.values())


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
    except Exception as error:  # whatever a user's file raises is the file's fault
        raise ArmsymError("bad-proof-file", f"{path}: {type(error).__name__}: {error}") from error
    declared = [v for v in vars(module).values() if isinstance(v, tuple)]
    proofs = [p for group in declared for p in group if isinstance(p, Proof)]
    if not proofs:
        raise ArmsymError(
            "bad-proof-file", f"{path}: declares no contract", "decorate a function with @contract"
        )
    return proofs


def _named(name: str) -> list[Proof]:
    if name.endswith(".py"):
        return load(Path(name))
    for file in own_proof_files():
        if file.stem == name:
            return load(file)
    own = find([])
    matching = [p for p in own if p.name == name or p.name.startswith(f"{name}_")]
    if not matching:
        near = difflib.get_close_matches(name, [p.name for p in own])
        raise ArmsymError(
            "no-such-proof",
            f"no proof or family is named {name}",
            f"did you mean {near[0]}?" if near else "a path to a proof file ends in .py",
        )
    return matching
