"""SHA-3 and SHAKE on the Keccak-p[1600, 24] permutation, as FIPS 202 defines them.

Section and algorithm numbers are those of FIPS 202 (August 2015).  A state is 25 lanes, terms of
64 bits of any builder: Lane(x, y) is word 5y + x (3.1.2), whose bit z is A[x, y, z]; as bytes, a
lane is little-endian (B.1).  Coordinates are taken modulo 5.  Messages are whole bytes.

>>> sha3_256(b"abc").hex()
'3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'
>>> shake128(b"", 16).hex()
'7f9c2ba4e88f827d616045507605853e'
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from armsym.bv.term import Term
from crypto_specs.words import Words, from_bytes, literals, to_bytes

ROUNDS = 24
LANES = 25


def ROT(lane: Term, offset: int) -> Term:
    """The lane whose bit z is bit z - offset of this one."""
    return lane.builder.rol(lane, offset)


def state(lane: Callable[[int, int], Term]) -> list[Term]:
    """The state whose lanes are these, by x and y."""
    return [lane(x, y) for y in range(5) for x in range(5)]


def at(A: Words, x: int, y: int) -> Term:
    """Lane(x, y) of the state A."""
    return A[5 * (y % 5) + x % 5]


# 3.2: step mappings


def θ(A: Words) -> list[Term]:
    """3.2.1, algorithm 1: adds to each bit the parities of two columns."""
    C = [A[x] ^ A[5 + x] ^ A[10 + x] ^ A[15 + x] ^ A[20 + x] for x in range(5)]
    D = [C[(x - 1) % 5] ^ ROT(C[(x + 1) % 5], 1) for x in range(5)]
    return state(lambda x, y: at(A, x, y) ^ D[x])


def offsets() -> dict[tuple[int, int], int]:
    """3.2.2, algorithm 2, and table 2: by how many bits ρ rotates each lane."""
    found = {(0, 0): 0}
    x, y = 1, 0
    for t in range(24):
        found[x, y] = (t + 1) * (t + 2) // 2
        x, y = y, (2 * x + 3 * y) % 5
    return found


OFFSETS = offsets()


def ρ(A: Words) -> list[Term]:
    """3.2.2: rotates each lane."""
    return state(lambda x, y: ROT(at(A, x, y), OFFSETS[x, y]))


def π(A: Words) -> list[Term]:
    """3.2.3, algorithm 3: rearranges the lanes."""
    return state(lambda x, y: at(A, x + 3 * y, x))


def χ(A: Words) -> list[Term]:
    """3.2.4, algorithm 4: adds to each bit a product of two others of its row."""
    return state(lambda x, y: at(A, x, y) ^ (~at(A, x + 1, y) & at(A, x + 2, y)))


def ι(A: Words, RC: Term | int) -> list[Term]:
    """3.2.5, algorithm 6: adds a round constant to Lane(0, 0)."""
    return [A[0] ^ RC, *A[1:]]


def rc(t: int) -> int:
    """3.2.5, algorithm 5: a bit of a linear feedback shift register."""
    R = 1  # bit i of the number is R[i]
    for _ in range(t % 255):
        R <<= 1
        R ^= 0b1_0111_0001 * (R >> 8)
    return R & 1


# 3.2.5, algorithm 6: the round constants; bit 2^j - 1 of the one of round i is rc(j + 7i).
RC = tuple([sum([rc(j + 7 * i) << (1 << j) - 1 for j in range(7)]) for i in range(ROUNDS)])


# 3.3: the permutation


def Rnd(A: Words, RC: Term | int) -> list[Term]:
    """3.3: one round, with its constant."""
    return ι(χ(π(ρ(θ(A)))), RC)


def Rnd_block(states: Words, block: Words) -> list[Term]:
    """One round of each of the states, one behind the other, with the only word of a block.

    Raises ValueError unless a state is 25 words, and the block one, of 64 bits each.
    """
    words = (*states, *block)
    if len(states) % LANES or len(block) != 1 or any(word.width != 64 for word in words):
        raise ValueError("a state is 25 lanes and a round constant one word, of 64 bits each")
    each = [states[i : i + LANES] for i in range(0, len(states), LANES)]
    return [lane for A in each for lane in Rnd(A, block[0])]


def keccak_p(A: Words, constants: tuple[int, ...] = RC) -> list[Term]:
    """3.3, algorithm 7: KECCAK-p[1600, 24], which is KECCAK-f[1600] (3.4)."""
    return reduce(Rnd, constants, list(A))


# 4 and 6: the sponge


def sponge(rate: int, domain: int, message: bytes, d: int) -> bytes:
    """4, algorithm 8: d bytes of output, `rate` bytes being absorbed and squeezed at a time.

    `domain` is the byte of the bits that separate the functions (6.1 and 6.2) and the first bit of
    pad10*1 (5.1), the lowest bit first (B.2).
    """
    padded = bytearray(message + bytes([domain]))
    padded += bytes(-len(padded) % rate)
    padded[-1] |= 0x80
    A = literals(64, [0] * LANES)
    for start in range(0, len(padded), rate):
        P = from_bytes(64, "little", bytes(padded[start : start + rate]))
        A = keccak_p([*[a ^ p for a, p in zip(A, P, strict=False)], *A[len(P) :]])
    Z = to_bytes("little", A)[:rate]
    while len(Z) < d:
        A = keccak_p(A)
        Z += to_bytes("little", A)[:rate]
    return Z[:d]


def sha3(d: int, message: bytes) -> bytes:
    """6.1: SHA3-8d, whose capacity is twice its output's length of d bytes."""
    return sponge(200 - 2 * d, 0b110, message, d)


def sha3_224(message: bytes) -> bytes:
    """SHA3-224 (6.1): 28 bytes."""
    return sha3(28, message)


def sha3_256(message: bytes) -> bytes:
    """SHA3-256 (6.1): 32 bytes."""
    return sha3(32, message)


def sha3_384(message: bytes) -> bytes:
    """SHA3-384 (6.1): 48 bytes."""
    return sha3(48, message)


def sha3_512(message: bytes) -> bytes:
    """SHA3-512 (6.1): 64 bytes."""
    return sha3(64, message)


def shake128(message: bytes, d: int) -> bytes:
    """SHAKE128 (6.2): d bytes."""
    return sponge(168, 0b11111, message, d)


def shake256(message: bytes, d: int) -> bytes:
    """SHAKE256 (6.2): d bytes."""
    return sponge(136, 0b11111, message, d)
