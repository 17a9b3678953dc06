"""What a specification that goes over blocks makes of them, from a block on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from armsym.bv.builder import Builder
from armsym.bv.evaluate import rebuild
from armsym.bv.term import APPLY, Term
from armsym.contract.language import Fold, Specification
from armsym.machine.faults import Undecided
from armsym.machine.state import Progress, State

# A routine may leave this many blocks of its last turn to the end.
BLOCKS_LEFT = 64

# Calls a function of a standard, and gives its result as lists of words of these widths.
Call = Callable[[Specification, Sequence[object], list[list[int]]], list[list[Term]]]

# Words of the buffers, and what they make of `into`.
Made = tuple[list[Term], list[Term]]


class Folding:
    """A contract's fold in some builder's terms; `using` is what its further arguments are."""

    def __init__(self, fold: Fold, builder: Builder, call: Call, using: Sequence[object]) -> None:
        self.fold = fold
        self._builder = builder
        self._call = call
        self._using = using
        self._known: dict[tuple[Term, tuple[Term, ...], int, int], Made] = {}

    def after(self, progress: Progress, elements: int) -> Made:
        """The words of the buffers so many words of `over` later, and what becomes of `into`.

        These are whole blocks, if enough are left behind them, or all that are left.
        """
        words, made = list(progress.words), []
        for start, size in self.fold.pieces(elements):
            key = progress.done, tuple(words), start, size
            if key not in self._known:
                self._known[key] = self._after_block(words, self._block(progress.done, start, size))
            words, block = self._known[key]
            made += block
        return words, made

    def _after_block(self, words: Sequence[Term], block: Sequence[Term]) -> Made:
        """The same of one block."""
        into = self.fold.into
        shape = [[b.width for _ in b.indices] for b in self.fold.buffers]
        if into is not None:
            shape.append([into.width] * len(block))
        arguments = [*self.by_buffer(words), block, *self._using]
        given = self._call(self.fold.function, arguments, shape)
        made = given.pop() if into is not None else []
        return [word for state in given for word in state], made

    def check_whole(self, progress: Progress, state: State) -> None:
        """Raises Undecided unless the block done last was whole: enough is left for another one."""
        done, least = state.Mem.number(progress.done), self.fold.least
        if least == 1:
            return  # a block that is not whole is the last, and none could be left to do
        if done is None or not state.Mem.known.proves(self.fold.left(done).plus(-least)):
            raise Undecided(f"fewer than {least} words may be left where blocks are done")

    def by_buffer(self, words: Sequence[Term]) -> list[list[Term]]:
        """The words of all buffers, as those of each."""
        rest = iter(words)
        return [list(islice(rest, len(b.indices))) for b in self.fold.buffers]

    def _block(self, done: Term, start: int, size: int) -> list[Term]:
        """The words of `over` from `start` words behind what is done, before the call."""
        over, first = self.fold.over, done * self.fold.block + start
        return [self._builder.apply(over.width, over.name, first + i) for i in range(size)]

    def located(self, terms: Iterable[Term], state: State) -> list[Term]:
        """The terms, where words of `over` are told by how far they are behind what is done.

        That is the same for the values that meet what is known in the state.
        """
        over = self.fold.over

        def word(leaf: Term) -> Term | None:
            if leaf.op is not APPLY or leaf.param[1] != over.name:
                return None
            index = self._located_index(leaf.args[0], state)
            return self._builder.apply(over.width, over.name, index)

        return rebuild(terms, self._builder, word)

    def _located_index(self, index: Term, state: State) -> Term:
        if state.progress is None:
            return index
        start, forms = state.progress.done * self.fold.block, state.Mem.forms
        distance = state.Mem.numbers.of(forms.of(index).plus(forms.of(start), -1))
        reach = BLOCKS_LEFT * self.fold.block
        if distance is None or not distance.coefficients:
            return index
        value = state.Mem.known.value(distance, -reach, reach)
        return index if value is None else start + value

    def left(self, progress: Progress, state: State) -> int:
        """How many words of `over` are left to do where a routine returns.  Raises Undecided."""
        done, known = state.Mem.number(progress.done), state.Mem.known
        if done is not None:
            left = known.value(self.fold.left(done), 0, self.fold.block * BLOCKS_LEFT)
            if left is not None:
                return left
        raise Undecided(f"how many blocks are done where the routine returns: {progress.done!r}")
