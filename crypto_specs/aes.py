"""AES, as FIPS 197 defines it.

Section, equation and algorithm numbers are those of FIPS 197 (update 1, May 2023).  Bytes are terms
of any builder, 8 bits wide.  A block, a state and a round key are 16 of them in the order of the
input, so that byte r + 4c is s[r, c], row r of column c (3.4).  A key schedule w is the bytes of
its words, one word after the other; Nr, the number of rounds, follows from its length.

>>> key = bytes(range(16))
>>> block = bytes.fromhex("00112233445566778899aabbccddeeff")
>>> encrypt(key, block).hex()
'69c4e0d86a7b0430d8cdb78070b4c55a'
>>> decrypt(key, encrypt(key, block)) == block
True
"""

from __future__ import annotations

from functools import reduce
from itertools import accumulate
from operator import xor
from typing import TypeVar

from armsym.bv.term import Term
from crypto_specs.words import Words, from_bytes, to_bytes

# A polynomial over GF(2) of degree below 8, bit i the coefficient of x^i: a number or a term.
Element = TypeVar("Element", int, Term)


# 4: the field of 2^8 elements; + is ^


def xtimes(b: Element) -> Element:
    """XTIMES, equation (4.5): {02} • b.  Modulo m(x), x^8 is x^4 + x^3 + x + 1."""
    x8 = b >> 7
    return ((b << 1) & 0xFF) ^ x8 ^ (x8 << 1) ^ (x8 << 3) ^ (x8 << 4)


def multiply(k: int, b: Element) -> Element:
    """k • b (4.2) for a k that is not 0: the sum of x^i • b over the bits i of k that are 1."""
    return reduce(xor, _chosen(k, _multiples(b, k.bit_length())))


def _multiples(b: Element, n: int) -> list[Element]:
    """x^i • b for the n first i."""
    return list(accumulate(range(n - 1), lambda p, _: xtimes(p), initial=b))


def _chosen(k: int, multiples: list[Element]) -> list[Element]:
    """Those of the bits of k that are 1."""
    return [p for i, p in enumerate(multiples) if k >> i & 1]


def inverse(b: int) -> int:
    """b^254, the inverse of a b that is not 0 (4.4): the product of b^2, b^4, ..., b^128."""
    squares = accumulate(range(6), lambda p, _: multiply(p, p), initial=multiply(b, b))
    return reduce(multiply, squares)


# 5.1.1: the S-box


def affine(b: Element) -> Element:
    """Equation (5.3): bit i is the sum of the bits i, i+4, ..., i+7 mod 8 of b, and of {63}."""
    return reduce(xor, [((b << n) & 0xFF) ^ (b >> (8 - n)) for n in range(5)]) ^ 0x63


SBOX = tuple([affine(inverse(b) if b else 0) for b in range(256)])
INVSBOX = tuple([SBOX.index(b) for b in range(256)])


# 5.1 and 5.3: transformations of the state


def sub_bytes(s: Words) -> list[Term]:
    """SUBBYTES (5.1.1); SUBWORD (5.2) is the same of four bytes."""
    return [b.builder.table(8, SBOX, b) for b in s]


def inv_sub_bytes(s: Words) -> list[Term]:
    """INVSUBBYTES (5.3.2)."""
    return [b.builder.table(8, INVSBOX, b) for b in s]


def shift_rows(s: Words) -> list[Term]:
    """SHIFTROWS, equation (5.5): s'[r, c] = s[r, (c + r) mod 4]."""
    return [s[r + 4 * ((c + r) % 4)] for c in range(4) for r in range(4)]


def inv_shift_rows(s: Words) -> list[Term]:
    """INVSHIFTROWS, equation (5.12): s'[r, c] = s[r, (c - r) mod 4]."""
    return [s[r + 4 * ((c - r) % 4)] for c in range(4) for r in range(4)]


def mix_columns(s: Words) -> list[Term]:
    """MIXCOLUMNS, equations (5.6) to (5.8)."""
    return _times_matrix((0x02, 0x03, 0x01, 0x01), s)


def inv_mix_columns(s: Words) -> list[Term]:
    """INVMIXCOLUMNS, equations (5.13) to (5.15)."""
    return _times_matrix((0x0E, 0x0B, 0x0D, 0x09), s)


def _times_matrix(row: tuple[int, int, int, int], s: Words) -> list[Term]:
    """Each column times the matrix of this first row, the others being its rotations (4.3)."""
    multiples = [_multiples(b, max(row).bit_length()) for b in s]
    products = [
        [p for k in range(4) for p in _chosen(row[(k - r) % 4], multiples[k + 4 * c])]
        for c in range(4)
        for r in range(4)
    ]
    return [s[0].builder.xor(*parts) for parts in products]


