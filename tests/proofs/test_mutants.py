"""Random mutants: refuted, hardly ever left open, and proved only where they fulfil the contract.

Those of the hashes' block functions never do; of AES some do, by a load of 8 elements for one of 4.
say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest

from armsym.binary.image import Image
from armsym.contract.find import find
from armsym.prove.mutate import mutants
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict

# How many chunks of so many mutants are tried of each routine.
CHUNK = 20
CHUNKS = {
    "md5_block_asm_data_order": 1,
    "sha1_block_data_order_hw": 1,
    "sha1_block_data_order_nohw": 1,
    "sha256_block_data_order_hw": 2,
    "sha256_block_data_order_nohw": 2,
    "sha512_block_data_order_hw": 2,
    "sha512_block_data_order_nohw": 2,
}
# How many mutants are tried of routines some of whose mutants do what the contract says.
TRIED = {"aes_hw_encrypt_128": 10, "aes_hw_set_encrypt_key_128": 8}
CALLS = 50
SEED = 1

AES = [
    "aes_hw_set_encrypt_key_128",
    "aes_hw_set_decrypt_key_128",
    "aes_hw_encrypt_128",
    "aes_hw_decrypt_128",
]
AES_MUTANTS = 10
CALLS = 100

Proved = Callable[[str], Result]


@pytest.mark.parametrize(
    ("routine", "chunk"), [(name, chunk) for name, n in CHUNKS.items() for chunk in range(n)]
)
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


@pytest.mark.parametrize("name", TRIED)
def test_a_mutant_that_proves_withstands_the_emulator(
    proved: Proved, aws_lc: Image, name: str
) -> None:
    certificate = proved(name).certificate
    assert certificate is not None
    (proof,) = find([name])
    verdicts: Counter[Verdict] = Counter()
    for mutant in islice(mutants(certificate.code, SEED), TRIED[name]):
        image = mutant.apply(aws_lc)
        result = prove(proof, image, proof.symbol, solver_seconds=1.0)
        verdicts[result.verdict] += 1
        if result.verdict is Verdict.PROVED:
            refuter = Refuter(proof.contract(), image, image.symbol(proof.symbol).address)
            assert refuter.search(CALLS, CALLS) is None, mutant
    assert verdicts[Verdict.REFUTED] >= 0.7 * TRIED[name], verdicts
