"""Random mutants: refuted, hardly ever left open, and proved only where they fulfil the contract.

Some do: an operand of an addition is swapped for the other, or a count never reaches the bits that
an instruction sees more or less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice

import pytest

from armsym.binary.image import Image
from armsym.contract.find import find
from armsym.prove.mutate import mutants
from armsym.prove.mutation import same_effect
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict

# How many mutants are tried of each routine.
TRIED = {
    "aes_hw_encrypt_128": 10,
    "aes_hw_set_encrypt_key_128": 8,
    "gcm_ghash_neon": 8,
    "gcm_gmult_v8": 10,
    "md5_block_asm_data_order": 20,
    "sha1_block_data_order_hw": 20,
    "sha1_block_data_order_nohw": 20,
    "sha256_block_data_order_hw": 20,
    "sha256_block_data_order_nohw": 20,
    "sha512_block_data_order_hw": 20,
    "sha512_block_data_order_nohw": 20,
    "sha3_keccak_f1600_alt": 8,
}
CALLS = 50
SEED = 1

Proved = Callable[[str], Result]


@pytest.mark.parametrize("name", TRIED)
def test_a_mutant_that_proves_fulfils_the_contract(
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
        if result.verdict is Verdict.REFUTED:
            assert result.counterexample is not None
        elif result.verdict is not Verdict.PROVED:
            assert result.reason
        elif mutant.kind == "constant" or not same_effect(mutant.old, mutant.new):
            refuter = Refuter(proof.contract(), image, image.symbol(proof.symbol).address)
            assert refuter.search(CALLS, CALLS) is None, mutant
    assert verdicts[Verdict.REFUTED] >= 0.7 * TRIED[name], verdicts
