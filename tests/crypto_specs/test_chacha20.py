"""ChaCha20 against the RFC's examples, the `cryptography` package, and on symbolic words."""

import doctest
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from crypto_specs import chacha20
from crypto_specs.words import literals

KEY = bytes(range(32))

SUNSCREEN = (  # 2.4.2
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future,"
    b" sunscreen would be it."
)
CIPHERTEXT = (
    "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b"
    "f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
    "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
    "5af90bbf74a35be6b40b8eedf2785e42874d"
)


def test_docstring_examples() -> None:
    results = doctest.testmod(chacha20)
    assert results.attempted > 0
    assert results.failed == 0


def test_a_quarter_round() -> None:
    """2.1.1"""
    words = literals(32, [0x11111111, 0x01020304, 0x9B8D6F43, 0x01234567])
    after = [word.value for word in chacha20.quarter_round(*words)]
    assert after == [0xEA2A92F4, 0xCB1CF8CE, 0x4581472E, 0x5881C4BB]


def test_a_block_of_zeros() -> None:
    """A.1, test vector 1."""
    stream = chacha20.chacha20(bytes(32), 0, bytes(12), bytes(64))
    assert stream.hex() == (
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
    )


def test_encryption() -> None:
    """2.4.2: two blocks, the second not whole."""
    nonce = bytes.fromhex("000000000000004a00000000")
    assert chacha20.chacha20(KEY, 1, nonce, SUNSCREEN).hex() == CIPHERTEXT
    assert chacha20.chacha20(KEY, 1, nonce, bytes.fromhex(CIPHERTEXT)) == SUNSCREEN


def test_the_counter_is_a_word_of_32_bits() -> None:
    after = chacha20.chacha20(KEY, 0, bytes(12), bytes(64))
    assert chacha20.chacha20(KEY, 2**32 - 1, bytes(12), bytes(128))[64:] == after


@settings(max_examples=25, deadline=None)
@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**32 - 8),
    st.binary(min_size=12, max_size=12),
    st.binary(max_size=200),
)
def test_random_calls_agree_with_another_implementation(
    key: bytes, counter: int, nonce: bytes, plaintext: bytes
) -> None:
    ciphers = pytest.importorskip("cryptography.hazmat.primitives.ciphers")
    start = counter.to_bytes(4, "little") + nonce
    other = ciphers.Cipher(ciphers.algorithms.ChaCha20(key, start), mode=None).encryptor()
    assert chacha20.chacha20(key, counter, nonce, plaintext) == other.update(plaintext)


def symbolic(b: RawBuilder) -> list[Term]:
    """A key, a counter and a nonce."""
    return [b.var(32, f"w{i}") for i in range(12)]


@pytest.mark.parametrize("length", [0, 1, 64, 65])
def test_symbolic_words_evaluate_to_what_a_concrete_run_gives(length: int) -> None:
    raw, concrete = RawBuilder(), ConcreteBuilder()
    words = symbolic(raw)
    plaintext = [raw.var(8, f"p{i}") for i in range(length)]
    assignment = RandomAssignment(length)
    values = evaluate([*words, *plaintext], assignment)
    w = [concrete.const(32, v) for v in values[:12]]
    p = [concrete.const(8, v) for v in values[12:]]
    expected = [x.value for x in chacha20.encrypt(w[:8], w[8], w[9:], p)]
    ciphertext = chacha20.encrypt(words[:8], words[8], words[9:], plaintext)
    assert len(ciphertext) == length
    assert evaluate(ciphertext, assignment) == expected


def test_words_of_another_number_or_width_are_refused() -> None:
    b = RawBuilder()
    words, wide = symbolic(b), b.var(64, "wide")
    key, counter, nonce = words[:8], words[8], words[9:]
    wrong: list[tuple[Any, Any, Any]] = [
        (key[:7], counter, nonce),
        (key, wide, nonce),
        (key, counter, nonce[:2]),
        ([wide, *key[1:]], counter, nonce),
    ]
    for arguments in wrong:
        with pytest.raises(ValueError, match="8 words"):
            chacha20.block(*arguments)


@pytest.mark.parametrize("i", range(4))
def test_every_constant_matters(i: int, monkeypatch: pytest.MonkeyPatch) -> None:
    right = chacha20.chacha20(KEY, 1, bytes(12), bytes(64))
    constants = chacha20.CONSTANTS
    changed = (*constants[:i], constants[i] ^ 1, *constants[i + 1 :])
    monkeypatch.setattr(chacha20, "CONSTANTS", changed)
    assert chacha20.chacha20(KEY, 1, bytes(12), bytes(64)) != right
