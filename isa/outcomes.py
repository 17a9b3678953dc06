"""The three ways in which an instruction word has no ordinary meaning."""

from __future__ import annotations


class Outcome(Exception):
    """Raised by decoding or by an instruction's semantics; the text gives the reason."""

    name = ""


class Undefined(Outcome):
    """The word is unallocated: executing it is UNDEFINED."""

    name = "UNALLOCATED"


class ConstrainedUnpredictable(Outcome):
    """The word is an instruction whose operands make it CONSTRAINED UNPREDICTABLE."""

    name = "CONSTRAINED UNPREDICTABLE"


class Unmodelled(Outcome):
    """The word is an instruction that isa does not define."""

    name = "UNMODELLED"
