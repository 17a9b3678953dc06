"""Poly1305, as RFC 8439 defines it.

Section numbers are those of RFC 8439 (June 2018).  Numbers are terms of any builder, wide enough
that sums and products don't wrap; messages are bytes, the lowest of a number first.

>>> key = "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b"  # 2.5.2
>>> poly1305(bytes.fromhex(key), b"Cryptographic Forum Research Group").hex()
'a8061dc1305136c6c22b8baf0c0127a9'
"""

from __future__ import annotations

from functools import reduce

from armsym.bv.term import Term
from crypto_specs.words import Words, from_bytes, to_bytes

P = 2**130 - 5

# 2.5: 22 bits of r are zero.
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF

# The width of an accumulator in bits, and that of (accumulator + block) * r.
WIDTH = 130
PRODUCT = 260


def clamp(r: Term) -> Term:
    """2.5: r, 128 bits, with those bits cleared."""
    return r & CLAMP


def mod_p(x: Term) -> Term:
    """The remainder of x modulo P, in 130 bits."""
    b = x.builder
    quotient = b.udiv(x, b.const(x.width, P))
    return (x - quotient * P)[WIDTH - 1 : 0]


def number(block: Words) -> Term:
    """2.5.1: the number that 1 to 16 bytes stand for, with a bit added beyond them."""
    b = block[0].builder
    return b.zero_extend(b.concat(b.const(1, 1), b.join(list(block))), WIDTH)


def step(accumulator: Term, block: Words, r: Term) -> Term:
    """2.5.1: the accumulator (130 bits, below P) after a block, r being clamped (128 bits)."""
    b = r.builder
    wide = [b.zero_extend(x, PRODUCT) for x in (accumulator, number(block), r)]
    return mod_p((wide[0] + wide[1]) * wide[2])


def mac(r: Term, s: Term, message: Words) -> Term:
    """2.5.1: the tag, 128 bits, of a message of 8-bit terms under the key's halves r and s.

    Raises ValueError for halves of another width.
    """
    if (r.width, s.width) != (128, 128):
        raise ValueError("r and s have 128 bits each")
    clamped = clamp(r)
    blocks = [message[i : i + 16] for i in range(0, len(message), 16)]
    zero = r.builder.const(WIDTH, 0)
    accumulator = reduce(lambda a, block: step(a, block, clamped), blocks, zero)
    return accumulator[127:0] + s


def poly1305(key: bytes, message: bytes) -> bytes:
    """2.5 on bytes: the tag, 16 bytes, of a message under a one-time key of 32 bytes."""
    r, s = from_bytes(128, "little", key)
    return to_bytes("little", [mac(r, s, from_bytes(8, "little", message))])
