"""One test case on isa and on an oracle: do they end alike?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from armsym.concrete import ConcreteRegion, ConcreteState, Machine, RunOutcome, RunResult
from armsym.conform.deviations import Deviation, Difference
from armsym.conform.generate import Case
from armsym.oracle import InstructionOracle, OneAtATime
from isa import Clause, Instruction


class Verdict(StrEnum):
    """What a case showed.

    On the first three isa and the oracle agree; the next two are not put to the oracle, since any
    behaviour is allowed or isa gives none; DEVIATED is a disagreement that the oracle is known for;
    UNTESTED an instruction that it is known to lack.
    """

    EXECUTED = "executed"
    FAULTED = "faulted"
    UNDEFINED = "undefined"
    UNPREDICTABLE = "unpredictable"
    UNMODELLED = "unmodelled"
    DEVIATED = "deviated"
    UNTESTED = "untested"
    MISMATCH = "mismatch"


_AGREED = {
    RunOutcome.LIMIT: Verdict.EXECUTED,
    RunOutcome.FAULT: Verdict.FAULTED,
    RunOutcome.UNDEFINED: Verdict.UNDEFINED,
}
_REFUSED = {
    RunOutcome.UNPREDICTABLE: Verdict.UNPREDICTABLE,
    RunOutcome.UNMODELLED: Verdict.UNMODELLED,
}


@dataclass(frozen=True)
class Finding:
    """What a case showed: on a disagreement, in what they differ; `reason` if that is known.

    `answer` is the oracle's, if it was asked.
    """

    verdict: Verdict
    differences: Sequence[Difference] = ()
    reason: str = ""
    answer: RunResult | None = None


class Comparison:
    """Runs the cases of one clause on isa and on an oracle that has the same memory."""

    def __init__(
        self,
        clause: Clause,
        regions: Sequence[ConcreteRegion],
        oracle: InstructionOracle,
        deviations: Sequence[Deviation],
    ) -> None:
        machine = Machine(regions, lambda w: Instruction(w, clause, clause.pattern.decode(w)))
        self._isa = OneAtATime(machine, regions, "isa")
        self._oracle = oracle
        self._deviations = deviations

    def check(self, cases: Sequence[Case]) -> list[Finding]:
        """Executes the instructions of the cases on both."""
        runs = [self._run(case) for case in cases]
        asked = [case for case, run in zip(cases, runs, strict=True) if isinstance(run, RunResult)]
        answers = iter(self._ask(asked))
        return [
            run if isinstance(run, Finding) else self._judge(case, run, next(answers))
            for case, run in zip(cases, runs, strict=True)
        ]

    def _run(self, case: Case) -> RunResult | Finding:
        """How isa ends; a finding if there is nothing to ask the oracle."""
        try:
            (isa,) = self._isa.execute([(case.word, case.state)])
        except Exception as error:  # a clause that breaks down is a finding like any other
            return Finding(Verdict.MISMATCH, [Difference("outcome", repr(error), "not asked")])
        return Finding(_REFUSED[isa.outcome]) if isa.outcome in _REFUSED else isa

    def _ask(self, cases: Sequence[Case]) -> Sequence[RunResult]:
        return self._oracle.execute([(case.word, case.state) for case in cases])

    def _judge(self, case: Case, isa: RunResult, answer: RunResult) -> Finding:
        found = differences(isa, answer)
        if found:  # it may have met another instruction of the batch: alone it can't
            (answer,) = self._ask([case])
            found = differences(isa, answer)
        if not found:
            return Finding(_AGREED[isa.outcome], answer=answer)
        known = next((d for d in self._deviations if d.excuses(case.word, found)), None)
        if known is None:
            return Finding(Verdict.MISMATCH, found, answer=answer)
        verdict = Verdict.UNTESTED if known.lacking else Verdict.DEVIATED
        return Finding(verdict, found, known.reason, answer)


def differences(isa: RunResult, oracle: RunResult) -> list[Difference]:
    """In what two runs of one instruction differ.

    After a fault only its kind is compared: what a faulting instruction has done is not defined.
    """
    outcomes = _outcome(isa), _outcome(oracle)
    if outcomes[0] != outcomes[1] and outcomes not in _SAME_FAULT:
        return [Difference("outcome", *outcomes)]
    if isa.outcome is not RunOutcome.LIMIT or _same(isa, oracle):
        return []
    found = [
        Difference(name, f"{x:#x}", f"{y:#x}")
        for name, x, y in zip(_NAMES, _values(isa.state), _values(oracle.state), strict=True)
        if x != y
    ]
    for name, data in isa.memory.items():
        if data != oracle.memory[name]:
            found.extend(_differing_bytes(name, data, oracle.memory[name]))
    return found


def _same(isa: RunResult, oracle: RunResult) -> bool:
    return isa.state == oracle.state and isa.memory == oracle.memory


def _outcome(result: RunResult) -> str:
    """The outcome in words, without what may rightly differ."""
    if result.outcome is RunOutcome.LIMIT:
        return "executed"
    return f"{result.fault.kind} fault" if result.fault else result.outcome.value


# Not every oracle knows which kind of access it was.
_SAME_FAULT = {("read fault", "access fault"), ("write fault", "access fault")}

_NAMES = (
    *[f"X{n}" for n in range(31)],
    *("SP", "PC", "NZCV", "QC"),
    *[f"V{n}" for n in range(32)],
)


def _values(state: ConcreteState) -> tuple[int, ...]:
    return (*state.general, state.sp, state.pc, state.nzcv, state.qc, *state.vectors)


def _differing_bytes(name: str, isa: bytes, oracle: bytes) -> list[Difference]:
    """The bytes from the first difference to the last."""
    places = [i for i, (x, y) in enumerate(zip(isa, oracle, strict=True)) if x != y]
    first, end = places[0], places[-1] + 1
    return [Difference(f"{name} + {first:#x}", isa[first:end].hex(), oracle[first:end].hex())]
