"""Hashes of the sources that a theorem depends on, to tell which version made a certificate."""

from __future__ import annotations

import hashlib
from pathlib import Path

import armsym

TRUSTED = {
    "kernel": ("armsym/kernel", "armsym/check", "armsym/bv", "armsym/machine", "armsym/simulate"),
    "contract": ("armsym/contract", "armsym/binary"),
    "isa": ("isa",),
    "crypto_specs": ("crypto_specs",),
}


def hashes() -> dict[str, str]:
    """SHA-256, in hexadecimal, of each group of installed sources that is trusted."""
    root = Path(armsym.__file__).parent.parent
    return {name: _hash(root, folders) for name, folders in TRUSTED.items()}


def _hash(root: Path, folders: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
