"""Witnesses: each proof has one, with a second turn of every loop; without it, it is vacuous."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.instance import Instance
from armsym.prove.prover import prove
from armsym.prove.result import PROPERTIES, Result, Verdict
from armsym.prove.witness import Witnesses
from tests.prove.loop_routine import ADD, LOW_BITS, add_low_bits, looping
from tests.prove.routines import image_of_words

IMAGE = image_of_words(*looping(LOW_BITS, ADD), data=bytes(range(8)))

Condition = Callable[[Term], Term]


def attempt(minimum: int, condition: Condition | None = None) -> Result:
    """The proof of a loop over n words, of at least so many and under a condition."""

    def sums(c: Contract) -> None:
        n = c.count("n", min=minimum)
        total = c.buffer("sum", elements=1, width=64, access="rw")
        words = c.buffer("words", elements=1 * n, width=64, access="r")
        c.arguments(total, words, n)
        c.fold(total, add_low_bits, over=words, block=1)
        if condition is not None:
            c.requires(condition(c.builder.var(64, "n")))

    return prove(Proof("routine", sums), IMAGE, "routine", solver_seconds=2)


def equal(mask: int, value: int) -> Condition:
    return lambda n: n.builder.eq(n & mask, n.builder.const(64, value))


def below(bound: int) -> Condition:
    return lambda n: n.builder.ult(n, n.builder.const(64, bound))


def one_at_most(n: Term) -> Term:
    """Spelled in a way that is not read as an inequality."""
    return below(2)(n ^ n >> 1)


@pytest.mark.parametrize(
    ("condition", "turns"),
    [
        (None, range(6, 7)),
        (below(100), range(6, 7)),
        (one_at_most, range(1, 2)),
        (equal(0xFF, 1), range(257, 2 << 10, 256)),  # a solver finds more than 1
    ],
)
def test_proved(condition: Condition | None, turns: range) -> None:
    result = attempt(1, condition)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
    for witness in result.witnesses:
        (words,) = witness.turns.values()
        assert len(bytes.fromhex(witness.buffers["words"])) == 8 * words
    assert words in turns


@pytest.mark.parametrize(
    ("minimum", "condition", "reason"),
    [
        (1, below(1), "no input meets the preconditions"),
        ((1 << 61) + 1, None, "no input meets the preconditions"),  # no memory has so many words
        # The next number is 2^32 + 1: too many words for a call.
        (1, equal(0xFFFF_FFFF, 1), "no input is known for which loops have a second turn"),
    ],
)
def test_vacuous(minimum: int, condition: Condition | None, reason: str) -> None:
    result = attempt(minimum, condition)
    assert (result.verdict, result.reason) == (Verdict.VACUOUS, reason)
    assert result.properties == dict.fromkeys(PROPERTIES, Verdict.VACUOUS)
    assert result.certificate is None


def test_too_many_words_to_try_are_unknown() -> None:
    start = time.monotonic()
    result = attempt(1 << 40)
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "no input is known that meets the preconditions"
    assert time.monotonic() - start < 60


def test_larger_counts_are_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first call is too small, as for loops that do many blocks in a turn."""
    turns = Witnesses.turns

    def of_sixteen(self: Witnesses, call: Instance) -> dict[str, int]:
        return {name: number // 16 for name, number in turns(self, call).items()}

    monkeypatch.setattr(Witnesses, "turns", of_sixteen)
    assert [w.turns for w in attempt(1).witnesses] == [{"loop_1008": 0}, {"loop_1008": 2}]


def test_what_else_is_public_is_drawn_anew_for_small_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where that decides whether a loop is passed, calls need not be large."""
    turns, tried = Witnesses.turns, []

    def if_drawn_so(self: Witnesses, call: Instance) -> dict[str, int]:
        tried.append(call.number(self.execution.contract.counts["n"].number))
        return dict.fromkeys(turns(self, call), 2 if call.assignment.seed == 5 else 0)

    monkeypatch.setattr(Witnesses, "turns", if_drawn_so)
    assert [w.turns for w in attempt(1).witnesses] == [{"loop_1008": 0}, {"loop_1008": 2}]
    assert len(tried) < 20 and sum(tried) < 500


def test_each_loop_may_have_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that does many blocks in a turn, and one that does a few: each in its own call."""
    turns = Witnesses.turns

    def parts(self: Witnesses, call: Instance) -> dict[str, int]:
        (number,) = turns(self, call).values()
        return {"many": number // 16, "few": number if number < 16 else 0}

    monkeypatch.setattr(Witnesses, "turns", parts)
    found = [w.turns for w in attempt(1).witnesses]
    assert found == [{"many": 0, "few": 6}, {"many": 2, "few": 0}]
