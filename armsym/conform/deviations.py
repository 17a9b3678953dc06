"""Where an oracle is known not to do what the Arm manual says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from isa.encoding import Pattern


@dataclass(frozen=True)
class Difference:
    """A register, a flag, memory or the outcome, as isa has it and as the oracle has it."""

    name: str
    isa: str
    oracle: str

    @property
    def kind(self) -> str:
        """ "outcome", "memory" or "register"."""
        if self.name == "outcome":
            return self.name
        return "memory" if " + " in self.name else "register"


@dataclass(frozen=True)
class Deviation:
    """Words, as an encoding pattern, on which isa and the oracle are known to differ, and why.

    Nothing but differences that all are `expected` is excused.  `lacking` tells that the oracle
    does not have the instruction at all.
    """

    words: Pattern
    expected: Callable[[Difference], bool]
    reason: str
    lacking: bool = False

    def excuses(self, word: int, differences: Sequence[Difference]) -> bool:
        """Whether these differences of the word are the known ones."""
        return self.words.matches(word) and all(map(self.expected, differences))


def _deviation(words: str, expected: Callable[[Difference], bool], reason: str) -> Deviation:
    return Deviation(Pattern.parse(words), expected, reason)


def _outcome(isa: str, *oracle: str) -> Callable[[Difference], bool]:
    """The outcome is isa's on the one side, one of the oracle's on the other."""
    return lambda d: d.kind == "outcome" and d.isa == isa and d.oracle in oracle


def _memory(difference: Difference) -> bool:
    """It is in bytes of a region."""
    return difference.kind == "memory"


def _unaligned(words: str, names: str) -> Deviation:
    """Accesses that must be aligned without FEAT_LSE2."""
    expected = _outcome("alignment fault", "executed", "read fault", "write fault", "access fault")
    return _deviation(words, expected, f"the oracle does not check the alignment of {names}")


def _lacking(words: str, feature: str) -> Deviation:
    """An instruction that is later than the oracle, whatever it comes to."""
    reason = f"{feature} is later than the oracle's QEMU"
    return Deviation(Pattern.parse(words), _undefined, reason, lacking=True)


def _undefined(difference: Difference) -> bool:
    """The oracle has no such instruction."""
    return difference.kind == "outcome" and difference.oracle == "undefined"


def _top_byte_ignored(difference: Difference) -> bool:
    """PC is isa's but for its highest byte, which the oracle fills with bit 55."""
    if difference.name != "PC":
        return False
    pc = int(difference.isa, 16) & (1 << 56) - 1
    return int(difference.oracle, 16) == (pc | 0xFF << 56 if pc >> 55 else pc)


_UNALIGNED_ORDERED = (
    _unaligned("size:2 0010001 L 0 Rs:5 o0 Rt2:5 Rn:5 Rt:5", "LDAR, STLR and their like"),
    _unaligned("size:2 011001 opc:2 0 imm9:9 00 Rn:5 Rt:5", "LDAPUR, STLUR and their like"),
)
_UNALIGNED_LDAPR = _unaligned("size:2 111000 1 0 1 11111 1 100 00 Rn:5 Rt:5", "LDAPR")
_STXR = "size:2 001000 0 0 0 Rs:5 o0 11111 Rn:5 Rt:5"
_EXCLUSIVE = (
    _unaligned(_STXR, "STXR and its like, unless they are to succeed"),
    _unaligned(
        "1 sz 001000 0 0 1 Rs:5 o0 Rt2:5 Rn:5 Rt:5", "STXP, STLXP, unless they are to succeed"
    ),
    _deviation(
        _STXR,
        _outcome("executed", "read fault", "access fault"),
        "QEMU's monitor, where nothing is marked, marks the last byte of the address space",
    ),
)
_UNSIGNED_MAXIMUM = _deviation(
    "size:2!=11 111000 A R 1 Rs:5 0 10 min 00 Rn:5 Rt:5",
    _memory,
    "Unicorn's LDSMAX, LDSMIN of less than 64 bits do not extend the sign of what they compare",
)
_NXS = _lacking("11010101000000110011 imm2:2 10 001 11111", "FEAT_XS")
_I8MM = (
    _lacking("0 Q 0 01110 100 Rm:5 100111 Rn:5 Rd:5", "FEAT_I8MM"),
    _lacking("0 1 U 01110 100 Rm:5 1010 mixed 1 Rn:5 Rd:5", "FEAT_I8MM"),
    _lacking("0 Q 0 01111 U 0 L M Rm:4 1111 H 0 Rn:5 Rd:5", "FEAT_I8MM"),
)
_LATE_ACCESSES = (
    _lacking("00 011001 A R 1 Rt2:5 0 0 op 1 00 Rn:5 Rt:5", "FEAT_LSE128"),
    _lacking("00 011001 A R 1 Rt2:5 1 000 00 Rn:5 Rt:5", "FEAT_LSE128"),
    _lacking("1 sz 011001 1 L 0 00000 0000 10 Rn:5 Rt:5", "FEAT_LRCPC3"),
    _lacking("1 sz 011001 0 L 0 Rt2:5 000 opc2 10 Rn:5 Rt:5", "FEAT_LRCPC3"),
    _lacking("size:2 011101 opc1 L 0 imm9:9 10 Rn:5 Rt:5", "FEAT_LRCPC3"),
    _lacking("0 Q 0011010 L 0 00001 100001 Rn:5 Rt:5", "FEAT_LRCPC3"),
)
_CSSC = (
    _lacking("sf 1 0 11010110 00000 00011 op Rn:5 Rd:5", "FEAT_CSSC"),
    _lacking("sf 1 0 11010110 00000 001000 Rn:5 Rd:5", "FEAT_CSSC"),
    _lacking("sf 0 0 11010110 Rm:5 0110 opc:2 Rn:5 Rd:5", "FEAT_CSSC"),
    _lacking("sf 0 0 100011 1 00 opc:2 imm8:8 Rn:5 Rd:5", "FEAT_CSSC"),
)
_FMOV_HALF = _deviation(
    "0 Q 1 0111100000 abc:3 1111 1 1 defgh:5 Rd:5",
    _outcome("undefined", "executed"),
    "QEMU decodes FMOV of a half-precision constant without its op bit, which must be 0",
)
_TAGGED_PC = _deviation(
    "1101011 opc:4 11111 000000 Rn:5 00000",
    _top_byte_ignored,
    "Linux lets a process ignore the highest byte of addresses, where branches go included",
)

DEVIATIONS: Mapping[str, Sequence[Deviation]] = {
    "unicorn": (
        *(*_UNALIGNED_ORDERED, _UNALIGNED_LDAPR, *_EXCLUSIVE, _UNSIGNED_MAXIMUM),
        *(_NXS, *_I8MM, *_CSSC, *_LATE_ACCESSES, _FMOV_HALF),
    ),
    "qemu": (_UNALIGNED_LDAPR, *_EXCLUSIVE, _NXS, *_CSSC, *_LATE_ACCESSES, _FMOV_HALF, _TAGGED_PC),
    "native": (_TAGGED_PC,),
}
