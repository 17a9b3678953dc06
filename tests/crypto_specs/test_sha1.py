"""SHA-1 against the standard's examples; every constant matters."""

import doctest

import pytest

from crypto_specs import sha1, sha2

# NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values": one block and
# two; the empty message is the first of CAVP's short messages (SHA1ShortMsg.rsp).
EXAMPLES = [
    (b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    ),
    (b"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
]


@pytest.mark.parametrize(("message", "digest"), EXAMPLES)
def test_the_standards_examples(message: bytes, digest: str) -> None:
    assert sha1.sha1(message).hex() == digest


def test_docstring_examples() -> None:
    results = doctest.testmod(sha1)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("name", ["K", "H_SHA1"])
def test_every_constant_matters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = getattr(sha1, name)
    for i in range(len(values)):
        changed = (*values[:i], values[i] ^ 1, *values[i + 1 :])
        monkeypatch.setattr(sha1, name, changed)
        assert sha1.sha1(b"abc").hex() != EXAMPLES[0][1], i


def test_every_function_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    for i, wrong in enumerate((sha2.Maj, sha2.Ch, sha2.Ch, sha2.Ch)):
        monkeypatch.setattr(sha1, "f", (*sha1.f[:i], wrong, *sha1.f[i + 1 :]))
        assert sha1.sha1(b"abc").hex() != EXAMPLES[0][1], i
        monkeypatch.undo()
