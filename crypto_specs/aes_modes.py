"""AES in modes of operation, a block at a time: what one block of a message adds to the others.

Blocks are 16 terms of 8 bits, the last of XTS 16 to 31; `w` is an expanded key (crypto_specs.aes).
Each function gives what it takes to do the next block, and the block that becomes of this one: done
block after block, they are the modes of crypto_specs.modes with the cipher of FIPS 197.
"""

from __future__ import annotations

from armsym.bv.term import Term
from crypto_specs import aes, vpaes
from crypto_specs.modes import BLOCK, Cipher, add, inc32, times_alpha, xts_block
from crypto_specs.words import Words

Step = tuple[list[Term], list[Term]]


def ctr32(counter: Words, block: Words, w: Words) -> Step:
    """SP 800-38A 6.5: the next counter block, and the block of ciphertext or plaintext."""
    return inc32(counter), add(block, aes.cipher(counter, w))


def cbc_encrypt(before: Words, block: Words, w: Words) -> Step:
    """SP 800-38A 6.2: the block of ciphertext, with which the next one is mixed."""
    ciphertext = aes.cipher(add(block, before), w)
    return ciphertext, ciphertext


def cbc_decrypt(before: Words, block: Words, reversed_dw: Words) -> Step:
    """SP 800-38A 6.2: this block, which was mixed with the next, and the block of plaintext.

    The key is the one of the equivalent inverse cipher, the last round key first.
    """
    return list(block), add(aes.decipher(block, reversed_dw), before)


def vpaes_cbc_encrypt(before: Words, block: Words, stored: Words) -> Step:
    """The same as `cbc_encrypt`, with a key schedule in the form of crypto_specs.vpaes."""
    ciphertext = vpaes.cipher(add(block, before), stored)
    return ciphertext, ciphertext


def vpaes_cbc_decrypt(before: Words, block: Words, stored: Words) -> Step:
    """The same as `cbc_decrypt`, with a key schedule in the form of crypto_specs.vpaes."""
    return list(block), add(vpaes.decipher(block, stored), before)


def vpaes_ctr32(counter: Words, block: Words, stored: Words) -> Step:
    """The same as `ctr32`, with a key schedule in the form of crypto_specs.vpaes."""
    return inc32(counter), add(block, vpaes.cipher(counter, stored))


def xts_encrypt(tweak: Words, block: Words, w: Words) -> Step:
    """IEEE 1619 5.3.1: the next tweak, and the block of ciphertext; the last may steal (5.3.2)."""
    return _xts(lambda x: aes.cipher(x, w), tweak, block, 0)


def xts_decrypt(tweak: Words, block: Words, reversed_dw: Words) -> Step:
    """IEEE 1619 5.4.1: the next tweak, and the block of plaintext; the last may steal (5.4.2).

    The key is the one of the equivalent inverse cipher, the last round key first.
    """
    return _xts(lambda x: aes.decipher(x, reversed_dw), tweak, block, 1)


def _xts(ciph: Cipher, tweak: Words, data: Words, first: int) -> Step:
    """A block, or a whole one and a short one that steals what it lacks from it.

    Of the two tweaks that this takes, the whole block is done under number `first`.
    """
    tweaks = list(tweak), times_alpha(tweak)
    whole, short = data[:BLOCK], data[BLOCK:]
    if not short:
        return tweaks[1], xts_block(ciph, tweak, whole)
    stolen = xts_block(ciph, tweaks[first], whole)
    completed = xts_block(ciph, tweaks[1 - first], [*short, *stolen[len(short) :]])
    return tweaks[1], [*completed, *stolen[: len(short)]]
