"""The run of a routine under its contract: the state at the call, the paths, and what must hold.

Used alike by the prover, with a builder that simplifies, and by whoever checks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass

from armsym.binary.image import Image
from armsym.bv.builder import Builder
from armsym.bv.evaluate import leaves, rebuild
from armsym.bv.term import Term
from armsym.contract.induction import Loop, arbitrary_turn, check_invariant, turned
from armsym.contract.language import (
    Argument,
    Buffer,
    Contract,
    Count,
    Fold,
    Holds,
    Specification,
)
from armsym.contract.statement import statement
from armsym.errors import ArmsymError
from armsym.machine.address import SIZE
from armsym.machine.conditions import Conditions
from armsym.machine.faults import Undecided
from armsym.machine.integers import Expression, Integers
from armsym.machine.memory import Cell, Memory, Region, elements, elements_at, literal_bytes
from armsym.machine.numbers import expression
from armsym.machine.state import Progress, State
from armsym.simulate.mapping import image_base, image_names, image_regions, link_address
from armsym.simulate.start import stack_pointer, unknown_state
from armsym.simulate.step import Path, advance, run

# AAPCS64: the callee restores X19 to X29 and the low 64 bits of V8 to V15.
CALLEE_SAVED_GENERAL = range(19, 30)
CALLEE_SAVED_VECTOR = range(8, 16)
LINK_REGISTER = 30
STACK_POINTER = 31

# A routine may leave this many blocks of its last turn to the end.
BLOCKS_LEFT = 64


@dataclass(frozen=True)
class Goal:
    """What must be equal at the end of a path for the property to hold."""

    property: str
    what: str
    actual: Term
    expected: Term


class Execution:
    """A routine at the moment of the call, in some builder's terms."""

    def __init__(
        self,
        contract: Contract,
        image: Image,
        entry: int,
        builder: Builder,
        loops: Iterable[Loop] = (),
    ) -> None:
        self.contract = contract
        self.image = image
        self.builder = builder
        self.loops = {loop.head: loop for loop in loops}
        self._addresses: dict[Term, int | None] = {}
        base = image_base(builder)
        regions = image_regions(image, builder, base)
        self.regions = {b.name: self._region(b) for b in contract.buffers.values()}
        self.initial = self._initial_state(base + entry, [*regions, *self.regions.values()])
        self.return_address = self.initial.X.values[LINK_REGISTER]

    def with_loops(self, loops: Iterable[Loop]) -> Execution:
        """The same call, whose loops are gone through by induction."""
        twin = copy(self)
        twin.loops = {loop.head: loop for loop in loops}
        return twin

    def paths(
        self,
        limit: int,
        watch: Callable[[State], None] = lambda _: None,
        follow: Callable[[State], list[State]] | None = None,
    ) -> Iterator[Path]:
        """Every path from the call to the return, of at most `limit` steps in all."""
        return run(self.initial.copy(), self.return_address, limit, watch, follow or self.follow)

    def follow(self, state: State) -> list[State]:
        """The states after an instruction; at the head of a loop, of any turn or none."""
        loop = self.loop_at(state)
        if loop is None:
            return advance(state)
        if not self.inside(state, loop):
            return advance(self.enter(state, loop))
        self.check_turn(state, loop)
        return []

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

    def loop_at(self, state: State) -> Loop | None:
        """The loop that the state is about to enter, or of which it has ended a turn."""
        head = self.link_address(state.PC) if self.loops else None
        loop = None if head is None else self.loops.get(head)
        if loop is None or not self.inside(state, loop):
            return loop
        return loop if self.latch(state) in loop.latches else None

    def latch(self, state: State) -> int | None:
        """The link address of the instruction before."""
        return None if state.source is None else self.link_address(state.source)

    def enter(self, state: State, loop: Loop) -> State:
        """Any state that the loop's head is reached in, now or later.  Raises Undecided."""
        if state.progress is not None:
            check_invariant(state, loop, state.progress)
        return arbitrary_turn(state, loop)

    def inside(self, state: State, loop: Loop) -> bool:
        """Whether the state comes from a turn of the loop."""
        return state.progress is not None and loop.name in state.progress.loops

    def check_turn(self, state: State, loop: Loop) -> None:
        """Raises Undecided unless a turn was in constant time, and the invariant holds again."""
        check_invariant(state, loop, self.after_turn(state, loop))

    def after_turn(self, state: State, loop: Loop) -> Progress:
        """The specification's progress where a turn is over.

        Raises Undecided unless it was in constant time, and the variant has become less.
        """
        start = state.progress
        if start is None or start.loops[-1] != loop.name:
            raise Undecided(f"a turn of {loop.name} ends in another loop")
        for leak in self.leaks(state):
            raise Undecided(leak)
        return turned(start, state, loop, self.folded(start, loop.turn))

    def goals(self, final: State) -> list[Goal]:
        """What must hold where the routine has returned.  Raises ArmsymError `bad-spec`."""
        return [
            *(goal for e in self.contract.postconditions for goal in self._functional(e, final)),
            *self._folded(final),
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
        return self._result(holds.function, arguments, holds.buffer)

    def folded(self, progress: Progress, blocks: int) -> list[Term]:
        """The words of the fold, so many blocks later.  Raises ArmsymError `bad-spec`."""
        words, fold, b = list(progress.words), self.contract.folding, self.builder
        if fold is None:
            return words
        for n in range(blocks):
            first = (progress.done + n) * fold.block
            indices = [first + i for i in range(fold.block)]
            block = [b.apply(fold.over.width, fold.over.name, index) for index in indices]
            words = self._result(fold.function, [words, block], fold.buffer)
        return words

    def _result(
        self, function: Specification, arguments: Sequence[object], buffer: Buffer
    ) -> list[Term]:
        """The words that a function of the standard gives for a buffer."""
        name = f"{function.__module__}.{function.__qualname__}"
        try:
            words = list(function(*arguments))
        except (TypeError, ValueError, LookupError) as error:
            raise ArmsymError("bad-spec", f"{name} fails: {error}") from error
        wanted = [buffer.width for _ in buffer.indices]
        if [w.width for w in words] != wanted:
            raise ArmsymError(
                "bad-spec",
                f"{name} gives words of {[w.width for w in words]} bits;"
                f" buffer {buffer.name} has {wanted}",
            )
        return words

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
        if (held := self.contract.held.get(buffer.name)) is not None:
            cells = [cell for word in self.expected(held) for cell in _bytes(word, buffer)]
            initial = cells.__getitem__
        return Region(buffer.name, address, buffer.size, buffer.access, initial, at)

    def _initial_state(self, entry: Term, regions: list[Region]) -> State:
        b, size = self.builder, self.contract.stack
        contents = elements(b, "stack", 64, big_endian=False)
        below = Region("stack", stack_pointer(b) - size, size, "rw", contents)
        state = unknown_state(b, entry, Memory(b, [below, *regions]))
        for n, parameter in enumerate(self.contract.parameters):
            state.X.values[n] = self._value(parameter)
        pointers = [f"&{name}" for name in self.contract.buffers]
        numbers = [*self.contract.scalars, *self.contract.counts, *pointers]
        state.public = frozenset([*numbers, *image_names(self.image), "sp"])
        state.Mem.known = Integers([*_ranges(numbers), *self._preconditions()])
        state.facts = tuple(rebuild(self.contract.conditions, b))
        for fact in state.facts:
            cases = Conditions(state.Mem.forms, state.Mem.known).cases(fact, True)
            if len(cases) == 1:
                state.Mem.known = cases[0]
        fold = self.contract.folding
        words = self.buffer_words(fold.buffer, state) if fold else []
        state.progress = Progress(b.const(64, 0), tuple(words))
        return state

    def _preconditions(self) -> Iterator[Expression]:
        """What the contract says of counts, and that no buffer wraps around the address space."""
        for count in self.contract.counts.values():
            yield count.number.plus(-count.minimum)
            yield count.number.negated().plus(count.maximum)
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

    def _functional(self, holds: Holds, final: State) -> Iterator[Goal]:
        words = zip(self.buffer_words(holds.buffer, final), self.expected(holds), strict=True)
        for i, (actual, expected) in enumerate(words):
            yield Goal("functional", f"{holds.buffer.name}[{i}]", actual, expected)

    def _folded(self, final: State) -> Iterator[Goal]:
        """The buffer that is folded, where it is known how many blocks are left to do."""
        fold, progress = self.contract.folding, final.progress
        if fold is None or progress is None:
            return
        left = self._left(fold, progress, final)
        words = zip(self.buffer_words(fold.buffer, final), self.folded(progress, left), strict=True)
        for i, (actual, expected) in enumerate(words):
            yield Goal("functional", f"{fold.buffer.name}[{i}]", actual, expected)

    def _left(self, fold: Fold, progress: Progress, final: State) -> int:
        """How many blocks the specification has still to do.  Raises Undecided."""
        done = expression(final.Mem.forms.of(progress.done))
        left = fold.blocks.number.plus(done, -1) if done else None
        known = final.Mem.known
        for number in range(BLOCKS_LEFT if left else 0):
            if (
                left
                and known.proves(left.plus(-number))
                and known.proves(left.negated().plus(number))
            ):
                return number
        raise Undecided(f"how many blocks are done where the routine returns: {progress.done!r}")

    def _returned(self, final: State) -> Iterator[Goal]:
        if (returned := self.contract.returned) is not None:
            expected = self.builder.const(returned.width, returned.value)
            yield Goal("functional", "x0", final.X[0, returned.width], expected)

    def _restored(self, final: State) -> Iterator[Goal]:
        """Callee-saved registers and the stack pointer."""
        for n in (*CALLEE_SAVED_GENERAL, STACK_POINTER):
            name = "sp" if n == STACK_POINTER else f"x{n}"
            yield Goal("abi", name, final.X.values[n], self.initial.X.values[n])
        for n in CALLEE_SAVED_VECTOR:
            yield Goal("abi", f"d{n}", final.V[n, 64], self.initial.V[n, 64])


def _ranges(names: Iterable[str]) -> Iterator[Expression]:
    """That variables of 64 bits are the numbers from 0 to 2^64 - 1."""
    for name in names:
        yield Expression.variable(name)
        yield Expression.variable(name).negated().plus(SIZE - 1)


def _bytes(word: Term, buffer: Buffer) -> list[Cell]:
    """The bytes of a word as they lie in the buffer."""
    return _in_order([(word, byte) for byte in range(buffer.width // 8)], buffer)


def _bytes(word: Term, buffer: Buffer) -> list[Cell]:
    """The bytes of a word as they lie in the buffer."""
    return _in_order([(word, byte) for byte in range(buffer.width // 8)], buffer)


def _in_order(cells: list[Cell], buffer: Buffer) -> list[Cell]:
    """The bytes of a word, from the order in memory to the lowest first, or back."""
    return cells[::-1] if buffer.byte_order == "big" else cells
