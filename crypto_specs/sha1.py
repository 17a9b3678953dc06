"""SHA-1, as FIPS 180-4 defines it.

Section and equation numbers are those of FIPS 180-4 (August 2015).  Words are terms of 32 bits of
any builder; `+` is addition modulo 2^32.  Messages are whole bytes.

>>> sha1(b"abc").hex()
'a9993e364706816aba3e25717850c26c9cd0d89d'
"""

from __future__ import annotations

from armsym.bv.term import Term
from crypto_specs.merkle_damgard import digest, require_words
from crypto_specs.sha2 import Ch, Maj
from crypto_specs.words import Words


def ROTL(n: int, x: Term) -> Term:
    """The rotation of x to the left by n bits (3.2)."""
    return x.builder.rol(x, n)


def Parity(x: Term, y: Term, z: Term) -> Term:
    """The second and the fourth function of equation (4.1)."""
    return x ^ y ^ z


# Equation (4.1) and section 4.2.1: the function f and the constant K of rounds 20i to 20i + 19.
f = (Ch, Parity, Maj, Parity)
K = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)

# 5.3.1: the initial hash value
H_SHA1 = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)


# 6.1.2: hash computation


def schedule(M: Words) -> list[Term]:
    """Step 1: the message schedule W of a block M."""
    W = list(M)
    for t in range(16, 80):
        W.append(ROTL(1, W[t - 3] ^ W[t - 8] ^ W[t - 14] ^ W[t - 16]))
    return W


def compress(H: Words, M: Words) -> list[Term]:
    """Steps 1 to 4: the hash value that follows H (5 words) after a block M (16 words).

    Raises ValueError for other numbers of words, or words of another width.
    """
    require_words(32, 5, H, M)
    W = schedule(M)
    a, b, c, d, e = H
    for t in range(80):
        T = ROTL(5, a) + f[t // 20](b, c, d) + e + K[t // 20] + W[t]
        a, b, c, d, e = T, a, ROTL(30, b), c, d
    return [x + y for x, y in zip((a, b, c, d, e), H, strict=True)]


def sha1(message: bytes) -> bytes:
    """SHA-1 (6.1): 20 bytes."""
    return digest(compress, H_SHA1, 32, "big", message)
