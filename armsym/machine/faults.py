"""What can go wrong in one step of the machine, other than by the instruction itself."""

from __future__ import annotations

from armsym.bv.term import Term


class Fault(Exception):
    """The access is wrong for every input that the hypotheses allow: a memory error.

    `kind` is one of out-of-bounds, permission, misaligned, unmapped.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Fork(Exception):
    """An instruction depends on a condition of which the path does not tell whether it is 1."""

    def __init__(self, condition: Term) -> None:
        super().__init__(f"{condition!r} may be 0 or 1")
        self.condition = condition


class Undecided(Exception):
    """The machine can't tell what happens: an address or a target is too symbolic to follow."""
