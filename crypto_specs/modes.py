"""Modes of operation of a block cipher: ECB, CBC and CTR of SP 800-38A, XTS of IEEE 1619.

Section numbers of SP 800-38A (2001) are marked A, those of IEEE Std 1619-2018 X.  Bytes are terms
of any builder; a block is 16 of them.  A cipher is a function from blocks to blocks: under a key,
CIPH is the forward cipher function and CIPH^-1 the inverse one.  Messages are whole bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from armsym.bv.term import Term
from crypto_specs.words import Words

Cipher = Callable[[Words], list[Term]]

BLOCK = 16  # bytes


def blocks(data: Words) -> list[Words]:
    """The data in blocks of 16 bytes; the last one may be shorter."""
    return [data[i : i + BLOCK] for i in range(0, len(data), BLOCK)]


def whole_blocks(data: Words) -> list[Words]:
    """The data in blocks of 16 bytes.  Raises ValueError if the last one is shorter."""
    if len(data) % BLOCK:
        raise ValueError(f"{len(data)} bytes are not whole blocks")
    return blocks(data)


def join(parts: Sequence[Words]) -> list[Term]:
    """The blocks one after the other."""
    return [b for part in parts for b in part]


def add(x: Words, y: Words) -> list[Term]:
    """The exclusive or of two strings of bytes; the shorter one decides how long it is."""
    return [a ^ b for a, b in zip(x, y, strict=False)]


# A 6.1, 6.2: ECB and CBC


def ecb(ciph: Cipher, data: Words) -> list[Term]:
    """Each block by itself: encryption by CIPH, decryption by CIPH^-1."""
    return join([ciph(block) for block in whole_blocks(data)])


def cbc_encrypt(ciph: Cipher, IV: Words, plaintext: Words) -> list[Term]:
    """C_j = CIPH(P_j ^ C_(j-1)), where C_0 is the IV."""
    C = [list(IV)]
    for P in whole_blocks(plaintext):
        C.append(ciph(add(P, C[-1])))
    return join(C[1:])


def cbc_decrypt(inverse: Cipher, IV: Words, ciphertext: Words) -> list[Term]:
    """P_j = CIPH^-1(C_j) ^ C_(j-1), where C_0 is the IV."""
    C = whole_blocks(ciphertext)
    return join([add(inverse(c), before) for c, before in zip(C, [IV, *C], strict=False)])


# A 6.5 and B.1: CTR, with the standard incrementing function on 32 bits


def inc32(block: Words, by: Term | int = 1) -> list[Term]:
    """The block whose last four bytes, the highest first, are a counter modulo 2^32, `by` later."""
    b = block[0].builder
    counter = b.concat(*block[12:]) + by
    return [*block[:12], *reversed(b.split(counter, 8))]


def ctr32(ciph: Cipher, T1: Words, data: Words) -> list[Term]:
    """Encryption and decryption: data ^ CIPH(T_1), CIPH(T_2), ..., where T_(j+1) = inc32(T_j)."""
    return join([add(part, ciph(inc32(T1, j))) for j, part in enumerate(blocks(data))])


# X 5: XTS, with ciphertext stealing


def times_alpha(T: Words) -> list[Term]:
    """T ⊗ α (X 5.2): byte 0 has the lowest powers; α^128 is α^7 + α^2 + α + 1."""
    b = T[0].builder
    number = b.join(list(T))
    carry = number >> 127
    return b.split((number << 1) ^ carry ^ (carry << 1) ^ (carry << 2) ^ (carry << 7), 8)


def tweaks(ciph2: Cipher, i: Words, count: int) -> list[list[Term]]:
    """The first tweaks CIPH(Key2, i) ⊗ α^j of the data unit that i, 16 bytes, stands for."""
    T = [ciph2(i)]
    while len(T) < count:
        T.append(times_alpha(T[-1]))
    return T


def xts_block(ciph1: Cipher, T: Words, block: Words) -> list[Term]:
    """CIPH(block ^ T) ^ T (X 5.3.1, and X 5.4.1 for the inverse)."""
    return add(ciph1(add(block, T)), T)


def xts_encrypt(ciph1: Cipher, ciph2: Cipher, i: Words, P: Words) -> list[Term]:
    """XTS-AES-Enc (X 5.3.2) of 16 bytes or more."""
    return _xts(ciph1, ciph2, i, P, swapped=False)


def xts_decrypt(inverse1: Cipher, ciph2: Cipher, i: Words, C: Words) -> list[Term]:
    """XTS-AES-Dec (X 5.4.2) of 16 bytes or more."""
    return _xts(inverse1, ciph2, i, C, swapped=True)


def _xts(ciph1: Cipher, ciph2: Cipher, i: Words, data: Words, swapped: bool) -> list[Term]:
    """All blocks, each under its tweak; a last one that is short steals from the one before.

    The last whole block takes the last tweak but one, and the block of stolen bytes the last one;
    decryption has them `swapped`.
    """
    if len(data) < BLOCK:
        raise ValueError("XTS is of 16 bytes or more")
    parts = blocks(data)
    T = tweaks(ciph2, i, len(parts))
    missing = -len(data) % BLOCK
    if not missing:
        return join([xts_block(ciph1, t, part) for t, part in zip(T, parts, strict=True)])
    *most, whole, short = parts
    last = T[-2:][::-1] if swapped else T[-2:]
    stolen = xts_block(ciph1, last[0], whole)
    final = xts_block(ciph1, last[1], [*short, *stolen[BLOCK - missing :]])
    done = [xts_block(ciph1, t, part) for t, part in zip(T, most, strict=False)]
    return join([*done, final, stolen[: BLOCK - missing]])
