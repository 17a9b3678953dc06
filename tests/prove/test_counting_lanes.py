"""Vectors that count in lanes: literal at first, and changed by a turn."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.routines import image_of_words

# x0: the target; x1: the source; x2: how many blocks of four words; x3: the counter
FIRST = (
    *(0xB9400064, 0x4E040C80),  # ldr w4, [x3]; dup v0.4s, w4
    *(0x4F000401, 0x4F000482),  # movi v1.4s, #0; movi v2.4s, #4
    *(0x52800025, 0x4E0C1CA1),  # mov w5, #1; mov v1.s[1], w5
    *(0x52800045, 0x4E141CA1),  # mov w5, #2; mov v1.s[2], w5
    *(0x52800065, 0x4E1C1CA1),  # mov w5, #3; mov v1.s[3], w5
)
WORDS = 0x4EA28421  # add v1.4s, v1.4s, v2.4s
DOUBLE_WORDS = 0x4EE28421  # add v1.2d, v1.2d, v2.2d


def routine(count: int = WORDS) -> tuple[int, ...]:
    """Adds to each word, by exclusive or, the counter and its own number."""
    turn = (
        *(0x3CC10423, 0x4EA18404, count),  # ldr q3, [x1], #16; add v4.4s, v0.4s, v1.4s; count
        *(0x6E241C63, 0x3C810403),  # eor v3.16b, v3.16b, v4.16b; str q3, [x0], #16
        *(0xF1000442, 0x54FFFF41),  # subs x2, x2, #1; b.ne to the turn
    )
    return (*FIRST, *turn, 0xD65F03C0)


def counted(counter: list[Term], block: list[Term]) -> tuple[list[Term], list[Term]]:
    """The specification of one turn."""
    return [counter[0] + 4], [x ^ (counter[0] + i) for i, x in enumerate(block)]


def words(c: Contract) -> None:
    """`(uint32_t *out, const uint32_t *in, size_t blocks, const uint32_t *counter)`.

    Of a counter of which a precondition speaks, it is found that it counts.
    """
    n = c.count("blocks", min=1)
    target = c.buffer("out", elements=4 * n, width=32, access="w")
    source = c.buffer("in", elements=4 * n, width=32, access="r")
    counter = c.buffer("counter", elements=1, width=32, access="r")
    c.arguments(target, source, n, counter)
    c.requires(c.builder.ult(c.element(counter, 0), c.builder.const(32, 1 << 31)))
    c.fold(counter, counted, over=source, block=4, into=target)


def attempt(code: tuple[int, ...]) -> Result:
    return prove(Proof("routine", words), image_of_words(*code), "routine", solver_seconds=1)


def test_lanes_of_32_bits_count() -> None:
    result = attempt(routine())
    assert result.verdict is Verdict.PROVED, result.reason


def test_a_lane_that_carries_into_the_next_does_not() -> None:
    """After 2^30 blocks."""
    assert attempt(routine(DOUBLE_WORDS)).verdict is Verdict.UNKNOWN
