"""AES-GCM, a block at a time: what one block of a message adds to the others.

Blocks are 16 terms of 8 bits; `w` is an expanded key (crypto_specs.aes), Y a state of GHASH, a word
of 128 bits.  Each function gives the next counter block, the next Y, and the block that becomes of
this one: done block after block, that is GCTR and GHASH of SP 800-38D with the cipher of FIPS 197.
"""

from __future__ import annotations

from armsym.bv.term import Term
from crypto_specs import aes_modes, gcm
from crypto_specs.words import Words

Step = tuple[list[Term], list[Term], list[Term]]


def encrypt(counter: Words, Y: Words, block: Words, w: Words, H: Term) -> Step:
    """SP 800-38D 7.1, steps 3 and 5: GCTR of a block, and GHASH of what becomes of it."""
    following, ciphertext = aes_modes.ctr32(counter, block, w)
    return following, absorb(Y, ciphertext, H), ciphertext


def decrypt(counter: Words, Y: Words, block: Words, w: Words, H: Term) -> Step:
    """SP 800-38D 7.2, steps 4 and 6: GHASH of a block, and GCTR of it."""
    following, plaintext = aes_modes.ctr32(counter, block, w)
    return following, absorb(Y, block, H), plaintext


def absorb(Y: Words, X: Words, H: Term) -> list[Term]:
    """SP 800-38D 6.4, step 3 of algorithm 2: the next state of GHASH after a block X."""
    return [gcm.multiply(Y[0] ^ gcm.element(X), H)]
