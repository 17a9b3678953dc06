"""The paths of a routine under its contract, for whoever looks for a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from armsym.contract.execution import Execution, Goal
from armsym.machine.state import State
from armsym.simulate.paths import Path, run
from armsym.simulate.step import advance, step


def paths(
    execution: Execution,
    limit: int,
    watch: Callable[[State], None] = lambda _: None,
    arrived: Callable[[State, Sequence[Goal]], None] = lambda *_: None,
) -> Iterator[Path]:
    """Every path from the call to the return, of at most `limit` steps in all.

    At the head of a loop paths go on from any turn, or end where they come from one; what is behind
    a join is followed once.  `arrived` is told what must be equal there.
    """
    entered: list[State] = []

    def follow(state: State) -> list[State]:
        state = execution.cut(state)
        loop = execution.loop_at(state)
        if loop is None:
            return advance(state)
        arrived(state, execution.check_arrival(state, loop))
        if execution.inside(state, loop):
            return []
        behind = execution.enter(state, loop)
        if any(behind is other for other in entered):
            return []
        entered.append(behind)
        return step(behind)

    return run(execution.initial.copy(), execution.return_address, limit, watch, follow)
