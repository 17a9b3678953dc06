"""What the instructions of SM4, which are of the classes in sha512, do to words."""

from __future__ import annotations

from armsym.bv.term import Term
from isa.crypto import s_boxes

Words = list[Term]


def sm4e(d: Words, n: Words) -> Words:
    """Four rounds on the words in d, with the round keys in n."""
    return _rounds(d, n, (2, 10, 18, 24))


def sm4ekey(d: Words, n: Words, m: Words) -> Words:
    """Four rounds of the key schedule on the words in n, with the constants CK in m."""
    return _rounds(n, m, (13, 23))


def _rounds(x: Words, keys: Words, rotations: tuple[int, ...]) -> Words:
    b = x[0].builder
    for key in keys:
        word = x[1] ^ x[2] ^ x[3] ^ key
        t = b.join([b.table(8, s_boxes.SM4, byte) for byte in b.split(word, 8)])
        x = [*x[1:], b.xor(x[0], t, *[b.rol(t, amount) for amount in rotations])]
    return x
