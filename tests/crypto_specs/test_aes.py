"""AES against the standard's printed values, and what the standard says of it, by the kernel."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from functools import reduce
from operator import xor

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError
from crypto_specs import aes
from crypto_specs.words import Words, from_bytes, to_bytes

SIZES = pytest.mark.parametrize("size", [16, 24, 32])

# FIPS 197, appendix B, and appendix C of its first edition (2001).
BLOCKS = [
    (
        "2b7e151628aed2a6abf7158809cf4f3c",
        "3243f6a8885a308d313198a2e0370734",
        "3925841d02dc09fbdc118597196a0b32",
    ),
    (
        bytes(range(16)).hex(),
        "00112233445566778899aabbccddeeff",
        "69c4e0d86a7b0430d8cdb78070b4c55a",
    ),
    (
        bytes(range(24)).hex(),
        "00112233445566778899aabbccddeeff",
        "dda97ca4864cdfe06eaf70a0ec0d7191",
    ),
    (
        bytes(range(32)).hex(),
        "00112233445566778899aabbccddeeff",
        "8ea2b7ca516745bfeafc49904b496089",
    ),
]

# FIPS 197, appendix A: the key, the first word that is computed, the last one.
SCHEDULES = [
    ("2b7e151628aed2a6abf7158809cf4f3c", "a0fafe17", "b6630ca6"),
    ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "fe0c91f7", "01002202"),
    (
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "9ba35411",
        "706c631e",
    ),
]


@pytest.mark.parametrize(("key", "plain", "secret"), BLOCKS)
def test_the_standards_blocks(key: str, plain: str, secret: str) -> None:
    k, p, c = map(bytes.fromhex, (key, plain, secret))
    assert aes.encrypt(k, p) == c
    assert aes.decrypt(k, c) == p


@pytest.mark.parametrize(("key", "first", "last"), SCHEDULES)
def test_the_standards_key_schedules(key: str, first: str, last: str) -> None:
    w = to_bytes("big", aes.key_expansion(from_bytes(8, "big", bytes.fromhex(key)))).hex()
    assert w.startswith(key + first)
    assert w.endswith(last)


def test_the_standards_tables() -> None:
    """Tables 4, 5 and 6: corners, and the examples of the text ({53} becomes {ed})."""
    assert [aes.SBOX[b] for b in (0x00, 0x0F, 0x53, 0xF0, 0xFF)] == [0x63, 0x76, 0xED, 0x8C, 0x16]
    assert [aes.INVSBOX[b] for b in (0x00, 0x0F, 0xF0, 0xFF)] == [0x52, 0xFB, 0x17, 0x7D]
    assert bytes(aes.RCON).hex() == "01020408102040801b36"


def test_docstring_examples() -> None:
    results = doctest.testmod(aes)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_standards_products() -> None:
    """4.2: {57} • {13} is {fe}; and the inverse of each element is one."""
    assert aes.multiply(0x13, 0x57) == 0xFE
    assert all(aes.multiply(b, aes.inverse(b)) == 1 for b in range(1, 256))


def power_254(x: Term) -> Term:
    """x^254, by products that look at the bits of both factors."""

    def product(p: Term, q: Term) -> Term:
        return reduce(
            xor, [aes.multiply(1 << i, p) & p.builder.replicate(q[i], 8) for i in range(8)]
        )

    squares = [product(x, x)]
    while len(squares) < 7:
        squares.append(product(squares[-1], squares[-1]))
    return reduce(product, squares)


def s_box_theorem(affine: Callable[[Term], Term]) -> None:
    kernel = Kernel()
    x = kernel.builder.var(8, "x")
    kernel.table(kernel.builder.table(8, aes.SBOX, x), affine(power_254(x)))


def test_the_kernel_shows_that_the_s_box_is_the_affine_map_of_the_inverse() -> None:
    s_box_theorem(aes.affine)


def test_and_of_no_other_affine_map() -> None:
    with pytest.raises(KernelError, match="is not"):
        s_box_theorem(lambda x: aes.affine(x) ^ 1)


def variables(b: Builder, name: str, how_many: int) -> list[Term]:
    return [b.var(8, f"{name}{i}") for i in range(how_many)]


Decryption = Callable[[Words, Words], list[Term]]


def inverse_cipher_theorem(size: int, decryption: Decryption) -> None:
    """That a decryption with a key is INVCIPHER, for all blocks and all keys of so many bytes."""
    kernel = Kernel()
    key, block = variables(kernel.builder, "key", size), variables(kernel.builder, "in", 16)
    right = aes.inv_cipher(block, aes.key_expansion(key))
    for x, y in zip(decryption(block, key), right, strict=True):
        kernel.equality(x, y)


@SIZES
def test_the_equivalent_inverse_cipher_is_the_inverse_cipher(size: int) -> None:
    """With the round keys in the order of use, as proofs/aes.py has it."""
    inverse_cipher_theorem(
        size, lambda block, key: aes.decipher(block, aes.decryption_schedule(key))
    )


def test_but_not_with_the_key_schedule_of_the_cipher() -> None:
    with pytest.raises(KernelError, match="differ"):
        inverse_cipher_theorem(
            16, lambda block, key: aes.eq_inv_cipher(block, aes.key_expansion(key))
        )


@SIZES
def test_symbolic_bytes_evaluate_to_what_a_concrete_run_gives(size: int) -> None:
    b = RawBuilder()
    key, block = variables(b, "key", size), variables(b, "in", 16)
    assignment = RandomAssignment(size)
    k, p = [bytes(evaluate(x, assignment)) for x in (key, block)]
    assert bytes(evaluate(aes.cipher(block, aes.key_expansion(key)), assignment)) == aes.encrypt(
        k, p
    )


@SIZES
def test_random_blocks_agree_with_another_implementation(size: int) -> None:
    ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers")
    for seed in range(8):
        assignment = RandomAssignment(seed)
        key = bytes([assignment(8, "key", (i,)) for i in range(size)])
        block = bytes([assignment(8, "in", (i,)) for i in range(16)])
        other = ciphers.Cipher(ciphers.algorithms.AES(key), ciphers.modes.ECB()).encryptor()
        assert aes.encrypt(key, block) == other.update(block)
        assert aes.decrypt(key, other.update(block)) == block


@pytest.mark.parametrize("wrong", [0, 15, 17, 31, 33])
def test_keys_blocks_and_schedules_of_wrong_sizes_are_refused(wrong: int) -> None:
    bytes_ = from_bytes(8, "big", bytes(wrong))
    with pytest.raises(ValueError, match="a key of AES"):
        aes.key_expansion(bytes_)
    with pytest.raises(ValueError, match="a key schedule of AES"):
        aes.cipher(from_bytes(8, "big", bytes(16)), bytes_)
    w = aes.key_expansion(from_bytes(8, "big", bytes(16)))
    for cipher in (aes.cipher, aes.inv_cipher, aes.eq_inv_cipher):
        with pytest.raises(ValueError, match="zip"):
            cipher(bytes_, w)
