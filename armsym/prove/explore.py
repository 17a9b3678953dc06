"""The symbolic run of a routine, and what it leaves open of each property."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import NoReturn

from armsym.binary.disassemble import text
from armsym.binary.image import SLOT_SIZE
from armsym.bv.builder import Builder
from armsym.bv.evaluate import leaves, rebuild, size
from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term
from armsym.contract.execution import Execution, Goal, by_time
from armsym.contract.induction import Loop, OpenCell, open_cells, written_ahead
from armsym.machine.faults import Fault, Undecided
from armsym.machine.state import Progress, State
from armsym.prove.cuts import NoCuts, find_cuts
from armsym.prove.joins import Crossings
from armsym.prove.loops import (
    GiveUp,
    Guesser,
    NoInvariant,
    Trail,
    contrary,
    differ,
    every,
    unlikely,
    weakened,
)
from armsym.prove.result import PROPERTIES
from armsym.simulate.mapping import external_addresses, image_base
from armsym.simulate.paths import Path, Stop, Waiting, run_on
from armsym.simulate.step import advance
from isa.outcomes import Outcome

STEP_LIMIT = 250_000

# Terms and operands that explorations of a routine may make: those of endless turns may grow.
SIZE_LIMIT = 20_000_000

# A loop that does no whole blocks may take so many turns, each run.
TURNS = 64

# What is behind a join is run once if paths that come there have so many ends.
ENDS = 8

# After so many joins behind which something stopped or did not hold no other is looked for: each
# took a run of all that is behind.
PARTED = 2

# Paths to the head of a loop are told apart so often, by what was decided on them.
CASES = 4

# An exploration can be gone back to after so many steps, or after as many again.
STEPS_BETWEEN = 64

# Explorations of a routine, until the invariants of its loops hold.
TRIES = 64


@dataclass
class Exploration:
    """Every path of a run: how it ended, and the goals that terms do not settle by themselves.

    `reasons` tells, for each property that is not established, what stands in the way; `stops` why
    paths ended before they returned.  `addresses` are those executed, and after how many steps each
    was for the first time.  `terms` is the size of the DAG of what is compared.
    """

    execution: Execution
    paths: list[Path] = field(default_factory=list)
    open_goals: list[tuple[State, Goal]] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)
    addresses: dict[Term, int] = field(default_factory=dict)
    steps: int = 0
    terms: int = 0

    @property
    def instructions(self) -> int:
        """The number of distinct addresses executed."""
        return len(self.addresses)

    def copy(self) -> Exploration:
        """An equal exploration, to be gone on with by itself."""
        return replace(
            self,
            paths=list(self.paths),
            open_goals=list(self.open_goals),
            reasons=dict(self.reasons),
            stops=list(self.stops),
            addresses=dict(self.addresses),
        )

    def without_states(self) -> Exploration:
        """The same in few terms, new ones: without the states of the paths, and what is open."""
        old, b = self.execution, NormalBuilder()
        entry, loops = old.link_address(old.initial.PC) or 0, []
        for loop in old.loops.values():
            terms = rebuild(loop.cells.values(), b)
            loops.append(replace(loop, cells=dict(zip(loop.cells, terms, strict=True))))
        execution = Execution(old.contract, old.image, entry, b, loops, old.all_cuts, old.search)
        addresses = dict(zip(rebuild(self.addresses, b), self.addresses.values(), strict=True))
        return replace(self, execution=execution, paths=[], open_goals=[], addresses=addresses)


def explore(
    execution: Execution, limit: int = STEP_LIMIT, progress: Callable[[str], None] = lambda _: None
) -> Exploration:
    """Runs the routine along every path and compares its end with the contract.

    Loops over blocks are gone through by induction, with the invariants that are found on the way.
    """
    try:
        search = _Search(execution, limit, progress)
        for _ in range(TRIES):
            try:
                return search.explore()
            except _Again:
                continue
        raise NoInvariant(f"the invariants are still weakened after {TRIES} tries")
    except (NoCuts, NoInvariant) as error:
        return Exploration(execution, reasons=dict.fromkeys(PROPERTIES, str(error)))


class _Again(Exception):
    """More is known of the loop at this head than when the exploration came there."""

    def __init__(self, head: Term) -> None:
        super().__init__(head)
        self.head = head


@dataclass
class _Point:
    """Where an exploration is, or was: what waits there, and what it knows."""

    waiting: list[Waiting]
    trail: Trail
    found: Exploration
    crossings: Crossings = field(default_factory=Crossings)
    put_off: dict[str, Waiting] = field(default_factory=dict)  # at joins: the first to come there
    followed: frozenset[str] = frozenset()  # joins behind which it has gone on

    def copy(self) -> _Point:
        """An equal point, to be gone on from by itself."""
        return _Point(
            [(state.copy(), steps) for state, steps in self.waiting],
            self.trail.copy(),
            self.found.copy(),
            self.crossings.copy(),
            dict(self.put_off),
            self.followed,
        )


class _Search:
    """Explorations of one routine, each with the loops that those before it have taught.

    What came before the head of a loop does not depend on what is known of the loop: an exploration
    goes on from the last point at which nothing had to do with what is new.
    """

    def __init__(self, execution: Execution, limit: int, progress: Callable[[str], None]) -> None:
        self.execution = copy(execution)
        self.execution.loops = {}
        self.execution.cuts = by_time(find_cuts(execution))
        self.limit = limit
        self.progress = progress
        self.seconds: dict[Term, State] = {}  # heads of loops, and the second arrivals there
        self.tails: dict[Term, NoInvariant] = {}  # heads of other loops, and why they are none
        self.joins: dict[Term, bool] = {}  # where paths come together, and whether they are joined
        self.parted = 0  # how many joins what is behind them has spoken against
        self.arrivals: dict[str, State] = {}  # of each loop, the first
        self.cases: Counter[Term] = Counter()  # how often paths to a head have been told apart
        self.lost: dict[str, str] = {}  # what heads make unknown, and why no invariant tells of it
        self.now = _Point([(self.execution.initial, 0)], Trail(), Exploration(self.execution))
        self.points = [self.now]  # the call, heads of loops, and places between, to go back to

    def explore(self) -> Exploration:
        """Runs every path that the last point leaves.  Raises _Again, NoInvariant."""
        self.now = self.points[-1].copy()
        found, end = self.now.found, self.execution.return_address
        try:
            while self.now.waiting:
                left = self.limit - found.steps
                for path in run_on(self.now.waiting, end, left, self._watch, self._follow):
                    found.paths.append(path)
                self._go_on_behind_join()
            self._part_where_stopped()
            _compare(found)
            self._part_where_refuted()
        except _Again as news:
            first = found.addresses[news.head]
            self.points = [p for p in self.points if p.found.steps <= first]
            raise
        found.reasons = {name: self._explained(reason) for name, reason in found.reasons.items()}
        return found

    def _explained(self, reason: str) -> str:
        """The reason, and why what it names is unknown, if the head of a loop has made it so."""
        named = re.findall(r"loop_\w+\.x\d+", reason)
        return "; ".join([reason, *[self.lost[x] for x in dict.fromkeys(named) if x in self.lost]])

    def _watch(self, state: State) -> None:
        found = self.now.found
        if state.PC not in found.addresses:
            is_head = state.PC in self.seconds or self._known(state) is not None
            steps = found.steps - self.points[-1].found.steps
            if is_head or self.joins.get(state.PC) or steps >= STEPS_BETWEEN:
                self.points.append(self.now.copy())
            found.addresses[state.PC] = found.steps
        found.steps += 1

    def _known(self, state: State) -> Loop | None:
        """The loop at whose head the state is, if it has an invariant that is for its path."""
        here = self._known_at(state.PC)
        inside = [loop for loop in here if self.execution.inside(state, loop)]
        if not inside and self.cases[state.PC]:
            return self.execution.loop_at(state)
        return next(iter([*inside, *here]), None)

    def _known_at(self, address: Term) -> list[Loop]:
        head = self.execution.link_address(address)
        return [loop for loop in self.execution.loops.values() if loop.head == head]

    def _follow(self, state: State) -> list[State]:
        """The states after an instruction; at the head of a loop, of any turn or none."""
        if size_of(self.execution.builder) > SIZE_LIMIT:
            raise Undecided(f"no end after terms with {SIZE_LIMIT:,} operands")
        state = self.execution.cut(state)
        loop = self.execution.loop_at(state)
        if loop is None and self._at_new_head(state):
            loop = self._guessed(state)
        if loop is None and self._known(state) and self.execution.loops_here(state):
            self.now.trail = Trail()  # the path runs on through the loop
        elif loop is None:
            self._look_for_head(state)
        if loop is None:
            self._look_for_join(state)
            return advance(state)
        if not loop.latches:
            self._join(loop, state)
            return []
        if self.execution.inside(state, loop):
            self._compare(loop, state, self.execution.after_turn(state, loop), unlikely)
            self._arrive(loop, state)
            return []
        if (progress := self.execution.caught_up(state, loop)) is not None:
            self._tell_apart(loop, state, progress)
            self._compare(loop, state, progress, every)
        self._arrive(loop, state)
        return advance(self.execution.enter(state, loop))

    def _arrive(self, loop: Loop, state: State) -> None:
        for goal in self.execution.check_arrival(state, loop):
            _leave_open(self.now.found, state, goal)

    def _join(self, loop: Loop, state: State) -> None:
        """A path comes to a join: what is behind is put off until all have.

        What does not hold is left out of the invariant.  Raises _Again.
        """
        try:
            progress = self.execution.caught_up(state, loop)
            weaker = None if progress is None else weakened(loop, state, progress, every)
            if weaker is not None:
                self._weaken_join(loop, weaker, state.PC)
                loop = weaker
            self._arrive(loop, state)
        except Undecided:
            self._part(loop, state.PC)
        for leak in self.execution.leaks(state):
            self.now.found.reasons.setdefault("constant_time", leak)
        if loop.name not in self.now.followed:
            self.now.put_off.setdefault(loop.name, (state, self.now.waiting[-1][1]))

    def _weaken_join(self, loop: Loop, weaker: Loop, address: Term) -> None:
        """That less holds at a join than was thought is news to those that ran on through it, or
        have gone on behind it.  Raises _Again, Undecided.
        """
        self.execution.loops[loop.name] = weaker
        fold = self.execution.contract.folding
        into = fold.into.name if fold is not None and fold.into is not None else ""
        if written_ahead(loop, into) != written_ahead(weaker, into):
            raise Undecided("what is written ahead is not the same on all paths")
        if loop.name in self.now.followed or len(weaker.facts) < len(loop.facts):
            raise _Again(address)

    def _part(self, loop: Loop, address: Term) -> NoReturn:
        """The paths that come to a join are followed one by one."""
        self.joins[address] = False
        del self.execution.loops[loop.name]
        raise _Again(address)

    def _go_on_behind_join(self) -> None:
        """Where no path waits, one goes on behind a join.  Raises _Again."""
        for name, (state, steps) in self.now.put_off.items():
            loop = self.execution.loops[name]
            try:
                behind = self.execution.enter(state, loop).copy()
            except Undecided:
                self._part(loop, state.PC)
            del self.now.put_off[name]
            self.now.followed |= {name}
            self.now.waiting.append((behind, steps))
            self.points.append(self.now.copy())
            return

    def _part_where_stopped(self) -> None:
        """What stops behind a join may not if paths are followed one by one.  Raises _Again."""
        for path in self.now.found.paths:
            if path.stop is not None:
                self._part_before(path.state)

    def _part_where_refuted(self) -> None:
        """What does not hold behind a join may if paths are followed one by one.  Raises _Again."""
        behind = [(s, goal) for s, goal in self.now.found.open_goals if self._joins_before(s)]
        if differ([goal for _, goal in behind]):
            self._part_before(next(state for state, goal in behind if differ([goal])))

    def _part_before(self, state: State) -> None:
        """Raises _Again if the path to the state is behind a join."""
        for loop in self._joins_before(state):
            self.parted += 1
            at = [pc for pc in self.joins if loop in self._known_at(pc)]
            self._part(loop, at[0])

    def _joins_before(self, state: State) -> list[Loop]:
        """The joins that the path to the state is behind."""
        joins = [loop for loop in self.execution.loops.values() if not loop.latches]
        return [loop for loop in joins if self.execution.inside(state, loop)]

    def _at_new_head(self, state: State) -> bool:
        second = self.seconds.get(state.PC)
        if second is not None and self.cases[state.PC]:
            is_head = second.facts[: len(state.facts)] == state.facts  # that path, and no other
        else:
            is_head = second is not None or self.joins.get(state.PC, False)
        return is_head and self._known(state) is None

    def _guessed(self, state: State) -> Loop | None:
        """The loop at whose head the state is; None if it is to be run, turn after turn."""
        second = self.seconds.pop(state.PC, None)
        guesser = Guesser(self.execution)
        try:
            loop = guesser.join(state.PC) if second is None else guesser.guess(state, second)
        except NoInvariant as error:
            if second is None:
                self.joins[state.PC] = False
            else:
                self.tails[state.PC] = error
            return None
        loop = self._as_case(loop, state)
        self.arrivals[loop.name] = state.copy()
        self._list(loop, state)
        self.progress(f"looking for the invariant of the loop at {loop.head:#x}")
        return loop

    def _as_case(self, loop: Loop, state: State) -> Loop:
        """The loop beside those with its head, with facts that rule their paths out."""
        others = self._known_at(state.PC)
        ways = [contrary(self.execution, state, self.arrivals[other.name]) for other in others]
        return replace(loop, case=len(others), facts=[*loop.facts, *[w[0] for w in ways if w]])

    def _compare(self, loop: Loop, state: State, progress: Progress, give_up: GiveUp) -> None:
        """Weakens the loop's invariant if it does not hold in the state.  Raises _Again."""
        if weaker := weakened(loop, state, progress, give_up):
            self.execution.loops[loop.name] = weaker
            self.lost |= _lost(loop, open_cells(state, loop, progress))
            raise _Again(state.PC)

    def _tell_apart(self, loop: Loop, state: State, progress: Progress) -> None:
        """Where a number is another on a path that contradicts what was decided on the first, the
        invariant is made one for paths like that; this one is to have its own.  Raises _Again.
        """
        differing = contrary(self.execution, self.arrivals[loop.name], state)
        if not differing or self.cases[state.PC] == CASES:
            return
        numbers = state.Mem.numbers.modular
        broken = open_cells(state, loop, progress)
        if any(numbers(cell.held) and numbers(cell.wanted) for cell in broken):
            self.cases[state.PC] += 1
            facts = [*loop.facts, differing[0]]
            self.execution.loops[loop.name] = replace(loop, facts=facts)
            raise _Again(state.PC)

    def _look_for_head(self, state: State) -> None:
        """Notes a loop that has no known number of turns, or its further latch.

        Raises _Again; Undecided where secrets decide on the turns, as that is no proof any more.
        """
        times, decided = self.now.trail.comes_back(state)
        for leaf in leaves(decided):
            if not state.is_public(leaf):
                raise Undecided(f"{leaf!r}, which is not public, decides on another turn")
        if not times or self.execution.contract.folding is None or self._called(state):
            return
        if (reason := self.tails.get(state.PC)) is not None:
            if times > TURNS:
                raise reason
            return
        loop = self._known(state)
        if loop is not None and not loop.latches:
            return  # a join: paths that come back to it run on
        if loop is None:
            self.seconds[state.PC] = state.copy()
        else:
            latches = loop.latches | {self.execution.latch(state) or 0}
            self.execution.loops[loop.name] = replace(loop, latches=latches)
        raise _Again(state.PC)

    def _look_for_join(self, state: State) -> None:
        """Notes where paths come together that have many ends.  Raises _Again."""
        known = state.PC in self.joins or state.PC in self.tails
        if known or self.parted >= PARTED or self.execution.contract.folding is None:
            return
        ends = (path.state.facts for path in self.now.found.paths)
        if self.now.crossings.ends_behind(state, ends) >= ENDS:
            self.joins[state.PC] = True
            raise _Again(state.PC)

    def _list(self, loop: Loop, state: State) -> None:
        """Lists a loop behind those that the path has gone through, and others with its head, which
        so are for the same paths as before; a join behind all.
        """
        loops, inside = list(self.execution.loops.values()), self.execution.inside
        before = [n for n, x in enumerate(loops) if x.head == loop.head or inside(state, x)]
        at = max(before, default=-1) + 1 if loop.latches else len(loops)
        loops.insert(at, loop)
        self.execution.loops = {other.name: other for other in loops}

    def _called(self, state: State) -> bool:
        """Whether the state is in a routine that is called again, not in a loop: no branch back has
        led to it, or one that links.
        """
        latch, here = self.execution.latch(state), self.execution.link_address(state.PC)
        if latch is None or here is None:
            return False
        return latch < here or self.execution.link_address(state.X.values[30]) == latch + 4