def add_round_key(s: Words, key: Words) -> list[Term]:
    """ADDROUNDKEY, equation (5.9); also the sum of two words."""
    return [a ^ b for a, b in zip(s, key, strict=True)]


# 5.2: the key schedule

RCON = tuple(accumulate(range(9), lambda r, _: xtimes(r), initial=0x01))


def key_expansion(key: Words) -> list[Term]:
    """KEYEXPANSION (algorithm 2): the key schedule of a key of 16, 24 or 32 bytes.

    Raises ValueError for another number of bytes.
    """
    Nk = len(key) // 4
    if len(key) not in (16, 24, 32):
        raise ValueError(f"a key of AES has 16, 24 or 32 bytes, not {len(key)}")
    w = [list(key[4 * i : 4 * i + 4]) for i in range(Nk)]
    for i in range(Nk, 4 * (Nk + 7)):
        temp = w[i - 1]
        if i % Nk == 0:
            first, *rest = sub_bytes(_rot_word(temp))
            temp = [first ^ RCON[i // Nk - 1], *rest]
        elif Nk > 6 and i % Nk == 4:
            temp = sub_bytes(temp)
        w.append(add_round_key(w[i - Nk], temp))
    return [b for word in w for b in word]


def key_expansion_eic(key: Words) -> list[Term]:
    """KEYEXPANSIONEIC (algorithm 5): the key schedule for `eq_inv_cipher`."""
    first, *middle, last = round_keys(key_expansion(key))
    return [*first, *[b for w in middle for b in inv_mix_columns(w)], *last]


def rounds(key: Words) -> list[Term]:
    """Nr = Nk + 6, the number of rounds with this key (table 3), as one word of 32 bits."""
    return [key[0].builder.const(32, len(key) // 4 + 6)]


def _rot_word(word: Words) -> list[Term]:
    """ROTWORD, equation (5.10)."""
    return [*word[1:], word[0]]


def round_keys(w: Words) -> list[Words]:
    """The Nr + 1 round keys of a key schedule.  Raises ValueError for a wrong number of bytes."""
    if len(w) not in (176, 208, 240):
        raise ValueError(f"a key schedule of AES has 11, 13 or 15 round keys, not {len(w)} bytes")
    return [w[i : i + 16] for i in range(0, len(w), 16)]


# 5.1 and 5.3: the ciphers; ValueError unless a block has 16 bytes


def cipher(block: Words, w: Words) -> list[Term]:
    """CIPHER (algorithm 1)."""
    first, *middle, last = round_keys(w)
    s = add_round_key(block, first)
    for key in middle:
        s = add_round_key(mix_columns(shift_rows(sub_bytes(s))), key)
    return add_round_key(shift_rows(sub_bytes(s)), last)


def inv_cipher(block: Words, w: Words) -> list[Term]:
    """INVCIPHER (algorithm 3)."""
    first, *middle, last = reversed(round_keys(w))
    s = add_round_key(block, first)
    for key in middle:
        s = inv_mix_columns(add_round_key(inv_sub_bytes(inv_shift_rows(s)), key))
    return add_round_key(inv_sub_bytes(inv_shift_rows(s)), last)


def eq_inv_cipher(block: Words, dw: Words) -> list[Term]:
    """EQINVCIPHER (algorithm 4), whose key schedule is that of `key_expansion_eic`."""
    first, *middle, last = reversed(round_keys(dw))
    s = add_round_key(block, first)
    for key in middle:
        s = add_round_key(inv_mix_columns(inv_shift_rows(inv_sub_bytes(s))), key)
    return add_round_key(inv_shift_rows(inv_sub_bytes(s)), last)


# implementations store the round keys in the order in which a cipher takes them


def reverse_rounds(w: Words) -> list[Term]:
    """The key schedule with the last round key first."""
    return [b for key in reversed(round_keys(w)) for b in key]


def decryption_schedule(key: Words) -> list[Term]:
    """The key schedule of `key_expansion_eic`, the last round key first."""
    return reverse_rounds(key_expansion_eic(key))


def decipher(block: Words, reversed_dw: Words) -> list[Term]:
    """`eq_inv_cipher` with a key schedule whose last round key is first."""
    return eq_inv_cipher(block, reverse_rounds(reversed_dw))


def encrypt(key: bytes, block: bytes) -> bytes:
    """AES-128, AES-192 or AES-256 by the length of the key: the encryption of 16 bytes."""
    w = key_expansion(from_bytes(8, "big", key))
    return to_bytes("big", cipher(from_bytes(8, "big", block), w))


def decrypt(key: bytes, block: bytes) -> bytes:
    """The decryption of 16 bytes."""
    w = key_expansion(from_bytes(8, "big", key))
    return to_bytes("big", inv_cipher(from_bytes(8, "big", block), w))
