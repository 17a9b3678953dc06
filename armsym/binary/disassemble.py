"""Disassembly for people to read.  Capstone prints; it never decides anything."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

import capstone

from armsym.binary.image import Image, Symbol


@dataclass(frozen=True, slots=True)
class Line:
    """A word of code, or of data among code, and how it reads."""

    address: int
    word: int
    text: str


@cache
def _capstone() -> capstone.Cs:
    return capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_LITTLE_ENDIAN)


def text(word: int, address: int) -> str:
    """The instruction `word` at `address`, or `.inst 0x...` if Capstone knows none."""
    for _, _, mnemonic, operands in _capstone().disasm_lite(word.to_bytes(4, "little"), address, 1):
        return f"{mnemonic} {operands}".rstrip()
    return f".inst {word:#010x}"


def listing(image: Image, start: int, end: int) -> list[Line]:
    """The words from `start` to `end`; those that `$d` marks as data read `.word 0x...`.

    Raises address-outside-image.
    """
    marks = image.mapping_symbols
    lines = []
    for address in range(start, end, 4):
        word = image.word(address)
        mark = bisect_right(marks, address, key=lambda m: m.address)
        is_data = mark > 0 and marks[mark - 1].name.startswith("$d")
        shown = f".word {word:#010x}" if is_data else text(word, address)
        lines.append(Line(address, word, shown))
    return lines


def extent(image: Image, symbol: Symbol) -> tuple[int, int]:
    """The addresses, from and to, that a listing of `symbol` shows.

    They are its size if it has one, else all up to the next function, symbol with a size, or the
    segment's end.  Labels and mapping symbols end nothing.  For printing: a routine is what its
    control flow reaches.
    """
    start = symbol.address
    if symbol.size:
        return start, start + symbol.size
    segment = image.segment_at(start)
    if segment is None:
        return start, start
    bounds = (s.address for s in image.symbols if s.kind == "func" or s.size)
    return start, min((b for b in bounds if start < b < segment.end), default=segment.end)