def size_of(builder: Builder) -> int:
    """How many terms have been made, and operands; 0 if the builder does not tell."""
    return builder.size if isinstance(builder, NormalBuilder) else 0


def _lost(loop: Loop, cells: Iterable[OpenCell]) -> dict[str, str]:
    """By the names that the loop's head gives to general registers, how the guess was wrong."""
    return {
        f"{loop.name}.{place}": f"{place} was {held!r:.200} there, {wanted!r:.200} was expected"
        for place, held, wanted in cells
        if place.kind == "x" and not place.size
    }


def _compare(found: Exploration) -> None:
    """What the ends of the paths leave open."""
    compared: list[Term] = []
    for path in found.paths:
        try:
            if path.stop is not None:
                raise path.stop
            compared += _compare_end(found, path.state)
        except (Outcome, Fault, Undecided) as stop:
            _stopped(found, path, stop)
    found.terms = size(compared)


def _compare_end(found: Exploration, final: State) -> list[Term]:
    """The terms that are compared where the routine has returned."""
    for leak in found.execution.leaks(final):
        found.reasons.setdefault("constant_time", leak)
    same = found.execution.builder.same
    goals = found.execution.goals(final)
    for goal in goals:
        if not same(goal.actual, goal.expected):
            _leave_open(found, final, goal)
    return [term for goal in goals for term in (goal.actual, goal.expected)]


