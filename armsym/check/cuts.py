"""Cuts, as a certificate stores them: [time, kind, number, low, inverted, ...], as in Cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armsym.bv.data import BadData
from armsym.contract.cuts import Cut
from armsym.contract.induction import REGISTERS

# A certificate has so many cuts at most; the largest known have a quarter.
CUTS = 1 << 14


def from_data(data: Sequence[Any]) -> list[Cut]:
    """The cuts that armsym.prove.certify has stored.  Raises BadData for anything else."""
    if len(data) > CUTS:
        raise BadData("there are too many cuts")
    return [_cut(entry) for entry in data]


def _cut(entry: Any) -> Cut:
    if not isinstance(entry, list) or [type(value) for value in entry] != _TYPES:
        raise BadData("a cut can't be read")
    cut = Cut(*entry)
    numbers = [value for value in entry if type(value) is int]
    if cut.kind not in REGISTERS or cut.number > 31 or not all(0 <= n < 1 << 32 for n in numbers):
        raise BadData("a cut is of no register, or out of range")
    return cut


_TYPES = [int, str, int, int, bool, int, bool, int, int, int]
