"""Loops and their invariants, found: by running the routine as if some blocks had been done.

The state at the first arrival at a loop's head, when the call is shifted to `spec.done` blocks
later, is the guess for every arrival.  What does not hold after a turn is left out of it, place by
place and fact by fact, until what is left does.  Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from armsym.bv.assignment import RandomAssignment
from armsym.bv.evaluate import evaluate, leaves, rebuild
from armsym.bv.term import Term, signed
from armsym.contract.execution import Execution, Goal
from armsym.contract.induction import (
    DONE,
    SPECIFIED,
    Loop,
    OpenCell,
    Place,
    arbitrary_turn,
    broken_facts,
    instantiate,
    open_cells,
    read,
    substitute,
    word_name,
)
from armsym.contract.language import REGISTER_ARGUMENTS, Buffer, Count, Fold
from armsym.machine.faults import Fault, Undecided
from armsym.machine.integers import Expression
from armsym.machine.state import Progress, State
from armsym.simulate.step import advance
from isa.outcomes import Outcome

# So many blocks may always be left to do at a loop's head, or one word more than so many.
LEFT = (8, 4, 3, 2, 1, 0)

# Of which kind of place the low half of a register is.
HALVES = {"v": "d", "x": "w"}

# A place of so many bits counts in lanes of so many: vectors hold counters of 32 bits.
LANES = {64: 64, 128: 32}

# Terms that have the same values so often are taken to be equal, to be shown later.
SAMPLES = 4

# The first arrival at a loop's head is looked for in so many steps.
STEPS = 100_000


class NoInvariant(Exception):
    """No invariant was found; the text says for which loop, and what stood in the way."""


class Trail:
    """Where paths have been, and what had been decided on them there."""

    def __init__(self) -> None:
        self._visits: dict[Term, tuple[tuple[Term, ...], int]] = {}

    def copy(self) -> Trail:
        """An equal trail, to be gone on with by itself."""
        twin = Trail()
        twin._visits = dict(self._visits)
        return twin

    def comes_back(self, state: State) -> tuple[int, tuple[Term, ...]]:
        """How often the path was here before something was decided, and what since the last time.

        0 if never.  A loop whose turns are known in number decides nothing.
        """
        before, times = self._visits.get(state.PC, (None, 0))
        decided: tuple[Term, ...] = ()
        if before is None or state.facts[: len(before)] != before:
            times = 0
        elif len(before) < len(state.facts):
            times, decided = times + 1, state.facts[len(before) :]
        else:
            return 0, ()
        self._visits[state.PC] = state.facts, times
        return times, decided


@dataclass(frozen=True)
class Guesser:
    """Guesses the invariant of a routine's next loop, when those before it are known."""

    execution: Execution

    def guess(self, arrival: State, second: State) -> Loop:
        """What the states at the first two arrivals at a head show.  Raises NoInvariant."""
        head = self.execution.link_address(arrival.PC) or 0
        latch = self.execution.latch(second) or 0
        try:
            arrival, fold = self._caught_up(arrival), _fold(self.execution)
            is_behind = self._is_behind(arrival)
            general = self._in_general(arrival, is_behind)
            if is_behind and not self._made(general):
                arrival = self._level(arrival)
            sample = _Sample(general, arrival, second)
            variant = fold.left(Expression.variable(DONE))
            unchanged = self._unchanged(arrival, sample.turn * fold.block)
            cells = {**sample.cells(unchanged), **self._counters(arrival)}
            facts = sample.facts(variant, _least(fold, sample.turn))
            loop = Loop(head, frozenset([latch]), sample.turn, cells, facts, variant)
            return self._second_time(loop, arrival, second)
        except Undecided as error:
            raise NoInvariant(f"the loop at {head:#x}: {error}") from error

    def join(self, address: Term) -> Loop:
        """What the shortest path to a join shows, when any number of blocks may be done.

        Raises NoInvariant.
        """
        head = self.execution.link_address(address) or 0
        try:
            variant = _fold(self.execution).left(Expression.variable(DONE))
            state = self._shortest(address)
            progress = state.progress
            if progress is None or progress.loops:
                raise Undecided("there is no way to it without a loop")
            places = [*_registers(), *_stored(state, False), *_stored(state, True)]
            cells = {place: read(state, place, progress) for place in places}
            given = self.execution.initial.Mem.known.known
            facts = [fact for fact in state.Mem.known.known if fact not in given]
            return Loop(head, frozenset(), 1, cells, facts, variant)
        except Undecided as error:
            raise NoInvariant(f"the join at {head:#x}: {error}") from error

    def _shortest(self, address: Term) -> State:
        """The state at the end of the shortest path to an address, when some blocks are done."""
        waiting, started = [shifted(self.execution)], _started(self.execution)
        for _ in range(STEPS):
            if not waiting:
                break
            state = min(waiting, key=lambda state: state.time)
            waiting.remove(state)
            _replace(state, started)
            if state.PC is address:
                return state
            if not self.execution.returned(state):
                waiting.extend(self._next(state))
        raise Undecided("it is not reached when some blocks are done")

    def _counters(self, arrival: State) -> dict[Place, Term]:
        """What the specification's words are, of those that count the blocks or stay.

        They are only looked at where preconditions say something of one, or where the routine can't
        write them: it may then read again those that stay.
        """
        start, folding, initial = arrival.progress, self.execution.folding, self.execution.initial
        if start is None or folding is None or initial.progress is None:
            return {}
        asked = not set(leaves(initial.facts)).isdisjoint(initial.progress.words)
        if not asked and any("w" in buffer.access for buffer in folding.fold.buffers):
            return {}
        b, found = self.execution.builder, {}
        words, _ = folding.after(start, folding.fold.block)
        passed = b.var(64, DONE) - start.done
        for i, (before, after) in enumerate(zip(start.words, words, strict=True)):
            step = (after - before).value
            if step == 0 or (step is not None and asked):
                counted = b.zero_extend(passed, max(64, before.width))[before.width - 1 : 0]
                found[Place(SPECIFIED, i)] = before + counted * step
        return found

    def _caught_up(self, state: State) -> State:
        """The state; in a loop before, with the specification as far as what that has written."""
        return self._level(state) if state.progress is not None and state.progress.loops else state

    def _level(self, state: State) -> State:
        """The state, with the specification as far as what has been written."""
        state = state.copy()
        state.progress = self.execution.caught_up(state)
        return state

    def _is_behind(self, state: State) -> bool:
        """Whether blocks have been done before any loop that the specification has still to do.

        Then registers hold its result after them.  Routines that write blocks ahead of it are still
        about to work that out.
        """
        if state.progress is None or state.progress.loops:
            return False
        after = self.execution.caught_up(state)
        if after is None or after.done is state.progress.done:
            return False
        pairs = zip(after.words, state.progress.words, strict=True)
        return _holds(state, [word for word, before in pairs if word is not before])

    def _unchanged(self, arrival: State, words: int) -> set[str]:
        """The placeholders of the specification's words that stay as they are in a turn."""
        start, folding = arrival.progress, self.execution.folding
        if start is None or folding is None:
            return set()
        after, _ = folding.after(start, words)
        pairs = enumerate(zip(start.words, after, strict=True))
        return {word_name(i) for i, (before, now) in pairs if before is now}

    def _in_general(self, arrival: State, is_behind: bool) -> State:
        """The first arrival at the same head when any number of blocks may be done.

        The first that has written as much as the specification lacks at this one, and on whose way
        nothing contrary has been decided, if there is one: paths may lead there that preconditions
        rule out at the call, such as those of an odd number of blocks, or that have invariants of
        their own.
        """
        if arrival.progress is not None and arrival.progress.done.value is None:
            return arrival
        wanted = set() if is_behind else self._made(arrival)
        waiting, trail, others = [shifted(self.execution)], Trail(), []
        started = _started(self.execution)
        for _ in range(STEPS):
            if not waiting:
                break
            state = waiting.pop()
            _replace(state, started)
            if state.PC is arrival.PC:
                alike = is_behind or not contrary(self.execution, arrival, state)
                if alike and self._made(state) == wanted:
                    return self._caught_up(state)
                others.append(state)
            elif not self.execution.returned(state) and not trail.comes_back(state)[0]:
                waiting.extend(reversed(self._next(state)))
        if others:
            return self._caught_up(others[0])
        raise Undecided("it is not reached when some blocks are done")

    def _made(self, state: State) -> set[int]:
        """Where the buffer that is made has been written, from what is finished on."""
        into = _fold(self.execution).into
        return set(state.Mem.written(self.execution.regions[into.name])) if into else set()

    def _next(self, state: State) -> list[State]:
        """The states after a step, or in the loop at whose head the state is; none if it stops."""
        loop = self.execution.loop_at(state)
        try:
            if loop is None:
                return advance(state)
            return [] if self.execution.inside(state, loop) else [arbitrary_turn(state, loop)]
        except (Outcome, Fault, Undecided):
            return []

    def _second_time(self, loop: Loop, arrival: State, second: State) -> Loop:
        """The guess without what does not hold at the second arrival.

        What tells of the specification's words is left to the turns: to work them out takes long.
        """
        start = arrival.progress
        if start is None:
            return loop
        names = {word_name(i) for i in range(len(start.words))}
        wordy = {p: t for p, t in loop.cells.items() if p.is_specified or _names(t) & names}
        others = {p: t for p, t in loop.cells.items() if p not in wordy}
        progress = start._replace(done=start.done + loop.turn)
        weaker = weakened(replace(loop, cells=others), second, progress, unlikely)
        return loop if weaker is None else replace(weaker, cells={**wordy, **weaker.cells})


