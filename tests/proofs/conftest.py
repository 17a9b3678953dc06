"""The pinned library, and the proofs of its routines, each run once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from armsym.binary.image import Image
from armsym.binary.open import open_image
from armsym.contract.find import find
from armsym.errors import ArmsymError
from armsym.prove.prover import prove
from armsym.prove.result import Result


@pytest.fixture(scope="session")
def aws_lc() -> Image:
    """The pinned library; skips where it is neither cached nor to be had."""
    try:
        return open_image("aws-lc")
    except ArmsymError as error:
        pytest.skip(f"no aws-lc: {error.message}")


@pytest.fixture(scope="session")
def proved(aws_lc: Image) -> Callable[[str], Result]:
    """The result of one of armsym's own proofs."""

    @cache
    def result(name: str) -> Result:
        (proof,) = find([name])
        return prove(proof, aws_lc, proof.symbol)

    return result
