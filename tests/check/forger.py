"""Who changes a certificate finds the refutations that the run then asks for, if there are any."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from armsym.binary.image import Image
from armsym.check import replay
from armsym.check.certificate import Certificate
from armsym.errors import ArmsymError
from armsym.prove.certify import NotingSearch
from armsym.prove.elimination import Elimination


def refuted_anew(
    certificate: Certificate, image: Image | None = None, spec: Path | None = None
) -> Certificate:
    """The certificate with the refutations that its own check, as far as it comes, asks for."""
    search = NotingSearch(Elimination())
    with pytest.MonkeyPatch.context() as patch, suppress(ArmsymError):
        patch.setattr(replay, "Recorded", lambda _: search)
        replay.check(certificate, image, spec)
    return replace(certificate, refutations=search.found)
