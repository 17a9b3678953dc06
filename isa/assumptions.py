"""What the meaning of some instructions takes for granted: a proof that executes one says so."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from isa.encoding import Pattern
from isa.index import Index

CSSC = "CSSC instructions, which no oracle has tested"
LSE128 = "LSE128 instructions, which no oracle has tested"
LRCPC3 = "LRCPC3 instructions, which no oracle has tested"
XS = "barriers with the nXS qualifier, which no oracle has tested"
PAUTH = "pointer authentication with its keys off"
EXCLUSIVE = "store-exclusives that nothing disturbs"

# The patterns of the words for which each is taken for granted.
ASSUMPTIONS: Mapping[str, tuple[str, ...]] = {
    CSSC: (
        "sf 1 0 11010110 00000 00011 op Rn:5 Rd:5",  # CTZ, CNT
        "sf 1 0 11010110 00000 001000 Rn:5 Rd:5",  # ABS
        "sf 0 0 11010110 Rm:5 0110 opc:2 Rn:5 Rd:5",  # SMAX, UMAX, SMIN, UMIN
        "sf 0 0 100011 1 00 opc:2 imm8:8 Rn:5 Rd:5",
    ),
    LSE128: (
        "00 011001 A R 1 Rt2:5 0 0 op 1 00 Rn:5 Rt:5",  # LDCLRP, LDSETP
        "00 011001 A R 1 Rt2:5 1 000 00 Rn:5 Rt:5",  # SWPP
    ),
    LRCPC3: (
        "1 sz 011001 1 L 0 00000 0000 10 Rn:5 Rt:5",  # LDAPR, STLR with writeback
        "1 sz 011001 0 L 0 Rt2:5 000 opc2 10 Rn:5 Rt:5",  # LDIAPP, STILP
        "size:2 011101 opc1 L 0 imm9:9 10 Rn:5 Rt:5",  # LDAPUR, STLUR (SIMD&FP)
        "0 Q 0011010 L 0 00001 100001 Rn:5 Rt:5",  # LDAP1, STL1
    ),
    XS: ("11010101000000110011 imm2:2 10 001 11111",),  # DSB
    PAUTH: (
        "1101010100 0 00 011 0010 0001 op:2 0 11111",  # PACIA1716, AUTIA1716 and their like
        "1101010100 0 00 011 0010 0011 op:3 11111",  # PACIASP, AUTIASP and their like
    ),
    EXCLUSIVE: (
        "size:2 001000 0 0 0 Rs:5 o0 11111 Rn:5 Rt:5",  # STXR, STLXR
        "1 sz 001000 0 0 1 Rs:5 o0 Rt2:5 Rn:5 Rt:5",  # STXP, STLXP
    ),
}


def assumptions(word: int) -> frozenset[str]:
    """What the meaning of an instruction takes for granted."""
    return frozenset(_words().at(word))


@cache
def _words() -> Index[str]:
    return Index(
        (cube, assumption)
        for assumption, patterns in ASSUMPTIONS.items()
        for pattern in patterns
        for cube in Pattern.parse(pattern).cubes()
    )
