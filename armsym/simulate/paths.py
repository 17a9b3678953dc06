"""Runs along every path, for whoever looks for a proof; the kernel follows paths itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from armsym.bv.term import Term
from armsym.machine.faults import Fault, Undecided
from armsym.machine.state import State
from armsym.simulate.step import advance
from isa.outcomes import Outcome

# What stops a path before its end: the instruction, the access, or what can't be decided.
Stop = Outcome | Fault | Undecided


class OutOfSteps(Undecided):
    """A run was stopped after its limit of steps."""


@dataclass(frozen=True)
class Path:
    """The end of one path: the state there, how many steps led to it, and why it stopped.

    `stop` is None where the path reached the address at which the run was to end.
    """

    state: State
    steps: int
    stop: Stop | None


# A state, and how many steps led to it.
Waiting = tuple[State, int]


def run(
    state: State,
    end: Term,
    limit: int,
    watch: Callable[[State], None] = lambda _: None,
    follow: Callable[[State], list[State]] = advance,
) -> Iterator[Path]:
    """Every path from `state`, which is used up, to the address `end`; the first way first.

    A path stops where its instruction faults, has no meaning or can't be followed, and when the
    run has taken `limit` steps in all; `watch` sees each state before `follow` steps it.  A path
    whose facts contradict each other is no path, and is dropped.
    """
    return run_on([(state, 0)], end, limit, watch, follow)


def run_on(
    waiting: list[Waiting],
    end: Term,
    limit: int,
    watch: Callable[[State], None],
    follow: Callable[[State], list[State]],
) -> Iterator[Path]:
    """The same from all states that wait, the last first.

    The list is changed as the run goes on: its last state is the one that is being stepped.
    """
    total = 0
    while waiting:
        current, steps = waiting[-1]
        if current.builder.same(current.PC, end):
            waiting.pop()
            yield Path(current, steps, None)
            continue
        if total == limit:
            waiting.pop()
            yield Path(current, steps, OutOfSteps(f"no end after {limit} steps"))
            continue
        total += 1
        watch(current)
        try:
            following = follow(current)
        except (Outcome, Fault, Undecided) as stop:
            waiting.pop()
            yield Path(current, steps, stop)
            continue
        waiting[-1:] = [(after, steps + 1) for after in reversed(following)]
