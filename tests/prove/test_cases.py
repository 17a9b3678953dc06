"""Paths that come to one head with other things in registers: each kind has its own invariant."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from armsym.bv.data import Nodes
from armsym.check.certificate import Certificate
from armsym.check.invariants import from_data
from armsym.check.replay import Refused, replay
from armsym.contract import Contract
from armsym.contract.execution import Execution
from armsym.contract.language import Proof
from armsym.kernel.builder import KernelBuilder
from armsym.prove.elimination import Elimination
from armsym.prove.prover import prove
from armsym.prove.result import Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import ENTRY, image_of_words
from tests.prove.test_joins import (
    EQ,
    FLIP,
    LOAD,
    LOAD_BYTE,
    LOW_BITS,
    NE,
    STORE,
    STORE_BYTE,
    WHOLE,
    branch,
    copied,
    minus,
)

HEAD = ENTRY + 20


def without_bytes(instructions: int) -> int:
    """cbz x3 over so many instructions."""
    return word("compare_and_branch", sf=1, imm19=instructions + 1, Rt=3)


def routine(last: tuple[int, ...] = (LOAD, STORE)) -> tuple[int, ...]:
    """Copies whole words, but for the last in front of bytes, which is copied with them.

    At the head of the loop x2 is 8 less where there are bytes.
    """
    loop = (LOAD, STORE, minus(8, 2), branch(NE, -3))
    tail = (*last, LOAD_BYTE, STORE_BYTE, minus(1, 3), branch(NE, -3))
    before = (without_bytes(2), minus(8, 2), branch(EQ, 6))
    return (LOW_BITS, WHOLE, *before, *loop, without_bytes(len(tail)), *tail, RET)


def copies(c: Contract) -> None:
    """`(const uint8_t *in, uint8_t *out, size_t length)`."""
    length = c.count("length", min=8)
    source = c.buffer("in", elements=length, width=8, access="r")
    target = c.buffer("out", elements=length, width=8, access="w")
    c.arguments(source, target, length)
    c.map(copied, over=source, block=8, into=target)


@cache
def certificate() -> Certificate:
    result = prove(Proof("routine", copies), image_of_words(*routine()), "routine", 1)
    assert result.certificate is not None, result.reason
    return result.certificate


def check(made: Certificate) -> None:
    """Replays the certificate against the contract, which is in no file."""
    nodes, image = Nodes(made.operators, made.nodes), image_of_words(*routine())
    loops, contract = from_data(made.loops, nodes), Proof("routine", copies).contract()
    execution = Execution(contract, image, ENTRY, KernelBuilder(), loops, search=Elimination())
    replay(execution, nodes, made.lemmas, made.uses, made.steps)


def cases() -> list[dict[str, Any]]:
    """The loops with the head; others follow."""
    found = [loop for loop in certificate().loops if loop["head"] == HEAD]
    assert certificate().loops[:2] == found
    return found


def with_cases(*loops: dict[str, Any], steps: int = 1) -> Certificate:
    """The certificate with other loops with that head, and so many times the steps."""
    others = certificate().loops[2:]
    return replace(certificate(), loops=[*loops, *others], steps=steps * certificate().steps)


def test_paths_that_differ_have_their_own_invariants() -> None:
    check(certificate())
    first, second = cases()
    x2 = [loop["roots"][loop["places"].index(["x", 2, 0])] for loop in (first, second)]
    assert x2[0] != x2[1]


def test_another_last_word_is_refuted() -> None:
    wrong = prove(
        Proof("routine", copies), image_of_words(*routine((LOAD, FLIP, STORE))), "routine", 1
    )
    assert wrong.verdict is Verdict.REFUTED


def test_no_case_can_be_left_out() -> None:
    for case in cases():
        with pytest.raises(Refused, match="within the limit"):
            check(with_cases(case, steps=4))


def test_a_case_that_does_not_say_for_which_paths_it_is_is_refused() -> None:
    first, second = cases()
    facts = [f for f in first["facts"] if f in second["facts"] or "spec.done" in str(f)]
    assert facts != first["facts"]
    with pytest.raises(Refused, match="does not hold"):
        check(with_cases({**first, "facts": facts}, second, steps=4))


def test_cases_may_be_listed_in_any_order() -> None:
    first, second = cases()
    check(with_cases(second, first, steps=2))


def test_what_one_case_says_does_not_do_for_the_other() -> None:
    first, second = cases()
    cells = {key: first[key] for key in ("places", "roots")}
    with pytest.raises(Refused, match="does not hold: x2"):
        check(with_cases(first, {**second, **cells}, steps=4))
