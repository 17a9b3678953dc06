"""SHA-3 against the standard's tables and examples, hashlib, and on symbolic lanes."""

import doctest
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from crypto_specs import sha3


@dataclass(frozen=True)
class Fixed:
    """A hash function, its rate in bytes, and the digest of the empty message.

    NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values".
    """

    function: Callable[[bytes], bytes]
    rate: int
    of_nothing: str


FIXED = {
    "sha3_224": Fixed(
        sha3.sha3_224, 144, "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7"
    ),
    "sha3_256": Fixed(
        sha3.sha3_256, 136, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
    ),
    "sha3_384": Fixed(
        sha3.sha3_384,
        104,
        "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
        "c3713831264adb47fb6bd1e058d5f004",
    ),
    "sha3_512": Fixed(
        sha3.sha3_512,
        72,
        "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
        "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
    ),
}
EXTENDABLE = [(sha3.shake128, hashlib.shake_128, 168), (sha3.shake256, hashlib.shake_256, 136)]

# Table 2, by rows of y = 2, 1, 0, 4, 3 and columns of x = 3, 4, 0, 1, 2, as printed: the offsets
# before they are taken modulo 64.
TABLE_2 = """
    153 231   3  10 171
     55 276  36 300   6
     28  91   0   1 190
    120  78 210  66 253
     21 136 105  45  15
"""


def test_docstring_examples() -> None:
    results = doctest.testmod(sha3)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_offsets_are_those_of_table_2() -> None:
    rows = zip((2, 1, 0, 4, 3), TABLE_2.strip().splitlines(), strict=True)
    printed = {
        (x, y): int(offset)
        for y, row in rows
        for x, offset in zip((3, 4, 0, 1, 2), row.split(), strict=True)
    }
    assert printed == sha3.OFFSETS


def test_the_bits_of_round_constants_repeat_after_255_steps() -> None:
    sequence = [sha3.rc(t) for t in range(255)]
    assert sum(sequence) == 128  # a register of maximal length gives one more 1 than 0
    assert [sha3.rc(t) for t in range(255, 510)] == sequence


@pytest.mark.parametrize("name", FIXED)
def test_the_empty_message(name: str) -> None:
    assert FIXED[name].function(b"").hex() == FIXED[name].of_nothing


@pytest.mark.parametrize("name", FIXED)
def test_lengths_around_the_rate(name: str) -> None:
    for length in (1, FIXED[name].rate - 1, FIXED[name].rate, FIXED[name].rate + 1):
        message = bytes([0x80 ^ i & 0xFF for i in range(length)])
        assert FIXED[name].function(message) == hashlib.new(name, message).digest(), length


def test_outputs_around_the_rate() -> None:
    for function, reference, rate in EXTENDABLE:
        for d in (0, 1, rate - 1, rate, rate + 1, 2 * rate + 1):
            assert function(b"abc", d) == reference(b"abc").digest(d), (function, d)


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=300))
def test_random_messages_agree_with_hashlib(message: bytes) -> None:
    for name, fixed in FIXED.items():
        assert fixed.function(message) == hashlib.new(name, message).digest()


@pytest.mark.parametrize("seed", range(2))
def test_symbolic_lanes_evaluate_to_what_a_concrete_run_gives(seed: int) -> None:
    raw, concrete = RawBuilder(), ConcreteBuilder()
    A = [raw.var(64, f"A{i}") for i in range(25)]
    assignment = RandomAssignment(seed)
    literals = [concrete.const(64, v) for v in evaluate(A, assignment)]
    expected = [lane.value for lane in sha3.keccak_p(literals)]
    assert evaluate(sha3.keccak_p(A), assignment) == expected


def test_every_round_constant_matters() -> None:
    b = ConcreteBuilder()
    A = [b.const(64, 0)] * 25
    right = [lane.value for lane in sha3.keccak_p(A)]
    for i in (0, 11, 23):
        constants = (*sha3.RC[:i], sha3.RC[i] ^ 1, *sha3.RC[i + 1 :])
        assert [lane.value for lane in sha3.keccak_p(A, constants)] != right, i


def test_a_round_takes_its_constant_as_a_block_of_one_word() -> None:
    b = RawBuilder()
    A = [b.var(64, f"A{i}") for i in range(25)]
    constant, short = b.var(64, "RC"), b.var(32, "short")
    assert sha3.Rnd_block(A, [constant]) == sha3.Rnd(A, constant)
    for wrong_A, block in [(A[:24], [constant]), (A, []), (A, [constant] * 2), (A, [short])]:
        with pytest.raises(ValueError, match="25 lanes"):
            sha3.Rnd_block(wrong_A, block)


def test_rounds_with_the_standards_constants_are_the_permutation() -> None:
    b = ConcreteBuilder()
    A = [b.const(64, i) for i in range(25)]
    expected = [lane.value for lane in sha3.keccak_p(A)]
    for constant in sha3.RC:
        A = sha3.Rnd_block(A, [b.const(64, constant)])
    assert [lane.value for lane in A] == expected
