"""Buffers that a loop writes before the specification comes to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from armsym.bv.data import Nodes
from armsym.bv.term import Term
from armsym.check.certificate import Certificate
from armsym.check.invariants import from_data
from armsym.check.replay import Refused, replay
from armsym.contract import Contract
from armsym.contract.execution import Execution
from armsym.contract.language import Proof
from armsym.kernel.builder import KernelBuilder
from armsym.prove.elimination import Elimination
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words

# x0: the sum; x1: the source; x2: the target; x3: the words that are left; x4: a word; x5: the sum
LOAD_SUM = word("load_store_unsigned_immediate", size=3, opc=1, Rn=0, Rt=5)
STORE_SUM = word("load_store_unsigned_immediate", size=3, Rn=0, Rt=5)
LOAD = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=1, Rt=4)
STORE = word("load_store_post_indexed", size=3, imm9=8, Rn=2, Rt=4)
ADD = word("add_sub_shifted_register", sf=1, Rm=4, Rn=5, Rd=5)
FLIP = word("logical_immediate", sf=1, N=1, opc=2, Rn=4, Rd=4)  # eor x4, x4, #1
COUNT_DOWN = word("add_sub_immediate", sf=1, op=1, S=1, imm12=1, Rn=3, Rd=3)
BACK = word("conditional_branch", cond=1, imm19=(1 << 19) - 4)  # b.ne over four instructions
RELOAD = word("load_store_unscaled", size=3, opc=1, imm9=(1 << 9) - 8, Rn=2, Rt=4)

# At the head of the loop a word is copied that is not yet added to the sum.
FIRST = (LOAD_SUM, LOAD, STORE, COUNT_DOWN)
ROUTINE = (*FIRST, ADD, LOAD, STORE, COUNT_DOWN, BACK, ADD, STORE_SUM, RET)

Step = Callable[[list[Term], list[Term]], tuple[list[Term], list[Term]]]


def copied(total: list[Term], block: list[Term]) -> tuple[list[Term], list[Term]]:
    """The specification: the sum of what is copied."""
    return [total[0] + block[0]], block


def flipped(total: list[Term], block: list[Term]) -> tuple[list[Term], list[Term]]:
    """The sum of what is made, in which the lowest bit is another."""
    made = [block[0] ^ 1]
    return [total[0] + made[0]], made


def sums(c: Contract, step: Step = copied, in_place: bool = False) -> None:
    """`(uint64_t *sum, const uint64_t *in, uint64_t *out, size_t n)`."""
    n = c.count("n", min=2)
    total = c.buffer("sum", elements=1, width=64, access="rw")
    source = c.buffer("in", elements=1 * n, width=64, access="rw" if in_place else "r")
    target = source if in_place else c.buffer("out", elements=1 * n, width=64, access="w")
    c.arguments(total, source, target, n)
    c.fold(total, step, over=source, block=1, into=target)


def attempt(words: tuple[int, ...], state: Callable[[Contract], None] = sums) -> Result:
    return prove(Proof("routine", state), image_of_words(*words), "routine", solver_seconds=1)


@cache
def certificate() -> Certificate:
    made = attempt(ROUTINE).certificate
    assert made is not None
    return made


def check(made: Certificate) -> None:
    """Replays the certificate against the contract, which is in no file."""
    nodes = Nodes(made.operators, made.nodes)
    image, loops = image_of_words(*ROUTINE), from_data(made.loops, nodes)
    contract = Proof("routine", sums).contract()
    execution = Execution(contract, image, made.entry, KernelBuilder(), loops, search=Elimination())
    replay(execution, nodes, made.lemmas, made.uses, made.steps)


def test_what_is_written_ahead_is_in_the_invariant() -> None:
    result = attempt(ROUTINE)
    assert result.verdict is Verdict.PROVED, result.reason
    (loop,) = certificate().loops
    assert ["out", 0, 8] in loop["places"]


def with_place(change: Callable[[list[Any]], list[Any] | None]) -> Certificate:
    """The certificate in which places are changed, or left out."""
    (loop,) = certificate().loops
    changed = [(change(p), root) for p, root in zip(loop["places"], loop["roots"], strict=True)]
    kept = [(place, root) for place, root in changed if place is not None]
    places, roots = zip(*kept, strict=True)
    return replace(certificate(), loops=[{**loop, "places": list(places), "roots": list(roots)}])


CHANGES: dict[str, tuple[Callable[[list[Any]], list[Any] | None], str]] = {
    "omitted": (lambda p: None if p[0] == "out" else p, "does not hold"),
    "further": (lambda p: ["out", 8, 8] if p[0] == "out" else p, "ahead"),
    "wider": (lambda p: ["out", 0, 16] if p[0] == "out" else p, "not written ahead"),
    "narrower": (lambda p: ["out", 0, 4] if p[0] == "out" else p, "written ahead|does not hold"),
    "of the source": (lambda p: ["in", 0, 8] if p[0] == "out" else p, "written ahead"),
    "of nothing": (lambda p: ["none", 0, 8] if p[0] == "out" else p, "ahead|no place"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_claim_of_what_is_written_is_refused(what: str) -> None:
    change, reason = CHANGES[what]
    check(certificate())
    with pytest.raises(Refused, match=reason):
        check(with_place(change))


def test_another_word_ahead_is_refused() -> None:
    """That the sum's old value was written there, say."""
    (loop,) = certificate().loops
    roots = dict(zip(map(tuple, loop["places"]), loop["roots"], strict=True))
    wrong = {**roots, ("out", 0, 8): roots["x", 5, 0]}
    changed = {**loop, "roots": [wrong[tuple(place)] for place in loop["places"]]}
    with pytest.raises(Refused, match=r"differ in meaning|does not hold"):
        check(replace(certificate(), loops=[changed]))


def test_in_place() -> None:
    result = attempt(ROUTINE, lambda c: sums(c, in_place=True))
    assert result.verdict is Verdict.PROVED, result.reason


def test_what_is_written_ahead_is_read_as_it_was_written() -> None:
    """In place, a word that is flipped ahead and read again is no longer what it was."""
    first = (LOAD_SUM, LOAD, FLIP, STORE, COUNT_DOWN)
    back = word("conditional_branch", cond=1, imm19=(1 << 19) - 6)
    again = (RELOAD, ADD, LOAD, FLIP, STORE, COUNT_DOWN, back, RELOAD, ADD, STORE_SUM, RET)
    routine = (*first, *again)
    right = attempt(routine, lambda c: sums(c, flipped, in_place=True))
    assert right.verdict is Verdict.PROVED, right.reason
    wrong = attempt(routine, lambda c: sums(c, copied, in_place=True))
    assert wrong.verdict is Verdict.REFUTED


def test_the_sum_of_what_was_there_is_another() -> None:
    """The word is read from the source, which is the target, when it is flipped already."""

    def unflipped(total: list[Term], block: list[Term]) -> tuple[list[Term], list[Term]]:
        return [total[0] + block[0]], [block[0] ^ 1]

    first = (LOAD_SUM, LOAD, FLIP, STORE, COUNT_DOWN)
    back = word("conditional_branch", cond=1, imm19=(1 << 19) - 6)
    again = (RELOAD, ADD, LOAD, FLIP, STORE, COUNT_DOWN, back, RELOAD, ADD, STORE_SUM, RET)
    result = attempt((*first, *again), lambda c: sums(c, unflipped, in_place=True))
    assert result.verdict is Verdict.REFUTED
