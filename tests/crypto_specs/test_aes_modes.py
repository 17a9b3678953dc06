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
PERMUTED_INVERSE: Keys = (vpaes.decryption_schedule, aes.key_expansion)


@pytest.mark.parametrize(
    ("step", "mode", "keys", "cipher"),
    [
        (aes_modes.ctr32, modes.ctr32, CIPHER, aes.cipher),
        (aes_modes.cbc_encrypt, modes.cbc_encrypt, CIPHER, aes.cipher),
        (aes_modes.cbc_decrypt, modes.cbc_decrypt, INVERSE, aes.inv_cipher),
        (aes_modes.vpaes_cbc_encrypt, modes.cbc_encrypt, PERMUTED, aes.cipher),
        (aes_modes.vpaes_cbc_decrypt, modes.cbc_decrypt, PERMUTED_INVERSE, aes.inv_cipher),
        (aes_modes.vpaes_ctr32, modes.ctr32, PERMUTED, aes.cipher),
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


@pytest.mark.parametrize("size", [16, 17, 31, 32, 33, 61])
@pytest.mark.parametrize(
    ("step", "mode", "keys", "cipher"),
    [
        (aes_modes.xts_encrypt, modes.xts_encrypt, CIPHER, aes.cipher),
        (aes_modes.xts_decrypt, modes.xts_decrypt, INVERSE, aes.inv_cipher),
    ],
)
def test_xts_piece_after_piece_is_the_mode(
    step: Callable[[Words, Words, Words], aes_modes.Step],
    mode: Callable[[Cipher, Cipher, Words, Words], list[Term]],
    keys: Keys,
    cipher: Callable[[Words, Words], list[Term]],
    size: int,
) -> None:
    """The last piece is what is left when that is less than two blocks."""
    source = random.Random(size)
    key1, key2, i, message = [from_bytes(8, "big", source.randbytes(n)) for n in (32, 32, 16, size)]
    w, standard = [expansion(key1) for expansion in keys]
    tweaks = aes.key_expansion(key2)
    state: Words = aes.cipher(i, tweaks)
    done: list[Term] = []
    for start in range(0, size - size % 16, 16):
        end = start + 16 if size - start >= 32 else size
        state, made = step(state, message[start:end], w)
        done += made
    expected = mode(
        lambda block: cipher(block, standard), lambda block: aes.cipher(block, tweaks), i, message
    )
    assert to_bytes("big", done) == to_bytes("big", expected)
