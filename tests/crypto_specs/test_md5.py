"""MD5 against the RFC's test suite and table; every entry of the round table matters."""

import doctest
from dataclasses import replace

import pytest

from crypto_specs import md5

# RFC 1321, A.5
SUITE = [
    (b"", "d41d8cd98f00b204e9800998ecf8427e"),
    (b"a", "0cc175b9c0f1b6a831c399e269772661"),
    (b"abc", "900150983cd24fb0d6963f7d28e17f72"),
    (b"message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (b"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    (
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f",
    ),
    (b"1234567890" * 8, "57edf4a22be3c955ac49da2e2107b67a"),
]


@pytest.mark.parametrize(("message", "digest"), SUITE)
def test_the_test_suite(message: bytes, digest: str) -> None:
    assert md5.md5(message).hex() == digest


def test_docstring_examples() -> None:
    results = doctest.testmod(md5)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_first_and_last_of_the_sines_that_the_reference_code_prints() -> None:
    assert (len(md5.T), md5.T[0], md5.T[-1]) == (64, 0xD76AA478, 0xEB86D391)


@pytest.mark.parametrize("i", range(4))
def test_every_part_of_a_round_matters(i: int, monkeypatch: pytest.MonkeyPatch) -> None:
    right = md5.ROUNDS[i]
    other = md5.ROUNDS[(i + 1) % 4]
    wrong = [
        replace(right, function=other.function),
        replace(right, first=right.first + 1),
        replace(right, step=right.step + 2),
        *[
            replace(right, amounts=(*right.amounts[:j], 1, *right.amounts[j + 1 :]))
            for j in range(4)
        ],
    ]
    for mutant in wrong:
        monkeypatch.setattr(md5, "ROUNDS", (*md5.ROUNDS[:i], mutant, *md5.ROUNDS[i + 1 :]))
        assert md5.md5(b"abc").hex() != SUITE[2][1], mutant
        monkeypatch.undo()


def test_every_sine_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(64):
        monkeypatch.setattr(md5, "T", (*md5.T[:i], md5.T[i] ^ 1, *md5.T[i + 1 :]))
        assert md5.md5(b"abc").hex() != SUITE[2][1], i
        monkeypatch.undo()
