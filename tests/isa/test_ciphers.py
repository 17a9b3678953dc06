"""AES, SM3 and SM4 instructions: the standards' examples made from them, and each alone.

The words are LLVM's, for the text beside.
"""

from __future__ import annotations

import pytest

from isa.crypto import s_boxes
from isa.outcomes import Undefined
from tests.isa.test_crypto import Vectors, pack, unpack

# FIPS 197, appendix C.1.
AES_KEY = bytes(range(16))
AES_PLAINTEXT = bytes.fromhex("00112233445566778899aabbccddeeff")
AES_CIPHERTEXT = bytes.fromhex("69c4e0d86a7b0430d8cdb78070b4c55a")

# GB/T 32907-2016, appendix A.1: the plaintext is the key.
SM4_KEY = [0x01234567, 0x89ABCDEF, 0xFEDCBA98, 0x76543210]
SM4_CIPHERTEXT = [0x681EDF34, 0xD206965E, 0x86B3E94F, 0x536E4246]

# GB/T 32905-2016, appendix A.1: the hash of "abc".
SM3_INITIAL = [
    *(0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600),
    *(0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E),
]
SM3_BLOCK = [0x61626380, *[0] * 14, 24]
SM3_DIGEST = [
    *(0x66C7F0F4, 0x62EEEDD9, 0xD1F2D46B, 0xDC10E4E2),
    *(0x4167C487, 0x5CF2F7A2, 0x297DA02B, 0x8F4BA8E0),
]

AESE, AESD = 0x4E284820, 0x4E285820  # aese v0.16b, v1.16b; aesd v0.16b, v1.16b
AESMC, AESIMC = 0x4E286800, 0x4E287800  # aesmc v0.16b, v0.16b; aesimc v0.16b, v0.16b


def number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def rotated(x: int, amount: int) -> int:
    """A 32-bit word, rotated left."""
    return (x << amount % 32 | x >> -amount % 32) & 0xFFFFFFFF


def on_vector(word: int, v0: int, v1: int = 0) -> int:
    """V0 after the instruction."""
    cpu = Vectors(v0=v0, v1=v1)
    cpu.run(word)
    return cpu[0]


def aes_128_schedule() -> list[int]:
    """The round keys.  AESE of four equal columns substitutes bytes without moving any."""
    words = [number(AES_KEY[i : i + 4]) for i in range(0, 16, 4)]
    constant = 1
    for i in range(4, 44):
        word = words[-1]
        if i % 4 == 0:
            word = rotated(on_vector(AESE, pack(32, [word] * 4)) & 0xFFFFFFFF, 24) ^ constant
            constant = constant << 1 ^ (0x11B if constant & 0x80 else 0)
        words.append(words[-4] ^ word)
    return [pack(32, words[i : i + 4]) for i in range(0, 44, 4)]


def test_aes_encrypts() -> None:
    first, *keys, last = aes_128_schedule()
    state = on_vector(AESE, number(AES_PLAINTEXT), first)
    for key in keys:
        state = on_vector(AESE, on_vector(AESMC, state), key)
    assert state ^ last == number(AES_CIPHERTEXT)


def test_aes_decrypts() -> None:
    """The equivalent inverse cipher, with the inner round keys mixed."""
    last, *keys, first = aes_128_schedule()
    state = on_vector(AESD, number(AES_CIPHERTEXT), first)
    for key in reversed(keys):
        state = on_vector(AESD, on_vector(AESIMC, state), on_vector(AESIMC, key))
    assert state ^ last == number(AES_PLAINTEXT)


def test_mixing_is_undone() -> None:
    state = number(AES_PLAINTEXT)
    assert on_vector(AESIMC, on_vector(AESMC, state)) == state != on_vector(AESMC, state)


def test_a_mixed_column() -> None:
    """FIPS 197, appendix B: the first column of the first round."""
    assert on_vector(AESMC, 0x305DBFD4) == 0xE5816604


