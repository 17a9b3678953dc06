"""What hashes share that chain a compression function over blocks: MD5, SHA-1 and SHA-2.

A block is 16 words of w bits.  The hashes differ in their compression function, in the width of a
word and in the order of its bytes: FIPS 180-4 sections 3.1 and 5, RFC 1321 sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from armsym.bv.term import Term
from crypto_specs.words import ByteOrder, Words, from_bytes, literals, to_bytes

# The hash value that follows one (a few words) after a block (16 words).
Compression = Callable[[Words, Words], list[Term]]


def require_words(w: int, how_many: int, H: Words, M: Words) -> None:
    """Raises ValueError unless H is so many words and M a block, all of w bits."""
    if (len(H), len(M)) != (how_many, 16) or any(x.width != w for x in (*H, *M)):
        raise ValueError(f"a hash value is {how_many} words and a block 16, of {w} bits each")


def chain(compress: Compression, H: Words, words: Words) -> list[Term]:
    """The hash value that follows H after whole blocks, the first one first.

    Raises ValueError where `compress` does, so also for a last block that is not whole.
    """
    return reduce(compress, [words[i : i + 16] for i in range(0, len(words), 16)], list(H))


def pad(w: int, order: ByteOrder, message: bytes) -> bytes:
    """The message, a 1 bit, zeros, and its length in 2w bits: whole blocks.

    FIPS 180-4 section 5.1; RFC 1321 sections 3.1 and 3.2.
    """
    length = (8 * len(message)).to_bytes(w // 4, order)
    zeros = -(len(message) + 1 + len(length)) % (2 * w)
    return message + b"\x80" + bytes(zeros) + length


def digest(
    compress: Compression, H0: Sequence[int], w: int, order: ByteOrder, message: bytes
) -> bytes:
    """The last hash value of a message, H0 being the first."""
    M = from_bytes(w, order, pad(w, order, message))
    return to_bytes(order, chain(compress, literals(w, H0), M))
