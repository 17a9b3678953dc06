"""Names decide what is public and what is one value: none may be two things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import rebuild
from armsym.check.replay import Refused
from armsym.contract import Contract
from armsym.contract.induction import Loop, Place
from armsym.contract.language import Proof
from armsym.machine.integers import Expression
from armsym.prove.certify import Evidence, certify
from armsym.prove.prover import prove
from armsym.prove.result import Verdict
from tests.prove.loop_routine import (
    ADD,
    COUNT_DOWN,
    LDR_SUM,
    LOW_BITS,
    NEXT_WORD,
    RET,
    STR_SUM,
    add_low_bits,
    sums,
    word,
)
from tests.prove.routines import ENTRY, image_of_words

MOVE = word("logical_shifted_register", sf=1, opc=1, Rn=31, Rm=3, Rd=6)  # mov x6, x3
LOAD_SECRET = word("load_store_unsigned_immediate", size=3, opc=1, Rn=6, Rt=7)
ON_SECRET = word("compare_and_branch", sf=1, imm19=1, Rt=7)  # cbz x7, the next instruction
BACK = word("conditional_branch", cond=1, imm19=(1 << 19) - 6)
BRANCHING = (
    *(LDR_SUM, MOVE),
    *(NEXT_WORD, LOW_BITS, ADD, LOAD_SECRET, ON_SECRET, COUNT_DOWN, BACK, STR_SUM, RET),
)


def with_secret(name: str) -> Callable[[Contract], None]:
    """The contract of sums, where X3 points to a word that may hold anything."""

    def state(c: Contract) -> None:
        n = c.count("n", min=1)
        total = c.buffer("sum", elements=1, width=64, access="rw")
        words = c.buffer("words", elements=1 * n, width=64, access="r")
        c.arguments(total, words, n, c.buffer(name, elements=1, width=64, access="rw"))
        c.fold(total, add_low_bits, over=words, block=1)

    return state


@pytest.mark.parametrize("name", ["secret", "done"])
def test_no_name_makes_a_secret_public(name: str) -> None:
    """In a loop each turn branches on what a buffer holds, whatever the buffer is called."""
    result = prove(Proof("routine", with_secret(name)), image_of_words(*BRANCHING), "routine", 1)
    assert result.verdict is not Verdict.PROVED
    assert "not public" in result.reason


# while n: x10 counts turns, x9 = x8 * x10, x8 = the word; then x5 += x9 - x8 * x10
HEAD, LATCH = ENTRY + 12, ENTRY + 44
MULTIPLIED = (
    LDR_SUM,
    word("move_wide_immediate", sf=1, opc=2, Rd=9),
    word("move_wide_immediate", sf=1, opc=2, Rd=10),
    word("compare_and_branch", sf=1, imm19=9, Rt=2),
    NEXT_WORD,
    word("add_sub_immediate", sf=1, imm12=1, Rn=10, Rd=10),
    word("multiply_add", sf=1, Rm=10, Ra=31, Rn=8, Rd=9),
    word("logical_shifted_register", sf=1, opc=1, Rn=31, Rm=3, Rd=8),
    LOW_BITS,
    ADD,
    COUNT_DOWN,
    word("unconditional_branch_immediate", imm26=(1 << 26) - 8),
    word("multiply_add", sf=1, Rm=10, Ra=31, Rn=8, Rd=11),
    word("add_sub_shifted_register", sf=1, op=1, Rm=11, Rn=9, Rd=9),
    word("add_sub_shifted_register", sf=1, Rm=9, Rn=5, Rd=5),
    STR_SUM,
    RET,
)


def multiplied(factor: str) -> Loop:
    """The loop's invariant, by which x9 is this times the number of turns."""
    b = RawBuilder()
    done, n = b.var(64, "spec.done"), b.var(64, "n")
    cells = {
        Place("x", 0): b.var(64, "&sum"),
        Place("x", 1): b.var(64, "&words") + done * 8,
        Place("x", 2): n - done,
        Place("x", 5): b.var(64, "spec.word.0"),
        Place("x", 9): b.var(64, factor) * done,
        Place("x", 10): done,
        **{Place("x", k): b.var(64, f"x{k}") for k in range(19, 31)},
        Place("x", 31): b.concat(b.var(60, "sp"), b.const(4, 0)),
        **{Place("v", k): b.var(128, f"v{k}") for k in range(8, 16)},
    }
    left = Expression.variable("n").plus(Expression.variable("spec.done"), -1)
    return Loop(HEAD, frozenset([LATCH]), 1, cells, [left], left)


def replayed(loop: Loop) -> None:
    """Shows by this loop what is false: x8 is the word before the last when x9 is multiplied."""
    contract = Contract("routine")
    sums(contract, minimum=0)
    certify(contract, image_of_words(*MULTIPLIED), "routine", 100, [ENTRY], Evidence(), [loop])


def test_an_invariant_does_not_name_what_each_turn_begins_with() -> None:
    """x9 is what x8 was times the turns: of two turns, they are two values of one name."""
    with pytest.raises(Refused, match="names what is other in each of its turns"):
        replayed(multiplied(f"loop_{HEAD:x}.x8"))
    with pytest.raises(Refused, match="differ in meaning"):
        replayed(multiplied("x8"))


def test_a_place_in_a_buffer_called_spec_is_no_word_of_the_specification() -> None:
    """The buffer holds 0 throughout; each turn forgets the sum, as if it had begun with 0."""
    cells = {p: x for p, x in multiplied("x8").cells.items() if str(p) not in ("x9", "x10")}
    b = RawBuilder()
    first = Place("spec", 0, 8)
    terms = rebuild(cells.values(), b)
    loop = replace(
        multiplied("x8"),
        head=ENTRY + 8,
        latches=frozenset([ENTRY + 32]),
        cells={
            **dict(zip(cells, terms, strict=True)),
            first: b.const(64, 0),
            Place("x", 3): b.var(64, "&spec"),
        },
    )
    branch = word("compare_and_branch", sf=1, imm19=7, Rt=2)
    back = word("unconditional_branch_immediate", imm26=(1 << 26) - 6)
    store_zero = word("load_store_unsigned_immediate", size=3, Rn=3, Rt=31)
    move = word("logical_shifted_register", sf=1, opc=1, Rn=31, Rm=4, Rd=5)  # the sum is lost
    load = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=1, Rt=4)
    low_bits = word("logical_immediate", sf=1, N=1, imms=2, Rn=4, Rd=4)
    turn = (load, low_bits, move, store_zero, COUNT_DOWN)
    code = (LDR_SUM, store_zero, branch, *turn, back, STR_SUM, RET)
    contract = Contract("routine")
    n = contract.count("n", min=0)
    total = contract.buffer("sum", elements=1, width=64, access="rw")
    words = contract.buffer("words", elements=1 * n, width=64, access="r")
    contract.arguments(total, words, n, contract.buffer("spec", 1, 64, "rw"))
    contract.fold(total, add_low_bits, over=words, block=1)
    with pytest.raises(Refused, match="differ in meaning"):
        certify(contract, image_of_words(*code), "routine", 100, [ENTRY], Evidence(), [loop])
