"""The symbolic run of a routine, and what it leaves open of each property."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from armsym.binary.disassemble import text
from armsym.bv.evaluate import size
from armsym.bv.term import Term
from armsym.contract.execution import Execution, Goal
from armsym.machine.faults import Fault, Undecided
from armsym.machine.state import State
from armsym.prove.loops import NoInvariant, find_loops
from armsym.prove.result import PROPERTIES
from armsym.simulate.step import Path, Stop

STEP_LIMIT = 1_000_000


@dataclass
class Exploration:
    """Every path of a run: how it ended, and the goals that terms do not settle by themselves.

    `reasons` tells, for each property that is not established, what stands in the way; `stops` why
    paths ended before they returned.  `terms` is the size of the DAG of what is compared.
    """

    execution: Execution
    paths: list[Path] = field(default_factory=list)
    open_goals: list[tuple[State, Goal]] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)
    addresses: set[Term] = field(default_factory=set)
    steps: int = 0
    terms: int = 0

    @property
    def instructions(self) -> int:
        """The number of distinct addresses executed."""
        return len(self.addresses)


def explore(
    execution: Execution, limit: int = STEP_LIMIT, progress: Callable[[str], None] = lambda _: None
) -> Exploration:
    """Runs the routine along every path and compares its end with the contract.

    Loops over blocks are gone through by induction, with the invariants that are found.
    """
    try:
        loops = find_loops(execution, limit, progress)
    except NoInvariant as error:
        return Exploration(execution, reasons=dict.fromkeys(PROPERTIES, str(error)))
    found = Exploration(execution.with_loops(loops))

    def watch(state: State) -> None:
        found.addresses.add(state.PC)
        found.steps += 1

    for path in found.execution.paths(limit, watch):
        found.paths.append(path)
        try:
            _stopped(found, path, path.stop) if path.stop else _compare(found, path.state)
        except Undecided as stop:
            _stopped(found, path, stop)
    return found


def _compare(found: Exploration, final: State) -> None:
    for leak in found.execution.leaks(final):
        found.reasons.setdefault("constant_time", leak)
    same = found.execution.builder.same
    goals = found.execution.goals(final)
    found.terms += size([g.actual for g in goals] + [g.expected for g in goals])
    for goal in goals:
        if not same(goal.actual, goal.expected):
            found.open_goals.append((final, goal))
            reason = f"{goal.what} is not shown to be what the contract says"
            found.reasons.setdefault(goal.property, reason)


def _stopped(found: Exploration, path: Path, stop: Stop) -> None:
    """A path that stops leaves every property open."""
    found.stops.append(stop)
    reason = f"{stop}{place(found.execution, path.state)}"
    for name in PROPERTIES:
        found.reasons.setdefault(name, reason)


def place(execution: Execution, state: State) -> str:
    """Where the state is: " at ADDRESS: INSTRUCTION", as far as it can be told."""
    address = execution.link_address(state.PC)
    if address is None:
        return f" at {state.PC!r}"
    try:
        return f" at {address:#x}: {text(state.Mem.fetch(state.PC), address)}"
    except (Fault, Undecided):
        return f" at {address:#x}"
