"""Folds over known numbers of blocks: their words are found where a routine comes to hold them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.cuts import Cut
from armsym.contract.execution import Execution
from armsym.contract.language import Proof
from armsym.prove.cuts import NoCuts, find_cuts
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words

ROUNDS = 3


def code(bits: int, *operations: int) -> tuple[int, ...]:
    """For each of three words at x1, in x3: what is at x0 is changed in x5; then it is stored."""
    size = 3 if bits == 64 else 2
    load = word("load_store_unsigned_immediate", size=size, opc=1, Rn=0, Rt=5)
    following = word("load_store_post_indexed", size=size, opc=1, imm9=bits // 8, Rn=1, Rt=3)
    store = word("load_store_unsigned_immediate", size=size, Rn=0, Rt=5)
    return (load, *(following, *operations) * ROUNDS, store, RET)


def eor(bits: int) -> int:
    return word("logical_shifted_register", sf=bits // 64, opc=2, Rm=3, Rn=5, Rd=5)


def add(bits: int) -> int:
    return word("add_sub_shifted_register", sf=bits // 64, Rm=3, Rn=5, Rd=5)


BACK = word("unconditional_branch_immediate", imm26=(1 << 26) - 1)


def mix(state: list[Term], block: list[Term]) -> list[Term]:
    return [(state[0] ^ block[0]) + block[0]]


def mixes(bits: int) -> Callable[[Contract], None]:
    def state(c: Contract) -> None:
        total = c.buffer("total", elements=1, width=bits, access="rw")
        keys = c.buffer("keys", elements=ROUNDS, width=bits, access="r")
        c.arguments(total, keys)
        c.fold(total, mix, over=keys, block=1)

    return state


def attempt(words: tuple[int, ...], bits: int) -> Result:
    return prove(Proof("routine", mixes(bits)), image_of_words(*words), "routine")


@pytest.mark.parametrize("bits", [32, 64])
def test_each_word_is_cut_where_it_comes_up(bits: int) -> None:
    result = attempt(code(bits, eor(bits), add(bits)), bits)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
    assert result.certificate is not None
    assert [cut[:4] for cut in result.certificate.cuts] == [[t, "x", 5, 0] for t in (4, 7, 10)]
    assert [cut[-3:] for cut in result.certificate.cuts] == [[0, done, 0] for done in (1, 2, 3)]


def test_what_does_another_round_is_refuted() -> None:
    assert attempt(code(64, add(64), eor(64)), 64).verdict is Verdict.REFUTED


def looked_for(words: tuple[int, ...], bits: int) -> list[Cut]:
    image, contract = image_of_words(*words), Proof("routine", mixes(bits)).contract()
    entry = image.symbol("routine").address
    return find_cuts(Execution(contract, image, entry, NormalBuilder()))


def test_words_that_are_told_by_no_value_are_named() -> None:
    """Those of 16 bits are too often the same."""
    with pytest.raises(NoCuts, match="word 0 after block 1 of strand 0"):
        looked_for(code(32, eor(32), add(32)), 16)


def test_a_routine_that_does_not_end_is_not_followed_for_long() -> None:
    *start, _ = code(64, eor(64), add(64))
    with pytest.raises(NoCuts, match="has not returned"):
        looked_for((*start, BACK), 64)
