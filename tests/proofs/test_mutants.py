"""Random mutants of the SHA-2 block functions are refuted, hardly ever left open, never proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest

from armsym.binary.image import Image
from armsym.contract.find import find
from armsym.prove.mutate import mutants
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict

ROUTINES = [
    f"sha{size}_block_data_order_{version}" for size in (256, 512) for version in ("hw", "nohw")
]
SEED = 1
CHUNK = 20
CHUNKS = 2

Proved = Callable[[str], Result]


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("routine", ROUTINES)
def test_no_mutant_proves(proved: Proved, aws_lc: Image, routine: str, chunk: int) -> None:
    certificate = proved(routine).certificate
    assert certificate is not None
    (proof,) = find([routine])
    verdicts: Counter[Verdict] = Counter()
    for mutant in islice(mutants(certificate.code, SEED), chunk * CHUNK, (chunk + 1) * CHUNK):
        result = prove(proof, mutant.apply(aws_lc), routine, solver_seconds=1.0)
        verdicts[result.verdict] += 1
        assert result.verdict is not Verdict.PROVED, mutant
        if result.verdict is Verdict.REFUTED:
            assert result.counterexample is not None
        else:
            assert result.reason
    assert verdicts[Verdict.REFUTED] >= 0.9 * CHUNK, verdicts
