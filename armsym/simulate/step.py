"""One step of the machine: fetch, decode, execute."""

from __future__ import annotations

from armsym.machine.faults import Fork, Undecided
from armsym.machine.state import State
from isa import Instruction, decode


def fetch(state: State) -> Instruction:
    """The instruction at the state's PC.  Raises Outcome, Fault, Undecided."""
    return decode(state.Mem.fetch(state.PC))


def advance(state: State) -> list[State]:
    """Executes the instruction at PC in place: the states after it, several where it forks.

    There is none where the facts of every path contradict each other.
    Raises Outcome, Fault, Undecided: then `state` is not to be used any more.
    """
    instruction = fetch(state)
    state.next_pc = state.PC + 4
    before, general = state.effects(), list(state.X.values)
    try:
        instruction.execute(state)
    except Fork as fork:
        if state.effects() != before:
            raise Undecided("an instruction forks after it has written") from fork
        return [after for decided in state.fork(fork.condition) for after in advance(decided)]
    state.settle([n for n, old in enumerate(general) if state.X.values[n] is not old])
    state.source, state.PC, state.time = state.PC, state.next_pc, state.time + 1
    return [state]


def step(state: State) -> list[State]:
    """The states after the instruction at PC; `state` stays as it is."""
    return advance(state.copy())
