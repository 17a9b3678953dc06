"""Arguments that do not fit in registers: on the stack, from SP on."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.contract.statement import statement
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words
from tests.prove.test_streams import LOAD, STORE, copied, looping


def from_stack(Rt: int, index: int) -> int:
    """ldr xRt, [sp, #8 * index]"""
    return word("load_store_unsigned_immediate", size=3, opc=1, imm12=index, Rn=31, Rt=Rt)


STORE_X1 = word("load_store_unsigned_immediate", size=3, imm12=0, Rn=0, Rt=1)
STORE_ON_STACK = word("load_store_unsigned_immediate", size=3, imm12=0, Rn=31, Rt=1)


def same(number: Term) -> list[Term]:
    return [number]


def tenth(c: Contract) -> None:
    """*out becomes the last of ten arguments."""
    out = c.buffer("out", elements=1, width=64, access="w")
    last = c.scalar("last")
    c.arguments(out, *range(8), last)
    c.ensures(out, same, last)


def copies(c: Contract) -> None:
    """Where the source is, and how much, is told on the stack."""
    n = c.count("n", min=1)
    target = c.buffer("out", elements=1 * n, width=64, access="w")
    words = c.buffer("in", elements=1 * n, width=64, access="r")
    c.arguments(target, *range(7), words, n)
    c.map(copied, over=words, block=1, into=target)


def proved(proof: Proof, *words: int) -> Result:
    return prove(proof, image_of_words(*words), "routine")


def test_the_last_is_read() -> None:
    result = proved(Proof("routine", tenth), from_stack(1, 1), STORE_X1, RET)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


def test_a_copy_is_told_its_length_there() -> None:
    code = from_stack(1, 0), from_stack(2, 1), *looping(LOAD, STORE)
    result = proved(Proof("routine", copies), *code)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ((from_stack(1, 0), STORE_X1), "out[0] is 0x0000000000000007"),
        ((from_stack(1, 2), STORE_X1), "8 bytes at"),
        ((from_stack(1, 1), STORE_X1, STORE_ON_STACK), "write of arguments + 0x0, which is r"),
    ],
    ids=["another", "behind the last", "written"],
)
def test_what_is_no_argument_is_no_proof(code: tuple[int, ...], reason: str) -> None:
    result = proved(Proof("routine", tenth), *code, RET)
    assert result.verdict is Verdict.REFUTED
    assert reason in result.reason


def test_the_statement_tells() -> None:
    text = statement(Proof("routine", tenth).contract())
    assert "the word at SP + 8 = last" in text
    assert "16 bytes from SP on, read" in text
