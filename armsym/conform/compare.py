"""One test case on isa and on an oracle: do they end alike?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from armsym.conform.deviations import Deviation
from armsym.conform.generate import Case
from armsym.oracle import (
    ConcreteMachine,
    ConcreteRegion,
    ConcreteState,
    Emulator,
    RunOutcome,
    RunResult,
)
from isa import Clause, Instruction


class Verdict(StrEnum):
    """What a case showed.

    On the first three isa and the oracle agree; the next two are not put to the oracle, since any
    behaviour is allowed or isa gives none; DEVIATED is a disagreement that the oracle is known for.
    """

    EXECUTED = "executed"
    FAULTED = "faulted"
    UNDEFINED = "undefined"
    UNPREDICTABLE = "unpredictable"
    UNMODELLED = "unmodelled"
    DEVIATED = "deviated"
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
class Difference:
    """A register, a flag, memory or the outcome, as isa has it and as the oracle has it."""

    name: str
    isa: str
    oracle: str


@dataclass(frozen=True)
class Finding:
    """What a case showed: on a disagreement, in what they differ; `reason` if that is known."""

    verdict: Verdict
    differences: Sequence[Difference] = ()
    reason: str = ""


class Comparison:
    """Runs the cases of one clause on isa and on an oracle that has the same memory."""

    def __init__(
        self,
        clause: Clause,
        regions: Sequence[ConcreteRegion],
        oracle: ConcreteMachine,
        deviations: Sequence[Deviation],
    ) -> None:
        self._isa = Emulator(regions, lambda w: Instruction(w, clause, clause.pattern.decode(w)))
        self._oracle = oracle
        self._deviations = deviations
        self._code = regions[0]

    def check(self, case: Case) -> Finding:
        """Executes the case's instruction on both."""
        offset = case.state.pc - self._code.address
        self._patch(case, case.word.to_bytes(4, "little"))
        try:
            return self._compare(case, self._isa.run(case.state, None, 1))
        except Exception as error:  # a clause that breaks down is a finding like any other
            return Finding(Verdict.MISMATCH, [Difference("outcome", repr(error), "not asked")])
        finally:
            self._patch(case, self._code.data[offset : offset + 4])

    def _compare(self, case: Case, isa: RunResult) -> Finding:
        if isa.outcome in _REFUSED:
            return Finding(_REFUSED[isa.outcome])
        found = differences(isa, self._oracle.run(case.state, None, 1))
        if not found:
            return Finding(_AGREED[isa.outcome])
        if reason := self._known(case.word, found):
            return Finding(Verdict.DEVIATED, found, reason)
        return Finding(Verdict.MISMATCH, found)

    def _known(self, word: int, found: Sequence[Difference]) -> str:
        """Why the oracle is known to differ so on this word; "" if it is not."""
        first = found[0]
        if first.name != "outcome":
            return ""
        known = (d.reason for d in self._deviations if d.excuses(word, first.isa, first.oracle))
        return next(known, "")

    def _patch(self, case: Case, data: bytes) -> None:
        for machine in (self._isa, self._oracle):
            machine.patch(case.state.pc, data)


def differences(isa: RunResult, oracle: RunResult) -> list[Difference]:
    """In what two runs of one instruction differ.

    After a fault only its kind is compared: what a faulting instruction has done is not defined.
    """
    outcomes = _outcome(isa), _outcome(oracle)
    if outcomes[0] != outcomes[1]:
        return [Difference("outcome", *outcomes)]
    if isa.outcome is not RunOutcome.LIMIT:
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


def _outcome(result: RunResult) -> str:
    """The outcome in words, without what may rightly differ."""
    if result.outcome is RunOutcome.LIMIT:
        return "executed"
    return f"{result.fault.kind} fault" if result.fault else result.outcome.value


_NAMES = (
    *[f"X{n}" for n in range(31)],
    *("SP", "PC", "NZCV"),
    *[f"V{n}" for n in range(32)],
)


def _values(state: ConcreteState) -> tuple[int, ...]:
    return (*state.general, state.sp, state.pc, state.nzcv, *state.vectors)


def _differing_bytes(name: str, isa: bytes, oracle: bytes) -> list[Difference]:
    """The bytes from the first difference to the last."""
    places = [i for i, (x, y) in enumerate(zip(isa, oracle, strict=True)) if x != y]
    first, end = places[0], places[-1] + 1
    return [Difference(f"{name} + {first:#x}", isa[first:end].hex(), oracle[first:end].hex())]
