"""Where an oracle is known not to do what the Arm manual says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from armsym.conform.compare import Difference
from isa.encoding import Pattern


@dataclass(frozen=True)
class Deviation:
    """Words, as an encoding pattern, on which isa's and the oracle's outcomes differ, and why.

    The outcomes are those that a Difference has; nothing but this difference is excused.
    """

    words: Pattern
    isa: str
    oracle: frozenset[str]
    reason: str


def _deviation(words: str, isa: str, oracle: set[str], reason: str) -> Deviation:
    return Deviation(Pattern.parse(words), isa, frozenset(oracle), reason)


DEVIATIONS: Mapping[str, Sequence[Deviation]] = {
    "unicorn": (
        _deviation(
            "size:2 0010001 L 0 Rs:5 o0 Rt2:5 Rn:5 Rt:5",
            "alignment fault",
            {"executed", "read fault", "write fault"},
            "QEMU does not check the alignment of LDAR, STLR and their like",
        ),
    ),
}


def known_deviation(oracle: str, word: int, found: Sequence[Difference]) -> str:
    """Why the oracle is known to differ so on this word; "" if it is not."""
    if len(found) != 1 or found[0].name != "outcome":
        return ""
    for deviation in DEVIATIONS[oracle]:
        outcomes = found[0].isa == deviation.isa and found[0].oracle in deviation.oracle
        if outcomes and deviation.words.matches(word):
            return deviation.reason
    return ""
