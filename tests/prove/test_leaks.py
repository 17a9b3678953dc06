"""Constant time refuted: two inputs alike in public, whose traces differ, and what they show."""

from __future__ import annotations

import pytest

from armsym.contract import Contract
from armsym.prove.leaks import LeakFinder
from armsym.prove.result import Result, Verdict
from tests.prove.routines import ENTRY, attempt, increments, plus_one

LOAD = "ldr x2, [x1]"
STORE = ("add x2, x2, #1", "str x2, [x0]", "ret")

# the lines; the instruction at fault, its index; what it shows; the secret bits that decide
LEAKS = {
    "branch": (
        (LOAD, "cbz x2, #8", "nop", *STORE),
        ("cbz x2, #0x100c", 1),
        {"the next instruction, 0x1008 or 0x100c,", "the next instruction, 0x100c or 0x1008,"},
        "in[0] bits 0 to 63",
    ),
    "address": (
        (LOAD, "and x3, x2, #7", "ldrb w4, [x1, x3]", *STORE),
        ("ldrb w4, [x1, x3]", 2),
        {"an address, in + 0x1 or in + 0x0,", "an address, in + 0x0 or in + 0x1,"},
        "in[0] bits 0 to 2",
    ),
    "operands of a division": (
        (LOAD, "udiv x3, x2, x2", *STORE),
        ("udiv x3, x2, x2", 1),
        {"the time, of 0x1, 0x1 or of 0x0, 0x0,", "the time, of 0x0, 0x0 or of 0x1, 0x1,"},
        "in[0] bits 0 to 63",
    ),
    # What it fetches lies in the cache afterwards.
    "the address of a prefetch": (
        (LOAD, "prfm pldl1keep, [x1, x2]", *STORE),
        ("prfm pldl1keep, [x1, x2]", 1),
        None,
        "in[0] bits 0 to 63",
    ),
    # What the caller left in a register that holds no argument is not known to be public.
    "a register": (
        ("udiv x3, x4, x4", LOAD, *STORE),
        ("udiv x3, x4, x4", 0),
        None,
        "x4 bits 0 to 63",
    ),
}


def differs_in_one_bit(result: Result) -> str:
    """The place in which the two inputs differ, by one bit."""
    assert result.counterexample is not None
    ((place, here, there),) = result.counterexample.other
    assert (int(here, 16) ^ int(there, 16)).bit_count() == 1
    return place


@pytest.mark.parametrize("name", LEAKS)
def test_refuted(name: str) -> None:
    lines, (instruction, index), shown, bits = LEAKS[name]
    result = attempt(*lines)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["constant_time"] is Verdict.REFUTED
    assert Verdict.REFUTED not in {v for k, v in result.properties.items() if k != "constant_time"}
    what, _, reason = result.reason.partition(" depends on ")
    assert shown is None or what in shown
    assert reason == f"{bits} at {ENTRY + 4 * index:#x}: {instruction}"
    assert differs_in_one_bit(result) == bits.partition(" bits")[0]


def test_the_time_of_an_atomic_operation_may_tell_its_operands() -> None:
    def state(c: Contract) -> None:
        out = c.buffer("out", elements=1, width=64, access="rw", alignment=8)
        c.arguments(out, 0, n := c.scalar("n"))
        c.ensures(out, lambda words, n: [words[0] + n], out, n)

    result = attempt("ldadd x2, x4, [x0]", "ret", state=state)
    assert result.properties["constant_time"] is not Verdict.PROVED
    assert "depends on (out 0x0), which is not public" in result.reason


def test_an_address_that_is_known_to_be_inside_may_tell_a_secret_all_the_same() -> None:
    """The first word is less than 8, and the index into a table of 8 bytes or more."""

    def state(c: Contract) -> None:
        n = c.count("n", min=8)
        out = c.buffer("out", elements=1, width=64, access="w")
        given = c.buffer("in", elements=1, width=64, access="r")
        table = c.buffer("table", elements=1 * n, width=8, access="r")
        x = c.element(given, 0)
        c.requires(x.builder.ult(x, x.builder.const(64, 8)))
        c.arguments(out, given, 0, table)
        c.ensures(out, plus_one, given)

    result = attempt(LOAD, "ldrb w4, [x3, x2]", *STORE, state=state)
    assert result.verdict is not Verdict.PROVED
    assert result.properties["constant_time"] is Verdict.REFUTED


def test_a_prefetch_of_a_public_address_tells_nothing() -> None:
    assert attempt("prfm pldl1keep, [x1, #0x80]", LOAD, *STORE).verdict is Verdict.PROVED
    two = attempt("prfm pldl1keep, [sp, #0x80]", LOAD, "cbz x2, #8", "nop", *STORE)
    assert "depends on in[0]" in two.reason


def test_the_inputs_are_those_of_the_contract() -> None:
    found = attempt(*LEAKS["branch"][0]).counterexample
    assert found is not None
    ((place, here, _),) = found.other
    assert place == "in[0]"
    assert int.from_bytes(bytes.fromhex(found.buffers["in"]), "little") == int(here, 16)


RARE = (LOAD, "mov x4, #0x1234", "cmp x2, x4", "b.ne #8", "nop", *STORE)


def test_a_decision_that_random_values_hardly_meet_is_found_by_z3() -> None:
    result = attempt(*RARE)
    assert result.verdict is Verdict.REFUTED
    assert f"at {ENTRY + 12:#x}: b.ne" in result.reason
    assert differs_in_one_bit(result) == "in[0]"
    assert result.counterexample is not None
    ((_, *values),) = result.counterexample.other
    assert "0x1234" in values


def test_random_values_do_not_meet_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LeakFinder, "decided", lambda *_: None)
    result = attempt(*RARE)
    assert result.verdict is Verdict.UNKNOWN
    assert "which is not public" in result.reason
    assert result.properties["constant_time"] is Verdict.UNKNOWN


def test_a_decision_that_no_trace_shows_is_not_refuted() -> None:
    """A branch on a secret to the next instruction: not proved, but nothing differs either."""
    result = attempt(LOAD, "cbz x2, #4", *STORE)
    assert result.verdict is Verdict.UNKNOWN
    assert "which is not public" in result.reason


def test_words_that_the_contract_ties_together_differ_as_a_whole() -> None:
    """The word is 0 or 5: no input between these is allowed."""

    def state(c: Contract) -> None:
        increments(c)
        x = c.element(c.buffers["in"], 0)
        zero, five = [x.builder.eq(x, x.builder.const(64, n)) for n in (0, 5)]
        c.requires(zero | five)

    result = attempt(LOAD, "cbz x2, #8", "nop", *STORE, state=state)
    assert result.verdict is Verdict.REFUTED
    assert result.reason.endswith(f"depends on in[0] at {ENTRY + 4:#x}: cbz x2, #0x100c")
    assert result.counterexample is not None
    ((place, *values),) = result.counterexample.other
    assert (place, set(values)) == ("in[0]", {"0x0", "0x5"})


def test_one_bit_alone() -> None:
    result = attempt(LOAD, "tbnz x2, #0x3f, #8", "nop", *STORE)
    assert result.reason.endswith(
        f"depends on in[0] bit 63 at {ENTRY + 4:#x}: tbnz x2, #0x3f, #0x100c"
    )
