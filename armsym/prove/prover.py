"""One proof: run the routine under its contract, compare with the standard, decide a verdict."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from armsym.binary.image import Image
from armsym.bv.normal import NormalBuilder
from armsym.contract.execution import Execution
from armsym.contract.language import Contract, Proof
from armsym.prove.explore import Exploration, explore
from armsym.prove.instance import Instance
from armsym.prove.refute import Refuter
from armsym.prove.result import PROPERTIES, Counterexample, Result, Verdict
from armsym.prove.settle import differ, satisfy
from isa.outcomes import Unmodelled

# What every verdict of this version rests on; a proof that needs more adds to it.
TRUSTED = ("normaliser", "isa", "crypto_specs", "ELF loader", "Python")

# Random calls made to refute a proof that does not go through, of so many tries to find them.
CALLS = 24
TRIES = 400

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """A verdict with what it is based on."""

    verdict: Verdict
    reason: str = ""
    counterexample: Counterexample | None = None
    rests_on: tuple[str, ...] = TRUSTED


def prove(
    proof: Proof,
    image: Image,
    symbol: str,
    solver_seconds: float = 10.0,
    progress: Progress = lambda _: None,
) -> Result:
    """The result of proving that `symbol` of the image fulfils the proof's contract.

    Raises ArmsymError for a missing symbol or a contract that can't be used.
    """
    start = time.perf_counter()
    contract = proof.contract()
    entry = image.symbol(symbol).address
    progress("running symbolically")
    exploration = explore(Execution(contract, image, entry, NormalBuilder()))
    finding = _Judge(contract, image, entry, exploration, solver_seconds, progress).finding()
    return Result(
        name=proof.name,
        binary=image.path,
        binary_sha256=image.sha256,
        symbol=symbol,
        verdict=finding.verdict,
        reason=finding.reason,
        properties=_properties(finding, exploration),
        instructions=exploration.instructions,
        steps=exploration.steps,
        terms=exploration.terms,
        seconds=time.perf_counter() - start,
        peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        rests_on=finding.rests_on if finding.verdict is Verdict.PROVED else (),
        counterexample=finding.counterexample,
    )


def _properties(finding: Finding, exploration: Exploration) -> dict[str, Verdict]:
    """The verdict on each property by itself."""
    verdicts = {}
    for name in PROPERTIES:
        if finding.verdict in (Verdict.PROVED, Verdict.VACUOUS):
            verdicts[name] = finding.verdict
        elif finding.counterexample is not None and finding.counterexample.property == name:
            verdicts[name] = Verdict.REFUTED
        else:
            verdicts[name] = Verdict.UNKNOWN if name in exploration.reasons else Verdict.PROVED
    return verdicts


class _Judge:
    """Decides what the exploration of a routine, and concrete calls of it, amount to."""

    def __init__(
        self,
        contract: Contract,
        image: Image,
        entry: int,
        exploration: Exploration,
        solver_seconds: float,
        progress: Progress,
    ) -> None:
        self.contract = contract
        self.refuter = Refuter(contract, image, entry)
        self.exploration = exploration
        self.seconds = solver_seconds
        self.progress = progress

    def finding(self) -> Finding:
        witness = self._witness()
        if isinstance(witness, Finding):
            return witness
        if not self.exploration.reasons:
            return self._confirmed(witness, TRUSTED)
        self.progress("looking for a counterexample")
        found = self.refuter.search(CALLS, TRIES)
        if found is not None:
            return Finding(Verdict.REFUTED, found.violation, found)
        if any(isinstance(stop, Unmodelled) for stop in self.exploration.stops):
            return Finding(Verdict.UNMODELLED, self._first_reason())
        return self._solved(witness)

    def _witness(self) -> Instance | Finding:
        """A call that meets the preconditions, or the verdict if there is none."""
        for call in self.refuter.admissible(range(TRIES)):
            return call
        self.progress("looking for inputs that meet the preconditions")
        answer, values = satisfy(self.exploration.execution.initial.facts, self.seconds)
        if answer.status == "unsat":
            return Finding(Verdict.VACUOUS, "no input meets the preconditions")
        if answer.status == "sat":
            call = self.refuter.call(0, values)
            if call.admissible():
                return call
        return Finding(Verdict.UNKNOWN, "no input is known that meets the preconditions")

    def _confirmed(self, witness: Instance, rests_on: tuple[str, ...]) -> Finding:
        """PROVED, if the emulator agrees on the witness: a proof that it contradicts is a bug."""
        self.progress("replaying a witness")
        contradiction = self.refuter.check(witness)
        if contradiction is None:
            return Finding(Verdict.PROVED, rests_on=rests_on)
        reason = f"the proof goes through, but the emulator disagrees: {contradiction.violation}"
        return Finding(Verdict.UNKNOWN, reason, contradiction)

    def _solved(self, witness: Instance) -> Finding:
        """The verdict when a solver decides the goals that are left, as far as it can."""
        if self.exploration.stops or set(self.exploration.reasons) & {"constant_time"}:
            return Finding(Verdict.UNKNOWN, self._first_reason())
        for number, (state, goal) in enumerate(self.exploration.open_goals, 1):
            goals = len(self.exploration.open_goals)
            self.progress(f"asking z3 about {goal.what} ({number} of {goals})")
            answer, values = differ(state.facts, goal.actual, goal.expected, self.seconds)
            if answer.status == "sat":
                found = self.refuter.check(self.refuter.call(0, values))
                if found is not None:
                    return Finding(Verdict.REFUTED, found.violation, found)
            if answer.status != "unsat":
                return Finding(Verdict.UNKNOWN, f"{self._first_reason()} ({answer.detail})")
        return self._confirmed(witness, (*TRUSTED, "z3's word"))

    def _first_reason(self) -> str:
        return next(iter(self.exploration.reasons.values()))
