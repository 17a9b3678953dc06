"""Hashes of the sources that a theorem depends on, to tell which version made a certificate."""

from __future__ import annotations

import hashlib
from pathlib import Path

import armsym

# Files and folders, by what they are: all that shows a theorem, and nothing that only finds one.
TRUSTED = {
    "kernel": (
        "armsym/bv/builder.py",
        "armsym/bv/evaluate.py",
        "armsym/bv/term.py",
        "armsym/kernel",
    ),
    "replay": (
        "armsym/bv/data.py",
        "armsym/check/certificate.py",
        "armsym/check/cuts.py",
        "armsym/check/evidence.py",
        "armsym/check/invariants.py",
        "armsym/check/refutations.py",
        "armsym/check/replay.py",
        "armsym/contract/cuts.py",
        "armsym/contract/execution.py",
        "armsym/contract/folding.py",
        "armsym/contract/induction.py",
        "armsym/contract/language.py",
        "armsym/contract/load.py",
        "armsym/contract/statement.py",
        "armsym/errors.py",
        "armsym/machine",
        "armsym/simulate/mapping.py",
        "armsym/simulate/start.py",
        "armsym/simulate/step.py",
    ),
    "image": ("armsym/binary",),
    "isa": ("isa",),
    "crypto_specs": ("armsym/bv/concrete.py", "crypto_specs"),
}


def sources(group: str) -> list[Path]:
    """The installed files of a group."""
    root = Path(armsym.__file__).parent.parent
    places = [root / place for place in TRUSTED[group]]
    return [file for p in places for file in ([p] if p.is_file() else sorted(p.rglob("*.py")))]


def hashes() -> dict[str, str]:
    """SHA-256, in hexadecimal, of each group of installed sources that is trusted."""
    return {group: _hash(sources(group)) for group in TRUSTED}


def _hash(files: list[Path]) -> str:
    root = Path(armsym.__file__).parent.parent
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
