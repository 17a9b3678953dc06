"""MD5, SHA-1 and SHA-2 against hashlib, and their compression functions on symbolic words."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from crypto_specs import md5, sha1, sha2
from crypto_specs.merkle_damgard import Compression, chain

HASHES: dict[str, Callable[[bytes], bytes]] = {
    "md5": md5.md5,
    "sha1": sha1.sha1,
    "sha224": sha2.sha224,
    "sha256": sha2.sha256,
    "sha384": sha2.sha384,
    "sha512": sha2.sha512,
}


@dataclass(frozen=True)
class Shape:
    """A compression function, and the number and width of the words of its hash value."""

    compress: Compression
    how_many: int
    w: int

    def symbolic(self, b: RawBuilder) -> tuple[list[Term], list[Term]]:
        """A hash value, and two blocks."""
        H = [b.var(self.w, f"H{i}") for i in range(self.how_many)]
        return H, [b.var(self.w, f"M{i}") for i in range(32)]


SHAPES = pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(md5.compress, 4, 32), id="md5"),
        pytest.param(Shape(sha1.compress, 5, 32), id="sha1"),
        pytest.param(Shape(sha2.sha256_compress, 8, 32), id="sha256"),
        pytest.param(Shape(sha2.sha512_compress, 8, 64), id="sha512"),
    ],
)


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("boundary", [0, 56, 64, 112, 128, 240, 256])
def test_lengths_around_the_boundaries_of_padding(name: str, boundary: int) -> None:
    for length in range(max(0, boundary - 1), boundary + 2):
        message = bytes([0x80 ^ i & 0xFF for i in range(length)])
        assert HASHES[name](message) == hashlib.new(name, message).digest(), length


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
@example(b"\x80" * 64)
def test_random_messages_agree_with_hashlib(message: bytes) -> None:
    for name, hash_ in HASHES.items():
        assert hash_(message) == hashlib.new(name, message).digest()


@SHAPES
@pytest.mark.parametrize("seed", range(4))
def test_symbolic_words_evaluate_to_what_a_concrete_run_gives(shape: Shape, seed: int) -> None:
    concrete = ConcreteBuilder()
    H, words = shape.symbolic(RawBuilder())
    assignment = RandomAssignment(seed)
    literals = [concrete.const(shape.w, v) for v in evaluate(H + words, assignment)]
    n = shape.how_many
    expected = [x.value for x in chain(shape.compress, literals[:n], literals[n:])]
    assert evaluate(chain(shape.compress, H, words), assignment) == expected


@SHAPES
def test_a_chain_compresses_block_after_block(shape: Shape) -> None:
    H, words = shape.symbolic(RawBuilder())
    once = shape.compress(H, words[:16])
    assert chain(shape.compress, H, []) == H
    assert chain(shape.compress, H, words[:16]) == once
    assert chain(shape.compress, H, words) == shape.compress(once, words[16:])


@SHAPES
def test_words_that_are_not_whole_blocks_or_of_another_width_are_refused(shape: Shape) -> None:
    b = RawBuilder()
    H, words = shape.symbolic(b)
    M, wide = words[:16], b.var(2 * shape.w, "wide")
    wrong: Sequence[tuple[list[Term], list[Term]]] = [
        (H[:-1], M),
        (H, M[:-1]),
        (H, [wide, *M[1:]]),
        ([wide, *H[1:]], M),
    ]
    for wrong_H, wrong_M in wrong:
        with pytest.raises(ValueError, match=f"{shape.how_many} words"):
            chain(shape.compress, wrong_H, wrong_M)
