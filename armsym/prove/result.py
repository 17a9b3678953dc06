"""Verdicts, and the result of one proof as reports and JSON show it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from armsym.check.certificate import Certificate

SCHEMA = 1


class Verdict(StrEnum):
    """How a proof ended; only PROVED is success."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"  # a concrete run breaks the contract; it was replayed on an emulator
    UNKNOWN = "UNKNOWN"  # neither proved nor refuted; the reason says what stood in the way
    TIMEOUT = "TIMEOUT"
    VACUOUS = "VACUOUS"  # no input meets the preconditions
    UNCHECKED = "UNCHECKED"  # the prover is done, and the kernel was not asked
    UNMODELLED = "UNMODELLED"  # the routine executes an instruction that isa does not define


PROPERTIES = ("functional", "memory", "frame", "abi", "constant_time", "termination")


@dataclass(frozen=True)
class Counterexample:
    """A concrete run that breaks the contract.

    `registers` and `buffers` (bytes as hexadecimal text) are the inputs; `differences` lists what
    came out as (place, expected, actual); `violation` says in one line what is wrong.  Where time
    depends on secrets, `other` lists those in which a second input differs from this one, as
    (place, value here, value there).
    """

    property: str
    violation: str
    registers: dict[str, str]
    buffers: dict[str, str]
    differences: list[tuple[str, str, str]]
    other: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Witness:
    """A call that meets all hypotheses of a proof, and was replayed on an emulator.

    `registers` and `buffers` as in a counterexample; `turns`: how many each loop has, at least two
    in one of a proof's witnesses, unless no input that the contract allows has so many.
    """

    registers: dict[str, str]
    buffers: dict[str, str]
    turns: dict[str, int]


@dataclass(frozen=True)
class Result:
    """What is known of one routine after a proof was tried; `to_json` is one element of `results`.

    instructions: distinct addresses executed; steps: instructions executed on all paths; terms:
    nodes compared; all 0 if random calls refuted it first.  peak_memory: bytes of the process that
    ran the proof; goal: of an UNKNOWN routine, the smallest goal that stayed open, as SMT-LIB text;
    witnesses: of a PROVED one, as its certificate, which is no part of the JSON.
    """

    name: str
    binary: str
    binary_sha256: str
    symbol: str
    verdict: Verdict
    reason: str = ""
    properties: dict[str, Verdict] = field(default_factory=dict)
    instructions: int = 0
    steps: int = 0
    terms: int = 0
    seconds: float = 0.0
    peak_memory: int = 0
    rests_on: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    witnesses: tuple[Witness, ...] = ()
    goal: str = ""
    certificate: Certificate | None = None

    def to_json(self) -> dict[str, Any]:
        fields = asdict(replace(self, certificate=None))
        del fields["certificate"]
        return fields


def to_json(results: list[Result]) -> dict[str, Any]:
    """The document that `armsym prove --json` prints."""
    return {"schema": SCHEMA, "results": [r.to_json() for r in results]}
