"""Replayed certificates: the theorem, what it is about, what it rests on, what is left to trust."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from armsym.binary.image import Image
from armsym.check.certificate import Certificate, read
from armsym.check.replay import FOUNDATIONS, Refused, check
from armsym.errors import ArmsymError
from armsym.kernel.theorem import Theorem

STYLES = {"ACCEPTED": "bold green", "REFUSED": "bold red", "ERROR": "yellow"}


@dataclass(frozen=True)
class Checked:
    """What became of one certificate: its theorem, or the error that stood in the way.

    `image` is the binary that was compared with it, if there was one.
    """

    path: Path
    image: Image | None
    certificate: Certificate | None = None
    theorem: Theorem | None = None
    error: ArmsymError | None = None

    @property
    def verdict(self) -> str:
        """ACCEPTED, REFUSED, or ERROR where it could not be replayed at all."""
        if self.theorem is not None:
            return "ACCEPTED"
        return "REFUSED" if isinstance(self.error, Refused) else "ERROR"

    @property
    def trusted(self) -> list[str]:
        """What the theorem takes for granted; without a binary, no loader."""
        return [name for name in FOUNDATIONS if self.image is not None or name != "ELF loader"]


def checked(
    path: Path,
    image: Image | None,
    spec: Path | None,
    trust: frozenset[str] = frozenset(),
) -> Checked:
    """Reads and replays the certificate in a file; `trust` are words that it may rest on."""
    certificate = None
    try:
        certificate = read(path)
        return Checked(path, image, certificate, check(certificate, image, spec, trust))
    except ArmsymError as error:
        return Checked(path, image, certificate, error=error)


def lines(result: Checked, sources: Mapping[str, str]) -> Iterator[str | Text]:
    """The replay in words; `sources` are the hashes of what is installed."""
    yield Text(f"{result.path}: ").append(result.verdict, STYLES[result.verdict])
    if result.error is not None:
        yield f"  error[{result.error.code}]: {result.error.message}"
    if result.certificate is not None and result.theorem is not None:
        for heading, told in _sections(result, result.certificate, result.theorem):
            yield f"  {heading}"
            yield from [f"    {line}" for line in told]
    if result.certificate is not None and (changed := differing(result.certificate, sources)):
        yield f"  made with other sources than are installed: {', '.join(changed)}"


def document(result: Checked, sources: Mapping[str, str]) -> dict[str, Any]:
    """One element of what `armsym check --json` prints; `code` is what the theorem is about."""
    error, certificate = result.error, result.certificate
    fields: dict[str, Any] = {"file": str(result.path), "verdict": result.verdict}
    if error is not None:
        fields["error"] = {"code": error.code, "message": error.message, "hint": error.hint}
    if certificate is not None:
        fields["changed_sources"] = differing(certificate, sources)
    if certificate is not None and result.theorem is not None:
        fields |= {
            "symbol": certificate.symbol,
            "entry": certificate.entry,
            "statement": certificate.statement,
            "hypotheses": _hypotheses(result.theorem),
            "rests_on": sorted(result.theorem.rests_on),
            "trusted": result.trusted,
            "binary": result.image.path if result.image else None,
            "binary_sha256": result.image.sha256 if result.image else None,
            "proved_binary_sha256": certificate.binary_sha256,
            "code": certificate.code,
            "slots": certificate.slots,
        }
    return fields


def differing(certificate: Certificate, sources: Mapping[str, str]) -> list[str]:
    """The groups of sources that are not what they were when the certificate was made."""
    names = sorted(set(certificate.sources) | set(sources))
    return [name for name in names if certificate.sources.get(name) != sources.get(name)]


def _sections(
    result: Checked, certificate: Certificate, theorem: Theorem
) -> Iterator[tuple[str, list[str]]]:
    yield "theorem", certificate.statement.splitlines()
    yield "hypotheses", _hypotheses(theorem) or ["none but what the theorem gives"]
    yield "about", list(_subject(result.image, certificate))
    yield "rests on", sorted(theorem.rests_on) or ["nobody's word"]
    yield "left to trust", [", ".join(result.trusted)]


def _hypotheses(theorem: Theorem) -> list[str]:
    return sorted([repr(p) for p in theorem.hypotheses])


def _subject(image: Image | None, certificate: Certificate) -> Iterator[str]:
    """Which bytes the theorem is about."""
    place = f"{certificate.symbol} at {certificate.entry:#x}"
    if image is None:
        yield f"{place}, in the bytes that the certificate holds; no binary was compared with them"
    else:
        yield f"{place} in {image.path}, SHA-256 {image.sha256}"
        if image.sha256 != certificate.binary_sha256:
            yield f"proved in another file, SHA-256 {certificate.binary_sha256}"
    for address, data, executed in certificate.code:
        piece = bytes.fromhex(data)
        kind = "code" if executed else "constants"
        digest = hashlib.sha256(piece).hexdigest()
        yield f"{address:#x}: {len(piece):,} bytes of {kind}, SHA-256 {digest}"
    for address, symbol, addend in certificate.slots:
        yield f"{address:#x}: the address {addend:#x} of {symbol or 'the image'}"
