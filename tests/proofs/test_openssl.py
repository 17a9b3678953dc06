"""OpenSSL's routines fulfil the contracts of AWS-LC's, if ARMSYM_LIBCRYPTO_A names a libcrypto.a.

Its public entries ask OPENSSL_armcap_P what the processor can do: each of their paths is proved.
"""

from __future__ import annotations

import os

import pytest

from armsym.binary.open import open_image
from armsym.contract.find import find
from armsym.prove.prover import prove
from armsym.prove.result import Verdict

# The symbol of OpenSSL, and the contract.
ROUTINES = {
    "aes_v8_cbc_encrypt": "aes_hw_cbc_encrypt_encrypt_128",
    "aes_v8_decrypt": "aes_hw_decrypt_256",
    "aes_v8_encrypt": "aes_hw_encrypt_128",
    "aes_v8_set_decrypt_key": "aes_hw_set_decrypt_key_192",
    "aes_v8_set_encrypt_key": "aes_hw_set_encrypt_key_256",
    "sha1_block_data_order": "sha1_block_data_order_hw",
    "sha256_block_armv8": "sha256_block_data_order_hw",
    "sha256_block_data_order": "sha256_block_data_order_hw",
    "sha256_block_neon": "sha256_block_data_order_hw",
    "sha512_block_armv8": "sha512_block_data_order_hw",
    "sha512_block_data_order": "sha512_block_data_order_hw",
    "vpaes_cbc_encrypt": "vpaes_cbc_encrypt_encrypt_128",
    "vpaes_decrypt": "vpaes_decrypt_128",
    "vpaes_encrypt": "vpaes_encrypt_128",
    "vpaes_set_decrypt_key": "vpaes_set_decrypt_key_128",
    "vpaes_set_encrypt_key": "vpaes_set_encrypt_key_256",
}


@pytest.mark.parametrize("symbol", ROUTINES)
def test_it_fulfils_the_same_contract(symbol: str) -> None:
    path = os.environ.get("ARMSYM_LIBCRYPTO_A", "")
    if not path:
        pytest.skip("ARMSYM_LIBCRYPTO_A names no libcrypto.a for arm64")
    (proof,) = find([ROUTINES[symbol]])
    result = prove(proof, open_image(path, symbol), symbol)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
