"""Loops one after another over the blocks of one fold: the second goes on from what is written."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words

# x0: the source; x1: the target; x2: the words that are left; x3: a word
LOAD = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=0, Rt=3)
STORE = word("load_store_post_indexed", size=3, imm9=8, Rn=1, Rt=3)
FLIP = word("logical_immediate", sf=1, N=1, opc=2, Rn=3, Rd=3)  # eor x3, x3, #1


def minus(number: int) -> int:
    return word("add_sub_immediate", sf=1, op=1, S=1, imm12=number, Rn=2, Rd=2)


def plus(number: int) -> int:
    return word("add_sub_immediate", sf=1, S=1, imm12=number, Rn=2, Rd=2)


def branch(condition: int, instructions: int) -> int:
    return word("conditional_branch", cond=condition, imm19=instructions % (1 << 19))


EQ, NE, HS = 0, 1, 2
COPY = (LOAD, STORE)
FOUR = (minus(4), minus(4), *COPY * 4, branch(HS, -9), plus(4))
ONE = (*COPY, minus(1), branch(NE, -3), RET)


def routine(between: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Copies four words a turn as long as it can, then one a turn."""
    return (*FOUR, branch(EQ, 5 + len(between)), *between, *ONE)


def copied(block: list[Term]) -> list[Term]:
    """The specification."""
    return block


def copies(c: Contract, in_place: bool = False) -> None:
    """`(const uint64_t *in, uint64_t *out, size_t n)`."""
    n = c.count("n", min=4)
    source = c.buffer("in", elements=1 * n, width=64, access="rw" if in_place else "r")
    target = source if in_place else c.buffer("out", elements=1 * n, width=64, access="w")
    c.arguments(source, target, n)
    c.map(copied, over=source, block=1, into=target)


def attempt(words: tuple[int, ...], in_place: bool = False) -> Result:
    proof = Proof("routine", lambda c: copies(c, in_place))
    return prove(proof, image_of_words(*words), "routine", solver_seconds=1)


def test_both_loops_are_shown_by_induction() -> None:
    result = attempt(routine())
    assert result.verdict is Verdict.PROVED, result.reason
    assert result.certificate is not None
    assert [loop["turn"] for loop in result.certificate.loops] == [4, 1]


def test_in_place() -> None:
    result = attempt(routine(), in_place=True)
    assert result.verdict is Verdict.PROVED, result.reason


def test_what_is_written_between_them_counts() -> None:
    """A word that is copied between the loops; one that is flipped is wrong."""
    between = (*COPY, minus(1), branch(EQ, 5))
    right = attempt(routine(between))
    assert right.verdict is Verdict.PROVED, right.reason
    wrong = attempt(routine((LOAD, FLIP, STORE, minus(1), branch(EQ, 5))))
    assert wrong.verdict is Verdict.REFUTED


def test_a_word_that_is_skipped_between_them_is_missed() -> None:
    skipped = word("add_sub_immediate", sf=1, imm12=8, Rn=1, Rd=1)
    wrong = attempt(routine((LOAD, skipped, minus(1), branch(EQ, 5))))
    assert wrong.verdict is Verdict.REFUTED
