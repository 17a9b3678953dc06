"""Modes a block at a time come to the modes of the standard."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from armsym.bv.term import Term
from crypto_specs import aes, aes_modes, modes, vpaes
from crypto_specs.modes import Cipher
from crypto_specs.words import Words, from_bytes, to_bytes

Mode = Callable[[Cipher, Words, Words], Words]
Keys = tuple[Callable[[Words], Words], Callable[[Words], Words]]

CIPHER: Keys = (aes.key_expansion, aes.key_expansion)
INVERSE: Keys = (aes.decryption_schedule, aes.key_expansion)
PERMUTED: Keys = (vpaes.encryption_schedule, aes.key_expansion)


@pytest.mark.parametrize(
    ("step", "mode", "keys", "cipher"),
    [
        (aes_modes.ctr32, modes.ctr32, CIPHER, aes.cipher),
        (aes_modes.cbc_encrypt, modes.cbc_encrypt, CIPHER, aes.cipher),
        (aes_modes.cbc_decrypt, modes.cbc_decrypt, INVERSE, aes.inv_cipher),
        (aes_modes.vpaes_cbc_encrypt, modes.cbc_encrypt, PERMUTED, aes.cipher),
    ],
)
def test_block_after_block_is_the_mode(
    step: Callable[[Words, Words, Words], aes_modes.Step],
    mode: Mode,
    keys: Keys,
    cipher: Callable[[Words, Words], list[Term]],
) -> None:
    source = random.Random(1)
    key, iv, message = [from_bytes(8, "big", source.randbytes(n)) for n in (16, 16, 48)]
    w, standard = [expansion(key) for expansion in keys]
    state: Words = iv
    done: list[Term] = []
    for block in modes.blocks(message):
        state, made = step(state, block, w)
        done += made
    expected = mode(lambda block: cipher(block, standard), iv, message)
    assert to_bytes("big", done) == to_bytes("big", expected)
