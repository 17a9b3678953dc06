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
from armsym.prove.loop_control import loop_control
from isa import decode
from isa.encoding import Pattern
from isa.outcomes import Outcome

NOP = 0xD503201F

# So many draws in a row that give no new mutant mean that there are hardly any left.
PATIENCE = 1000

# A field of certificates: [address, bytes in hexadecimal, whether they are executed], ...
Code = Sequence[Sequence[Any]]

# Fields of encodings by name; those that are neither tell operations of one class apart.
_REGISTER = re.compile(r"R[a-z]2?")
_IMMEDIATE = re.compile(r"imm\w*|abc|defgh|b5|b40|hw|sh|nzcv")


@dataclass(frozen=True)
class Mutant:
    """The bytes `old` at an address, counted from the image's base, replaced by `new`.

    `kind` is "register", "immediate" or "opcode" (a field of the instruction was changed), "swap"
    (two of its registers changed places), "nop" (it was replaced), "loop" (a field of what decides
    whether a loop goes on is one more or less), or "constant" (a byte that is read was changed).
    """

    kind: str
    address: int
    old: bytes
    new: bytes

    def apply(self, image: Image) -> Image:
        """The image with this change."""
        return image.patched(self.address, self.new)


def mutants(code: Code, seed: int) -> Iterator[Mutant]:
    """Random mutants, each once, the same for the same seed; it ends when hardly any are left.

    `code` is all that the routine depends on.
    """
    source = random.Random(seed)
    words = dict(_pieces(code, 4, executed=True))
    control = loop_control({a: int.from_bytes(word, "little") for a, word in words.items()})
    places = {kind: list(words.items()) for kind in (*_CHANGES, "nop")}
    places["loop"] = [(address, words[address]) for address in sorted(control)]
    places["constant"] = list(_pieces(code, 1, executed=False))
    kinds = [kind for kind, found in places.items() if found]
    seen = set()
    misses = 0
    while kinds and misses < PATIENCE:
        kind = source.choice(kinds)
        address, old = source.choice(places[kind])
        new = _changed(kind, old, source)
        misses += 1
        if new != old and (address, new) not in seen:
            seen.add((address, new))
            misses = 0
            yield Mutant(kind, address, old, new)


def _pieces(code: Code, size: int, executed: bool) -> Iterator[tuple[int, bytes]]:
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
    if kind == "nop":
        return NOP.to_bytes(4, "little")
    word = int.from_bytes(old, "little")
    try:
        pattern = decode(word).clause.pattern
        new = pattern.encode(_CHANGES[kind](pattern, pattern.decode(word), source))
    except (Outcome, ValueError):  # no instruction, or a value that the class excludes
        return old
    return new.to_bytes(4, "little")


# The fields of an instruction after a random change, or as they were if there is none to make.
Change = Callable[[Pattern, dict[str, int], random.Random], dict[str, int]]


def _other_field(wanted: Callable[[str], bool], by_one: bool = False) -> Change:
    """The change of one field, of those whose name is wanted, by one or to any value."""

    def change(pattern: Pattern, values: dict[str, int], source: random.Random) -> dict[str, int]:
        fields = [field for field in pattern.fields if wanted(field.name)]
        if not fields:
            return values
        field = source.choice(fields)
        number = values[field.name] + source.choice((1, -1)) if by_one else source.getrandbits(32)
        return {**values, field.name: number % (1 << field.width)}

    return change


def _swap(pattern: Pattern, values: dict[str, int], source: random.Random) -> dict[str, int]:
    """Two registers change places."""
    registers = [name for name in values if _is_register(name)]
    if len(registers) < 2:
        return values
    one, other = source.sample(registers, 2)
    return {**values, one: values[other], other: values[one]}


def _is_register(name: str) -> bool:
    return _REGISTER.fullmatch(name) is not None


def _is_immediate(name: str) -> bool:
    return _IMMEDIATE.fullmatch(name) is not None


# The kinds of changes of an instruction's fields.
_CHANGES: dict[str, Change] = {
    "register": _other_field(_is_register),
    "swap": _swap,
    "immediate": _other_field(_is_immediate),
    "opcode": _other_field(lambda name: not _is_register(name) and not _is_immediate(name)),
    "loop": _other_field(lambda name: not _is_register(name), by_one=True),
}
