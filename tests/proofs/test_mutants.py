"""Random mutants: refuted, hardly ever left open, and proved only where they fulfil the contract.

A mutant that proves is a finding: either the changed instruction does the same in every state, as
the kernel shows, or it is listed here with the reason why the routine still does what it should.
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
    "ChaCha20_ctr32_nohw": 8,
    "aes_hw_ctr32_encrypt_blocks_128": 6,
    "aes_hw_decrypt_128": 8,
    "aes_hw_encrypt_128": 10,
    "aes_hw_set_decrypt_key_128": 8,
    "aes_hw_set_encrypt_key_128": 8,
    "gcm_init_neon": 8,
    "gcm_ghash_neon": 8,
    "gcm_gmult_v8": 10,
    "md5_block_asm_data_order": 20,
    "sha1_block_data_order_hw": 20,
    "sha1_block_data_order_nohw": 20,
    "sha256_block_data_order_hw": 40,
    "sha256_block_data_order_nohw": 40,
    "sha512_block_data_order_hw": 40,
    "sha512_block_data_order_nohw": 40,
    "sha3_keccak2_f1600": 8,
    "sha3_keccak_f1600_alt": 8,
    "vpaes_encrypt_128": 8,
    "vpaes_set_encrypt_key_128": 8,
}

# By routine, offset in it, and new word: why it fulfils the contract all the same.
SPILLED = "each turn begins by spilling again what x29 + 0x60 already holds"
FLAGS = "nothing reads the flags that it sets now"
ZEROS = "the upper halves of both registers are 0, or are not read"
DECRYPTION = "what only round keys for decryption take is loaded, and not used"
EXCUSED = {
    ("aes_hw_set_decrypt_key_128", -0x214, 0xB100001F): "x0 is 0 where x0 + 0 is",
    ("md5_block_asm_data_order", 0x6EC, 0x4A0800C6): ZEROS,
    ("md5_block_asm_data_order", 0x9F4, 0xF1000442): "a count of at most 2^32 - 1 has 32 bits",
    ("md5_block_asm_data_order", 0x9F8, 0x54FFB121): "each turn begins with a NOP",
    ("sha1_block_data_order_hw", 0x28, 0xF1000442): FLAGS,
    ("sha1_block_data_order_hw", 0x1B8, 0xB5FFF342): "each turn loads the constants again",
    ("sha1_block_data_order_nohw", 0x30, 0xF1000442): FLAGS,
    ("sha256_block_data_order_hw", 0x18, 0xF1000442): FLAGS,
    ("sha256_block_data_order_nohw", 0xA9C, 0xCA140273): ZEROS,
    ("sha256_block_data_order_nohw", 0xE04, 0x54FF91C1): SPILLED,
    ("sha512_block_data_order_nohw", 0xE04, 0x54FF91C1): SPILLED,
    ("sha3_keccak2_f1600", 0x1C4, 0xF1000442): FLAGS,
    ("vpaes_encrypt_128", -0x8, 0x4E016000): "no index is above 15",
    ("vpaes_encrypt_128", -0x5C, 0x71000508): FLAGS,
    ("vpaes_set_encrypt_key_128", 0x1C74B2, 0x6B): DECRYPTION,
    ("vpaes_set_encrypt_key_128", 0x1C7505, 0x04): DECRYPTION,
    ("vpaes_set_encrypt_key_128", -0x190, 0x6E631C63): "registers are cleared for nobody's sake",
}

CALLS = 25
SEED = 1

Proved = Callable[[str], Result]


@pytest.mark.parametrize("name", TRIED)
def test_a_mutant_that_proves_fulfils_the_contract(
    proved: Proved, aws_lc: Image, name: str
) -> None:
    certificate = proved(name).certificate
    assert certificate is not None
    (proof,) = find([name])
    start = aws_lc.symbol(proof.symbol).address
    verdicts: Counter[Verdict] = Counter()
    for mutant in islice(mutants(certificate.code, SEED), TRIED[name]):
        image = mutant.apply(aws_lc)
        result = prove(proof, image, proof.symbol, solver_seconds=1.0)
        same = mutant.kind != "constant" and same_effect(mutant.old, mutant.new)
        if result.verdict is Verdict.PROVED and not same:
            word = int.from_bytes(mutant.new, "little")
            assert (name, mutant.address - start, word) in EXCUSED, mutant
            refuter = Refuter(proof.contract(), image, image.symbol(proof.symbol).address)
            assert refuter.search(CALLS, CALLS) is None, mutant
        if result.verdict is Verdict.REFUTED:
            assert result.counterexample is not None
        elif result.verdict is not Verdict.PROVED:
            assert result.reason
        verdicts[result.verdict] += result.verdict is not Verdict.PROVED
    assert verdicts[Verdict.REFUTED] >= 0.8 * verdicts.total(), verdicts
    if TRIED[name] >= 40:
        assert verdicts[Verdict.REFUTED] >= 0.9 * verdicts.total(), verdicts