def _leave_open(found: Exploration, state: State, goal: Goal) -> None:
    found.open_goals.append((state, goal))
    reason = f"{goal.what} is not shown to be what the contract says"
    found.reasons.setdefault(goal.property, reason)


def _stopped(found: Exploration, path: Path, stop: Stop) -> None:
    """A path that stops leaves every property open."""
    found.stops.append(stop)
    reason = f"{stop}{place(found.execution, path.state)}"
    for name in PROPERTIES:
        found.reasons.setdefault(name, reason)


def _externals(execution: Execution, state: State) -> Iterator[tuple[str, Term]]:
    """Where symbols are that the image does not define; so far as nobody wrote what is loaded."""
    b, image = execution.builder, execution.image
    yield from external_addresses(image, b).items()
    for segment in image.segments:
        for offset, slot in segment.slots.items():
            if slot.symbol is not None and not segment.constant:
                yield slot.symbol, state.Mem[image_base(b) + segment.address + offset, SLOT_SIZE]


def place(execution: Execution, state: State) -> str:
    """Where the state is: " at ADDRESS: INSTRUCTION", as far as it can be told."""
    address = execution.link_address(state.PC)
    for name, elsewhere in _externals(execution, state):
        if execution.builder.same(state.PC, elsewhere):
            return f" at {name}, which is not in the image"
    if address is None:
        return f" at {state.PC!r}"
    try:
        return f" at {address:#x}: {text(state.Mem.fetch(state.PC), address)}"
    except (Fault, Undecided):
        return f" at {address:#x}"
