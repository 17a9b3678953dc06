"""Proofs by the names that a user gives."""

from __future__ import annotations

import difflib
from pathlib import Path

from armsym.contract.language import Proof
from armsym.contract.load import load, own_proof_files, own_proofs
from armsym.errors import ArmsymError


def find(names: list[str]) -> list[Proof]:
    """The proofs that these names mean, each once; all of armsym's own if there are none.

    A name is a proof, a family (the name of one of armsym's proof files, or a prefix of a proof's
    name up to an underscore), or the path of a proof file.  Raises ArmsymError `no-such-proof`,
    `ambiguous-proof`, and what `load` raises.
    """
    if not names:
        return own_proofs()
    found: dict[str, Proof] = {}
    for proof in [proof for name in names for proof in _named(name)]:
        known = found.setdefault(proof.name, proof)
        if known.state.__module__ != proof.state.__module__:
            raise ArmsymError("ambiguous-proof", f"two proof files declare {proof.name}")
    return list(found.values())


def _named(name: str) -> list[Proof]:
    if name.endswith(".py"):
        return load(Path(name))
    for file in own_proof_files():
        if file.stem == name:
            return load(file)
    own = own_proofs()
    exact = [p for p in own if p.name == name]
    matching = exact or [p for p in own if p.name.startswith(f"{name}_")]
    if not matching:
        near = difflib.get_close_matches(name, [p.name for p in own])
        raise ArmsymError(
            "no-such-proof",
            f"no proof or family is named {name}",
            f"did you mean {near[0]}?" if near else "a path to a proof file ends in .py",
        )
    return matching
