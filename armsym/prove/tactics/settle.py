"""The goals of a routine's run, each settled by a tactic, and the evidence as certificates hold it.

The run is over the kernel's terms: what they leave open is what the kernel needs evidence for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from armsym.contract.execution import Execution
from armsym.contract.execution import Goal as Asked
from armsym.contract.paths import paths
from armsym.machine.state import State
from armsym.prove.certify import Evidence
from armsym.prove.tactics.goal import Goal, Lemmas, Open, Refuted, Tactic, by_name
from armsym.prove.tactics.known import Known


@dataclass(frozen=True)
class Doubtful:
    """A goal does not hold for these values: of variables by name, of elements as "name[index]"."""

    what: str
    values: Mapping[str, int]


@dataclass(frozen=True)
class Unsettled:
    """A goal that stays open: of what, why, and the smallest that would do as SMT-LIB text."""

    what: str
    reason: str
    smtlib: str = ""


def settle(
    execution: Execution,
    limit: int,
    strategy: Callable[[Known], Tactic],
    progress: Callable[[str], None],
) -> Evidence | Doubtful | Unsettled:
    """Tries every goal at the ends of all paths; the first that is not settled ends it.

    The strategy is told what is settled, and given the smallest goals first.
    The execution's terms are the kernel's; it takes `limit` steps in all.
    """
    lemmas, uses, known = Lemmas(), [], Known()
    tactic = strategy(known)
    waiting: list[tuple[int, str, Goal]] = []
    for number, (what, asked) in enumerate(_goals(execution, limit)):
        if asked is None:
            return Unsettled(what, "the kernel can't follow the run")
        if asked.actual is not asked.expected:
            waiting.append((number, what, asked))
    for number, what, goal in sorted(waiting, key=lambda entry: entry[2].size):
        progress(f"looking for a proof of {what}")
        outcome = tactic(goal)
        if isinstance(outcome, Refuted):
            return Doubtful(what, by_name(outcome.values))
        if isinstance(outcome, Open):
            smallest = min(outcome.goals, key=lambda g: g.size)
            reason = f"{smallest} is open ({'; '.join(outcome.reasons)})"
            return Unsettled(what, reason, smallest.smtlib())
        known.add(goal, outcome.step)
        uses.append([number, lemmas.add(outcome.step)])
    return Evidence(lemmas.list, uses, lemmas.pool)


def _goals(execution: Execution, limit: int) -> Iterator[tuple[str, Goal | None]]:
    """What each goal is about, and the goal, in the order in which the kernel asks for them.

    None where a path ends elsewhere.
    """
    turns: list[tuple[State, Asked]] = []

    def arrived(state: State, goals: Sequence[Asked]) -> None:
        turns.extend([(state, goal) for goal in goals])

    for path in paths(execution, limit, arrived=arrived):
        if path.stop is not None:
            yield str(path.stop), None
            return
        asked = [*turns, *[(path.state, goal) for goal in execution.goals(path.state)]]
        turns.clear()
        yield from _as_goals(asked)
    yield from _as_goals(turns)


def _as_goals(asked: Iterable[tuple[State, Asked]]) -> Iterator[tuple[str, Goal]]:
    for state, goal in asked:
        yield goal.what, Goal(state.facts, goal.actual, goal.expected)
