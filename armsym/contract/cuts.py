"""Cuts: where a path holds words of a specification that goes over a known number of blocks.

A path keeps, for each such specification, the words that it makes of the first of its blocks.
Where bits of a register are one of these words, a cut puts a variable in the place of both.  The
state before is the state behind the cut, with the word for the variable: what is shown of the state
behind, whatever the variable is, holds of the state before.  So nothing is assumed, and what else
the state says of the word stays as it is.  In the same way any bits may become unknown.

For this a variable must occur nowhere in the state before.  Each word has two of them, for even and
for odd numbers of blocks.  When the first word after one more block is cut, what still depends on
the variables that come in again is made unknown, or is in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from armsym.bv.evaluate import walk
from armsym.bv.term import VAR, Term
from armsym.contract.folding import Call
from armsym.contract.induction import REGISTERS
from armsym.contract.language import Strand
from armsym.machine.faults import Undecided
from armsym.machine.state import Flags, Reached, State


@dataclass(frozen=True)
class Cut:
    """Bits of a register are a word of a specification.

    time: after so many instructions of the path.
    kind, number, low: the bits from `low` on of this register (armsym.contract.induction).
    inverted, rotation: they are the word, or its complement, rotated to the right by so many bits.
    alone: the register's other bits become unknown, where they are not literal.
    strand, done, word: word number `word` of this strand of the contract, after `done` blocks.
    """

    time: int
    kind: str
    number: int
    low: int
    inverted: bool
    rotation: int
    alone: bool
    strand: int
    done: int
    word: int

    def shown(self, word: Term) -> Term:
        """What the bits are if the word is this one."""
        return word.builder.ror(~word if self.inverted else word, self.rotation)

    @property
    def prefix(self) -> str:
        """Of the names of the variables for words after so many blocks."""
        return f"cut.{self.strand}.{self.done % 2}."

    def __str__(self) -> str:
        return f"word {self.word} after block {self.done} of strand {self.strand}"


class Unfolding:
    """A strand in some builder's terms, over these words; `using` is what else it takes."""

    def __init__(
        self, strand: Strand, words: Sequence[Term], call: Call, using: Sequence[object]
    ) -> None:
        self.strand = strand
        size = strand.block
        self._blocks = [list(words[i : i + size]) for i in range(0, len(words), size)]
        self._call = call
        self._using = using

    @property
    def length(self) -> int:
        """The number of blocks."""
        return len(self._blocks)

    def until(self, reached: Reached, done: int) -> Reached:
        """What is reached when so many blocks are done.  Raises Undecided."""
        if not reached.done <= done <= self.length:
            raise Undecided(f"{self.strand.buffer.name} goes from {reached.done} blocks to {done}")
        words = list(reached.words)
        for block in self._blocks[reached.done : done]:
            shape = [[word.width for word in words]]
            (words,) = self._call(self.strand.function, [words, block, *self._using], shape)
        return Reached(done, tuple(words))


def equation(state: State, cut: Cut, unfoldings: Sequence[Unfolding]) -> tuple[Term, Term]:
    """What the cut's bits hold, and what they are to hold.  Raises Undecided if there are none."""
    words = _reached(state, cut, unfoldings).words
    whole = REGISTERS[cut.kind][0](state)[cut.number]
    if cut.word >= len(words) or cut.low + words[cut.word].width > whole.width:
        raise Undecided(f"there is no {cut}, or it does not fit")
    word = words[cut.word]
    return whole[cut.low + word.width - 1 : cut.low], cut.shown(word)


def behind(state: State, cut: Cut, unfoldings: Sequence[Unfolding]) -> State:
    """The state behind a cut.  Raises Undecided unless that before is an instance of it.

    No invariant of a loop is to speak of variables that come in again.
    """
    if state.progress is not None and state.progress.loops:
        raise Undecided("there are no cuts where a loop is gone through by induction")
    new = _reaching(state, cut, _reached(state, cut, unfoldings).words)
    held, wanted = equation(new, cut, unfoldings)
    words = list(new.strands[cut.strand].words)
    variable = state.builder.var(held.width, f"{cut.prefix}{cut.word}")
    if not state.builder.same(held, wanted) or state.builder.same(words[cut.word], variable):
        raise Undecided(f"{cut.kind}{cut.number} is not {cut}, or that is cut before")
    if state.strands[cut.strand].done < cut.done:
        _forget(new, cut.prefix)
    words[cut.word] = variable
    new = _reaching(new, cut, words)
    _put(new, cut, cut.shown(variable))
    return new


def _reaching(state: State, cut: Cut, words: Sequence[Term]) -> State:
    """The state with these words of the cut's strand, after as many blocks."""
    new, strands = state.copy(), list(state.strands)
    strands[cut.strand] = Reached(cut.done, tuple(words))
    new.strands = tuple(strands)
    return new


def _reached(state: State, cut: Cut, unfoldings: Sequence[Unfolding]) -> Reached:
    if cut.strand >= len(unfoldings):
        raise Undecided(f"there is no {cut}")
    return unfoldings[cut.strand].until(state.strands[cut.strand], cut.done)


def _put(state: State, cut: Cut, value: Term) -> None:
    """Puts a value in the place of the cut's bits."""
    registers = REGISTERS[cut.kind][0](state)
    whole, low, high = registers[cut.number], cut.low, cut.low + value.width
    above = _beside(whole, whole.width - 1, high, cut)
    below = _beside(whole, low - 1, 0, cut)
    registers[cut.number] = whole.builder.concat(*above, value, *below)


def _beside(whole: Term, high: int, low: int, cut: Cut) -> list[Term]:
    """Bits of the register that are not the cut's, as they are behind it."""
    if high < low:
        return []
    bits = whole[high:low]
    unknown = cut.alone and bits.value is None
    name = f"{cut.prefix}{cut.word}.beside.{low}"
    return [bits.builder.var(bits.width, name) if unknown else bits]


def _forget(state: State, prefix: str) -> None:
    """Makes unknown what depends on variables of this prefix, so that they occur nowhere.

    Raises Undecided where that can't be.
    """
    b, name, memory = state.builder, f"forgotten.{state.time}", state.Mem
    words = [word for reached in state.strands for word in reached.words]
    kept = [*words, *state.facts, *state.observed, state.PC, state.qc, *(state.monitor or ())[:1]]
    written = {region: memory.written(region) for region in memory.regions}
    stored = [term for cells in written.values() for term, _ in cells.values()]
    registers = [*state.X.values, *state.V.values, *state.flags]
    old = _dependent([*kept, *registers, *stored], prefix)
    if not old.isdisjoint(kept):
        raise Undecided(f"{prefix} is an earlier word still")
    for n in range(32):
        for kind, values in (("x", state.X.values), ("v", state.V.values)):
            if values[n] in old:
                values[n] = b.var(values[n].width, f"{name}.{kind}{n}")
    flags = zip("NZCV", state.flags, strict=True)
    state.flags = Flags(*[b.var(1, f"{name}.{n}") if bit in old else bit for n, bit in flags])
    for region, cells in written.items():
        for offset in [offset for offset, (term, _) in cells.items() if term in old]:
            memory.put(region, offset, b.var(8, f"{name}.{region.name}.{offset}"))


def _dependent(terms: Iterable[Term], prefix: str) -> set[Term]:
    """Those of the terms, and of what they are made of, in which a variable of this prefix is."""
    found: set[Term] = set()
    for term in walk(terms):
        named = term.op is VAR and str(term.param[1]).startswith(prefix)
        if named or not found.isdisjoint(term.args):
            found.add(term)
    return found
