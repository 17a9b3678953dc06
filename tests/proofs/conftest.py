"""The pinned library, and the proofs of its routines, each run once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from armsym.binary.image import Image
from armsym.contract.find import find
from armsym.prove.prover import prove
from armsym.prove.result import Result


@pytest.fixture(scope="session")
def proved(aws_lc: Image) -> Callable[[str], Result]:
    """The result of one of armsym's own proofs."""

    @cache
    def result(name: str) -> Result:
        (proof,) = find([name])
        return prove(proof, aws_lc, proof.symbol)

    return result
