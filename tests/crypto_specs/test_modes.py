"""Modes of operation against the standards' printed values and another implementation."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from crypto_specs import aes, gcm, modes
from crypto_specs.modes import Cipher
from crypto_specs.words import from_bytes, to_bytes

terms = partial(from_bytes, 8, "big")
octets = partial(to_bytes, "big")


def forward(key: bytes) -> Cipher:
    w = aes.key_expansion(terms(key))
    return lambda block: aes.cipher(block, w)


def inverse(key: bytes) -> Cipher:
    w = aes.key_expansion(terms(key))
    return lambda block: aes.inv_cipher(block, w)


# SP 800-38A, appendix F: AES-128, four blocks.
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
IV = bytes(range(16))
COUNTER = bytes(range(0xF0, 0x100))
PLAINTEXT = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
ECB = (
    "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
    "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
)
CBC = (
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
    "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"
)
CTR = (
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
    "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"
)

# IEEE Std 1619, annex B: vector 1, and vector 15, which steals one byte.
XTS = [
    (
        bytes(32),
        bytes(16),
        bytes(32),
        "917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e",
    ),
    (
        bytes(range(0xFF, 0xEF, -1)) + bytes(range(0xBF, 0xAF, -1)),
        bytes.fromhex("9a785634120000000000000000000000"),
        bytes(range(17)),
        "6c1625db4671522d3d7599601de7ca09ed",
    ),
]


def test_the_standards_ecb() -> None:
    ciphertext = modes.ecb(forward(KEY), terms(PLAINTEXT))
    assert octets(ciphertext).hex() == ECB
    assert octets(modes.ecb(inverse(KEY), ciphertext)) == PLAINTEXT


def test_the_standards_cbc() -> None:
    ciphertext = modes.cbc_encrypt(forward(KEY), terms(IV), terms(PLAINTEXT))
    assert octets(ciphertext).hex() == CBC
    assert octets(modes.cbc_decrypt(inverse(KEY), terms(IV), ciphertext)) == PLAINTEXT


def test_the_standards_ctr() -> None:
    """Its counter block is incremented as a whole, which comes to the same here."""
    assert octets(modes.ctr32(forward(KEY), terms(COUNTER), terms(PLAINTEXT))).hex() == CTR


def test_a_counter_of_32_bits_wraps() -> None:
    block = terms(bytes(range(12)) + b"\xff\xff\xff\xff")
    assert octets(modes.inc32(block)) == bytes(range(12)) + bytes(4)


@pytest.mark.parametrize(("keys", "i", "plaintext", "ciphertext"), XTS)
def test_the_standards_xts(keys: bytes, i: bytes, plaintext: bytes, ciphertext: str) -> None:
    key1, key2 = keys[:16], keys[16:]
    secret = modes.xts_encrypt(forward(key1), forward(key2), terms(i), terms(plaintext))
    assert octets(secret).hex() == ciphertext
    opened = modes.xts_decrypt(inverse(key1), forward(key2), terms(i), secret)
    assert octets(opened) == plaintext


Mode = Callable[[bytes, bytes, bytes], tuple[bytes, bytes]]


def cbc(key: bytes, iv: bytes, data: bytes) -> tuple[bytes, bytes]:
    C = modes.cbc_encrypt(forward(key), terms(iv), terms(data))
    return octets(C), octets(modes.cbc_decrypt(inverse(key), terms(iv), C))


def ctr(key: bytes, iv: bytes, data: bytes) -> tuple[bytes, bytes]:
    C = modes.ctr32(forward(key), terms(iv), terms(data))
    return octets(C), octets(modes.ctr32(forward(key), terms(iv), C))


def xts(key: bytes, i: bytes, data: bytes) -> tuple[bytes, bytes]:
    half = len(key) // 2
    tweak = forward(key[half:])
    C = modes.xts_encrypt(forward(key[:half]), tweak, terms(i), terms(data))
    return octets(C), octets(modes.xts_decrypt(inverse(key[:half]), tweak, terms(i), C))


@pytest.mark.parametrize(
    ("name", "mode", "sizes", "least", "unit"),
    [
        ("CBC", cbc, (16, 24, 32), 16, 16),
        ("CTR", ctr, (16, 24, 32), 1, 1),
        ("XTS", xts, (32, 64), 16, 1),
    ],
)
def test_random_data_agrees_with_another_implementation(
    name: str, mode: Mode, sizes: tuple[int, ...], least: int, unit: int
) -> None:
    ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers")
    source = random.Random(name)
    for size in sizes:
        for length in (least, source.randrange(least, 40, unit), source.randrange(32, 64, unit)):
            key, iv, data = [source.randbytes(n) for n in (size, 16, length)]
            iv = iv[:12] + bytes(4)  # the other one counts in 128 bits
            other: Any = ciphers.Cipher(
                ciphers.algorithms.AES(key), getattr(ciphers.modes, name)(iv)
            ).encryptor()
            assert mode(key, iv, data) == (other.update(data) + other.finalize(), data)


def test_data_that_is_too_short_or_not_whole_is_refused() -> None:
    ciph = forward(KEY)
    with pytest.raises(ValueError, match="whole blocks"):
        modes.cbc_encrypt(ciph, terms(IV), terms(bytes(17)))
    with pytest.raises(ValueError, match="16 bytes or more"):
        modes.xts_encrypt(ciph, ciph, terms(IV), terms(bytes(15)))


# GCM: test cases 1 to 6 of McGrew and Viega, "The Galois/Counter Mode of Operation".
GCM_KEY = "feffe9928665731c6d6a8f9467308308"
GCM_PLAINTEXT = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
GCM_DATA = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
GCM_CIPHERTEXT = (
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
)
GCM = [
    ("00" * 16, "00" * 12, "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"),
    (
        *("00" * 16, "00" * 12, "00" * 16, "", "0388dace60b6a392f328c2b971b2fe78"),
        "ab6e47d42cec13bdf53a67b21257bddf",
    ),
    (
        *(GCM_KEY, "cafebabefacedbaddecaf888", GCM_PLAINTEXT, "", GCM_CIPHERTEXT),
        "4d5c2af327cd64a62cf35abd2ba6fab4",
    ),
    (
        *(GCM_KEY, "cafebabefacedbaddecaf888", GCM_PLAINTEXT[:120], GCM_DATA),
        *(GCM_CIPHERTEXT[:120], "5bc94fbc3221a5db94fae95ae7121a47"),
    ),
]


@pytest.mark.parametrize(("key", "iv", "plaintext", "data", "ciphertext", "tag"), GCM)
def test_known_gcm(key: str, iv: str, plaintext: str, data: str, ciphertext: str, tag: str) -> None:
    ciph = forward(bytes.fromhex(key))
    IV, P, A = [terms(bytes.fromhex(x)) for x in (iv, plaintext, data)]
    C, T = gcm.gcm_ae(ciph, IV, P, A)
    assert (octets(C).hex(), octets(T).hex()) == (ciphertext, tag)
    opened, ok = gcm.gcm_ad(ciph, IV, C, A, T)
    assert (octets(opened).hex(), ok.value) == (plaintext, 1)
    forged = [T[0] ^ 1, *T[1:]]
    assert gcm.gcm_ad(ciph, IV, C, A, forged)[1].value == 0


@pytest.mark.parametrize("size", [16, 24, 32])
def test_random_messages_agree_with_another_gcm(size: int) -> None:
    aead = pytest.importorskip("cryptography.hazmat.primitives.ciphers.aead")
    source = random.Random(size)
    for iv_length, length, data_length in [(12, 0, 5), (12, 37, 0), (8, 16, 16), (60, 33, 17)]:
        lengths = (size, iv_length, length, data_length)
        key, iv, plaintext, data = [source.randbytes(n) for n in lengths]
        C, T = gcm.gcm_ae(forward(key), terms(iv), terms(plaintext), terms(data))
        assert octets(C) + octets(T) == aead.AESGCM(key).encrypt(iv, plaintext, data)


def product(X: int, Y: int) -> int:
    """Algorithm 1 of SP 800-38D, bit by bit."""
    Z, V = 0, Y
    for i in range(128):
        Z ^= V if X >> (127 - i) & 1 else 0
        V = V >> 1 ^ (0xE1 << 120 if V & 1 else 0)
    return Z


def test_multiplication_is_the_standards_algorithm() -> None:
    """Bilinear, it is known by the products of powers of u."""
    b = ConcreteBuilder()
    powers = [1 << i for i in range(128)]
    for X in (powers[127], powers[126], powers[64], powers[1], powers[0]):
        for Y in powers:
            assert gcm.multiply(b.const(128, X), b.const(128, Y)).value == product(X, Y)


def test_symbolic_elements_evaluate_to_what_a_concrete_run_gives() -> None:
    b = RawBuilder()
    X, Y = b.var(128, "X"), b.var(128, "Y")
    for seed in range(20):
        x, y, z = evaluate([X, Y, gcm.multiply(X, Y)], RandomAssignment(seed))
        assert z == product(x, y)
