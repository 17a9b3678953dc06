"""One proof: run the routine under its contract, compare with the standard, decide a verdict."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from armsym.binary.image import Image
from armsym.bv.normal import NormalBuilder
from armsym.check.certificate import Certificate
from armsym.check.replay import FOUNDATIONS, Refused
from armsym.contract.execution import Execution
from armsym.contract.language import Contract, Proof
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.error import KernelError
from armsym.prove.certify import Certified, Evidence, certify
from armsym.prove.elimination import Elimination
from armsym.prove.explore import Exploration, explore
from armsym.prove.instance import Instance
from armsym.prove.leaks import LeakFinder
from armsym.prove.refute import Refuter
from armsym.prove.result import PROPERTIES, Counterexample, Result, Verdict, Witness
from armsym.prove.tactics.settle import Unsettled, settle
from armsym.prove.tactics.strategy import default
from armsym.prove.witness import TRIES, NoInput, Witnesses
from isa.outcomes import Unmodelled

# Seconds that a solver has for a question.
SOLVER_SECONDS = 10.0

# Random calls made before a proof is tried: most of what is wrong they refute at once.
FIRST_CALLS = 3

# Random calls made to refute a proof that does not go through.
CALLS = 24

# Pairs of random calls made to refute constant time.
PAIRS = 8

# Calls that try the values under which a goal fails, the rest of the call drawn anew in each.
COMPLETIONS = 4

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """A verdict with what it is based on."""

    verdict: Verdict
    reason: str = ""
    counterexample: Counterexample | None = None
    rests_on: tuple[str, ...] = ()
    certificate: Certificate | None = None
    witnesses: tuple[Witness, ...] = ()
    goal: str = ""


@dataclass(frozen=True)
class Routine:
    """What is to be proved: that the code at `entry`, named `symbol`, fulfils the contract."""

    contract: Contract
    image: Image
    symbol: str
    entry: int


def prove(
    proof: Proof,
    image: Image,
    symbol: str,
    solver_seconds: float = SOLVER_SECONDS,
    checked: bool = True,
    progress: Progress = lambda _: None,
    first_calls: int = FIRST_CALLS,
) -> Result:
    """The result of proving that `symbol` of the image fulfils the proof's contract.

    Unless `checked`, the kernel is not asked, and nothing is PROVED.
    Raises ArmsymError for a missing symbol or a contract that can't be used.
    """
    start = time.perf_counter()
    contract = proof.contract()
    routine = Routine(contract, image, symbol, image.symbol(symbol).address)
    refuter = Refuter(contract, image, routine.entry)
    progress("calling it with random inputs")
    execution = Execution(contract, image, routine.entry, NormalBuilder(), search=Elimination())
    if (found := refuter.search(first_calls, first_calls)) is not None:
        exploration = Exploration(execution, reasons=dict.fromkeys(PROPERTIES, found.violation))
        finding = _refuted(found)
    else:
        progress("running symbolically")
        exploration = explore(execution, progress=progress)
        if not exploration.stops and "constant_time" not in exploration.reasons:
            exploration = exploration.without_states()
            del execution
            gc.collect()  # the terms of the search are many, and the kernel makes its own
        finding = _Judge(routine, refuter, exploration, solver_seconds, checked, progress).finding()
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
        rests_on=finding.rests_on,
        counterexample=finding.counterexample,
        certificate=finding.certificate,
        witnesses=finding.witnesses,
        goal=finding.goal,
    )


def _properties(finding: Finding, exploration: Exploration) -> dict[str, Verdict]:
    """The verdict on each property by itself: without a theorem, none is PROVED."""
    verdicts: dict[str, Verdict] = {}
    for name in PROPERTIES:
        if finding.verdict in (Verdict.PROVED, Verdict.VACUOUS):
            verdicts[name] = finding.verdict
        elif finding.counterexample is not None and finding.counterexample.property == name:
            verdicts[name] = Verdict.REFUTED
        else:
            verdicts[name] = Verdict.UNKNOWN if name in exploration.reasons else Verdict.UNCHECKED
    return verdicts


def _refuted(found: Counterexample) -> Finding:
    return Finding(Verdict.REFUTED, found.violation, found)


class _Judge:
    """Decides what the exploration of a routine, and concrete calls of it, amount to."""

    def __init__(
        self,
        routine: Routine,
        refuter: Refuter,
        exploration: Exploration,
        solver_seconds: float,
        checked: bool,
        progress: Progress,
    ) -> None:
        self.routine = routine
        self.refuter = refuter
        self.witnesses = Witnesses(refuter, exploration.execution, solver_seconds)
        self.exploration = exploration
        self.seconds = solver_seconds
        self.checked = checked
        self.progress = progress

    def finding(self) -> Finding:
        witness = self._witness()
        if isinstance(witness, Finding):
            return witness
        reasons = self.exploration.reasons
        if self.exploration.stops or "constant_time" in reasons:
            return self._called() or self._stopped()
        settled = self._settled(witness)
        doubtful = reasons and settled.verdict is Verdict.UNKNOWN
        return (self._called() if doubtful else None) or settled

    def _called(self) -> Finding | None:
        """REFUTED, if calls are found that break the contract."""
        self.progress("looking for a counterexample")
        found = self.refuter.search(CALLS, TRIES) or self._leak()
        return _refuted(found) if found else None

    def _stopped(self) -> Finding:
        if any(isinstance(stop, Unmodelled) for stop in self.exploration.stops):
            return Finding(Verdict.UNMODELLED, self._first_reason())
        return Finding(Verdict.UNKNOWN, self._first_reason())

    def _witness(self) -> Instance | Finding:
        """A call that meets the preconditions, or the verdict if there is none."""
        self.progress("looking for inputs that meet the preconditions")
        try:
            call = self.witnesses.any()
        except NoInput:
            return Finding(Verdict.VACUOUS, "no input meets the preconditions")
        if call is None:
            return Finding(Verdict.UNKNOWN, "no input is known that meets the preconditions")
        return call

    def _leak(self) -> Counterexample | None:
        """Two calls that break constant time, if that is in doubt."""
        if "constant_time" not in self.exploration.reasons:
            return None
        leaks = LeakFinder(self.refuter)
        return leaks.search(PAIRS, TRIES) or leaks.decided(self.exploration, self.seconds)

    def _replayed(self, evidence: Evidence, builder: KernelBuilder) -> Certified | Finding | None:
        """What the kernel shows; None if it is not asked."""
        if not self.checked:
            return None
        self.progress("replaying the proof in the kernel")
        try:
            return self._certified(evidence, builder)
        except Refused as refused:
            return Finding(Verdict.UNKNOWN, f"the kernel does not follow: {refused.message}")

    def _confirmed(self, witness: Instance, shown: Certified | Finding | None) -> Finding:
        """PROVED, if the kernel has shown it and the emulator agrees on the witness."""
        if isinstance(shown, Finding):
            return shown
        gc.collect()  # the kernel's terms are no longer needed
        self.progress("replaying a witness")
        calls = self.witnesses.turning(witness)
        if calls is None:
            return Finding(Verdict.VACUOUS, "no input is known for which loops have a second turn")
        for call, _ in calls:
            if (wrong := self.refuter.check(call)) is not None:
                reason = f"the proof goes through, but the emulator disagrees: {wrong.violation}"
                return Finding(Verdict.UNKNOWN, reason, wrong)
        if shown is None:
            return Finding(Verdict.UNCHECKED, "the kernel was not asked")
        rests_on = (*FOUNDATIONS, *sorted(shown.theorem.rests_on))
        return Finding(
            Verdict.PROVED,
            rests_on=rests_on,
            certificate=shown.certificate,
            witnesses=tuple([Witness(*call.inputs(), turns) for call, turns in calls]),
        )

    def _certified(self, evidence: Evidence, builder: KernelBuilder) -> Certified:
        execution = self.exploration.execution
        executed = [execution.link_address(pc) for pc in self.exploration.addresses]
        return certify(
            self.routine.contract,
            self.routine.image,
            self.routine.symbol,
            self.exploration.steps,
            [address for address in executed if address is not None],
            evidence,
            list(execution.loops.values()),
            execution.all_cuts,
            execution.search,
            builder,
        )

    def _settled(self, witness: Instance) -> Finding:
        """The verdict when the kernel is asked, and what it leaves open is tried by other means.

        It looks into more than terms do, so that it may need no evidence.  If it does, the terms
        that it made are there already.
        """
        routine, builder = self.routine, KernelBuilder()
        reason = next(iter(self.exploration.reasons.values()), "")
        by_laws = reason and routine.contract.laws  # what these are for terms do not show
        if not by_laws and (self.checked or not reason):
            straight = self._replayed(Evidence(), builder)
            if not isinstance(straight, Finding):
                del builder
                return self._confirmed(witness, straight)
            reason = reason or straight.reason
        execution = Execution(
            routine.contract,
            routine.image,
            routine.entry,
            builder,
            self.exploration.execution.loops.values(),
            self.exploration.execution.all_cuts,
            self.exploration.execution.search,
        )
        self.progress("collecting what is to be shown")
        strategy = partial(default, self.seconds, laws=routine.contract.laws)
        try:
            outcome = settle(execution, self.exploration.steps, strategy, self.progress)
        except KernelError as error:
            return Finding(Verdict.UNKNOWN, f"{reason}; {error}")
        if isinstance(outcome, Evidence):
            shown = self._replayed(outcome, builder)
            del builder, execution, strategy, outcome
            return self._confirmed(witness, shown)
        if isinstance(outcome, Unsettled):
            said = f"{reason}; {outcome.what}: {outcome.reason}"
            return Finding(Verdict.UNKNOWN, said, goal=outcome.smtlib)
        for seed in range(COMPLETIONS):
            call = self.refuter.call(seed, outcome.values)
            if call.admissible() and (found := self.refuter.check(call)):
                return _refuted(found)
        said = f"{reason}; {outcome.what} fails for values that the emulator does not confirm"
        return Finding(Verdict.UNKNOWN, said)

    def _first_reason(self) -> str:
        return next(iter(self.exploration.reasons.values()))
