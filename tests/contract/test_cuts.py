"""A cut: the state before is an instance of the state behind, or there is none behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from armsym.bv.evaluate import evaluate
from armsym.bv.term import VAR, Term
from armsym.contract import Contract
from armsym.contract.cuts import Cut, Unfolding, behind
from armsym.kernel.builder import KernelBuilder
from armsym.machine.faults import Undecided
from armsym.machine.memory import Memory, Region, elements
from armsym.machine.state import Progress, Reached, State
from armsym.simulate.start import unknown_state
from crypto_specs.words import Words

BLOCKS = 4


def mix(state: Words, block: Words) -> list[Term]:
    """A round, of which each word is new."""
    return [(state[1] ^ block[0]) + 1, (state[0] & block[0]) ^ state[1]]


def call(function: Any, arguments: Sequence[Any], shape: object) -> list[list[Term]]:
    return [function(*arguments)]


class Desk:
    """A path and a strand of two words, of which nothing is done."""

    def __init__(self) -> None:
        c = Contract("toy")
        buffer = c.buffer("state", elements=2, width=64, access="rw")
        c.fold(buffer, mix, over=range(1, BLOCKS + 1), block=1)
        self.b = b = KernelBuilder()
        over = [b.var(64, f"k{n}") for n in range(BLOCKS)]
        (strand,) = c.strands
        self.unfoldings = [Unfolding(strand, over, call, [])]
        unknown = elements(b, "buffer", 8, big_endian=False)
        self.region = Region("buffer", b.var(64, "&buffer"), 16, "rw", unknown)
        self.state = unknown_state(b, b.var(64, "pc"), Memory(b, [self.region]))
        self.state.strands = (Reached(0, (b.var(64, "p"), b.var(64, "q"))),)

    def word(self, state: State, done: int, word: int) -> Term:
        return self.unfoldings[0].until(state.strands[0], done).words[word]

    def holding(self, cut: Cut) -> State:
        """The state, and in it the cut's bits as the cut wants them."""
        state = self.state.copy()
        shown = cut.shown(self.word(state, cut.done, cut.word))
        if cut.kind == "x":
            state.X.values[cut.number] = shown
        else:
            halves = self.b.split(state.V.values[cut.number], 64)
            halves[cut.low // 64] = shown
            state.V.values[cut.number] = self.b.join(halves)
        return state

    def cut(self, cut: Cut) -> None:
        """Goes behind the cut, once its bits are what they are to be."""
        self.state = behind(self.holding(cut), cut, self.unfoldings)


X5 = Cut(0, "x", 5, 0, False, 0, False, strand=0, done=1, word=0)
V6 = Cut(0, "v", 6, 64, True, 13, True, strand=0, done=1, word=1)

CUTS = [X5, V6] + [replace(cut, done=done) for done in (2, 3) for cut in (X5, V6)]


def held(state: State, reached: Reached) -> list[Term]:
    """All that a state holds, piece by piece, and the words that are reached."""
    vectors = [*state.V.values, *[half for v in state.V.values for half in v.builder.split(v, 64)]]
    cells = state.Mem.written(state.Mem.regions[0])
    stored = [state.Mem.assemble([cells[offset]]) for offset in sorted(cells)]
    return [*state.X.values, *vectors, *state.flags, *stored, *reached.words]


def values(terms: list[Term], known: dict[str, int]) -> list[int]:
    """Their values where the leaves have these, or else any that their names tell."""

    def assigned(width: int, name: str, args: tuple[int, ...]) -> int:
        return known.get(name, hash((name, args))) & (1 << width) - 1

    return evaluate(terms, assigned)


def test_the_state_before_is_an_instance_of_the_state_behind() -> None:
    """For some values of all leaves, with copies of what is cut in registers, memory and flags."""
    desk = Desk()
    known: dict[str, int] = {}
    for time, cut in enumerate(CUTS):
        before = desk.holding(cut)
        before.time = time
        copied = before.X.values[5] ^ before.V.values[6][127:64]
        before.X.values[7 + time], before.V.values[20 + time] = (
            copied,
            desk.b.concat(copied, copied),
        )
        before.Mem.put(desk.region, 8 * (time == 1), copied)
        if time == 1:
            before.flags = before.flags._replace(Z=copied[3])
        after = behind(before, cut, desk.unfoldings)
        reached = desk.unfoldings[0].until(before.strands[0], cut.done)
        numbers, now = values(held(before, reached), known), held(after, after.strands[0])
        both = zip(now, numbers, strict=True)
        known |= {str(term.param[1]): number for term, number in both if term.op is VAR}
        assert values(now, known) == numbers, cut
        desk.state = after
    forgotten = [f"forgotten.4.{place}" for place in ("x8", "v21", "Z", "buffer.8")]
    assert set(forgotten) <= known.keys()
    assert [word.op is VAR for word in desk.state.strands[0].words] == [True, True]


def test_what_depended_on_a_variable_before_is_unknown_where_it_comes_in_again() -> None:
    """Two words, of blocks 1 and 3, have one name, and are not to be taken for each other."""
    desk = Desk()
    for cut in CUTS:
        desk.cut(cut)
        desk.state.X.values[7 + cut.done] = desk.state.X.values[5]
    first, third = desk.state.X.values[8], desk.state.X.values[10]
    assert third is desk.state.strands[0].words[0]
    assert first is desk.b.var(64, "forgotten.0.x8")


def test_bits_beside_a_word_are_unknown_only_if_asked_for_and_not_literal() -> None:
    for alone, literal in ((False, False), (True, False), (True, True)):
        desk = Desk()
        if literal:
            desk.state.V.values[6] = desk.b.const(128, 7)
        below = desk.state.V.values[6][63:0]
        desk.cut(replace(V6, alone=alone))
        unchanged = desk.state.V.values[6][63:0] is below
        assert unchanged is (literal or not alone)


REFUSED = {
    "another rotation": replace(X5, rotation=1),
    "the complement": replace(X5, inverted=True),
    "another register": replace(X5, number=4),
    "another word": replace(X5, word=1),
    "another block": replace(X5, done=2),
    "before the blocks that are done": replace(X5, done=-1),
    "no such word": replace(X5, word=2),
    "no such block": replace(X5, done=BLOCKS + 1),
    "no such strand": replace(X5, strand=1),
    "bits that are not there": replace(X5, low=8),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_there_is_not_cut(name: str) -> None:
    desk = Desk()
    state = desk.holding(X5)
    behind(state, X5, desk.unfoldings)
    with pytest.raises(Undecided):
        behind(state, REFUSED[name], desk.unfoldings)


def test_a_word_is_cut_once() -> None:
    """What was beside it has a name that would be another's."""
    desk = Desk()
    desk.cut(V6)
    with pytest.raises(Undecided, match="cut before"):
        desk.cut(V6)


def test_no_word_of_two_blocks_ago_is_left() -> None:
    desk = Desk()
    for cut in CUTS[:3]:  # not the other word after two blocks
        desk.cut(cut)
    with pytest.raises(Undecided, match="an earlier word still"):
        desk.cut(CUTS[4])


@pytest.mark.parametrize("where", ["facts", "observed", "PC", "qc", "monitor", "strands"])
def test_what_is_never_changed_does_not_depend_on_a_variable_that_comes_in_again(
    where: str,
) -> None:
    desk = Desk()
    for cut in CUTS[:4]:
        desk.cut(cut)
    old = desk.b.var(64, "cut.0.1.0")
    what = {
        "facts": (desk.b.eq(old, desk.b.const(64, 0)),),
        "observed": (old,),
        "PC": old,
        "qc": old[0],
        "monitor": (old, 8),
        "strands": (*desk.state.strands, Reached(0, (old,))),
    }
    behind(desk.holding(CUTS[4]), CUTS[4], desk.unfoldings)
    setattr(desk.state, where, what[where])
    with pytest.raises(Undecided, match="an earlier word still"):
        behind(desk.holding(CUTS[4]), CUTS[4], desk.unfoldings)


def test_there_are_no_cuts_in_a_loop() -> None:
    """Its invariant might speak of a variable that comes in again."""
    desk = Desk()
    desk.state.progress = Progress(desk.b.const(64, 0), (), ("loop_1000",))
    with pytest.raises(Undecided, match="by induction"):
        desk.cut(X5)
