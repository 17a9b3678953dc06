"""Words of the specification that stay: a routine that only reads them may do so again."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words
from tests.prove.test_loops_in_turn import NE, branch, minus

# x1: the target; x2: the words that are left; x3: the nonce and the counter
LOAD_NONCE = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=3, Rt=4)
LOAD_COUNTER = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=3, Rt=5)
TOGETHER = word("add_sub_shifted_register", sf=1, Rm=5, Rn=4, Rd=6)  # add x6, x4, x5
STORE = word("load_store_post_indexed", size=3, imm9=8, Rn=1, Rt=6)


def count(step: int) -> int:
    return word("add_sub_immediate", sf=1, imm12=step, Rn=5, Rd=5)


def together(state: list[Term], block: list[Term]) -> tuple[list[Term], list[Term]]:
    """The specification: the sum of the nonce and the counter, which counts blocks."""
    nonce, counter = state
    return [nonce, counter + 1], [nonce + counter]


def states(c: Contract) -> None:
    """`(const uint64_t *in, uint64_t *out, size_t n, const uint64_t state[2])`."""
    n = c.count("n", min=1)
    source = c.buffer("in", elements=1 * n, width=64, access="r")
    target = c.buffer("out", elements=1 * n, width=64, access="w")
    state = c.buffer("state", elements=2, width=64, access="r")
    c.arguments(source, target, n, state)
    c.fold(state, together, over=source, block=1, into=target)


@pytest.mark.parametrize(("step", "verdict"), [(1, Verdict.PROVED), (2, Verdict.REFUTED)])
def test_the_nonce_is_the_one_of_the_call(step: int, verdict: Verdict) -> None:
    """Each turn adds it anew, as it was loaded before the loop."""
    turn = (STORE, count(step), TOGETHER, minus(1), branch(NE, -4))
    image = image_of_words(LOAD_NONCE, LOAD_COUNTER, TOGETHER, *turn, RET)
    result = prove(Proof("routine", states), image, "routine", solver_seconds=1)
    assert result.verdict is verdict, result.reason
