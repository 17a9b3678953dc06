"""AES-GCM a block at a time comes to the algorithms of the standard."""

from __future__ import annotations

import random

import pytest

from armsym.bv.term import Term
from crypto_specs import aes, aes_gcm, gcm, modes
from crypto_specs.words import from_bytes, to_bytes


@pytest.mark.parametrize("encrypts", [True, False])
def test_block_after_block_is_ctr_and_ghash(encrypts: bool) -> None:
    source = random.Random(2)
    key, iv, message = [from_bytes(8, "big", source.randbytes(n)) for n in (16, 16, 48)]
    H, start = [gcm.element(from_bytes(8, "big", source.randbytes(16))) for _ in range(2)]
    step = aes_gcm.encrypt if encrypts else aes_gcm.decrypt
    w = aes.key_expansion(key)
    counter, Y, done = list(iv), [start], list[Term]()
    for block in modes.blocks(message):
        counter, Y, made = step(counter, Y, block, w, H)
        done += made
    expected = modes.ctr32(lambda block: aes.cipher(block, w), iv, message)
    assert to_bytes("big", done) == to_bytes("big", expected)
    assert Y[0].value == gcm.ghash(H, expected if encrypts else message, start).value
    assert to_bytes("big", counter) == to_bytes("big", modes.inc32(iv, 3))
