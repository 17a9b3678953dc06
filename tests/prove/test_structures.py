"""Fields of structures, words that are known before the call, and returned values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.prove.result import Verdict
from tests.prove.routines import attempt

# *out = in.byte_8
READS_BYTE_8 = ("ldrb w2, [x1, #8]", "str x2, [x0]", "ret")


def twice(word: Term) -> list[Term]:
    return [word + word]


def structure(offset: int, *values: int) -> Callable[[Contract], None]:
    """That 6 is written, where a byte at this offset of a structure holds this value."""

    def state(c: Contract) -> None:
        out = c.buffer("out", elements=1, width=64, access="w")
        given = c.buffer("in", elements=1, width=64, access="r")
        c.field(given, offset, "flag", elements=1, width=8, access="r", values=values)
        c.arguments(out, given)
        c.ensures(out, twice, 3)

    return state


def test_a_known_field_is_read() -> None:
    result = attempt(*READS_BYTE_8, state=structure(8, 6))
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


def test_a_field_of_another_value_is_no_proof() -> None:
    result = attempt(*READS_BYTE_8, state=structure(8, 7))
    assert result.verdict is Verdict.REFUTED
    assert "out[0] is 0x0000000000000007" in result.reason


def test_neither_is_one_of_unknown_value() -> None:
    assert attempt(*READS_BYTE_8, state=structure(8)).verdict is Verdict.REFUTED


def test_what_is_between_fields_is_out_of_bounds() -> None:
    result = attempt(*READS_BYTE_8, state=structure(9, 6))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def returns(value: int, width: int) -> Callable[[Contract], None]:
    return lambda c: c.returns(value, width)


@pytest.mark.parametrize(
    ("value", "width", "verdict"),
    [
        (7, 32, Verdict.PROVED),
        (7, 64, Verdict.PROVED),
        (1, 1, Verdict.PROVED),
        (8, 32, Verdict.REFUTED),
    ],
)
def test_a_returned_value(value: int, width: int, verdict: Verdict) -> None:
    result = attempt("mov x0, #7", "ret", state=returns(value, width))
    assert result.verdict is verdict
    assert result.reason == ("x0 is 0x7, the standard says 0x8" if value == 8 else "")


@pytest.mark.parametrize("null", [False, True])
def test_an_address_that_is_not_null(null: bool) -> None:
    """The path on which it is runs into an undefined instruction."""

    def state(c: Contract) -> None:
        out = c.buffer("out", elements=1, width=64, access="w")
        given = c.buffer("in", elements=1, width=64, access="r")
        c.arguments(out, given)
        c.ensures(out, list, given)
        if not null:
            c.not_null(given)

    result = attempt("cbz x1, #0x10", "ldr x2, [x1]", "str x2, [x0]", "ret", "udf #0", state=state)
    assert (result.verdict is Verdict.PROVED) is not null
