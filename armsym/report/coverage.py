"""Coverage: the share of modelled words of each routine, and what is missing by count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from armsym.report.console import columns
from armsym.simulate.coverage import Coverage


def lines(found: Sequence[Coverage]) -> Iterator[str | Text]:
    """One line for each routine, one for the total, then the missing instructions."""
    words, modelled = sum(c.words for c in found), sum(c.modelled for c in found)
    rows = [(c.symbol.name, str(c.words), percent(c.modelled, c.words)) for c in found]
    yield from columns([*rows, ("total", str(words), percent(modelled, words))], "<>>")
    if missing := _missing(found):
        yield ""
        yield "missing:"
        yield from columns([(str(n), name, why) for (name, why), n in missing], "><<")


def document(found: Sequence[Coverage]) -> dict[str, Any]:
    """What `armsym coverage --json` prints."""
    return {
        "words": sum(c.words for c in found),
        "modelled": sum(c.modelled for c in found),
        "routines": [
            {"symbol": c.symbol.name, "words": c.words, "modelled": c.modelled} for c in found
        ],
        "missing": [
            {"mnemonic": name, "reason": why, "count": n} for (name, why), n in _missing(found)
        ],
    }


def percent(part: int, whole: int) -> str:
    """The share in percent, rounded down, so that 100 % means all."""
    return f"{1000 * part // whole / 10:g} %" if whole else "no code"


def _missing(found: Sequence[Coverage]) -> list[tuple[tuple[str, str], int]]:
    total = sum((c.missing for c in found), Counter[tuple[str, str]]())
    return total.most_common()
