"""Hints and barriers: no effect on a single thread, but for CLREX.

Pointer authentication in the hint space (PACIASP, AUTIASP and their like) is taken with its keys
disabled, as in a process that has not enabled them: then the pointer stays as it is.  BTI has
no effect either, since no page is taken to be guarded.
"""

from __future__ import annotations

from armsym.machine.state import State
from isa.encoding import a64
from isa.outcomes import ConstrainedUnpredictable, Undefined, Unmodelled

# By CRm:op2, the hints that change a register when their extension is implemented.
_EFFECTIVE_HINTS = {0b0000_111: "XPACLRI", 0b0101_000: "CHKFEAT"}

# Values of op2.
_DSB_NXS, _CLREX, _SB = 0b001, 0b010, 0b111


@a64("1101010100 0 00 011 0010 CRm:4 op2:3 11111", "Hints")
def hints(cpu: State, CRm: int, op2: int) -> None:
    """NOP, YIELD, WFE, WFI, SEV, SEVL, BTI, ...; those not allocated are NOP too."""
    if name := _EFFECTIVE_HINTS.get(CRm << 3 | op2):
        raise Unmodelled(f"{name} changes a register")


@a64("1101010100 0 00 011 0011 CRm:4 op2:3!=000,011 11111", "Barriers")
def barriers(cpu: State, CRm: int, op2: int) -> None:
    """CLREX, DSB, DMB, ISB, SB."""
    if op2 == _DSB_NXS and CRm & 0b11 != 0b10:
        raise Undefined("CRm selects no barrier")
    if op2 == _SB and CRm != 0:
        raise ConstrainedUnpredictable("the bits of CRm should be zero")
    if op2 == _CLREX:
        cpu.monitor = None
