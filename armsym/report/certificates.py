"""Replayed certificates: the theorem, what it is about, what it rests on, what is left to trust."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rich.text import Text

from armsym import limits
from armsym.binary.image import Image
from armsym.check.certificate import Certificate, read
from armsym.check.replay import FOUNDATIONS, Refused, check
from armsym.check.sources import hashes
from armsym.errors import ArmsymError
from armsym.kernel.theorem import Theorem

STYLES = {"ACCEPTED": "bold green", "REFUSED": "bold red", "ERROR": "yellow"}

# What became of a certificate, as JSON has it; `lines` tells it in words.
Document = dict[str, Any]


def checked(
    path: Path,
    image: Image | None,
    spec: Path | None,
    trust: frozenset[str],
    seconds: float,
    memory: int,
) -> Document:
    """One element of what `armsym check --json` prints, about the certificate in a file.

    It is read and replayed in a process that has so many seconds, and bytes of memory: nobody knows
    where a certificate comes from.  `trust` are words that it may rest on.
    """
    try:
        document: Document = limits.call(
            partial(_replayed, path, image, spec, trust), seconds, memory
        )
    except limits.TooCostly as cost:
        hint = "--seconds and --memory allow more"
        document = _failed(path, ArmsymError("certificate-too-costly", f"{path}: {cost}", hint))
    return document


def lines(document: Document) -> Iterator[str | Text]:
    """The replay in words."""
    verdict = document["verdict"]
    yield Text(f"{document['file']}: ").append(verdict, STYLES[verdict])
    if "error" in document:
        yield f"  error[{document['error']['code']}]: {document['error']['message']}"
    if verdict == "ACCEPTED":
        for heading, told in _sections(document):
            yield f"  {heading}"
            yield from [f"    {_printable(line)}" for line in told]
    if changed := document.get("changed_sources"):
        yield _printable(f"  made with other sources than are installed: {', '.join(changed)}")


def error(document: Document) -> ArmsymError | None:
    """Why the certificate could not be replayed at all, if it could not."""
    return ArmsymError(**document["error"]) if document["verdict"] == "ERROR" else None


def _replayed(
    path: Path, image: Image | None, spec: Path | None, trust: frozenset[str]
) -> Document:
    """The document; in a process that does nothing else, and ends soon."""
    gc.disable()  # a replay makes many small objects and hardly any garbage: this halves its time
    certificate = None
    try:
        certificate = read(path)
        theorem = check(certificate, image, spec, trust)
        document = {"file": str(path), "verdict": "ACCEPTED", **_found(certificate, theorem, image)}
    except ArmsymError as error:
        document = _failed(path, error)
    if certificate is not None:
        document["changed_sources"] = _changed(certificate.sources, hashes())
    return document


def _failed(path: Path, error: ArmsymError) -> Document:
    """REFUSED, or ERROR for what could not be replayed at all."""
    return {
        "file": str(path),
        "verdict": "REFUSED" if isinstance(error, Refused) else "ERROR",
        "error": {"code": error.code, "message": _printable(error.message), "hint": error.hint},
    }


def _printable(text: str) -> str:
    """The text, in which what a terminal might obey is spelled out: names may be anybody's."""
    return "".join([c if c.isprintable() else repr(c)[1:-1] for c in text])


def _found(certificate: Certificate, theorem: Theorem, image: Image | None) -> Document:
    """The theorem, and what it is about: a binary, or else the bytes that the certificate holds."""
    return {
        "symbol": certificate.symbol,
        "entry": certificate.entry,
        "statement": certificate.statement,
        "hypotheses": sorted([repr(p) for p in theorem.hypotheses]),
        "rests_on": sorted(theorem.rests_on),
        "trusted": [name for name in FOUNDATIONS if image is not None or name != "ELF loader"],
        "binary": image.path if image else None,
        "binary_sha256": image.sha256 if image else None,
        "proved_binary_sha256": certificate.binary_sha256,
        "code": certificate.code,
        "slots": certificate.slots,
    }


def _changed(made: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """The groups of sources that are not what they were when the certificate was made."""
    return [n for n in sorted({*made, *installed}) if made.get(n) != installed.get(n)]


def _sections(document: Document) -> Iterator[tuple[str, list[str]]]:
    yield "theorem", document["statement"].splitlines()
    yield "hypotheses", document["hypotheses"] or ["none but what the theorem gives"]
    yield "about", list(_subject(document))
    yield "rests on", document["rests_on"] or ["nobody's word"]
    yield "left to trust", [", ".join(document["trusted"])]


def _subject(document: Document) -> Iterator[str]:
    """Which bytes the theorem is about."""
    place, binary = f"{document['symbol']} at {document['entry']:#x}", document["binary"]
    if binary is None:
        yield f"{place}, in the bytes that the certificate holds; no binary was compared with them"
    else:
        yield f"{place} in {binary}, SHA-256 {document['binary_sha256']}"
        if document["binary_sha256"] != document["proved_binary_sha256"]:
            yield f"proved in another file, SHA-256 {document['proved_binary_sha256']}"
    for address, data, executed in document["code"]:
        piece = bytes.fromhex(data)
        kind = "code" if executed else "constants"
        digest = hashlib.sha256(piece).hexdigest()
        yield f"{address:#x}: {len(piece):,} bytes of {kind}, SHA-256 {digest}"
    for address, symbol, addend in document["slots"]:
        yield f"{address:#x}: the address {addend:#x} of {symbol or 'the image'}"
