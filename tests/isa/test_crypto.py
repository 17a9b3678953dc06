"""SHA-1, SHA-2 and SHA-3 instructions: hashes of the Python library made from them, and each alone.

The words are LLVM's, for the text beside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from armsym.bv.concrete import ConcreteBuilder
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State
from isa import decode
from isa.outcomes import Undefined

MESSAGE = b"one block of text"


class Vectors:
    """Vector registers, all 0 at first, and instructions that run on them."""

    def __init__(self, **values: int) -> None:
        b = self.builder = ConcreteBuilder()
        zero = b.const(1, 0)
        self.cpu = State(
            b,
            [b.const(64, 0)] * 32,
            [b.const(128, 0)] * 32,
            Flags(zero, zero, zero, zero),
            b.const(64, 0),
            Memory(b, []),
        )
        for name, value in values.items():
            self[int(name[1:])] = value

    def __setitem__(self, n: int, value: int) -> None:
        self.cpu.V[n, 128] = self.builder.const(128, value)

    def __getitem__(self, n: int) -> int:
        value = self.cpu.V[n, 128].value
        assert value is not None
        return value

    def run(self, *words: int) -> None:
        for word in words:
            decode(word).execute(self.cpu)


def pack(width: int, elements: Sequence[int]) -> int:
    return sum(x << width * i for i, x in enumerate(elements))


def unpack(width: int, value: int) -> list[int]:
    return [value >> lo & (1 << width) - 1 for lo in range(0, 128, width)]


def block(text: bytes, width: int) -> list[int]:
    """The padded text as one block of 16 big-endian words of `width` bits."""
    size = width * 2
    padded = (text + b"\x80").ljust(size - 8, b"\0") + (8 * len(text)).to_bytes(8, "big")
    step = width // 8
    return [int.from_bytes(padded[i : i + step], "big") for i in range(0, size, step)]


def primes(count: int) -> list[int]:
    found: list[int] = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def root(n: int, degree: int, width: int) -> int:
    """The first `width` bits of the fractional part of the root of n."""
    low, high = 0, n << width
    target = n << degree * width
    while high - low > 1:
        half = (low + high) // 2
        low, high = (half, high) if half**degree <= target else (low, half)
    return low & (1 << width) - 1


def digest(width: int, initial: Sequence[int], final: Sequence[int]) -> bytes:
    words = [(x + y) & (1 << width) - 1 for x, y in zip(initial, final, strict=True)]
    return b"".join(word.to_bytes(width // 8, "big") for word in words)


def added(width: int, vector: int, *others: int) -> int:
    """The sums of the elements of `width` bits."""
    columns = zip(unpack(width, vector), *[unpack(width, other) for other in others], strict=True)
    return pack(width, [sum(column) & (1 << width) - 1 for column in columns])


def middle(low: int, high: int) -> int:
    """EXT of 8 bytes: the upper half of `low`, then the lower half of `high`."""
    return low >> 64 | (high & 2**64 - 1) << 64


def vectors(width: int, words: Sequence[int]) -> list[int]:
    count = 128 // width
    return [pack(width, words[i : i + count]) for i in range(0, len(words), count)]


@pytest.mark.parametrize("text", [b"", MESSAGE])
def test_sha1_from_its_instructions(text: bytes) -> None:
    initial = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    constants = [0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6]
    rounds = [
        0x5E020020,  # sha1c q0, s1, v2.4s
        0x5E021020,  # sha1p q0, s1, v2.4s
        0x5E022020,  # sha1m q0, s1, v2.4s
        0x5E021020,  # sha1p q0, s1, v2.4s
    ]
    w = vectors(32, block(text, 32))
    cpu = Vectors(v0=pack(32, initial[:4]), v1=initial[4])
    for k in range(20):
        cpu[2] = added(32, w[0], pack(32, [constants[k // 5]] * 4))
        cpu.run(0x5E280803)  # sha1h s3, s0
        cpu.run(rounds[k // 5])
        cpu[1] = cpu[3]
        cpu[4], cpu[5], cpu[6], cpu[7] = w
        cpu.run(0x5E0630A4)  # sha1su0 v4.4s, v5.4s, v6.4s
        cpu.run(0x5E2818E4)  # sha1su1 v4.4s, v7.4s
        w = [*w[1:], cpu[4]]
    final = [*unpack(32, cpu[0]), cpu[1]]
    assert digest(32, initial, final) == hashlib.sha1(text).digest()


@pytest.mark.parametrize("text", [b"", MESSAGE])
def test_sha256_from_its_instructions(text: bytes) -> None:
    initial = [root(p, 2, 32) for p in primes(8)]
    constants = vectors(32, [root(p, 3, 32) for p in primes(64)])
    w = vectors(32, block(text, 32))
    cpu = Vectors(v0=pack(32, initial[:4]), v1=pack(32, initial[4:]))
    for constant in constants:
        cpu[2] = added(32, w[0], constant)
        cpu[3] = cpu[0]
        cpu.run(0x5E024020)  # sha256h q0, q1, v2.4s
        cpu.run(0x5E025061)  # sha256h2 q1, q3, v2.4s
        cpu[4], cpu[5], cpu[6], cpu[7] = w
        cpu.run(0x5E2828A4)  # sha256su0 v4.4s, v5.4s
        cpu.run(0x5E0760C4)  # sha256su1 v4.4s, v6.4s, v7.4s
        w = [*w[1:], cpu[4]]
    final = unpack(32, cpu[0]) + unpack(32, cpu[1])
    assert digest(32, initial, final) == hashlib.sha256(text).digest()


@pytest.mark.parametrize("text", [b"", MESSAGE])
def test_sha512_from_its_instructions(text: bytes) -> None:
    initial = [root(p, 2, 64) for p in primes(8)]
    constants = vectors(64, [root(p, 3, 64) for p in primes(80)])
    w = vectors(64, block(text, 64))
    ab, cd, ef, gh = vectors(64, initial)
    for constant in constants:
        wk = added(64, w[0], constant)
        cpu = Vectors(v1=middle(cd, ef), v3=added(64, gh, middle(wk, wk)), v5=middle(ef, gh))
        cpu.run(0xCE6180A3)  # sha512h q3, q5, v1.2d
        next_ef = added(64, cd, cpu[3])
        cpu[5], cpu[1] = cd, ab
        cpu.run(0xCE6184A3)  # sha512h2 q3, q5, v1.2d
        ab, cd, ef, gh = cpu[3], ab, next_ef, ef
        cpu[3], cpu[5], cpu[1] = w[0], w[7], middle(w[4], w[5])
        cpu[6] = w[1]
        cpu.run(0xCEC080C3)  # sha512su0 v3.2d, v6.2d
        cpu.run(0xCE6188A3)  # sha512su1 v3.2d, v5.2d, v1.2d
        w = [*w[1:], cpu[3]]
    final = [x for vector in (ab, cd, ef, gh) for x in unpack(64, vector)]
    assert digest(64, initial, final) == hashlib.sha512(text).digest()


# Operands that overlap: here an OR in the place of a XOR shows.
X, Y, Z = pack(64, [0xFF0F, 1 << 63]), pack(64, [0xF0FF, 3 << 62]), pack(64, [0x0FFF, 5])


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("eor3 v0.16b, v1.16b, v2.16b, v3.16b", 0xCE020C20, [0x000F, 1 << 62 | 5]),
        ("bcax v0.16b, v1.16b, v2.16b, v3.16b", 0xCE220C20, [0x0F0F, 1 << 62]),
        ("rax1 v0.2d, v1.2d, v2.2d", 0xCE628C20, [0x11EF1, 1]),
        ("xar v0.2d, v1.2d, v2.2d, #0", 0xCE820020, [0x0FF0, 1 << 62]),
        ("xar v0.2d, v1.2d, v2.2d, #8", 0xCE822020, [0xF0 << 56 | 0x0F, 1 << 54]),
        ("xar v0.2d, v1.2d, v2.2d, #63", 0xCE82FC20, [0x1FE0, 1 << 63]),
        ("sha1h s0, s3", 0x5E280860, [0xC00003FF, 0]),
    ],
)
def test_effect(text: str, word: int, expected: list[int]) -> None:
    cpu = Vectors(v0=pack(64, [7, 7]), v1=X, v2=Y, v3=Z)
    cpu.run(word)
    assert unpack(64, cpu[0]) == expected
    assert (cpu[1], cpu[2], cpu[3]) == (X, Y, Z)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("three-register SHA with opcode 111", 0x5E027020),
        ("three-register SHA with size 01", 0x5E420020),
        ("two-register SHA with opcode 00011", 0x5E283820),
        ("four-register with Op0 11", 0xCE620C20),
    ],
)
def test_refusal(text: str, word: int) -> None:
    with pytest.raises(Undefined):
        Vectors().run(word)
