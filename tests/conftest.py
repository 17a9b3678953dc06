"""What tests of all rooms share."""

from __future__ import annotations

import gc

import pytest

from armsym.binary.image import Image
from armsym.binary.open import open_image
from armsym.errors import ArmsymError

gc.set_threshold(100_000, 50, 50)  # as where proofs run side by side: terms are many, and live


@pytest.fixture(scope="session")
def aws_lc() -> Image:
    """The pinned library; skips where it is neither cached nor to be had."""
    try:
        return open_image("aws-lc")
    except ArmsymError as error:
        if error.code != "fetch-failed":
            raise
        pytest.skip(f"aws-lc can't be fetched: {error.message}")
