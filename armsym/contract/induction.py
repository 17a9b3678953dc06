"""Loops by induction: what holds whenever a loop's head is reached.

An invariant is stated over two kinds of placeholders: `spec.done`, the number of blocks that the
specification has done, and `spec.word.i`, word i of its result after them.  What an invariant does
not state is unknown and secret behind the head: registers, flags, and every writable byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from armsym.bv.builder import Builder
from armsym.bv.evaluate import leaves, rebuild
from armsym.bv.term import VAR, Term
from armsym.machine.address import SIZE, LinearForms
from armsym.machine.faults import Undecided
from armsym.machine.integers import Expression
from armsym.machine.memory import Region, elements
from armsym.machine.state import Flags, Progress, RegisterFile, State

DONE = "spec.done"


def word_name(i: int) -> str:
    """The placeholder of word i of the specification's result."""
    return f"spec.word.{i}"


# The kind of place that is a word of the specification's result.
SPECIFIED = "spec"


@dataclass(frozen=True)
class Place:
    """A register, or `size` bytes of the region `kind` at an offset.

    Registers: "x" and "v" by their number, "w" and "d" for the low 32 and 64 bits of these.
    In a buffer that is made block after block the offset counts from where those that are done end:
    these bytes are written, before the specification comes to them.
    "spec": that word of the specification's result, which is nowhere in the machine.
    """

    kind: str
    number: int
    size: int = 0

    @property
    def is_specified(self) -> bool:
        """Whether it is a word of the specification's result, and no place in a buffer "spec"."""
        return self.kind == SPECIFIED and not self.size

    def __str__(self) -> str:
        return f"{self.kind}{self.number}" if not self.size else f"{self.kind}+{self.number:#x}"


# What a kind of register is part of, and how many of the low bits of that it is.
REGISTERS: Mapping[str, tuple[Callable[[State], RegisterFile], int]] = {
    "x": (lambda state: state.X.values, 64),
    "w": (lambda state: state.X.values, 32),
    "v": (lambda state: state.V.values, 128),
    "d": (lambda state: state.V.values, 64),
}


@dataclass(frozen=True)
class Loop:
    """A loop with its invariant; or, without latches, a join of paths, which none comes back to.

    head: the link address of its head; latches: those of the branches back to it that end a turn.
    turn: the blocks that one turn does, at least 1.
    cells: what places hold, in terms over the placeholders and the values before the call.
    facts: what is at least 0, over the placeholder `spec.done` and public values.
    variant: at least 0 at the head, and less after each turn; over the same.
    case: how many loops with this head are listed before it, each for other paths.
    """

    head: int
    latches: frozenset[int]
    turn: int
    cells: Mapping[Place, Term]
    facts: Sequence[Expression]
    variant: Expression
    case: int = 0

    @property
    def name(self) -> str:
        """A name that no other loop has, and no declaration of a contract."""
        return f"loop_{self.head:x}" + (f"_{self.case}" if self.case else "")


def read(state: State, place: Place, progress: Progress) -> Term:
    """What a place holds after this progress.  Raises Undecided if there is no such place."""
    if place.is_specified and place.number < len(progress.words):
        return progress.words[place.number]
    if not place.size and place.kind in REGISTERS:
        register, width = REGISTERS[place.kind]
        return state.builder.extract(register(state)[place.number], width - 1, 0)
    region, memory = _region(state, place), state.Mem
    start = place.number + (memory.behind(region, progress.done) if region.step else 0)
    offsets = range(start, start + place.size)
    if region.step and not memory.written(region).keys() >= set(offsets):
        raise Undecided(f"{place} is not written ahead")
    return memory.assemble([memory.cell(region, offset) for offset in offsets])


def _region(state: State, place: Place) -> Region:
    """The region of a place.  Raises Undecided."""
    named = [region for region in state.Mem.regions if region.name == place.kind and place.size]
    for region in named:
        if region.step or place.number + place.size <= region.known_size:
            return region
    raise Undecided(f"there is no place {place}")


def written_ahead(loop: Loop, name: str) -> set[int]:
    """Where the invariant says what is written of a buffer, from the end of what is done on."""
    places = [place for place in loop.cells if place.kind == name]
    return {place.number + i for place in places for i in range(place.size)}


