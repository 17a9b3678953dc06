"""SHA-2 against the standard's printed values; every amount and constant matters."""

import doctest
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.term import Term
from crypto_specs import sha2

HASHES: dict[str, Callable[[bytes], bytes]] = {
    "sha224": sha2.sha224,
    "sha256": sha2.sha256,
    "sha384": sha2.sha384,
    "sha512": sha2.sha512,
}
SIZES = pytest.mark.parametrize("p", [sha2.W32, sha2.W64], ids=["w=32", "w=64"])

ABC = b"abc"  # one block; the other two messages are padded to two
BITS_448 = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
BITS_896 = (
    b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
    b"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
)

# NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values"; the empty
# message is the first of CAVP's short messages (SHA256ShortMsg.rsp).
EXAMPLES = [
    ("sha224", ABC, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
    ("sha224", BITS_448, "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"),
    ("sha256", ABC, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("sha256", BITS_448, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ("sha256", b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
        "sha384",
        ABC,
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
        "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    ),
    (
        "sha384",
        BITS_896,
        "09330c33f71147e83d192fc782cd1b4753111b173b3b05d2"
        "2fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039",
    ),
    (
        "sha512",
        ABC,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        "sha512",
        BITS_896,
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
        "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
]

# First and last of the values that 4.2.2, 4.2.3 and 5.3.2 to 5.3.5 print.
CONSTANTS = [
    (sha2.W32.K, 64, 0x428A2F98, 0xC67178F2),
    (sha2.W64.K, 80, 0x428A2F98D728AE22, 0x6C44198C4A475817),
    (sha2.H_SHA224, 8, 0xC1059ED8, 0xBEFA4FA4),
    (sha2.H_SHA256, 8, 0x6A09E667, 0x5BE0CD19),
    (sha2.H_SHA384, 8, 0xCBBB9D5DC1059ED8, 0x47B5481DBEFA4FA4),
    (sha2.H_SHA512, 8, 0x6A09E667F3BCC908, 0x5BE0CD19137E2179),
]


@pytest.mark.parametrize(("name", "message", "digest"), EXAMPLES)
def test_the_standards_examples(name: str, message: bytes, digest: str) -> None:
    assert HASHES[name](message).hex() == digest


@pytest.mark.parametrize(("values", "how_many", "first", "last"), CONSTANTS)
def test_the_standards_constants(
    values: tuple[int, ...], how_many: int, first: int, last: int
) -> None:
    assert (len(values), values[0], values[-1]) == (how_many, first, last)


def test_docstring_examples() -> None:
    results = doctest.testmod(sha2)
    assert results.attempted > 0
    assert results.failed == 0


def symbolic(b: Builder, p: sha2.Parameters, name: str, how_many: int) -> list[Term]:
    return [b.var(p.w, f"{name}{i}") for i in range(how_many)]


def test_the_functions_that_proofs_name_are_the_compressions_of_the_two_word_sizes() -> None:
    b = RawBuilder()
    functions = [
        (sha2.W32, sha2.sha256_compress, sha2.sha256_blocks),
        (sha2.W64, sha2.sha512_compress, sha2.sha512_blocks),
    ]
    for p, compress, blocks in functions:
        H, words = symbolic(b, p, "H", 8), symbolic(b, p, "M", 32)
        once = compress(H, words[:16])
        assert once == sha2.compress(p, H, words[:16])
        assert blocks(H, words[:16]) == once
        assert blocks(H, words) == compress(once, words[16:])
        assert blocks(H, []) == H


@SIZES
@pytest.mark.parametrize("name", ["Σ0", "Σ1", "σ0", "σ1"])
@pytest.mark.parametrize("i", range(3))
def test_every_amount_matters(p: sha2.Parameters, name: str, i: int) -> None:
    amounts = list(getattr(p, name))
    amounts[i] += 1
    change: dict[str, Any] = {name: tuple(amounts)}
    assert differs_from(p, replace(p, **change))


@SIZES
def test_every_constant_matters(p: sha2.Parameters) -> None:
    for t in range(len(p.K)):
        K = (*p.K[:t], p.K[t] ^ 1, *p.K[t + 1 :])
        assert differs_from(p, replace(p, K=K)), t


def differs_from(p: sha2.Parameters, mutant: sha2.Parameters) -> bool:
    """Whether the digest of "abc", the standard's first example, tells the two apart."""
    H0, bits = (sha2.H_SHA256, 256) if p.w == 32 else (sha2.H_SHA512, 512)
    return sha2.digest(mutant, H0, bits, b"abc") != sha2.digest(p, H0, bits, b"abc")
