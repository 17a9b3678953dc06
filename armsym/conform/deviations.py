"""Where an oracle is known not to do what the Arm manual says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isa.encoding import Pattern


@dataclass(frozen=True)
class Deviation:
    """Words, as an encoding pattern, on which isa's and the oracle's outcomes differ, and why.

    Nothing but the outcome `isa` against one of the outcomes `oracle` is excused.
    """

    words: Pattern
    isa: str
    oracle: frozenset[str]
    reason: str

    def excuses(self, word: int, isa: str, oracle: str) -> bool:
        """Whether these outcomes of the word are the known ones."""
        return isa == self.isa and oracle in self.oracle and self.words.matches(word)


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
        _deviation(
            "11010101000000110011 imm2:2 10 001 11111",
            "executed",
            {"undefined"},
            "DSB with the nXS qualifier (FEAT_XS) is later than Unicorn's QEMU",
        ),
        _deviation(
            "0 Q 1 0111100000 abc:3 1111 1 1 defgh:5 Rd:5",
            "undefined",
            {"executed"},
            "QEMU decodes FMOV of a half-precision constant without its op bit, which must be 0",
        ),
    ),
}