def instantiate(terms: Iterable[Term], progress: Progress, builder: Builder) -> list[Term]:
    """The terms with the placeholders replaced by how far the specification has come.

    Indices of elements are made anew as sums, so that equal ones are spelled alike.
    """
    values = {word_name(i): word for i, word in enumerate(progress.words)}
    values[DONE] = progress.done
    forms = LinearForms()

    def placeholder(part: Term) -> Term | None:
        return values.get(str(part.param[1])) if part.op is VAR else None

    def leaf(part: Term) -> Term | None:
        name = str(part.param[1])
        if part.op is VAR or [a.width for a in part.args] != [64]:
            return placeholder(part)
        form = forms.of(part.args[0])
        index, atoms = builder.const(64, form.constant), rebuild(form.atoms, builder, placeholder)
        for atom, times in zip(atoms, form.atoms.values(), strict=True):
            index = index + atom * times
        return builder.apply(part.width, name, index)

    return rebuild(terms, builder, leaf)


class OpenCell(NamedTuple):
    """What a place holds in a state, and what the invariant says that it does."""

    place: Place
    held: Term
    wanted: Term


def open_cells(state: State, loop: Loop, progress: Progress) -> list[OpenCell]:
    """The places not seen to hold, in a state, what the invariant says after this progress."""
    b, numbers = state.builder, state.Mem.numbers
    found = []
    said = instantiate(loop.cells.values(), progress, b)
    for place, wanted in zip(loop.cells, said, strict=True):
        held = read(state, place, progress)
        equal = b.same(held, wanted) or numbers.same(held, wanted)
        if held.width != wanted.width or not equal:
            found.append(OpenCell(place, held, wanted))
    return found


def broken_facts(state: State, loop: Loop, progress: Progress) -> list[Expression]:
    """The facts of the invariant that a state does not show to hold after this progress."""
    done = state.Mem.number(progress.done)
    if done is None:
        return list(loop.facts)
    return [f for f in loop.facts if not state.Mem.known.proves(substitute(f, done))]


def contradicts(state: State, loop: Loop, blocks: int) -> bool:
    """Whether some fact of the loop's invariant is known to fail in the state, for certain.

    That is once so many more blocks are done.
    """
    progress = state.progress
    done = state.Mem.number(progress.done) if progress else None
    if progress is None or done is None:
        return False
    done, known = done.plus(blocks), state.Mem.known
    return any(known.proves(substitute(f, done).negated().plus(-1)) for f in loop.facts)


def substitute(fact: Expression, done: Expression) -> Expression:
    """The fact for this number of blocks done."""
    return fact.replaced(DONE, done)


def check_invariant(state: State, loop: Loop, progress: Progress) -> list[OpenCell]:
    """What must still be shown to be equal for the invariant to hold in the state.

    Raises Undecided, naming what fails, if that is not all that it takes.

    Every invariant says that the exclusive monitor marks nothing, and that the number of blocks
    done is less than 2^64: the variable that stands for it is taken for no less.
    """
    if state.monitor is not None:
        raise Undecided(f"the exclusive monitor marks an address at the head of {loop.name}")
    cells = open_cells(state, loop, progress)
    other_widths = [cell.place for cell in cells if cell.held.width != cell.wanted.width]
    for what in (other_widths, broken_facts(state, loop, progress)):
        if what:
            raise Undecided(f"the invariant of {loop.name} does not hold: {what[0]}")
    done = state.Mem.number(progress.done)
    if done is None or not all(state.Mem.known.proves(bound) for bound in word_bounds(done)):
        raise Undecided(f"{loop.name} may do more than 2^64 blocks")
    return cells


def turned(start: Progress, state: State, loop: Loop, words: Sequence[Term]) -> Progress:
    """The progress after a turn, on which the specification's words become `words`.

    Raises Undecided unless the variant has become less since `start`.
    """
    progress = Progress(start.done + loop.turn, tuple(words), start.loops)
    before, after = state.Mem.number(start.done), state.Mem.number(progress.done)
    if loop.turn < 1 or before is None or after is None:
        raise Undecided(f"a turn of {loop.name} does no blocks")
    less = substitute(loop.variant, before).plus(substitute(loop.variant, after), -1).plus(-1)
    if not state.Mem.known.proves(less):
        raise Undecided(f"the variant of {loop.name} does not become less")
    return progress


