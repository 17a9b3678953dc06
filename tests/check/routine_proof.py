"""The contract of the routine in tests.check.routine."""

from __future__ import annotations

from collections.abc import Sequence

from armsym.bv.term import Term
from armsym.contract import Contract, contract


def mixture(given: Sequence[Term]) -> list[Term]:
    """x * x + 7, x < y, and x ^ y, for two bits x and a byte y."""
    b = given[0].builder
    x, y = given[0] & 3, given[1]
    return [(x + 1) * (x + 1) - x * 2 + 6, b.zero_extend(b.ult(x, y), 8), x ^ y]


@contract("mixed")
def mixed(c: Contract) -> None:
    """`(uint8_t out[3], const uint8_t in[2], uint64_t flag)`, the flag 0 or 1."""
    out = c.buffer("out", elements=3, width=8, access="w")
    given = c.buffer("in", elements=2, width=8, access="r")
    flag = c.scalar("flag")
    c.requires(c.builder.ult(flag, c.builder.const(64, 2)))
    c.stack_bytes(16)
    c.arguments(out, given, flag)
    c.ensures(out, mixture, given)