def _names(term: Term) -> set[str]:
    """The names of the variables of a term."""
    return {str(leaf.param[1]) for leaf in leaves([term])}


def contrary(execution: Execution, one: State, other: State) -> list[Expression]:
    """What is known since the call in one state, and sure to fail in another."""
    given, known = execution.initial.Mem.known.known, other.Mem.known
    decided = [fact for fact in one.Mem.known.known if fact not in given]
    return [fact for fact in decided if known.proves(fact.negated().plus(-1))]


# Of cells that are not seen to hold what they should, the places of those to be given up.
GiveUp = Callable[[Sequence[OpenCell]], list[Place]]


def every(cells: Sequence[OpenCell]) -> list[Place]:
    """All of them."""
    return [cell.place for cell in cells]


def unlikely(cells: Sequence[OpenCell]) -> list[Place]:
    """Those that do not hold it for random values of the leaves; the others may be shown to."""
    likely = [cell for cell in cells if cell.held.width == cell.wanted.width]
    for seed in range(SAMPLES):
        terms = [term for _, *both in likely for term in both]
        values = iter(evaluate(terms, RandomAssignment(seed, corner=0)))
        likely = [cell for cell in likely if next(values) == next(values)]
    return every([cell for cell in cells if cell not in likely])


def differ(goals: Sequence[Goal]) -> bool:
    """Whether some of what must be equal is not, for random values of the leaves."""
    terms = [term for goal in goals for term in (goal.actual, goal.expected)]
    for seed in range(SAMPLES if terms else 0):
        values = evaluate(terms, RandomAssignment(seed, corner=0))
        if values[0::2] != values[1::2]:
            return True
    return False