def arbitrary_turn(state: State, loop: Loop) -> State:
    """Any state at the loop's head in which the invariant holds, reached from `state`.

    Raises Undecided unless the invariant keeps the variant at least 0, and names nothing of the
    turn that begins here: a turn shows the invariant of the names that it began with, and the next
    begins with other values of the same names.  What is named besides has one value all along.
    """
    b, old = state.builder, state.progress
    if old is None or loop.name in old.loops:
        raise Undecided(f"{loop.name} is entered twice")
    if any(name.startswith(f"{loop.name}.") for name in _names(loop)):
        raise Undecided(f"the invariant of {loop.name} names what is other in each of its turns")
    new = state.copy()
    new.progress = _any_progress(b, loop, old)
    new.public = state.public | {f"{loop.name}.done"}
    _forget(new, loop.name, new.progress.done)
    said = instantiate(loop.cells.values(), new.progress, b)
    for place, value in zip(loop.cells, said, strict=True):
        if not place.is_specified:
            _write(new, place, value)
    number = Expression.variable(f"{loop.name}.done")
    facts = [substitute(fact, number) for fact in loop.facts]
    new.Mem.known = state.Mem.known.assume(*word_bounds(number), *facts)
    if not new.Mem.known.proves(substitute(loop.variant, number)):
        raise Undecided(f"the variant of {loop.name} is not shown to be at least 0")
    return new


def _names(loop: Loop) -> Iterator[str]:
    """The names of all leaves and variables of the loop's invariant."""
    for leaf in leaves(loop.cells.values()):
        yield str(leaf.param[1])
    for number in (*loop.facts, loop.variant):
        yield from number.names()


def _any_progress(builder: Builder, loop: Loop, old: Progress) -> Progress:
    """Any number of blocks done, and any words of the specification that the invariant allows.

    Words of which it says nothing are any; of which it does, what it makes of any words: those that
    they are, in a state in which it holds.
    """
    done = builder.var(64, f"{loop.name}.done")
    words = [builder.var(w.width, f"{loop.name}.word.{i}") for i, w in enumerate(old.words)]
    progress = Progress(done, tuple(words), (*old.loops, loop.name))
    specified = {place: term for place, term in loop.cells.items() if place.is_specified}
    said = instantiate(specified.values(), progress, builder)
    for place, word in zip(specified, said, strict=True):
        words[place.number] = word
    return progress._replace(words=tuple(words))


def word_bounds(number: Expression, size: int = SIZE) -> list[Expression]:
    """What is at least 0 if the number is from 0 to size - 1, by default one of 64 bits."""
    return [number, number.negated().plus(size - 1)]


def _forget(state: State, prefix: str, done: Term) -> None:
    """Makes every register, every flag and every writable byte unknown and secret.

    Of a buffer that is made block after block, `done` blocks are finished.  What is behind them is
    as before the call, but for what the invariant says is written ahead.
    """
    b = state.builder
    for n in range(32):
        state.X.values[n] = b.var(64, f"{prefix}.x{n}")
        state.V.values[n] = b.var(128, f"{prefix}.v{n}")
    state.flags = Flags(*[b.var(1, f"{prefix}.{name}") for name in "NZCV"])
    state.qc = b.var(1, f"{prefix}.qc")
    for region in state.Mem.regions:
        if region.step:
            state.Mem.finish(region, done)
        elif "w" in region.permissions:
            name = f"{prefix}.memory.{region.name}"  # no register's, nor that of what is public
            state.Mem.forget(region, elements(b, name, 8, big_endian=False))


def _write(state: State, place: Place, value: Term) -> None:
    if not place.size and place.kind in REGISTERS:
        values = REGISTERS[place.kind][0](state)
        whole = values[place.number]
        if whole.width > value.width:
            value = state.builder.concat(whole[whole.width - 1 : value.width], value)
        values[place.number] = value
    else:
        state.Mem.put(_region(state, place), place.number, value)
