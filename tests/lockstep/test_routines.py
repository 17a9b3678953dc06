"""A sample of AWS-LC's routines; `armsym lockstep aws-lc` runs them all."""

from __future__ import annotations

import pytest

from armsym.binary.image import Image
from armsym.lockstep.run import Task, run

SAMPLE = (
    "sha256_block_data_order_hw",
    "KeccakF1600_int",
    "aes_hw_set_decrypt_key",
    "aes_hw_xts_decrypt",
    "vpaes_cbc_encrypt",
    "_vpaes_schedule_mangle",
    "gcm_ghash_v8_4x",
    "bignum_mul",
    "bignum_copy_row_from_table_32",
    "edwards25519_encode",
    "ecp_nistz256_select_w7",
    "bn_mul_mont",
    "p521_methods",
    "mlkem_rej_uniform_aarch64_asm",
    "mldsa_polyz_unpack_19_aarch64_asm",
)


@pytest.mark.parametrize("symbol", SAMPLE)
def test_a_routine_agrees_with_unicorn(symbol: str, aws_lc: Image) -> None:
    walk = run(Task(aws_lc.path, symbol, seed=7), aws_lc).walk
    assert walk.agreed, walk
