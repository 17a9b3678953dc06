"""ChaCha20, as RFC 8439 defines it.

Section numbers are those of RFC 8439 (June 2018).  Words are terms of 32 bits of any builder; `+`
is addition modulo 2^32.  A key is 8 words, a nonce 3, and the block counter one.  Words stand for
their bytes with the lowest first.

>>> key, nonce = bytes(range(32)), bytes.fromhex("000000090000004a00000000")  # 2.3.2
>>> chacha20(key, 1, nonce, bytes(16)).hex()
'10f1e7e4d13b5915500fdd1fa32071c4'
"""

from __future__ import annotations

from armsym.bv.term import Term
from crypto_specs.words import Words, from_bytes, literals, to_bytes

# 2.3: the first row of the state
CONSTANTS = tuple([int.from_bytes(text, "little") for text in (b"expa", b"nd 3", b"2-by", b"te k")])

# 2.3: the operands of the eight quarter rounds of two rounds, four columns and four diagonals
QUARTER_ROUNDS = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)


def quarter_round(a: Term, b: Term, c: Term, d: Term) -> tuple[Term, Term, Term, Term]:
    """2.1: the ChaCha quarter round."""
    rol = a.builder.rol
    a += b
    d = rol(d ^ a, 16)
    c += d
    b = rol(b ^ c, 12)
    a += b
    d = rol(d ^ a, 8)
    c += d
    b = rol(b ^ c, 7)
    return a, b, c, d


def inner_block(state: Words) -> list[Term]:
    """2.3.1: two rounds on a state of 16 words."""
    new = list(state)
    for x, y, z, w in QUARTER_ROUNDS:
        new[x], new[y], new[z], new[w] = quarter_round(new[x], new[y], new[z], new[w])
    return new


def block(key: Words, counter: Term, nonce: Words) -> list[Term]:
    """2.3: the block function: 16 words of key stream.

    Raises ValueError for other numbers of words, or words of another width.
    """
    words = (*key, counter, *nonce)
    if (len(key), len(nonce)) != (8, 3) or any(word.width != 32 for word in words):
        raise ValueError("a key is 8 words, a counter one and a nonce 3, of 32 bits each")
    initial = [*[counter.builder.const(32, constant) for constant in CONSTANTS], *words]
    state = initial
    for _ in range(10):
        state = inner_block(state)
    return [x + y for x, y in zip(state, initial, strict=True)]


def serialised(words: Words) -> list[Term]:
    """2.3: the bytes of words, terms of 8 bits, the lowest of each word first."""
    return [byte for word in words for byte in word.builder.split(word, 8)]


def encrypt(key: Words, counter: Term, nonce: Words, plaintext: Words) -> list[Term]:
    """2.4: the ciphertext of any number of bytes, terms of 8 bits, or their plaintext again.

    Block j of the key stream has the counter + j.  Raises ValueError where `block` does.
    """
    ciphertext: list[Term] = []
    for j in range(0, len(plaintext), 64):
        stream = serialised(block(key, counter + j // 64, nonce))
        ciphertext += [p ^ k for p, k in zip(plaintext[j : j + 64], stream, strict=False)]
    return ciphertext


def chacha20(key: bytes, counter: int, nonce: bytes, plaintext: bytes) -> bytes:
    """2.4 on bytes: a key of 32, a counter below 2^32, a nonce of 12, and any number of others."""
    (first,) = literals(32, [counter])
    parts = from_bytes(32, "little", key), first, from_bytes(32, "little", nonce)
    return to_bytes("little", encrypt(*parts, from_bytes(8, "little", plaintext)))
