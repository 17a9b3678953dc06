"""Paths that come together: what is behind is shown once, for all that may be so where they do."""

from __future__ import annotations

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
from tests.prove.routines import ENTRY, image_of_words

# x0: the source; x1: the target; x2: the bytes in whole words; x3: those behind them; x4: a word
LOW_BITS = word("logical_immediate", sf=1, N=1, imms=2, Rn=2, Rd=3)  # and x3, x2, #7
WHOLE = word("add_sub_shifted_register", sf=1, op=1, S=1, Rm=3, Rn=2, Rd=2)
LOAD = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=0, Rt=4)
STORE = word("load_store_post_indexed", size=3, imm9=8, Rn=1, Rt=4)
LOAD_BYTE = word("load_store_post_indexed", size=0, opc=1, imm9=1, Rn=0, Rt=4)
STORE_BYTE = word("load_store_post_indexed", size=0, imm9=1, Rn=1, Rt=4)
FLIP = word("logical_immediate", sf=1, N=1, opc=2, Rn=4, Rd=4)  # eor x4, x4, #1
DIVIDE = word("divide", sf=1, Rm=4, Rn=4, Rd=5)

EQ, NE = 0, 1
HEAD, JOIN = ENTRY + 12, ENTRY + 28


def minus(number: int, register: int) -> int:
    return word("add_sub_immediate", sf=1, op=1, S=1, imm12=number, Rn=register, Rd=register)


def branch(condition: int, instructions: int) -> int:
    return word("conditional_branch", cond=condition, imm19=instructions % (1 << 19))


def routine(*behind: int, byte: tuple[int, ...] = (LOAD_BYTE, STORE_BYTE)) -> tuple[int, ...]:
    """Copies whole words, if there are any, and then the bytes that are left, if there are any."""
    words = (LOAD, STORE, minus(8, 2), branch(NE, -3), *behind)
    tail = word("compare_and_branch", sf=1, imm19=3 + len(byte), Rt=3)
    turn = (*byte, minus(1, 3), branch(NE, -1 - len(byte)))
    return (LOW_BITS, WHOLE, branch(EQ, 1 + len(words)), *words, tail, *turn, RET)


def copied(block: list[Term]) -> list[Term]:
    """The specification."""
    return block


def copies(c: Contract) -> None:
    """`(const uint8_t *in, uint8_t *out, size_t length)`."""
    length = c.count("length")
    source = c.buffer("in", elements=length, width=8, access="r")
    target = c.buffer("out", elements=length, width=8, access="w")
    c.arguments(source, target, length)
    c.map(copied, over=source, block=8, into=target)


def attempt(words: tuple[int, ...]) -> Result:
    return prove(Proof("routine", copies), image_of_words(*words), "routine", solver_seconds=1)


@cache
def certificate() -> Certificate:
    made = attempt(routine()).certificate
    assert made is not None
    return made


def check(made: Certificate, words: tuple[int, ...] = routine()) -> None:
    """Replays the certificate against the contract, which is in no file."""
    nodes = Nodes(made.operators, made.nodes)
    image, loops = image_of_words(*words), from_data(made.loops, nodes)
    contract = Proof("routine", copies).contract()
    execution = Execution(contract, image, ENTRY, KernelBuilder(), loops, search=Elimination())
    replay(execution, nodes, made.lemmas, made.uses, made.steps)


def test_what_is_behind_a_join_is_shown_once() -> None:
    result = attempt(routine())
    assert result.verdict is Verdict.PROVED, result.reason
    loop, join = certificate().loops
    assert (loop["head"], join["head"], join["latches"]) == (HEAD, JOIN, [])
    check(certificate())
    with pytest.raises(Refused, match="within the limit"):
        check(replace(certificate(), loops=[loop]))
    check(replace(certificate(), loops=[loop], steps=2 * certificate().steps))


def test_a_wrong_byte_behind_a_join_is_refuted() -> None:
    wrong = attempt(routine(byte=(LOAD_BYTE, FLIP, STORE_BYTE)))
    assert wrong.verdict is Verdict.REFUTED


def test_what_one_path_leaks_before_a_join_is_not_forgotten() -> None:
    """The time of a division depends on the last word."""
    result = attempt(routine(DIVIDE))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["constant_time"] is Verdict.REFUTED
    with pytest.raises(Refused, match="not in constant time"):
        check(moved(4), routine(DIVIDE))


def moved(by: int) -> Certificate:
    """The certificate of a routine in which the join is so many bytes further behind."""
    loop, join = certificate().loops
    return replace(certificate(), loops=[loop, {**join, "head": join["head"] + by}], steps=200)


def with_join(**changes: Any) -> Certificate:
    loop, join = certificate().loops
    return replace(certificate(), loops=[loop, {**join, **changes}])


def without(place: list[Any]) -> Certificate:
    """The certificate whose join says nothing of a place."""
    _, join = certificate().loops
    at = join["places"].index(place)
    kept = {key: [*join[key][:at], *join[key][at + 1 :]] for key in ("places", "roots")}
    return with_join(**kept)


@pytest.mark.parametrize("register", [0, 1, 3, 19, 30, 31])
def test_a_join_that_omits_what_is_needed_is_refused(register: int) -> None:
    with pytest.raises(Refused):
        check(without(["x", register, 0]))


def test_what_holds_on_one_path_only_is_refused() -> None:
    """Where no whole word is copied the pointers are what they were, and x2 is 0 on all paths."""
    _, join = certificate().loops
    operators, nodes = certificate().operators, certificate().nodes
    roots = list(join["roots"])
    roots[join["places"].index(["x", 0, 0])] = len(nodes)
    wrong = replace(
        with_join(roots=roots),
        operators=[*operators, ["var", 64, "&in"]],
        nodes=[*nodes, [len(operators)]],
    )
    with pytest.raises(Refused, match="does not hold: x0"):
        check(wrong)


def test_facts_are_shown_of_each_path() -> None:
    for fact in ([-1, [["length", 1]]], [100, [["length", -1]]]):
        with pytest.raises(Refused, match="does not hold"):
            check(with_join(facts=[*certificate().loops[1]["facts"], fact]))


def test_a_path_that_is_not_as_a_join_says_is_followed_by_itself() -> None:
    """That no word has been copied, say; there must be steps for it."""
    none_done = [0, [["spec.done", -1]]]
    strict = with_join(facts=[*certificate().loops[1]["facts"], none_done])
    with pytest.raises(Refused, match="within the limit"):
        check(strict)
    check(replace(strict, steps=2 * strict.steps))


def test_loops_that_lead_to_a_join_are_listed_before_it() -> None:
    loop, join = certificate().loops
    with pytest.raises(Refused, match="listed behind it"):
        check(replace(certificate(), loops=[join, loop]))


def test_from_one_join_to_the_other_for_ever() -> None:
    """What is behind each is followed once, and comes to the other; only without bytes it ends."""
    forward = word("unconditional_branch_immediate", imm26=1)
    back = word("unconditional_branch_immediate", imm26=(1 << 26) - 1)
    nothing: dict[str, Any] = {key: [] for key in ("latches", "places", "roots", "facts")}
    both = [{**nothing, "head": ENTRY + at, "turn": 1, "variant": [0, []]} for at in (4, 8)]
    endless = (word("compare_and_branch", sf=1, imm19=3, Rt=2), forward, back, RET)
    for loops in (both, both[::-1]):
        made = replace(certificate(), loops=loops, steps=100)
        with pytest.raises(Refused, match=r"within the limit|listed behind it"):
            check(made, endless)
