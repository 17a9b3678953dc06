"""MD5, as RFC 1321 defines it.

Section numbers are those of RFC 1321 (April 1992).  Words are terms of 32 bits of any builder; `+`
is addition modulo 2^32.  Messages are whole bytes.

>>> md5(b"abc").hex()
'900150983cd24fb0d6963f7d28e17f72'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sin

from armsym.bv.term import Term
from crypto_specs.merkle_damgard import digest, require_words
from crypto_specs.words import Words

# 3.4: functions


def F(X: Term, Y: Term, Z: Term) -> Term:
    """If X then Y else Z."""
    return (X & Y) | (~X & Z)


def G(X: Term, Y: Term, Z: Term) -> Term:
    """If Z then X else Y."""
    return (X & Z) | (Y & ~Z)


def H(X: Term, Y: Term, Z: Term) -> Term:
    """The parity of X, Y and Z."""
    return X ^ Y ^ Z


def I(X: Term, Y: Term, Z: Term) -> Term:  # noqa: E743 (the standard's name)
    """Y, complemented where X is 1 or Z is 0."""
    return Y ^ (X | ~Z)


@dataclass(frozen=True)
class Round:
    """16 operations [abcd k s i]: operation j takes word k = first + j * step modulo 16.

    It rotates to the left by s bits, which is amount j modulo 4 of the four.
    """

    function: Callable[[Term, Term, Term], Term]
    first: int
    step: int
    amounts: tuple[int, ...]


ROUNDS = (
    Round(F, 0, 1, (7, 12, 17, 22)),
    Round(G, 1, 5, (5, 9, 14, 20)),
    Round(H, 5, 3, (4, 11, 16, 23)),
    Round(I, 0, 7, (6, 10, 15, 21)),
)

# 3.4: T[i], the integer part of 2^32 times |sin i|, for i = 1 to 64 in radians
T = tuple([int(abs(sin(i)) * (1 << 32)) for i in range(1, 65)])

# 3.3: the registers A, B, C and D; the RFC prints their bytes, the low-order one first.
INITIAL = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)


def compress(state: Words, X: Words) -> list[Term]:
    """3.4: the registers that follow A, B, C and D after a block X of 16 words.

    Raises ValueError for other numbers of words, or words of another width.
    """
    require_words(32, 4, state, X)
    a, b, c, d = state
    for i in range(64):
        r, j = ROUNDS[i // 16], i % 16
        k, s = (r.first + j * r.step) % 16, r.amounts[j % 4]
        total = a + r.function(b, c, d) + X[k] + T[i]
        a, b, c, d = d, b + total.builder.rol(total, s), b, c
    return [x + y for x, y in zip((a, b, c, d), state, strict=True)]


def md5(message: bytes) -> bytes:
    """The message digest (3.5): 16 bytes.  Messages are shorter than 2^64 bits."""
    return digest(compress, INITIAL, 32, "little", message)
