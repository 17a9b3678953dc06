"""SHA-224, SHA-256, SHA-384 and SHA-512, as FIPS 180-4 defines them.

Section and equation numbers are those of FIPS 180-4 (August 2015).  Words are terms of any builder;
`+` is addition modulo 2^w and ¬ is `~`.  Messages are whole bytes.

>>> sha256(b"abc").hex()
'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
>>> sha224(b"abc").hex()
'23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'
>>> sha512(b"abc").hex()[:64]
'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a'
>>> sha384(b"abc").hex()[:64]
'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice

from armsym.bv.term import Term
from crypto_specs import merkle_damgard
from crypto_specs.merkle_damgard import chain, require_words
from crypto_specs.words import Words

Amounts = tuple[int, int, int]


# 2.2.2 and 3.2: operations on words


def ROTR(n: int, x: Term) -> Term:
    """The rotation of x to the right by n bits."""
    return x.builder.ror(x, n)


def SHR(n: int, x: Term) -> Term:
    """The shift of x to the right by n bits."""
    return x >> n


# 4.1.2 and 4.1.3: functions; the word sizes differ in the amounts alone


def Ch(x: Term, y: Term, z: Term) -> Term:
    """Equations (4.2) and (4.8)."""
    return (x & y) ^ (~x & z)


def Maj(x: Term, y: Term, z: Term) -> Term:
    """Equations (4.3) and (4.9)."""
    return (x & y) ^ (x & z) ^ (y & z)


def Σ(n: Amounts, x: Term) -> Term:
    """Σ0 and Σ1, by their three rotations: equations (4.4), (4.5), (4.10) and (4.11)."""
    return ROTR(n[0], x) ^ ROTR(n[1], x) ^ ROTR(n[2], x)


def σ(n: Amounts, x: Term) -> Term:
    """σ0 and σ1, by two rotations and a shift: equations (4.6), (4.7), (4.12) and (4.13)."""
    return ROTR(n[0], x) ^ ROTR(n[1], x) ^ SHR(n[2], x)


# 4.2 and 5.3: constants


def primes(how_many: int) -> list[int]:
    """The first prime numbers."""
    return list(islice((n for n in count(2) if all(n % d for d in range(2, n))), how_many))


def root_fraction(n: int, degree: int, bits: int) -> int:
    """The first bits of the fractional part of the square (2) or cube (3) root of n, exactly.

    >>> hex(root_fraction(2, 2, 32))  # √2 = 1.414... = 1.6a09e667... in base 16
    '0x6a09e667'
    """
    scaled = n << degree * bits
    root = 0
    for bit in reversed(range(bits + n.bit_length())):
        if (root | 1 << bit) ** degree <= scaled:
            root |= 1 << bit
    return root % (1 << bits)


@dataclass(frozen=True)
class Parameters:
    """What the standard states once for each word size: width w in bits, amounts, constants K."""

    w: int
    Σ0: Amounts
    Σ1: Amounts
    σ0: Amounts
    σ1: Amounts
    K: tuple[int, ...]


# 4.1.2, 4.2.2: SHA-224 and SHA-256
W32 = Parameters(
    w=32,
    Σ0=(2, 13, 22),
    Σ1=(6, 11, 25),
    σ0=(7, 18, 3),
    σ1=(17, 19, 10),
    K=tuple([root_fraction(p, 3, 32) for p in primes(64)]),
)

# 4.1.3, 4.2.3: SHA-384 and SHA-512
W64 = Parameters(
    w=64,
    Σ0=(28, 34, 39),
    Σ1=(14, 18, 41),
    σ0=(1, 8, 7),
    σ1=(19, 61, 6),
    K=tuple([root_fraction(p, 3, 64) for p in primes(80)]),
)

# 5.3.3 to 5.3.5: initial hash values; SHA-384's are of the ninth to sixteenth primes.
H_SHA256 = tuple([root_fraction(p, 2, 32) for p in primes(8)])
H_SHA384 = tuple([root_fraction(p, 2, 64) for p in primes(16)[8:]])
H_SHA512 = tuple([root_fraction(p, 2, 64) for p in primes(8)])
# 5.3.2 lists SHA-224's without their origin, which RFC 3874 states: the second 32 of those bits.
H_SHA224 = tuple([h % (1 << 32) for h in H_SHA384])


# 6.2.2 and 6.4.2: hash computation


def schedule(p: Parameters, M: Words) -> list[Term]:
    """Step 1: the message schedule W of a block M."""
    W = list(M)
    for t in range(16, len(p.K)):
        W.append(σ(p.σ1, W[t - 2]) + W[t - 7] + σ(p.σ0, W[t - 15]) + W[t - 16])
    return W


def compress(p: Parameters, H: Words, M: Words) -> list[Term]:
    """Steps 1 to 4: the hash value that follows H (8 words) after a block M (16 words).

    Raises ValueError for other numbers of words, or words of another width.
    """
    require_words(p.w, 8, H, M)
    W = schedule(p, M)
    a, b, c, d, e, f, g, h = H
    for t, K in enumerate(p.K):
        T1 = h + Σ(p.Σ1, e) + Ch(e, f, g) + K + W[t]
        T2 = Σ(p.Σ0, a) + Maj(a, b, c)
        a, b, c, d, e, f, g, h = T1 + T2, a, b, c, d + T1, e, f, g
    return [x + y for x, y in zip((a, b, c, d, e, f, g, h), H, strict=True)]


def blocks(p: Parameters, H: Words, words: Words) -> list[Term]:
    """The hash value that follows H after whole blocks of 16 words each, the first one first.

    Raises ValueError where `compress` does, so also for a last block that is not whole.
    """
    return chain(partial(compress, p), H, words)


def sha256_compress(H: Words, M: Words) -> list[Term]:
    """SHA-224's and SHA-256's hash value after one block (6.2.2): words of 32 bits."""
    return compress(W32, H, M)


def sha512_compress(H: Words, M: Words) -> list[Term]:
    """SHA-384's and SHA-512's hash value after one block (6.4.2): words of 64 bits."""
    return compress(W64, H, M)


def sha256_blocks(H: Words, words: Words) -> list[Term]:
    """SHA-224's and SHA-256's hash value after whole blocks, 16 words of 32 bits each."""
    return blocks(W32, H, words)


def sha512_blocks(H: Words, words: Words) -> list[Term]:
    """SHA-384's and SHA-512's hash value after whole blocks, 16 words of 64 bits each."""
    return blocks(W64, H, words)


# 6.2 to 6.5: messages


def digest(p: Parameters, H0: Sequence[int], bits: int, message: bytes) -> bytes:
    """The leftmost bits of the last hash value of a message, H0 being the first."""
    compression = partial(compress, p)
    return merkle_damgard.digest(compression, H0, p.w, "big", message)[: bits // 8]


def sha224(message: bytes) -> bytes:
    """SHA-224 (6.3): 28 bytes."""
    return digest(W32, H_SHA224, 224, message)


def sha256(message: bytes) -> bytes:
    """SHA-256 (6.2): 32 bytes."""
    return digest(W32, H_SHA256, 256, message)


def sha384(message: bytes) -> bytes:
    """SHA-384 (6.5): 48 bytes."""
    return digest(W64, H_SHA384, 384, message)


def sha512(message: bytes) -> bytes:
    """SHA-512 (6.4): 64 bytes."""
    return digest(W64, H_SHA512, 512, message)
