"""Calls of a routine on an emulator, drawn once, and tried on one piece of code after another.

Neither the prover's calls nor its refuter: what is tested with them is not to test itself.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from armsym.binary.image import Image
from armsym.concrete import ConcreteRegion, ConcreteState, RunOutcome, RunResult
from armsym.oracle import Unicorn
from armsym.oracle.call import RETURN, STACK
from armsym.oracle.call import Call as Layout

STEPS = 100_000


@dataclass(frozen=True)
class Call:
    """What the buffers hold, whose addresses X0, X1, ... are; the number in the register after
    them; and what the first buffer must hold afterwards.
    """

    buffers: Mapping[str, bytes]
    number: int
    expected: bytes


class Trial:
    """`access` is what each buffer permits, `stack` the bytes below SP that may be used."""

    def __init__(self, access: Mapping[str, str], stack: int, calls: Sequence[Call]) -> None:
        self.access = access
        self.stack = stack
        self.calls = [(call, _state(seed)) for seed, call in enumerate(calls)]

    def failing(self, image: Image, entry: int) -> Call | None:
        """The first call that does not do what it must, if there is one."""
        machines: dict[tuple[int, ...], tuple[Layout, Unicorn]] = {}
        for call, state in self.calls:
            sizes = tuple([len(data) for data in call.buffers.values()])
            if sizes not in machines:
                layout = Layout(image, entry, call.buffers)
                machines[sizes] = layout, Unicorn([self._as_declared(r) for r in layout.regions])
            layout, machine = machines[sizes]
            for name, data in call.buffers.items():
                machine.patch(layout.addresses[name], data)
            arguments = [*layout.addresses.values(), call.number]
            before = replace(state, pc=layout.entry)
            before.general = [*arguments, *state.general[len(arguments) : 30], RETURN]
            if not _as_expected(call, before, machine.run(before, RETURN, STEPS)):
                return call
        return None

    def _as_declared(self, region: ConcreteRegion) -> ConcreteRegion:
        if region.name == "stack":
            return replace(region, address=STACK - self.stack, data=bytes(self.stack))
        return replace(region, permissions=self.access.get(region.name, region.permissions))


def _state(seed: int) -> ConcreteState:
    """A state with random registers."""
    source = random.Random(seed)
    general = [source.getrandbits(64) for _ in range(31)]
    vectors = [source.getrandbits(128) for _ in range(32)]
    return ConcreteState(general, STACK, 0, source.getrandbits(4), vectors)


def _as_expected(call: Call, before: ConcreteState, result: RunResult) -> bool:
    """Whether the call has returned, with the right words, and all restored that must be."""
    first = next(iter(call.buffers))
    return (
        result.outcome is RunOutcome.RETURNED
        and result.memory[first] == call.expected
        and _callee_saved(before) == _callee_saved(result.state)
    )


def _callee_saved(state: ConcreteState) -> list[int]:
    return [*state.general[19:30], state.sp, *[v % (1 << 64) for v in state.vectors[8:16]]]
