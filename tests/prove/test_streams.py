"""Buffers of any length that a loop makes of others, word by word and byte by byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import image_of_words

# x0: the target, x1: the source, x2: how many words or bytes, x3: one of them
LOAD = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=1, Rt=3)
STORE = word("load_store_post_indexed", size=3, imm9=8, Rn=0, Rt=3)
LOAD_BYTE = word("load_store_post_indexed", size=0, opc=1, imm9=1, Rn=1, Rt=3)
STORE_BYTE = word("load_store_post_indexed", size=0, imm9=1, Rn=0, Rt=3)
FLIP = word("logical_immediate", opc=2, Rn=3, Rd=3)  # eor w3, w3, #1
STORE_NEXT = word("load_store_unsigned_immediate", size=3, imm12=1, Rn=0, Rt=3)
STORE_SOURCE = word("load_store_unscaled", size=3, imm9=0, Rn=1, Rt=3)
STORE_BEFORE = word("load_store_unscaled", size=3, imm9=(1 << 9) - 8, Rn=1, Rt=3)
LOAD_BEFORE = word("load_store_unscaled", size=3, opc=1, imm9=(1 << 9) - 16, Rn=1, Rt=3)
COUNT_DOWN = word("add_sub_immediate", sf=1, op=1, S=1, imm12=1, Rn=2, Rd=2)


def looping(*body: int) -> tuple[int, ...]:
    """The body until x2 is 0."""
    back = word("conditional_branch", cond=1, imm19=(1 << 19) - 1 - len(body))
    return (*body, COUNT_DOWN, back, RET)


def copied(block: list[Term]) -> list[Term]:
    """The specification of a copy."""
    return block


def flipped(block: list[Term]) -> list[Term]:
    """The specification of a byte-wise exclusive or with 1."""
    return [byte ^ 1 for byte in block]


def copies(c: Contract, minimum: int = 1, source: str = "r") -> None:
    """`(uint64_t *out, const uint64_t *in, size_t n)`."""
    n = c.count("n", min=minimum)
    target = c.buffer("out", elements=1 * n, width=64, access="w")
    words = c.buffer("in", elements=1 * n, width=64, access=source)
    c.arguments(target, words, n)
    c.map(copied, over=words, block=1, into=target)


def flips(c: Contract) -> None:
    """`(uint8_t *data, uint8_t *same, size_t n)`: in place."""
    n = c.count("n", min=1)
    data = c.buffer("data", elements=1 * n, width=8, access="rw")
    c.arguments(data, data, n)
    c.map(flipped, over=data, block=1, into=data)


def attempt(words: tuple[int, ...], state: Callable[[Contract], None]) -> Result:
    return prove(Proof("routine", state), image_of_words(*words), "routine", solver_seconds=1)


def test_a_copy_of_any_number_of_words() -> None:
    result = attempt(looping(LOAD, STORE), copies)
    assert result.verdict is Verdict.PROVED, result.reason
    assert result.certificate is not None
    assert len(result.certificate.loops) == 1


def test_every_byte_in_place() -> None:
    result = attempt(looping(LOAD_BYTE, FLIP, STORE_BYTE), flips)
    assert result.verdict is Verdict.PROVED, result.reason


@pytest.mark.parametrize(
    "body",
    [
        (LOAD, STORE, STORE),  # two words for one
        (LOAD, STORE_NEXT, STORE),  # a word ahead, which is written again
        (LOAD, LOAD, STORE),
        (LOAD,),
        (LOAD, FLIP, STORE),
    ],
    ids=["twice", "ahead", "every other", "nothing", "changed"],
)
def test_what_is_no_copy_does_not_prove(body: tuple[int, ...]) -> None:
    assert attempt(looping(*body), copies).verdict is not Verdict.PROVED


def test_no_words_run_away() -> None:
    result = attempt(looping(LOAD, STORE), lambda c: copies(c, minimum=0))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_a_source_that_is_written_ahead_is_not_what_it_was() -> None:
    """The next turn would read what this one wrote, though the specification does not."""

    def state(c: Contract) -> None:
        copies(c, minimum=2, source="rw")

    assert attempt(looping(LOAD, STORE), state).verdict is Verdict.PROVED
    ahead = attempt(looping(LOAD, STORE_SOURCE, STORE), state)
    assert ahead.verdict is not Verdict.PROVED
    behind = attempt(looping(LOAD, STORE_BEFORE, STORE), state)
    assert behind.verdict is not Verdict.PROVED


def test_what_is_finished_is_not_read_again() -> None:
    """In place, the word before is no longer what it was."""
    assert attempt(looping(LOAD_BYTE, LOAD_BEFORE, STORE_BYTE), flips).verdict is not Verdict.PROVED


# x2: how many words; x4: how many bytes are left behind them
REST = word("logical_immediate", sf=1, N=1, imms=2, Rn=2, Rd=4)  # and x4, x2, #7
FEWER = word("logical_immediate", sf=1, N=1, imms=1, Rn=2, Rd=4)  # and x4, x2, #3
MORE = word("logical_immediate", sf=1, N=1, imms=3, Rn=2, Rd=4)  # and x4, x2, #15
WORDS = word("bitfield", sf=1, opc=2, N=1, immr=3, imms=63, Rn=2, Rd=2)  # lsr x2, x2, #3
PAIRS = word("bitfield", sf=1, opc=2, N=1, immr=4, imms=63, Rn=2, Rd=2)  # lsr x2, x2, #4
COUNT_BYTES = word("add_sub_immediate", sf=1, op=1, S=1, imm12=1, Rn=4, Rd=4)
COUNT_TWO = word("add_sub_immediate", sf=1, op=1, S=1, imm12=2, Rn=2, Rd=2)


def skip_if_zero(register: int, instructions: int) -> int:
    """cbz, over so many."""
    return word("compare_and_branch", sf=1, imm19=1 + instructions, Rt=register)


def back_unless_zero(instructions: int) -> int:
    """b.ne, over so many."""
    return word("conditional_branch", cond=1, imm19=(1 << 19) - instructions)


def words_and_bytes(rest: int, words: int, *turn: int) -> tuple[int, ...]:
    """A copy word by word, and byte by byte what is left."""
    loop = (*turn, COUNT_DOWN, back_unless_zero(len(turn) + 1))
    tail = (LOAD_BYTE, STORE_BYTE, COUNT_BYTES, back_unless_zero(3))
    return (rest, words, skip_if_zero(2, len(loop)), *loop, skip_if_zero(4, len(tail)), *tail, RET)


def copies_bytes(c: Contract) -> None:
    """`(uint8_t *out, const uint8_t *in, size_t n)`, eight at a time."""
    n = c.count("n")
    target = c.buffer("out", elements=1 * n, width=8, access="w")
    source = c.buffer("in", elements=1 * n, width=8, access="r")
    c.arguments(target, source, n)
    c.map(copied, over=source, block=8, into=target)


def test_words_and_the_bytes_behind_them() -> None:
    result = attempt(words_and_bytes(REST, WORDS, LOAD, STORE), copies_bytes)
    assert result.verdict is Verdict.PROVED, result.reason


@pytest.mark.parametrize(
    ("rest", "words"),
    [(FEWER, WORDS), (MORE, WORDS), (REST, PAIRS)],
    ids=["too few bytes", "too many bytes", "half the words"],
)
def test_other_quotients_do_not_prove(rest: int, words: int) -> None:
    result = attempt(words_and_bytes(rest, words, LOAD, STORE), copies_bytes)
    assert result.verdict is not Verdict.PROVED


IS_ODD = word("logical_immediate", sf=1, opc=3, N=1, Rn=2, Rd=31)  # tst x2, #1
TWO_WORDS = (LOAD, STORE, LOAD, STORE, COUNT_TWO, back_unless_zero(5))


def by_twos(*odd: int) -> tuple[int, ...]:
    """A word of an odd number is done by itself, then two in a turn."""
    skip_if_even = word("conditional_branch", imm19=2 + len(odd))  # b.eq, over COUNT_DOWN too
    return (IS_ODD, skip_if_even, *odd, COUNT_DOWN, skip_if_zero(2, 6), *TWO_WORDS, RET)


def test_an_odd_word_first_then_two_a_turn() -> None:
    result = attempt(by_twos(LOAD, STORE), copies)
    assert result.verdict is Verdict.PROVED, result.reason
    not_peeled = (skip_if_zero(2, 6), *TWO_WORDS, RET)
    assert attempt(not_peeled, copies).verdict is Verdict.REFUTED


def test_what_is_wrong_of_odd_numbers_is_right_of_even_ones() -> None:
    """The loop is come to in two ways, of which the precondition leaves one."""

    def copies_even(c: Contract) -> None:
        copies(c)
        c.requires(~c.number(c.counts["n"])[0])

    wrong = by_twos(LOAD, FLIP, STORE)
    assert attempt(wrong, copies).verdict is Verdict.REFUTED
    result = attempt(wrong, copies_even)
    assert result.verdict is Verdict.PROVED, result.reason


def test_a_secret_index_is_no_address_however_small() -> None:
    """Masked, it is in bounds."""
    load_index = word("load_store_register_offset", opc=1, option=3, Rm=4, Rn=1, Rt=3)
    for number, verdict in ((2, Verdict.PROVED), (9, Verdict.REFUTED)):
        index = word("logical_immediate", sf=1, N=1, imms=2, Rn=number, Rd=4)  # and x4, xN, #7

        def state(c: Contract) -> None:
            n = c.count("n", min=8)
            data = c.buffer("in", elements=1 * n, width=8, access="r")
            c.arguments(c.scalar("out"), data, n)
            c.returns(0)

        clear = word("move_wide_immediate", sf=1, opc=2, Rd=0)
        assert attempt((index, load_index, clear, RET), state).verdict is verdict


def test_the_reason_tells_what_became_of_a_pointer() -> None:
    """What is left is compared with a sign, so that x1 is another from 2^63 bytes on."""
    if_positive = 0x9A80C021  # csel x1, x1, x0, gt
    turn = (LOAD_BYTE, FLIP, STORE_BYTE, COUNT_DOWN, if_positive, back_unless_zero(5), RET)

    def state(c: Contract) -> None:
        n = c.count("n", min=1)
        target = c.buffer("out", elements=1 * n, width=8, access="w")
        data = c.buffer("in", elements=1 * n, width=8, access="r")
        c.arguments(target, data, n)
        c.map(flipped, over=data, block=1, into=target)

    result = attempt(turn, state)
    assert result.verdict is Verdict.UNKNOWN
    assert "belongs to no region: loop_1000.x1" in result.reason
    assert "x1 was (sum[1, 1, 1] &out loop_1000.done) there, " in result.reason
