"""Words, and the bytes that they stand for in a concrete run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from armsym.bv.term import Term

Words = Sequence[Term]
ByteOrder = Literal["little", "big"]


def literals(width: int, values: Sequence[int]) -> list[Term]:
    """The numbers as words of a concrete run, `width` bits each."""
    from armsym.bv.concrete import ConcreteBuilder  # proofs need no literals

    b = ConcreteBuilder()
    return [b.const(width, value) for value in values]


def from_bytes(width: int, order: ByteOrder, data: bytes) -> list[Term]:
    """Whole words of `width` bits from their bytes."""
    parts = [data[i : i + width // 8] for i in range(0, len(data), width // 8)]
    return literals(width, [int.from_bytes(part, order) for part in parts])


def to_bytes(order: ByteOrder, words: Words) -> bytes:
    """The bytes of literal words, one word after the other."""
    return b"".join([_value(word).to_bytes(word.width // 8, order) for word in words])


def _value(word: Term) -> int:
    assert word.value is not None, "a concrete run computes literals"
    return word.value
