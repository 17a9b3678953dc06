"""Certificates: what a checker needs to show a theorem again, in a small file.

Reading one runs no code and takes bounded time and memory, whatever the file holds.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from armsym.errors import ArmsymError

FORMAT = "armsym-certificate"
VERSION = 3

# No larger certificate is read, in bytes, unpacked; the largest known have a quarter of it.
SIZE_LIMIT = 8 << 20


@dataclass(frozen=True)
class Certificate:
    """A proof, ready to be replayed.

    symbol: the routine's name; entry: its address, relative to the image base.
    binary_sha256: of the file that was proved.
    contract: its name; statement: the theorem in words.
    steps: the number of instructions on all paths.
    loops: those shown by induction (armsym.check.invariants).
    cuts: where paths hold words of the specification (armsym.check.cuts).
    refutations: of inequalities, in the order in which they are asked for
    (armsym.check.refutations).
    code: the constant bytes that the run executed or read, as [address, bytes in hexadecimal,
    whether they were executed]; slots: [address, symbol or null, addend] of loaded addresses.
    operators, nodes: the terms of loops and lemmas (armsym.bv.data).
    lemmas: equations with their evidence; uses: where they are used (armsym.check.evidence).
    sources: hashes of the kernel, isa and the specifications that were used.
    """

    symbol: str
    entry: int
    binary_sha256: str
    contract: str
    statement: str
    steps: int
    loops: list[dict[str, Any]]
    cuts: list[list[Any]]
    refutations: list[Any]
    code: list[list[Any]]
    slots: list[list[Any]]
    operators: list[list[Any]]
    nodes: list[list[Any]]
    lemmas: list[dict[str, Any]]
    uses: list[list[Any]]
    sources: dict[str, str]

    def to_bytes(self) -> bytes:
        """The file's bytes: the same for equal certificates."""
        document = {"format": FORMAT, "version": VERSION, **asdict(self)}
        text = json.dumps(document, separators=(",", ":"), sort_keys=True)
        return gzip.compress(text.encode(), mtime=0)

    @staticmethod
    def from_bytes(data: bytes, name: str = "certificate") -> Certificate:
        """The certificate in a file.  Raises ArmsymError `bad-certificate`."""
        try:
            document = json.loads(_unpack(data))
        except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
            raise _bad(name, f"can't be read: {error}") from error
        if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
            raise _bad(name, "is no certificate of armsym")
        if (version := document.pop("version", None)) != VERSION:
            raise _bad(name, f"has version {version!r:.20}; this armsym reads version {VERSION}")
        wanted = {f.name: f.type for f in fields(Certificate)}
        if set(document) != set(wanted):
            raise _bad(name, f"lacks or adds fields: {sorted(set(document) ^ set(wanted))!r:.80}")
        for field_name, type_name in wanted.items():
            kind = _KINDS[str(type_name).partition("[")[0]]
            if type(document[field_name]) is not kind:
                raise _bad(name, f"has a field {field_name} of another type")
        return Certificate(**document)


_KINDS: dict[str, type] = {"str": str, "int": int, "dict": dict, "list": list}


def read(path: Path) -> Certificate:
    """The certificate in a file.  Raises ArmsymError `bad-certificate`, `unreadable-file`."""
    try:
        with path.open("rb") as file:
            return Certificate.from_bytes(file.read(SIZE_LIMIT + 1), str(path))
    except OSError as error:
        raise ArmsymError("unreadable-file", f"{path}: {error.strerror}") from error


def _unpack(data: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        unpacked = file.read(SIZE_LIMIT + 1)
    if len(unpacked) > SIZE_LIMIT:
        raise ValueError("it is too large")
    return unpacked


def _bad(name: str, what: str) -> ArmsymError:
    return ArmsymError("bad-certificate", f"{name} {what}")
