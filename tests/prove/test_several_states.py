"""Folds that change several buffers at once, and routines that return how much they did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.contract.statement import statement
from armsym.errors import ArmsymError
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words

# x0: the sum; x1: the parity; x2: the words; x3: 8 times their number, which is returned
ROUTINE = (
    word("load_store_unsigned_immediate", size=3, opc=1, Rn=0, Rt=5),  # ldr x5, [x0]
    word("load_store_unsigned_immediate", size=2, opc=1, Rn=1, Rt=6),  # ldr w6, [x1]
    word("logical_shifted_register", sf=1, opc=1, Rm=3, Rn=31, Rd=7),  # mov x7, x3
    word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=2, Rt=8),  # ldr x8, [x2], #8
    word("add_sub_shifted_register", sf=1, Rm=8, Rn=5, Rd=5),  # add x5, x5, x8
    word("logical_shifted_register", opc=2, Rm=8, Rn=6, Rd=6),  # eor w6, w6, w8
    word("add_sub_immediate", sf=1, op=1, S=1, imm12=8, Rn=7, Rd=7),  # subs x7, x7, #8
    word("conditional_branch", cond=1, imm19=(1 << 19) - 4),  # b.ne to the load
    word("load_store_unsigned_immediate", size=3, Rn=0, Rt=5),  # str x5, [x0]
    word("load_store_unsigned_immediate", size=2, Rn=1, Rt=6),  # str w6, [x1]
    word("logical_shifted_register", sf=1, opc=1, Rm=3, Rn=31, Rd=0),  # mov x0, x3
    RET,
)

Step = Callable[[list[Term], list[Term], list[Term]], tuple[list[Term], list[Term]]]


def both(total: list[Term], parity: list[Term], block: list[Term]) -> tuple[list[Term], list[Term]]:
    """The specification of one turn: a sum of words, and an exclusive or of their low halves."""
    return [total[0] + block[0]], [parity[0] ^ block[0][31:0]]


def swapped(
    total: list[Term], parity: list[Term], block: list[Term]
) -> tuple[list[Term], list[Term]]:
    """Another one."""
    return [total[0] ^ block[0]], [parity[0] + block[0][31:0]]


def states(c: Contract, step: Step = both, size: int = 8) -> None:
    """`size_t (uint64_t *sum, uint32_t *parity, const uint64_t *words, size_t bytes)`."""
    n = c.count("n", min=1)
    total = c.buffer("sum", elements=1, width=64, access="rw")
    parity = c.buffer("parity", elements=1, width=32, access="rw")
    words = c.buffer("words", elements=1 * n, width=64, access="r")
    c.arguments(total, parity, words, 8 * n)
    c.fold([total, parity], step, over=words, block=1)
    c.returns(size * n, width=64)


def attempt(state: Callable[[Contract], None]) -> Result:
    return prove(Proof("routine", state), image_of_words(*ROUTINE), "routine", solver_seconds=1)


def test_two_buffers_and_a_count() -> None:
    result = attempt(states)
    assert result.verdict is Verdict.PROVED, result.reason
    said = statement(Proof("routine", states).contract())
    assert f"(sum, parity) = {both.__module__}.both(sum, parity, the 1 words" in said
    assert "  X0 = 8 * n" in said


@pytest.mark.parametrize(
    "state", [lambda c: states(c, swapped), lambda c: states(c, size=4)], ids=["step", "count"]
)
def test_another_step_or_count_is_refuted(state: Callable[[Contract], None]) -> None:
    result = attempt(state)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["functional"] is Verdict.REFUTED


def test_a_buffer_is_changed_once() -> None:
    def twice(c: Contract) -> None:
        n = c.count("n", min=1)
        total = c.buffer("sum", elements=1, width=64, access="r")
        words = c.buffer("words", elements=1 * n, width=64, access="r")
        c.fold([total, total], both, over=words, block=1)

    with pytest.raises(ArmsymError, match="into a buffer twice"):
        Proof("routine", twice).contract()


def test_the_last_byte_of_a_buffer() -> None:
    """A number of bytes or a count of them, behind the address."""

    def state(c: Contract) -> None:
        n = c.count("n", min=1)
        words = c.buffer("words", elements=2 * n, width=64, access="r")
        fixed = c.buffer("fixed", elements=3, width=16, access="r")
        top = c.builder.const(64, 1 << 63)
        c.requires(c.builder.ult(c.last(words), top))
        c.requires(c.builder.ult(c.last(fixed), top))
        c.arguments(words, fixed)
        c.returns(0)

    said = statement(Proof("routine", state).contract())
    assert "requires (bvult (bvsub (bvadd &words (bvmul n 0x10)) 0x1) 0x8000000000000000)" in said
    assert "requires (bvult (bvadd &fixed 0x5) 0x8000000000000000)" in said
