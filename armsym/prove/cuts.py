"""Where a routine holds words of its specification, found in the run of one concrete call.

Of specifications that go over known numbers of blocks every word after each block is worked out.
What an instruction leaves in a register is looked up among these words, rotated and inverted: words
of 32 bits or more are told by their values.  Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from armsym.bv.term import Term
from armsym.concrete import ConcreteState, Machine
from armsym.contract.cuts import Cut
from armsym.contract.execution import Execution
from armsym.prove.instance import RETURN, Instance
from armsym.prove.refute import Refuter

# Where words are looked for, and how wide these registers are.
WIDTHS = {"x": 64, "v": 128}

# Words of fewer bits have the same values too often.
WIDTH = 32

# Calls that are drawn; the first that meets the preconditions is run, for so many instructions.
TRIES = 400
STEPS = 100_000


class NoCuts(Exception):
    """The text says which words of the specification no register holds."""


class _Word(NamedTuple):
    """Word number `word` of a strand after so many of its blocks."""

    strand: int
    done: int
    word: int

    def __str__(self) -> str:
        return f"word {self.word} after block {self.done} of strand {self.strand}"


class _Sight(NamedTuple):
    """How a value shows a word."""

    inverted: bool
    rotation: int
    word: _Word


def find_cuts(execution: Execution) -> list[Cut]:
    """A cut where each word of the contract's strands, after each block, comes to be held first.

    Raises NoCuts.
    """
    if not execution.contract.strands:
        return []
    entry = execution.link_address(execution.initial.PC) or 0
    refuter = Refuter(execution.contract, execution.image, entry)
    for seed in range(TRIES):
        call = refuter.call(seed, corner=0)  # of corners too many are equal
        if call.admissible():
            return _cuts(call)
    raise NoCuts("no call is known whose run would show how its rounds are done")


def _cuts(call: Instance) -> list[Cut]:
    """The cuts that a call shows."""
    words = dict(_words(call))
    by_width: dict[int, dict[_Word, int]] = {}
    for word, value in words.items():
        width = call.execution.contract.strands[word.strand].buffer.width
        by_width.setdefault(width, {})[word] = value
    sights = {w: _sights(those, w) for w, those in by_width.items() if w >= WIDTH}
    found: dict[_Word, Cut] = {}
    for time, kind, number, value in _written(call):
        for width, known in sights.items():
            seen = _seen(value, range(0, WIDTHS[kind], width), known, width)
            for low, (inverted, rotation, word) in seen:
                alone = len(seen) == 1 and kind == "v"
                cut = Cut(time, kind, number, low, inverted, rotation, alone, *word)
                found.setdefault(word, cut)
    for unseen in [word for word in words if word not in found]:
        if unseen.done < call.execution.unfoldings[unseen.strand].length:
            raise NoCuts(f"no register is seen to hold {unseen}")
    return list(found.values())


def _seen(
    value: int, lows: Iterable[int], known: Mapping[int, _Sight], width: int
) -> list[tuple[int, _Sight]]:
    """What pieces of a register show, and where they begin."""
    pieces = [(low, value >> low & (1 << width) - 1) for low in lows]
    return [(low, known[piece]) for low, piece in pieces if piece in known]


def _words(call: Instance) -> Iterator[tuple[_Word, int]]:
    """The words of each strand after each number of blocks from 1, with their values."""
    execution = call.execution
    names: list[_Word] = []
    terms: list[Term] = []
    for n, unfolding in enumerate(execution.unfoldings):
        reached = execution.initial.strands[n]
        while reached.done < unfolding.length:
            reached = unfolding.until(reached, reached.done + 1)
            names += [_Word(n, reached.done, i) for i in range(len(reached.words))]
            terms += reached.words
    yield from zip(names, call.values(terms), strict=True)


def _sights(words: Mapping[_Word, int], width: int) -> dict[int, _Sight]:
    """The words, all of this width, by the values that show them, each as plain as can be."""
    ones = (1 << width) - 1
    found: dict[int, _Sight] = {}
    for inverted in (False, True):
        for word, value in words.items():
            shown = value ^ ones if inverted else value
            for rotation in range(width):
                turned = (shown >> rotation | shown << width - rotation) & ones
                found.setdefault(turned, _Sight(inverted, rotation, word))
    return found


def _written(call: Instance) -> Iterator[tuple[int, str, int, int]]:
    """(time, kind, number, value) of each register that an instruction of the call changes.

    Raises NoCuts where the call does not end: terms would grow beyond the last cut without end.
    """
    machine = Machine(call.regions())
    machine.load(call.state())
    before = _registers(machine.state)
    for time in range(1, STEPS):
        if not machine.advance(1, RETURN).instructions:
            return
        after = _registers(machine.state)
        for kind, values in after.items():
            for n, (old, new) in enumerate(zip(before[kind], values, strict=True)):
                if new != old:
                    yield time, kind, n, new
        before = after
    raise NoCuts(f"a call that is to show how blocks are done has not returned in {STEPS} steps")


def _registers(state: ConcreteState) -> dict[str, list[int]]:
    return {"x": state.general, "v": state.vectors}
