"""GCM, as SP 800-38D defines it.

Section and algorithm numbers are those of SP 800-38D (November 2007).  Bytes are terms of any
builder, 8 bits wide, and strings of bits are whole bytes.  An element of the field is a term of 128
bits, the bytes of a block with the first one highest: x_0, the coefficient of u^0, is its bit 127.
"""

from __future__ import annotations

from functools import reduce

from armsym.bv.builder import Builder
from armsym.bv.term import Term
from crypto_specs.modes import Cipher, blocks, ctr32, inc32
from crypto_specs.words import Words

# 6.3: the field


def element(block: Words) -> Term:
    """The element that a block of 16 bytes is."""
    return block[0].builder.concat(*block)


def octets(x: Term) -> list[Term]:
    """The bytes of a term, the highest first."""
    return x.builder.split(x, 8)[::-1]


def multiply(X: Term, Y: Term) -> Term:
    """X • Y: the product of polynomials, modulo u^128 + u^7 + u^2 + u + 1.

    The carry-less product has the coefficient of u^k at bit 254 - k.
    """
    return reduced(X.builder.clmul(X, Y) << 1)


def reduced(product: Term) -> Term:
    """The element that 256 bits are, bit 255 - k the coefficient of u^k.

    u^128 is 1 + u + u^2 + u^7 (the R of algorithm 1), and u times is one bit to the right.  The
    lower half thus comes in four times; so does again what of it is shifted beyond u^127.
    """
    low, high = product[255:128], product[127:0]
    beyond = high.builder.xor(high << 127, high << 126, high << 121)
    return reduce(_fold, (high, beyond), low)


def _fold(low: Term, high: Term) -> Term:
    return low.builder.xor(low, high, high >> 1, high >> 2, high >> 7)


# 6.4: GHASH


def ghash(H: Term, X: Words, Y0: Term | None = None) -> Term:
    """GHASH_H(X) (algorithm 2) of whole blocks: Y_i = (Y_(i-1) ^ X_i) • H; Y_0 is 0 if not given.

    Raises ValueError if the last block is not whole.
    """
    if len(X) % 16:
        raise ValueError(f"{len(X)} bytes are not whole blocks")
    start = H.builder.const(128, 0) if Y0 is None else Y0
    return reduce(lambda Y, block: multiply(Y ^ element(block), H), blocks(X), start)


# 7: GCM; the cipher is the forward function CIPH of a block cipher under the key


def gcm_ae(ciph: Cipher, IV: Words, P: Words, A: Words, t: int = 16) -> tuple[Words, Words]:
    """GCM-AE (algorithm 4): the ciphertext C and the tag T, of t bytes."""
    J0 = _first_counter(ciph, IV)
    C = ctr32(ciph, inc32(J0), P)
    return C, _tag(ciph, J0, A, C, t)


def gcm_ad(ciph: Cipher, IV: Words, C: Words, A: Words, T: Words) -> tuple[Words, Term]:
    """GCM-AD (algorithm 5): the plaintext, and one bit, which is 0 for FAIL."""
    J0 = _first_counter(ciph, IV)
    expected = _tag(ciph, J0, A, C, len(T))
    b = J0[0].builder
    return ctr32(ciph, inc32(J0), C), b.eq(b.concat(*expected), b.concat(*T))


def _hash_subkey(ciph: Cipher, b: Builder) -> Term:
    """H = CIPH(0^128)."""
    return element(ciph([b.const(8, 0)] * 16))


def _first_counter(ciph: Cipher, IV: Words) -> list[Term]:
    """J_0: the IV and 0^31 || 1 if it has 96 bits, else its hash."""
    b = IV[0].builder
    if len(IV) == 12:
        return [*IV, *octets(b.const(32, 1))]
    lengths = octets(b.const(128, 8 * len(IV)))
    return octets(ghash(_hash_subkey(ciph, b), [*_padded(IV), *lengths]))


def _tag(ciph: Cipher, J0: Words, A: Words, C: Words, t: int) -> list[Term]:
    """MSB_8t(GCTR(J_0, S)), S being the hash of A, C and their lengths."""
    b = J0[0].builder
    lengths = [*octets(b.const(64, 8 * len(A))), *octets(b.const(64, 8 * len(C)))]
    S = ghash(_hash_subkey(ciph, b), [*_padded(A), *_padded(C), *lengths])
    return ctr32(ciph, J0, octets(S))[:t]


def _padded(X: Words) -> list[Term]:
    """X and as many zeros as make its blocks whole."""
    return [*X, *[X[0].builder.const(8, 0)] * (-len(X) % 16)] if X else []
