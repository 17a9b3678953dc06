"""OpenSSL's routines are proved, if ARMSYM_LIBCRYPTO_A names OpenSSL 3.0's libcrypto.a for arm64.

Its public entries ask OPENSSL_armcap_P what the processor can do: each of their paths is proved.
What takes long is left out unless ARMSYM_LONG_PROOFS is set.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from armsym.binary.image import Image
from armsym.binary.open import open_image
from armsym.contract import Contract
from armsym.contract.find import find
from armsym.contract.load import load
from armsym.prove.prover import prove
from armsym.prove.result import Verdict

PROOFS = Path(__file__).parent.parent.parent / "proofs" / "openssl" / "libcrypto.py"

# Of each routine one of its proofs, or one in each direction.
PROVED = [
    "KeccakF1600",
    "KeccakF1600_cext",
    "aes_v8_cbc_encrypt_decrypt_128",
    "aes_v8_cbc_encrypt_encrypt_128",
    "aes_v8_ctr32_encrypt_blocks_128",
    "aes_v8_decrypt_256",
    "aes_v8_ecb_encrypt_encrypt_128",
    "aes_v8_encrypt_128",
    "aes_v8_set_decrypt_key_192",
    "aes_v8_set_encrypt_key_256",
    "gcm_gmult_v8",
    "gcm_init_v8",
    "md5_block_data_order",
    "sha1_block_armv8",
    "sha1_block_data_order",
    "sha256_block_armv8",
    "sha256_block_data_order",
    "sha256_block_neon",
    "sha512_block_armv8",
    "sha512_block_data_order",
    "vpaes_cbc_encrypt_encrypt_128",
    "vpaes_decrypt_128",
    "vpaes_encrypt_128",
    "vpaes_set_decrypt_key_128",
    "vpaes_set_encrypt_key_256",
]
LONG = [
    "ChaCha20_ctr32",
    "aes_gcm_dec_256_kernel",
    "aes_gcm_enc_128_kernel",
    "aes_v8_ecb_encrypt_decrypt_256",
    "aes_v8_xts_decrypt_128",
    "aes_v8_xts_encrypt_256",
    "gcm_ghash_v8",
    "vpaes_cbc_decrypt_128",
    "vpaes_cbc_encrypt_decrypt_128",
    "vpaes_ecb_decrypt_128",
    "vpaes_ecb_encrypt_128",
]


def opened(symbol: str) -> Image:
    """The member of the archive that has the routine; skips if there is no archive."""
    path = os.environ.get("ARMSYM_LIBCRYPTO_A", "")
    if not path:
        pytest.skip("ARMSYM_LIBCRYPTO_A names no libcrypto.a for arm64")
    return open_image(path, symbol)


def skip_if_long(long: bool = True) -> None:
    if long and not os.environ.get("ARMSYM_LONG_PROOFS"):
        pytest.skip("takes long: tried if ARMSYM_LONG_PROOFS is set")


@pytest.mark.parametrize("name", [*PROVED, *LONG])
def test_proved(name: str) -> None:
    (proof,) = [p for p in load(PROOFS) if p.name == name]
    image = opened(proof.symbol)
    skip_if_long(name in LONG)
    result = prove(proof, image, proof.symbol)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


def test_no_blocks_are_one_block_for_its_counter_mode() -> None:
    """AWS-LC's contract, which allows no blocks, is refuted."""
    (proof,) = find(["aes_hw_ctr32_encrypt_blocks_128"])
    image = opened("aes_v8_ctr32_encrypt_blocks")
    assert prove(proof, image, "aes_v8_ctr32_encrypt_blocks").verdict is Verdict.REFUTED


def test_of_an_odd_number_of_blocks_one_is_encrypted_instead() -> None:
    """By its vpaes_ecb_decrypt, which nothing calls: github.com/openssl/openssl/issues/30341."""
    image = opened("vpaes_ecb_decrypt")
    (proof,) = [p for p in load(PROOFS) if p.name == "vpaes_ecb_decrypt_128"]

    def any_number(c: Contract) -> None:
        proof.state(c)
        c.conditions.clear()

    result = prove(replace(proof, state=any_number), image, proof.symbol)
    assert result.verdict is Verdict.REFUTED
    found = result.counterexample
    assert found is not None and len(bytes.fromhex(found.buffers["in"])) % 32 == 16


def test_its_decryption_compares_lengths_as_signed_numbers() -> None:
    """AWS-LC's contract, which allows 2^63 bytes and more, is not proved."""
    (proof,) = find(["aes_hw_cbc_encrypt_decrypt_128"])
    image = opened("aes_v8_cbc_encrypt")
    skip_if_long()
    result = prove(proof, image, "aes_v8_cbc_encrypt")
    assert result.verdict is Verdict.UNKNOWN and "ld1 {v2.16b}, [x0]" in result.reason
    assert "x0 was (sum[0, 1, 16] &in blocks) there" in result.reason  # the end of what is read


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("gcm_init_v8", "gcm_init_v8"),
        ("gcm_gmult_v8", "gcm_gmult_v8"),
        ("aes_gcm_dec_kernel_128", "aes_gcm_dec_128_kernel"),  # it lies behind Xi
    ],
)
def test_its_table_is_not_that_of_aws_lc(name: str, symbol: str) -> None:
    (proof,) = find([name])
    assert prove(proof, opened(symbol), symbol).verdict is Verdict.REFUTED


def test_every_contract_can_be_used() -> None:
    """Each is of a routine of its own name; what the routines of AWS-LC fulfil is all there."""
    proofs = load(PROOFS)
    assert all(p.name.startswith(p.symbol) and p.contract().parameters for p in proofs)
    assert {*PROVED, *LONG} <= {p.name for p in proofs}
