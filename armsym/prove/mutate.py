"""Mutants of a routine: copies with one instruction or one constant changed, to test the prover.

A mutant that still proves is a finding: the change makes no difference, or the prover is wrong.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from armsym.binary.image import Image
from isa import decode
from isa.outcomes import Outcome

NOP = 0xD503201F

# So many draws in a row that give no new mutant mean that there are hardly any left.
PATIENCE = 1000

# Fields of encodings by name; those that are neither tell operations of one class apart.
_REGISTER = re.compile(r"R[a-z]2?")
_IMMEDIATE = re.compile(r"imm\w*|abc|defgh|b5|b40|hw|sh|nzcv")


@dataclass(frozen=True)
class Mutant:
    """The bytes `old` at an address, counted from the image's base, replaced by `new`.

    `kind` is "register", "immediate" or "opcode" (a field of the instruction was changed), "nop"
    (the instruction was replaced), or "constant" (one byte that the routine reads was changed).
    """

    kind: str
    address: int
    old: bytes
    new: bytes

    def apply(self, image: Image) -> Image:
        """The image with this change."""
        return image.patched(self.address, self.new)


def mutants(code: Sequence[Sequence[Any]], seed: int) -> Iterator[Mutant]:
    """Random mutants, each once, the same for the same seed; it ends when hardly any are left.

    `code` is what a certificate's field of that name holds: [address, bytes in hexadecimal, whether
    they are executed] of all that the routine depends on.
    """
    source = random.Random(seed)
    words = list(_pieces(code, 4, executed=True))
    constants = list(_pieces(code, 1, executed=False))
    kinds = [kind for kind in _CHANGES if words] + ["constant" for _ in constants[:1]]
    seen = set()
    misses = 0
    while kinds and misses < PATIENCE:
        kind = source.choice(kinds)
        address, old = source.choice(constants if kind == "constant" else words)
        new = _changed(kind, old, source)
        misses += 1
        if new != old and (address, new) not in seen:
            seen.add((address, new))
            misses = 0
            yield Mutant(kind, address, old, new)


def _pieces(
    code: Sequence[Sequence[Any]], size: int, executed: bool
) -> Iterator[tuple[int, bytes]]:
    """The bytes of one sort, `size` at a time, with their addresses."""
    for start, text, is_executed in code:
        data = bytes.fromhex(text)
        if is_executed is executed:
            for offset in range(0, len(data), size):
                yield start + offset, data[offset : offset + size]


def _changed(kind: str, old: bytes, source: random.Random) -> bytes:
    """The bytes after a random change of this kind; `old` itself if there is none to make."""
    if kind == "constant":
        return bytes([source.randrange(256)])
    return _CHANGES[kind](int.from_bytes(old, "little"), source).to_bytes(4, "little")


def _other_field(wanted: Callable[[str], bool]) -> Callable[[int, random.Random], int]:
    """The change of one field, of those whose name is wanted, to a random value."""

    def change(word: int, source: random.Random) -> int:
        try:
            pattern = decode(word).clause.pattern
        except Outcome:
            return word
        fields = [field for field in pattern.fields if wanted(field.name)]
        if not fields:
            return word
        field = source.choice(fields)
        try:
            value = source.randrange(1 << field.width)
            return pattern.encode({**pattern.decode(word), field.name: value})
        except ValueError:  # a value that the class excludes
            return word

    return change


def _is_register(name: str) -> bool:
    return _REGISTER.fullmatch(name) is not None


def _is_immediate(name: str) -> bool:
    return _IMMEDIATE.fullmatch(name) is not None


# The kinds of changes of an instruction word.
_CHANGES: dict[str, Callable[[int, random.Random], int]] = {
    "register": _other_field(_is_register),
    "immediate": _other_field(_is_immediate),
    "opcode": _other_field(lambda name: not _is_register(name) and not _is_immediate(name)),
    "nop": lambda word, source: NOP,
}
