"""Which instruction words of a routine isa defines, and what is missing of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from armsym.binary.disassemble import extent, listing
from armsym.binary.image import Image, Symbol
from armsym.bv.builder import RawBuilder
from armsym.machine.faults import Fault, Fork, Undecided
from armsym.machine.memory import Memory
from armsym.simulate.start import unknown_state
from isa import decode
from isa.outcomes import Outcome


@dataclass
class Coverage:
    """Of the words in a routine's extent, data aside: how many there are, and which are refused.

    `missing` counts the refused ones by mnemonic and reason.
    """

    symbol: Symbol
    words: int = 0
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def modelled(self) -> int:
        return self.words - self.missing.total()


def routines_named(image: Image, pattern: str) -> list[Symbol]:
    """The symbols of executable code in whose name the regular expression is found, save labels.

    Raises bad-pattern.
    """
    return [
        symbol
        for symbol in image.find(pattern)
        if (segment := image.segment_at(symbol.address)) is not None
        and segment.executable
        and symbol.kind != "object"
        and not _is_label(symbol)
    ]


def _is_label(symbol: Symbol) -> bool:
    """Whether a symbol is a label inside a routine, by assemblers' custom for names."""
    unsized = symbol.kind == "notype" and symbol.binding == "local" and not symbol.size
    return unsized and symbol.name.startswith((".", "L"))


def coverage(image: Image, symbols: Iterable[Symbol]) -> Iterator[Coverage]:
    """The coverage of each symbol's extent."""
    for symbol in symbols:
        found = Coverage(symbol)
        for line in listing(image, *extent(image, symbol)):
            if line.text.startswith(".word"):
                continue
            found.words += 1
            if reason := refusal(line.word):
                found.missing[line.text.split()[0], reason] += 1
        yield found


@lru_cache(maxsize=1 << 16)
def refusal(word: int) -> str:
    """Why isa gives the instruction no meaning, whatever the registers hold; "" if it gives one.

    Field values are refused by the semantics, so the instruction is tried, without memory.
    """
    try:
        builder = RawBuilder()
        nowhere = unknown_state(builder, builder.var(64, "pc"), Memory(builder, []))
        decode(word).execute(nowhere)
    except Outcome as outcome:
        return f"{outcome.name}: {outcome}"
    except (Fault, Fork, Undecided):
        pass
    return ""
