"""The paths of a routine under its contract, for whoever looks for a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from armsym.contract.execution import Execution
from armsym.machine.state import State
from armsym.simulate.paths import Path, run
from armsym.simulate.step import advance


def paths(
    execution: Execution,
    limit: int,
    watch: Callable[[State], None] = lambda _: None,
    follow: Callable[[State], list[State]] | None = None,
) -> Iterator[Path]:
    """Every path from the call to the return, of at most `limit` steps in all.

    What follows a state is what `follow` says, by default `following`.
    """
    start = execution.initial.copy()
    return run(
        start,
        execution.return_address,
        limit,
        watch,
        follow or (lambda state: following(execution, state)),
    )


def following(execution: Execution, state: State) -> list[State]:
    """The states after an instruction; at the head of a loop, of any turn or none."""
    state = execution.cut(state)
    loop = execution.loop_at(state)
    if loop is None:
        return advance(state)
    execution.check_arrival(state, loop)
    return [] if execution.inside(state, loop) else advance(execution.enter(state, loop))
