"""Refutation: concrete calls on an emulator that break the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

from armsym.binary.disassemble import text
from armsym.binary.image import Image
from armsym.bv.builder import RawBuilder
from armsym.concrete import ConcreteState, Machine, RunOutcome, RunResult
from armsym.contract.execution import (
    CALLEE_SAVED_GENERAL,
    CALLEE_SAVED_VECTOR,
    Execution,
)
from armsym.contract.language import Contract
from armsym.oracle import Unicorn
from armsym.oracle.loading import IMAGE, LoadedImage
from armsym.prove.instance import RETURN, CallAssignment, Instance
from armsym.prove.result import Counterexample
from armsym.simulate.mapping import region_name
from isa.assumptions import assumptions

LOW_64 = (1 << 64) - 1
STEP_LIMIT = 1_000_000

# So many calls that do not end within the limit end a search: others would take as long.
UNENDED = 2

Difference = tuple[str, str, str]


class Refuter:
    """Makes concrete calls of a routine and holds their outcome against the contract.

    What the standard expects is computed from unsimplified terms, what the routine does by Unicorn:
    nothing that the proof rests on takes part.  Only if the routine has an instruction that no
    oracle has tested, of which its theorem tells, does isa say what it does.
    """

    def __init__(self, contract: Contract, image: Image, entry: int) -> None:
        self.contract = contract
        self.image = image
        self.entry = entry
        self._loaded = LoadedImage(image)

    @cached_property
    def _execution(self) -> Execution:
        return Execution(self.contract, self.image, self.entry, RawBuilder())

    @property
    def public(self) -> frozenset[str]:
        """The names of the variables that are no secret."""
        return self._execution.initial.public

    @cached_property
    def _constants(self) -> dict[str, bytes]:
        """The same for all calls: the image is loaded where it always is."""
        constant = [segment for segment in self.image.segments if segment.constant]
        return {region_name(s): self._loaded.filled(s, s.data) for s in constant}

    def call(
        self, seed: int, given: Mapping[str, int] | None = None, corner: float | None = None
    ) -> Instance:
        """The call that a seed draws; `given` fixes variables and elements by name."""
        assignment = CallAssignment(self.contract, self._loaded, seed, given, corner)
        return Instance(self._execution, assignment, self._constants)

    def admissible(self, seeds: Iterable[int]) -> Iterable[Instance]:
        """The calls, of those that the seeds draw, that meet the preconditions."""
        return (call for seed in seeds if (call := self.call(seed)).admissible())

    def search(self, calls: int, tries: int) -> Counterexample | None:
        """A counterexample among the first `calls` admissible ones of `tries` random calls."""
        unended = 0
        for call in islice(self.admissible(range(tries)), calls):
            result = self._run(call)
            if (found := self._held(result, call)) is not None:
                return found
            unended += result.outcome is RunOutcome.LIMIT
            if unended == UNENDED:
                break
        return None

    def check(self, call: Instance) -> Counterexample | None:
        """Runs the call on the emulator; what in it breaks the contract, if anything does."""
        return self._held(self._run(call), call)

    def _held(self, result: RunResult, call: Instance) -> Counterexample | None:
        """What in the run of the call breaks the contract, if anything does."""
        broken = self._broken(call.state(), result, call)
        if broken is None:
            return None
        name, violation, differences = broken
        return Counterexample(name, violation, *call.inputs(), differences)

    def _run(self, call: Instance) -> RunResult:
        state, regions = call.state(), call.regions()
        result = Unicorn(regions).run(state, RETURN, STEP_LIMIT)
        if result.outcome is RunOutcome.UNDEFINED:
            machine = Machine(regions)
            if assumptions(machine.memory.fetch(result.state.pc)):
                return machine.run(state, RETURN, STEP_LIMIT)
        return result

    def _broken(
        self, before: ConcreteState, result: RunResult, call: Instance
    ) -> tuple[str, str, list[Difference]] | None:
        """(property, violation, differences) if the run does not end as the contract says."""
        if result.state.pc in self._loaded.external:
            return None  # what the code there does is not known
        if result.fault is not None:
            fault = result.fault
            return "memory", f"{fault.kind} of {fault.place}{self.at(fault.pc)}", []
        if result.outcome is RunOutcome.LIMIT:
            return None  # a run that is merely long refutes nothing
        if result.outcome is not RunOutcome.RETURNED:
            return "functional", f"{result.reason}{self.at(result.state.pc)}", []
        if differences := [*self._wrong_words(result, call), *self._wrong_return(result, call)]:
            place, expected, actual = differences[0]
            violation = f"{place} is {actual}, the standard says {expected}"
            return "functional", violation, differences
        if differences := _not_restored(before, result.state):
            place, expected, actual = differences[0]
            return "abi", f"{place} is not restored: {actual}, was {expected}", differences
        return None

    def _wrong_words(self, result: RunResult, call: Instance) -> list[Difference]:
        differences = []
        for name, expected in call.expected().items():
            buffer = self.contract.buffers[name]
            size = buffer.width // 8
            for i in range(len(expected) // size):
                place = slice(i * size, (i + 1) * size)
                wanted = int.from_bytes(expected[place], buffer.byte_order)
                got = int.from_bytes(result.memory[name][place], buffer.byte_order)
                if wanted != got:
                    hexadecimal = f"#0{2 * size + 2}x"
                    differences.append(
                        (f"{name}[{i}]", f"{wanted:{hexadecimal}}", f"{got:{hexadecimal}}")
                    )
        return differences

    def _wrong_return(self, result: RunResult, call: Instance) -> list[Difference]:
        if (returned := self.contract.returned) is None:
            return []
        value, size = returned.value, 1 << returned.width
        wanted = (value if isinstance(value, int) else call.number(value.number)) % size
        got = result.state.general[0] % size
        return [] if got == wanted else [("x0", f"{wanted:#x}", f"{got:#x}")]

    def at(self, pc: int) -> str:
        """ " at ADDRESS: INSTRUCTION", the address counted from the image's base."""
        address = pc - IMAGE
        if self.image.segment_at(address) is None:
            return f" at pc {pc:#x}"
        return f" at {address:#x}: {text(self.image.word(address), address)}"


def _not_restored(before: ConcreteState, after: ConcreteState) -> list[Difference]:
    pairs = [(f"x{n}", before.general[n], after.general[n]) for n in CALLEE_SAVED_GENERAL]
    pairs += [
        (f"d{n}", before.vectors[n] & LOW_64, after.vectors[n] & LOW_64)
        for n in CALLEE_SAVED_VECTOR
    ]
    pairs.append(("sp", before.sp, after.sp))
    return [(name, f"{was:#x}", f"{now:#x}") for name, was, now in pairs if was != now]
