"""Poly1305 against the RFC's examples, the `cryptography` package, and on symbolic words."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from crypto_specs import poly1305

# A.3, test vectors 7 to 11: numbers around the prime and the carries; r, s, message and tag.
TWO = "02" + 15 * "00"
ONES = 16 * "ff"
ZEROS = 16 * "00"
VECTORS = [
    (TWO, ZEROS, ONES, "03" + 15 * "00"),
    (TWO, ONES, TWO, "03" + 15 * "00"),
    ("01" + 15 * "00", ZEROS, ONES + "f0" + 15 * "ff" + "11" + 15 * "00", "05" + 15 * "00"),
    ("01" + 15 * "00", ZEROS, ONES + "fb" + 15 * "fe" + 16 * "01", ZEROS),
    (TWO, ZEROS, "fd" + 15 * "ff", "fa" + 15 * "ff"),
]


def test_docstring_examples() -> None:
    results = doctest.testmod(poly1305)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize(("r", "s", "message", "tag"), VECTORS)
def test_the_standards_vectors(r: str, s: str, message: str, tag: str) -> None:
    key = bytes.fromhex(r + s)
    assert poly1305.poly1305(key, bytes.fromhex(message)).hex() == tag


def test_no_message() -> None:
    assert poly1305.poly1305(bytes(range(32)), b"") == bytes(range(16, 32))


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_random_calls_agree_with_another_implementation(key: bytes, message: bytes) -> None:
    other = pytest.importorskip("cryptography.hazmat.primitives.poly1305")
    assert poly1305.poly1305(key, message) == other.Poly1305.generate_tag(key, message)


@pytest.mark.parametrize("length", [0, 1, 16, 33])
def test_symbolic_words_evaluate_to_what_a_concrete_run_gives(length: int) -> None:
    raw, concrete = RawBuilder(), ConcreteBuilder()
    r, s = raw.var(128, "r"), raw.var(128, "s")
    message = [raw.var(8, f"m{i}") for i in range(length)]
    assignment = RandomAssignment(length)
    values = evaluate([r, s, *message], assignment)
    literal_r, literal_s = [concrete.const(128, v) for v in values[:2]]
    expected = poly1305.mac(literal_r, literal_s, [concrete.const(8, v) for v in values[2:]])
    assert evaluate([poly1305.mac(r, s, message)], assignment) == [expected.value]


def test_halves_of_another_width_are_refused() -> None:
    b = RawBuilder()
    with pytest.raises(ValueError, match="128 bits"):
        poly1305.mac(b.var(130, "r"), b.var(128, "s"), [])


def test_clamping_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    key = bytes([0xFF]) * 32
    right = poly1305.poly1305(key, b"abc")
    for bit in (*range(28, 32), 32, 33, *range(60, 64), 124):
        monkeypatch.setattr(poly1305, "CLAMP", poly1305.CLAMP | 1 << bit)
        assert poly1305.poly1305(key, b"abc") != right, bit
        monkeypatch.undo()