def test_s_boxes() -> None:
    """Corners of the standards' tables; each is a permutation, and none has a fixed point."""
    assert [s_boxes.AES[x] for x in (0x00, 0x01, 0x53, 0xFF)] == [0x63, 0x7C, 0xED, 0x16]
    assert [s_boxes.AES_INVERSE[x] for x in (0x00, 0x52, 0xFF)] == [0x52, 0x48, 0x7D]
    assert [s_boxes.SM4[x] for x in (0x00, 0x01, 0xEF, 0xFF)] == [0xD6, 0x90, 0x84, 0x48]
    for box in (s_boxes.AES, s_boxes.AES_INVERSE):
        assert sorted(box) == list(range(256))
        assert all(box[x] != x for x in range(256))
    assert sorted(s_boxes.SM4) == list(range(256))


def test_sm4_encrypts() -> None:
    family_key = [0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC]
    constants = [sum(7 * (4 * i + k) % 256 << 8 * (3 - k) for k in range(4)) for i in range(32)]
    key = pack(32, [x ^ y for x, y in zip(SM4_KEY, family_key, strict=True)])
    state = pack(32, SM4_KEY)
    for i in range(0, 32, 4):
        key = on_vector(0xCE61C800, key, pack(32, constants[i : i + 4]))  # sm4ekey v0, v0, v1
        state = on_vector(0xCEC08420, state, key)  # sm4e v0.4s, v1.4s
    assert unpack(32, state)[::-1] == SM4_CIPHERTEXT


def test_sm3_hashes() -> None:
    w = schedule(SM3_BLOCK)
    cpu = Vectors(v0=pack(32, SM3_INITIAL[3::-1]), v1=pack(32, SM3_INITIAL[:3:-1]))
    for j in range(64):
        constant = rotated(0x7A879D8A if j >= 16 else 0x79CC4519, j)
        cpu[2] = constant << 96
        cpu[3], cpu[4] = w[j] ^ w[j + 4], w[j]
        cpu.run(0xCE420405)  # sm3ss1 v5.4s, v0.4s, v2.4s, v1.4s
        cpu.run(0xCE4384A0 if j >= 16 else 0xCE4380A0)  # sm3tt1b, sm3tt1a v0.4s, v5.4s, v3.s[0]
        cpu.run(0xCE448CA1 if j >= 16 else 0xCE4488A1)  # sm3tt2b, sm3tt2a v1.4s, v5.4s, v4.s[0]
    final = [*unpack(32, cpu[0])[::-1], *unpack(32, cpu[1])[::-1]]
    assert [x ^ y for x, y in zip(final, SM3_INITIAL, strict=True)] == SM3_DIGEST


def schedule(block: list[int]) -> list[int]:
    """The 68 words of SM3's message expansion, four at a time."""
    w = list(block)
    for j in range(16, 68, 4):
        vectors = {"v0": j - 16, "v3": j - 4, "v4": j - 9, "v6": j - 13, "v7": j - 6}
        # Of words that are not there yet the instructions make nothing.
        known = [*w, *[0] * 4]
        cpu = Vectors(**{name: pack(32, known[i : i + 4]) for name, i in vectors.items()})
        cpu.run(0xCE63C004)  # sm3partw1 v4.4s, v0.4s, v3.4s
        cpu.run(0xCE66C4E4)  # sm3partw2 v4.4s, v7.4s, v6.4s
        w += unpack(32, cpu[4])
    return w


def test_sm3_chooses_the_word() -> None:
    """SM3TT2B with imm2 = 3: of a state of zeroes, P0 of the word."""
    cpu = Vectors(v4=pack(32, [2, 3, 5, 0x80000001]))
    cpu.run(0xCE44BCA1)  # sm3tt2b v1.4s, v5.4s, v4.s[3]
    word = 0x80000001
    assert unpack(32, cpu[1]) == [0, 0, 0, word ^ rotated(word, 9) ^ rotated(word, 17)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("AES with opcode 00000", 0x4E280820),
        ("AES with opcode 01000", 0x4E288820),
        ("AES with size 01", 0x4E684820),
        ("three-register SHA 512 with O = 1, opcode 11", 0xCE62CC20),
        ("two-register SHA 512 with opcode 10", 0xCEC08820),
        ("two-register SHA 512 with another register than 0", 0xCEC18420),
    ],
)
def test_refusal(text: str, word: int) -> None:
    with pytest.raises(Undefined):
        Vectors().run(word)
