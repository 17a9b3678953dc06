"""Mutation testing of a proved routine: a proof of each mutant is tried, and survivors examined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from armsym.contract.find import find
from armsym.kernel.builder import KernelBuilder
from armsym.machine.faults import Fault, Fork, Undecided
from armsym.machine.state import State
from armsym.prove.mutate import Code, Mutant, mutants
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict
from armsym.prove.schedule import Task, run_all
from armsym.simulate.alone import lone_state
from isa import decode
from isa.outcomes import Outcome

# Seconds that a solver has for a question about a mutant: they are many, and random calls refute
# nearly all that a solver would.
SOLVER_SECONDS = 1.0

# Random calls of a mutant before a proof is tried: some ways to end few lengths take.
FIRST_CALLS = 24

# Random calls that are drawn for each that is to meet the preconditions.
TRIES = 16


@dataclass(frozen=True)
class Tried:
    """What became of mutant `number`, from 1 on, of a routine.

    property: the one that is refuted; shown: of a survivor, which is PROVED, what is known of the
    difference that it makes; equivalent: it was shown to make none in any state.
    """

    number: int
    mutant: Mutant
    verdict: Verdict
    property: str
    reason: str
    seconds: float
    shown: str = ""
    equivalent: bool = False

    def to_json(self) -> dict[str, Any]:
        mutant = self.mutant
        return {
            **asdict(self),
            "mutant": {**asdict(mutant), "old": mutant.old.hex(), "new": mutant.new.hex()},
        }

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> Tried:
        """Undoes `to_json`; TypeError, KeyError or ValueError if there is nothing to undo."""
        given = fields["mutant"]
        old, new = [bytes.fromhex(given[name]) for name in ("old", "new")]
        mutant = Mutant(**{**given, "old": old, "new": new})
        return Tried(**{**fields, "mutant": mutant, "verdict": Verdict(fields["verdict"])})


@dataclass(frozen=True)
class Campaign:
    """The first `count` mutants of a seed, each to be proved in `budget` seconds, `jobs` at a time.

    task: the proof of the routine itself; code: of its certificate; calls: how often a survivor is
    called on the emulator, with random inputs.
    """

    task: Task
    code: Code
    seed: int
    count: int
    jobs: int
    budget: float
    calls: int

    def results(
        self, known: Mapping[int, Tried], doing: Callable[[str], None] = lambda _: None
    ) -> Iterator[Tried]:
        """What becomes of each mutant, as it ends; first those `known` from before, by number."""
        drawn = list(enumerate(islice(mutants(self.code, self.seed), self.count), 1))
        same = {n: known[n] for n, mutant in drawn if n in known and known[n].mutant == mutant}
        yield from same.values()
        waiting = [(n, mutant) for n, mutant in drawn if n not in same]
        for index, result in run_all(
            (self._mutated(mutant) for _, mutant in waiting), self.jobs, self.budget
        ):
            number, mutant = waiting[index]
            doing(f"mutant {number} of {self.count}: {result.verdict}")
            yield self.tried(number, mutant, result)

    def _mutated(self, mutant: Mutant) -> Task:
        image = mutant.apply(self.task.image)
        task = replace(self.task, image=image, first_calls=FIRST_CALLS)
        return replace(task, solver_seconds=SOLVER_SECONDS)

    def tried(self, number: int, mutant: Mutant, result: Result) -> Tried:
        """The result of a mutant; if it is PROVED, with what else can be shown of it."""
        found = result.counterexample if result.verdict is Verdict.REFUTED else None
        tried = Tried(
            number,
            mutant,
            result.verdict,
            found.property if found else "",
            result.reason,
            result.seconds,
        )
        if tried.verdict is not Verdict.PROVED:
            return tried
        if mutant.kind != "constant" and same_effect(mutant.old, mutant.new):
            shown = "in every state both instructions leave the same registers, flags and memory"
            return replace(tried, shown=shown, equivalent=True)
        return replace(tried, shown=self._called(mutant))

    def _called(self, mutant: Mutant) -> str:
        """What random calls of a survivor show."""
        task, image = self.task, mutant.apply(self.task.image)
        proof = next(p for p in find(list(task.found_by)) if p.name == task.proof)
        refuter = Refuter(proof.contract(), image, image.symbol(task.symbol).address)
        made = 0
        for call in islice(refuter.admissible(range(TRIES * self.calls)), self.calls):
            if (wrong := refuter.check(call)) is not None:
                return f"the kernel's theorem is WRONG: {wrong.violation}"
            made += 1
        return (
            "it fulfils the same contract by the kernel's theorem,"
            f" and in {made:,} random calls on the emulator"
        )


def same_effect(old: bytes, new: bytes) -> bool:
    """Whether the kernel finds that two instruction words leave the same in every state."""
    before = lone_state(KernelBuilder())
    one, other = [_after(before, int.from_bytes(word, "little")) for word in (old, new)]
    return one is not None and one == other


def _after(before: State, word: int) -> list[object] | None:
    """All that an instruction leaves in a state; None if it does not run there."""
    state = before.copy()
    state.next_pc = state.PC + 4
    try:
        decode(word).execute(state)
    except (Outcome, Fault, Fork, Undecided):
        return None
    memory = [state.Mem.written(region) for region in state.Mem.regions]
    registers = [*state.X.values, *state.V.values, *state.flags, state.qc, state.next_pc]
    return [*registers, *memory, state.observed, state.monitor]