def weakened(loop: Loop, state: State, progress: Progress, give_up: GiveUp) -> Loop | None:
    """The loop without what its invariant says wrongly of a state; None if it says nothing so.

    Where a register does not hold what it should, its low half still may.
    """
    broken = give_up(open_cells(state, loop, progress))
    facts = broken_facts(state, loop, progress)
    if not broken and not facts:
        return None
    cells = {place: term for place, term in loop.cells.items() if place not in broken}
    registers = [(p, loop.cells[p]) for p in broken if p.kind in HALVES and not p.size]
    halves = {Place(HALVES[p.kind], p.number): t[t.width // 2 - 1 : 0] for p, t in registers}
    kept = [fact for fact in loop.facts if fact not in facts]
    weaker = replace(loop, cells=halves, facts=())
    still_broken = give_up(open_cells(state, weaker, progress))
    cells |= {p: t for p, t in halves.items() if p not in still_broken}
    return replace(loop, cells=cells, facts=kept)


def shifted(execution: Execution) -> State:
    """The call of the routine when `spec.done` blocks are done: the rest of the work is left."""
    b, contract, state = execution.builder, execution.contract, execution.initial.copy()
    fold = _fold(execution)
    if state.progress is None:
        raise Undecided("the contract goes over no blocks")
    done = b.var(64, DONE)
    words = [b.var(w.width, word_name(i)) for i, w in enumerate(state.progress.words)]
    state.progress = Progress(done, tuple(words))
    if execution.folding is not None and fold.start is None:
        for buffer, held in zip(fold.buffers, execution.folding.by_buffer(words), strict=True):
            _fill(execution, state, buffer, held)
    for n, parameter in enumerate(contract.parameters):
        if isinstance(parameter, Count) and parameter.name == fold.count.name:
            less = parameter.times * fold.block // fold.count.times
            _pass(state, n, execution.arguments[n] - done * less)
        if isinstance(parameter, Buffer) and parameter in (fold.over, fold.into):
            _pass(state, n, execution.arguments[n] + done * fold.step)
    if fold.into is not None:
        state.Mem.finish(execution.regions[fold.into.name], done)
    number = Expression.variable(DONE)
    least = fold.count.times * fold.count.minimum
    state.Mem.known = state.Mem.known.assume(number, fold.left(number).plus(-least))
    state.public |= {DONE}
    return state


def _fill(execution: Execution, state: State, buffer: Buffer, words: Iterable[Term]) -> None:
    """Makes the buffer hold these words."""
    b = execution.builder
    for i, word in enumerate(words):
        lowest_first = b.concat(*b.split(word, 8)) if buffer.byte_order == "big" else word
        state.Mem.put(execution.regions[buffer.name], i * word.width // 8, lowest_first)


def _started(execution: Execution) -> Mapping[Term, Term]:
    """What registers hold of the words that a function starts a fold with, once it is worked out:
    the same of the placeholders.
    """
    fold, progress = _fold(execution), execution.initial.progress
    if fold.start is None or progress is None:
        return {}
    b, big_endian = execution.builder, fold.start.buffer.byte_order == "big"
    found = {}
    words = [b.var(w.width, word_name(i)) for i, w in enumerate(progress.words)]
    pair = [
        b.join([b.concat(*b.split(w, 8)) if big_endian else w for w in some])
        for some in (progress.words, words)
    ]
    for width in (64, 128):
        for low in range(0, pair[0].width - width + 1, width):
            value, placeholder = [whole[low + width - 1 : low] for whole in pair]
            found[value] = placeholder
    return found


def _replace(state: State, values: Mapping[Term, Term]) -> None:
    """Replaces values of registers; a state that has been taken apart is not needed any more."""
    for registers in (state.X.values, state.V.values) if values else ():
        for n, value in enumerate(registers):
            if value in values:
                registers[n] = values[value]


def _holds(state: State, words: Iterable[Term]) -> bool:
    """Whether registers hold all of these words, each somewhere."""
    b, held = state.builder, dict[int, set[Term]]()
    for word in words:
        if word.width not in held:
            registers = [x for x in (*state.X.values, *state.V.values) if x.width >= word.width]
            held[word.width] = {part for x in registers for part in b.split(x, word.width)}
        if word not in held[word.width]:
            return False
    return True


def _pass(state: State, n: int, value: Term) -> None:
    """Makes argument `n` another one, in a register or on the stack."""
    if n < REGISTER_ARGUMENTS:
        state.X.values[n] = value
    else:
        on_stack = next(r for r in state.Mem.regions if r.name == "arguments")
        state.Mem.put(on_stack, 8 * (n - REGISTER_ARGUMENTS), value)


def _fold(execution: Execution) -> Fold:
    if execution.contract.folding is None:
        raise Undecided("the contract goes over no blocks")
    return execution.contract.folding


def _least(fold: Fold, turn: int) -> list[int]:
    """Numbers of words that may always be left, where a turn does so many blocks."""
    return sorted({n * fold.block + more for n in (*LEFT, turn) for more in (0, 1)}, reverse=True)


class _Sample:
    """What the first arrivals at a loop's head show of it.

    `state` is the first when any number of blocks may be done, `first` and `second` are arrivals on
    one path.
    """

    def __init__(self, state: State, first: State, second: State) -> None:
        if state.progress is None or first.progress is None:
            raise Undecided("the contract goes over no blocks")
        self.state = state
        self.second = second
        self.progress = state.progress
        self.start = first.progress.done
        self.known = first.Mem.known
        self.done, self.more = _variable(state)
        registers, stored = _registers(), _stored(state, False)
        ahead = [] if self.more else _stored(state, True)  # the specification has caught up
        places = [*registers, *stored, *ahead]
        self.held = {place: read(state, place, state.progress) for place in places}
        self.moved = {
            place: (read(first, place, first.progress), read(second, place, first.progress))
            for place in [*registers, *stored]
        }
        self.turn = self._blocks_per_turn()

    def cells(self, unchanged: set[str]) -> Mapping[Place, Term]:
        """What each place holds, in terms over the placeholders.

        What is constant is not told in terms of these, unless of words of the specification that
        are `unchanged` by a turn, or as a number that a turn leaves as it is: an end that is so
        many whole turns behind what is done tells how many are left.
        """
        b, progress = self.state.builder, self.progress
        done = b.var(64, DONE)
        placeholders = {w: b.var(w.width, word_name(i)) for i, w in enumerate(progress.words)}
        placeholders[b.var(64, self.done)] = done - self.more
        terms = rebuild(self.held.values(), b, placeholders.get)
        cells = dict(zip(self.held, terms, strict=True))
        for place, (before, after) in self.moved.items():
            if before is after:
                if not self._holds_again(cells[place], after, unchanged):
                    cells[place] = before
            elif cells[place].value is not None and before.width in LANES:
                cells[place] = self._counting(cells[place], before, after)
        return cells

    def _holds_again(self, guess: Term, after: Term, unchanged: set[str]) -> bool:
        """Whether what is guessed in terms of placeholders is, after a turn, what it was."""
        names = _names(guess) & {DONE, *[word_name(i) for i in range(len(self.progress.words))]}
        if names != {DONE} or guess.width != 64:
            return bool(names) and names <= unchanged
        moved = self.progress._replace(done=self.start + self.turn)
        (wanted,) = instantiate([guess], moved, self.state.builder)
        return self.second.Mem.numbers.same(after, wanted)

    def _counting(self, literal: Term, before: Term, after: Term) -> Term:
        """What is literal at first, with what each of its lanes counts since then."""
        b, width = self.state.builder, LANES[literal.width]
        passed = (b.var(64, DONE) - self.start)[width - 1 : 0]
        lanes = zip(*[b.split(x, width) for x in (literal, before, after)], strict=True)
        return b.join([x + passed * self._step(old, new) for x, old, new in lanes])

    def _step(self, before: Term, after: Term) -> int:
        """By how much a number that a turn changes is changed for each block."""
        if before.value is None or after.value is None:
            return 0
        width = before.width
        step, rest = divmod(signed((after.value - before.value) % (1 << width), width), self.turn)
        return 0 if rest else step

    def facts(self, variant: Expression, least: Iterable[int]) -> list[Expression]:
        """What is known of the blocks done, and that at least so many words are left to do.

        More of it may hold at first than later.
        """
        known = self.state.Mem.known
        done = Expression.variable(DONE).plus(-self.more)
        # That a loop before has done some blocks need not be so on other paths.
        alone = {self.done} if self.more else set()
        used = [e for e in known.known if self.done in e.names() and set(e.names()) != alone]
        facts = [Expression.variable(DONE), *(e.replaced(self.done, done) for e in used)]
        start = self.state.Mem.number(self.start)
        here = substitute(variant, start) if start else variant
        left = [variant.plus(-k) for k in least if self.known.proves(here.plus(-k))]
        return list(dict.fromkeys([*facts, *left]))

    def _blocks_per_turn(self) -> int:
        """How far what moves with the blocks done moves from one arrival to the next."""
        for place, (before, after) in self.moved.items():
            if blocks := self._moved(self.held[place], before, after):
                return blocks
        raise Undecided("nothing moves with the blocks done")

    def _moved(self, general: Term, before: Term, after: Term) -> int:
        """The blocks by which a value that is linear in the number of them has moved, or 0."""
        if general.width != 64:
            return 0
        forms, numbers = self.state.Mem.forms, self.state.Mem.numbers
        number = numbers.modular(general)
        slope = dict(number.coefficients).get(self.done, 0) if number else 0
        moved = numbers.of(forms.of(after).plus(forms.of(before), -1))
        if not slope or moved is None or moved.coefficients or moved.constant % slope:
            return 0
        return max(0, moved.constant // slope)


def _variable(state: State) -> tuple[str, int]:
    """The variable on which the number of blocks done depends, and how much more that is."""
    done = state.Mem.number(state.progress.done) if state.progress else None
    (name, times), *others = done.coefficients if done is not None else [("", 0)]
    if done is None or others or times != 1 or not isinstance(name, str):
        raise Undecided("the number of blocks done is not known in general")
    return name, done.constant


def _registers() -> list[Place]:
    return [Place(kind, n) for kind in "xv" for n in range(32)]


def _stored(state: State, ahead: bool) -> list[Place]:
    """The places in memory that have been written, in pieces of one term each.

    Those of buffers that are made block after block, `ahead` of the specification, or of others.
    """
    places = []
    for region in state.Mem.regions:
        if "w" not in region.permissions or (region.at is not None) is not ahead:
            continue
        written = state.Mem.written(region)
        start = None
        for offset in sorted(written):
            term, index = written[offset]
            before = written.get(offset - 1)
            if start is None or before != (term, index - 1):
                start = offset
                places.append(Place(region.name, start, 0))
            places[-1] = replace(places[-1], size=offset - start + 1)
    return places
