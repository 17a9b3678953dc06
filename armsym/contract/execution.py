"""The run of a routine under its contract: the state at the call, the paths, and what must hold.

Used alike by the prover, with a builder that simplifies, and by whoever checks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from armsym.binary.image import Image
from armsym.bv.builder import Builder
from armsym.bv.evaluate import leaves, rebuild
from armsym.bv.term import APPLY, Term
from armsym.contract.folding import Folding
from armsym.contract.induction import (
    Loop,
    arbitrary_turn,
    check_invariant,
    contradicts,
    turned,
    word_bounds,
    written_ahead,
)
from armsym.contract.language import (
    REGISTER_ARGUMENTS,
    Argument,
    Buffer,
    Contract,
    Count,
    Holds,
    Specification,
    Strand,
)
from armsym.contract.statement import statement
from armsym.errors import ArmsymError
from armsym.machine.address import SIZE, LinearForms
from armsym.machine.conditions import Conditions
from armsym.machine.faults import Undecided
from armsym.machine.integers import Expression, Integers, Search
from armsym.machine.memory import Cell, Memory, Region, elements, elements_at, literal_bytes
from armsym.machine.numbers import Numbers, element
from armsym.machine.state import Progress, Reached, State
from armsym.simulate.mapping import image_base, image_names, image_regions, link_address
from armsym.simulate.start import stack_pointer, unknown_state

if TYPE_CHECKING:
    from armsym.contract.cuts import Cut, Unfolding

# AAPCS64: the callee restores X19 to X29 and the low 64 bits of V8 to V15.
CALLEE_SAVED_GENERAL = range(19, 30)
CALLEE_SAVED_VECTOR = range(8, 16)
LINK_REGISTER = 30
STACK_POINTER = 31

# What a function of a standard raises if it is wrong; what builders raise is another matter.
SPECIFICATION_ERRORS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, NameError),
    *(NotImplementedError, RecursionError, TypeError, ValueError),
)


@dataclass(frozen=True)
class Goal:
    """What must be equal at the end of a path for the property to hold."""

    property: str
    what: str
    actual: Term
    expected: Term


class Execution:
    """A routine at the moment of the call, in some builder's terms.

    `search` is asked for refutations of inequalities, which are checked: what it does not find is
    not known.
    """

    def __init__(
        self,
        contract: Contract,
        image: Image,
        entry: int,
        builder: Builder,
        loops: Iterable[Loop] = (),
        cuts: Iterable[Cut] = (),
        search: Search | None = None,
    ) -> None:
        self.contract = contract
        self.search = search
        self.image = image
        self.builder = builder
        self.loops = {loop.name: loop for loop in loops}
        self._joined: list[tuple[Loop, State]] = []
        self.cuts = by_time(cuts)
        self._addresses: dict[Term, int | None] = {}
        base = image_base(builder)
        regions = image_regions(image, builder, base)
        self.regions = {b.name: self._region(b) for b in contract.buffers.values()}
        self.arguments = [self._value(parameter) for parameter in contract.parameters]
        self.initial = self._initial_state(base + entry, [*regions, *self.regions.values()])
        self.initial.progress = Progress(builder.const(64, 0), tuple(self._first_words()))
        starts = [self.buffer_words(s.buffer, self.initial) for s in contract.strands]
        self.initial.strands = tuple([Reached(0, tuple(words)) for words in starts])
        self.return_address = self.initial.X.values[LINK_REGISTER]

    def link_address(self, address: Term) -> int | None:
        """Where an address is in the image, counted from its base; None if it is elsewhere."""
        if address not in self._addresses:
            self._addresses[address] = link_address(self.initial.Mem, address)
        return self._addresses[address]

    @property
    def statement(self) -> str:
        """The contract in words."""
        return statement(self.contract)

    def returned(self, state: State) -> bool:
        """Whether the routine is back at the address that it was called from."""
        return self.builder.same(state.PC, self.return_address)

    def leaks(self, final: State) -> Iterator[str]:
        """What the instructions on the path to a state depended on that is not public.

        Addresses are public: they are sums of region bases and literals, or the run would have
        stopped.  So are scalars, and where the regions lie.
        """
        for leaf in leaves(final.observed):
            if not final.is_public(leaf):
                yield f"an instruction, or its time, depends on {leaf!r}, which is not public"

    @property
    def all_cuts(self) -> list[Cut]:
        """The cuts, in the order of time."""
        return list(chain.from_iterable(self.cuts.values()))

    def cut(self, state: State) -> State:
        """The state behind the cuts that are to be made in it.  Raises Undecided."""
        for cut in self.cuts.get(state.time, ()):
            from armsym.contract.cuts import behind  # few contracts need to load it

            state = behind(state, cut, self.unfoldings)
        return state

    def loop_at(self, state: State) -> Loop | None:
        """The loop that the state is about to enter, or of which it has ended a turn.

        Of several with one head it is the first whose invariant can hold.  A state that contradicts
        them all just runs on: a last turn may be unlike the others.
        """
        for loop in self.loops_here(state):
            blocks = loop.turn if self.inside(state, loop) else self._written_blocks(state, loop)[0]
            if not contradicts(state, loop, blocks):
                return loop
        return None

    def loops_here(self, state: State) -> list[Loop]:
        """The same, whether the invariants can hold or not.

        A path that is in a loop with this head is about to enter none.
        """
        head = self.link_address(state.PC) if self.loops else None
        here = [loop for loop in self.loops.values() if loop.head == head]
        inside = [loop for loop in here if self.inside(state, loop)]
        return [loop for loop in inside if self.latch(state) in loop.latches] if inside else here

    def latch(self, state: State) -> int | None:
        """The link address of the instruction before."""
        return None if state.source is None else self.link_address(state.source)

    def enter(self, state: State, loop: Loop) -> State:
        """Any state that the loop's head is reached in, now or later.  Raises Undecided."""
        progress = self.caught_up(state, loop)
        if progress is not None:
            for cell in check_invariant(state, loop, progress):
                raise Undecided(f"the invariant of {loop.name} does not hold: {cell.place}")
        return arbitrary_turn(state, loop) if loop.latches else self._behind_join(state, loop)

    def _behind_join(self, state: State, loop: Loop) -> State:
        """The state behind a join, one for all paths that come there.  Raises Undecided.

        It has nothing of the path: only what holds at every call, and what the invariant says, of
        any number of blocks and any words.  Loops that are listed before the join may have been
        gone through on one path or another: from here none of them is entered.  So no path comes
        here twice, nor for ever from one loop to the other.
        """
        names = [other.name for other in self.loops.values()]
        before = tuple(names[: names.index(loop.name)])
        progress, start = state.progress, self.initial.copy()
        if progress is None or start.progress is None or not {*progress.loops} <= {*before}:
            raise Undecided(f"{loop.name} joins paths from loops that are listed behind it")
        for other, joined in self._joined:
            if other is loop:
                return joined
        start.PC, start.progress = state.PC, start.progress._replace(loops=before)
        self._joined.append((loop, arbitrary_turn(start, loop)))
        return self._joined[-1][1]

    def caught_up(self, state: State, loop: Loop | None = None) -> Progress | None:
        """The specification's progress where a loop is entered: all blocks that are written,
        but for what the loop's invariant speaks of.

        Raises Undecided if a part of one is.
        """
        progress = state.progress
        blocks, rest = self._written_blocks(state, loop)
        if rest:
            raise Undecided("a part of a block is written where a loop is entered")
        self._check_written(blocks * self._block, state, loop)
        if progress is None or self.folding is None or not blocks:
            return progress
        words, _ = self.folding.after(progress, blocks * self._block)
        progress = progress._replace(done=progress.done + blocks, words=tuple(words))
        self.folding.check_whole(progress, state)
        return progress

    def _written_blocks(self, state: State, loop: Loop | None) -> tuple[int, int]:
        """How many blocks have been written since the last turn, and how many bytes more.

        That is without what the loop's invariant says is written ahead of the specification.
        """
        fold = self.contract.folding
        if fold is None or fold.into is None:
            return 0, 0
        written = state.Mem.written(self.regions[fold.into.name])
        ahead = written_ahead(loop, fold.into.name) if loop is not None else set()
        more = max(written, default=-1) - max(ahead, default=-1)
        return divmod(max(0, more), fold.step)

    def inside(self, state: State, loop: Loop) -> bool:
        """Whether the state comes from a turn of the loop."""
        return state.progress is not None and loop.name in state.progress.loops

    def check_arrival(self, state: State, loop: Loop) -> list[Goal]:
        """What must be equal for all that is written at a loop's head to be what it should be.

        At the end of a turn, for that to keep the invariant as well.  Raises Undecided if that is
        not all that it takes, or the turn was not in constant time.
        """
        if not self.inside(state, loop):
            return self._unlike(self._made_in(self._written_blocks(state, loop)[0], state, loop))
        cells = check_invariant(state, loop, self.after_turn(state, loop))
        name = f"after a turn of {loop.name}"
        kept = [Goal("functional", f"{c.place} {name}", c.held, c.wanted) for c in cells]
        return [*self._unlike(self._made_in(loop.turn, state, loop)), *kept]

    def _unlike(self, goals: Iterable[Goal]) -> list[Goal]:
        """The goals that the builder does not see to hold."""
        return [g for g in goals if not self.builder.same(g.actual, g.expected)]

    def after_turn(self, state: State, loop: Loop) -> Progress:
        """The specification's progress where a turn is over.

        Raises Undecided unless it was in constant time, and the variant has become less.
        """
        start, folding = state.progress, self.folding
        if start is None or folding is None or start.loops[-1] != loop.name:
            raise Undecided(f"a turn of {loop.name} ends in another loop")
        for leak in self.leaks(state):
            raise Undecided(leak)
        words, _ = folding.after(start, loop.turn * self._block)
        progress = turned(start, state, loop, words)
        folding.check_whole(progress, state)
        return progress

    def _made_in(self, blocks: int, state: State, loop: Loop) -> Iterator[Goal]:
        """What so many blocks have written.  Raises Undecided if more is written."""
        if state.progress is not None and self.folding is not None:
            _, made = self.folding.after(state.progress, blocks * self._block)
            yield from self._made(made, state, loop)

    def goals(self, final: State) -> list[Goal]:
        """What must hold where the routine has returned.  Raises ArmsymError `bad-spec`."""
        return [
            *(
                goal
                for e in self.contract.postconditions
                for goal in self._held(e.buffer, self.expected(e), final)
            ),
            *self._folded(final),
            *self._unfolded(final),
            *self._returned(final),
            *self._restored(final),
        ]

    def buffer_words(self, buffer: Buffer, state: State) -> list[Term]:
        """The buffer's words in a state."""
        size, region = buffer.width // 8, self.regions[buffer.name]
        words = []
        for i in buffer.indices:
            cells = [state.Mem.cell(region, i * size + byte) for byte in range(size)]
            words.append(state.Mem.assemble(_in_order(cells, buffer)))
        return words

    def expected(self, holds: Holds) -> list[Term]:
        """The words that the standard asks for.  Raises ArmsymError `bad-spec`."""
        arguments = [self._argument(a) for a in holds.arguments]
        shape = [[holds.buffer.width for _ in holds.buffer.indices]]
        return self._call(holds.function, arguments, shape)[0]

    @cached_property
    def folding(self) -> Folding | None:
        """The contract's fold."""
        fold = self.contract.folding
        if fold is None:
            return None
        using = [self._argument(a) for a in fold.using]
        return Folding(fold, self.builder, self._call, using)

    @cached_property
    def unfoldings(self) -> list[Unfolding]:
        """The contract's strands."""
        return [self._unfolding(strand) for strand in self.contract.strands]

    def _unfolding(self, strand: Strand) -> Unfolding:
        from armsym.contract.cuts import Unfolding  # few contracts need to load it

        over, width = strand.over, strand.buffer.width
        if isinstance(over, Buffer):
            words = self.buffer_words(over, self.initial)
        else:
            words = [self.builder.const(width, value) for value in over]
        return Unfolding(strand, words, self._call, [self._argument(a) for a in strand.using])

    @property
    def _block(self) -> int:
        """The words of a block of the contract's fold."""
        return 0 if self.contract.folding is None else self.contract.folding.block

    def _call(
        self, function: Specification, arguments: Sequence[object], shape: list[list[int]]
    ) -> list[list[Term]]:
        """The lists of words, of these widths, that a function of the standard gives.

        A single list is given as it is, several as a tuple of them.  Raises ArmsymError `bad-spec`.
        """
        name = f"{function.__module__}.{function.__qualname__}"
        try:
            given: Any = function(*arguments)
            lists = [list(words) for words in ((given,) if len(shape) == 1 else given)]
            widths = [[word.width for word in words] for words in lists]
        except SPECIFICATION_ERRORS as error:
            what = f"{name} fails: {type(error).__name__}: {error}"
            raise ArmsymError("bad-spec", what) from error
        if widths != shape:
            raise ArmsymError(
                "bad-spec", f"{name} gives words of {widths} bits; the contract has {shape}"
            )
        return lists

    def _region(self, buffer: Buffer) -> Region:
        (address,) = rebuild([self.contract.address(buffer)], self.builder)
        shape = self.builder, buffer.name, buffer.width, buffer.byte_order == "big"
        at = elements_at(*shape) if isinstance(buffer.size, Expression) else None
        initial = elements(*shape)
        if buffer.values:
            size = buffer.width // 8
            parts = [value.to_bytes(size, buffer.byte_order) for value in buffer.values]
            initial = literal_bytes(self.builder, b"".join(parts))
        if (held := self.contract.held.get(buffer.name)) is not None:
            cells = [cell for word in self.expected(held) for cell in _bytes(word, buffer)]
            initial = cells.__getitem__
        fold = self.contract.folding
        step = fold.step if fold is not None and buffer in (fold.over, fold.into) else 0
        return Region(buffer.name, address, buffer.size, buffer.access, initial, at, step)

    def _initial_state(self, entry: Term, regions: list[Region]) -> State:
        b, size = self.builder, self.contract.stack
        contents = elements(b, "stack", 64, big_endian=False)
        below = Region("stack", stack_pointer(b) - size, size, "rw", contents)
        state = unknown_state(b, entry, Memory(b, [below, *self._on_stack(), *regions]))
        for n, value in enumerate(self.arguments[:REGISTER_ARGUMENTS]):
            state.X.values[n] = value
        pointers = [f"&{name}" for name in self.contract.buffers]
        numbers = [*self.contract.scalars, *self.contract.counts, *pointers]
        state.public = frozenset([*numbers, *image_names(self.image), "sp"])
        state.facts = tuple(rebuild(self.contract.conditions, b))
        state.Mem.known = self._known(numbers, state.public)
        return state

    def _first_words(self) -> Iterator[Term]:
        """What the fold starts from."""
        fold = self.contract.folding
        if fold is not None and fold.start is not None:
            yield from self.expected(fold.start)
            return
        for buffer in fold.buffers if fold is not None else ():
            yield from self.buffer_words(buffer, self.initial)

    def _known(self, numbers: Iterable[str], public: frozenset[str]) -> Integers:
        """What is known of numbers at the call, and of elements of which conditions say something.

        The conditions are read as they are spelled: what they say depends on no builder.
        """
        conditions = self.contract.conditions
        bounds = [b for x in numbers for b in word_bounds(Expression.variable(x))]
        bounds += [b for leaf in leaves(conditions) for b in _element_bounds(leaf)]
        known = Integers([*bounds, *self._preconditions()], self.search)
        for condition in conditions:
            read = Numbers(LinearForms(), known, public)
            cases = Conditions(read, known).cases(condition, True)
            known = cases[0] if len(cases) == 1 else known
        return known

    def _on_stack(self) -> list[Region]:
        """Where the arguments lie that are in no register, if there are any."""
        cells = [(value, i) for value in self.arguments[REGISTER_ARGUMENTS:] for i in range(8)]
        base = stack_pointer(self.builder)
        return [Region("arguments", base, len(cells), "r", cells.__getitem__)] if cells else []

    def _preconditions(self) -> Iterator[Expression]:
        """What the contract says of counts; that arguments fit in registers, and that no buffer
        wraps around the address space.
        """
        for count in self.contract.counts.values():
            yield count.number.plus(-count.minimum)
            yield count.number.negated().plus(count.maximum)
        for parameter in self.contract.parameters:
            if isinstance(parameter, Count):
                yield parameter.number.negated().plus(SIZE - 1)
        for buffer in self.contract.buffers.values():
            whole = buffer.base or buffer
            end = Expression.variable(f"&{whole.name}").plus(buffer.offset).plus(buffer.size)
            if whole.alignment == 1:
                yield end.negated().plus(SIZE)

    def _value(self, argument: Argument) -> Term:
        """An argument as a register holds it."""
        if isinstance(argument, Buffer):
            return self.regions[argument.name].base
        if isinstance(argument, int):
            return self.builder.const(64, argument)
        if isinstance(argument, Count):
            return self.builder.var(64, argument.name) * argument.times
        return rebuild([argument], self.builder)[0]

    def _argument(self, argument: Argument) -> list[Term] | Term:
        """An argument as a specification takes it."""
        if isinstance(argument, Buffer):
            return self.buffer_words(argument, self.initial)
        return self._value(argument)

    def _held(self, buffer: Buffer, wanted: Sequence[Term], final: State) -> Iterator[Goal]:
        """That a buffer holds these words."""
        for i, words in enumerate(zip(self.buffer_words(buffer, final), wanted, strict=True)):
            yield Goal("functional", f"{buffer.name}[{i}]", *words)

    def _folded(self, final: State) -> Iterator[Goal]:
        """The buffers of the fold, where it is known how many blocks are left to do."""
        folding, progress = self.folding, final.progress
        if folding is None or progress is None:
            return
        goals = list(self._folded_words(folding, progress, final))
        others = [goal.actual for goal in self._unlike(goals)]
        located = dict(zip(others, folding.located(others, final), strict=True))
        for goal in goals:
            yield replace(goal, actual=located.get(goal.actual, goal.actual))

    def _unfolded(self, final: State) -> Iterator[Goal]:
        """The buffers of the strands."""
        for unfolding, reached in zip(self.unfoldings, final.strands, strict=True):
            wanted = unfolding.until(reached, unfolding.length).words
            yield from self._held(unfolding.strand.buffer, wanted, final)

    def _folded_words(self, folding: Folding, progress: Progress, final: State) -> Iterator[Goal]:
        words, made = folding.after(progress, folding.left(progress, final))
        for buffer, wanted in zip(folding.fold.buffers, folding.by_buffer(words), strict=True):
            if "w" in buffer.access:
                yield from self._held(buffer, wanted, final)
        yield from self._made(made, final)

    def _made(
        self, words: Sequence[Term], state: State, loop: Loop | None = None
    ) -> Iterator[Goal]:
        """What has been written since the last turn: just these words, and what the loop's
        invariant speaks of.  Raises Undecided.
        """
        self._check_written(len(words), state, loop)
        into = self.contract.folding.into if self.contract.folding else None
        if into is None:
            return
        region, size = self.regions[into.name], into.width // 8
        for i, expected in enumerate(words):
            actual = state.Mem.assemble(_in_order(state.Mem.ahead(region, i * size, size), into))
            yield Goal("functional", f"{into.name}[{i}], from what was done", actual, expected)

    def _check_written(self, words: int, state: State, loop: Loop | None) -> None:
        """Raises Undecided if more than so many words have been written since the last turn.

        Behind them is only what the loop's invariant speaks of: behind its head all else there is
        taken for what it was.  What is gone over is not written, unless it is what is made.
        """
        fold = self.contract.folding
        for buffer in (fold.over, fold.into) if fold else ():
            if buffer is not None:
                made = fold is not None and buffer is fold.into
                end = words * buffer.width // 8 if made else 0
                ahead = written_ahead(loop, buffer.name) if loop and made else set()
                for offset in state.Mem.written(self.regions[buffer.name]):
                    if offset >= end and offset - end not in ahead:
                        raise Undecided(f"{buffer.name} is written ahead of the specification")

    def _returned(self, final: State) -> Iterator[Goal]:
        if (returned := self.contract.returned) is not None:
            expected = self.builder.extract(self._value(returned.value), returned.width - 1, 0)
            held = final.X[0, returned.width]
            actual = expected if final.Mem.numbers.same(held, expected) else held
            yield Goal("functional", "x0", actual, expected)

    def _restored(self, final: State) -> Iterator[Goal]:
        """Callee-saved registers and the stack pointer."""
        for n in (*CALLEE_SAVED_GENERAL, STACK_POINTER):
            name = "sp" if n == STACK_POINTER else f"x{n}"
            yield Goal("abi", name, final.X.values[n], self.initial.X.values[n])
        for n in CALLEE_SAVED_VECTOR:
            yield Goal("abi", f"d{n}", final.V[n, 64], self.initial.V[n, 64])


def _element_bounds(leaf: Term) -> list[Expression]:
    """What is at least 0 for an element, told as a number, to be one of its width."""
    number = element(leaf) if leaf.op is APPLY else None
    return [] if number is None else word_bounds(number, 1 << leaf.width)


def by_time(cuts: Iterable[Cut]) -> dict[int, list[Cut]]:
    """The cuts by when they are made."""
    found: dict[int, list[Cut]] = {}
    for cut in cuts:
        found.setdefault(cut.time, []).append(cut)
    return found


def _bytes(word: Term, buffer: Buffer) -> list[Cell]:
    """The bytes of a word as they lie in the buffer."""
    return _in_order([(word, byte) for byte in range(buffer.width // 8)], buffer)


def _in_order(cells: list[Cell], buffer: Buffer) -> list[Cell]:
    """The bytes of a word, from the order in memory to the lowest first, or back."""
    return cells[::-1] if buffer.byte_order == "big" else cells
