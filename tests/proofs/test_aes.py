"""AES of AWS-LC is proved, and its parts make the standard together; wrong contracts are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.binary.image import Image
from armsym.bv.builder import RawBuilder
from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.execution import Execution
from armsym.contract.find import find
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from crypto_specs import aes
from tests.proofs.proved import check_proved

ENCRYPT, DECRYPT = "aes_hw_encrypt", "aes_hw_decrypt"
SET_ENCRYPT, SET_DECRYPT = "aes_hw_set_encrypt_key", "aes_hw_set_decrypt_key"
ERRORS = ("below_128", "above_256", "no_multiple_of_64", "null_user_key", "null_key")

# Each routine and each variant at least once; instructions that are executed.
PROVED = {
    f"{SET_ENCRYPT}_128": 69,
    f"{SET_ENCRYPT}_192": 55,
    f"{SET_ENCRYPT}_256": 58,
    f"{SET_DECRYPT}_192": 81,
    f"{SET_DECRYPT}_256": 84,
    f"{ENCRYPT}_128": 20,
    f"{ENCRYPT}_192_in_place": 20,
    f"{ENCRYPT}_256": 20,
    f"{DECRYPT}_128_in_place": 20,
    f"{DECRYPT}_192": 20,
    f"{DECRYPT}_256": 20,
    "vpaes_set_encrypt_key_192": 148,
    "vpaes_set_decrypt_key_128": 140,
    "vpaes_encrypt_128": 67,
    "vpaes_decrypt_128_in_place": 79,
    **dict(zip([f"{SET_ENCRYPT}_{error}" for error in ERRORS], (13, 15, 17, 8, 10), strict=True)),
    **dict(zip([f"{SET_DECRYPT}_{error}" for error in ERRORS], (20, 22, 24, 15, 17), strict=True)),
}

Proved = Callable[[str], Result]


@pytest.mark.parametrize("name", PROVED)
def test_proved(proved: Proved, aws_lc: Image, name: str) -> None:
    result = proved(name)
    check_proved(result, aws_lc)
    assert result.instructions == PROVED[name]


def contract_of(name: str) -> Contract:
    (proof,) = find([name])
    return proof.contract()


PAIRS = [
    (SET_ENCRYPT, ENCRYPT),
    (SET_DECRYPT, DECRYPT),
    ("vpaes_set_encrypt_key", "vpaes_encrypt"),
    ("vpaes_set_decrypt_key", "vpaes_decrypt"),
]


@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize(("setup", "use"), PAIRS)
def test_what_the_setup_leaves_is_what_the_cipher_takes(
    aws_lc: Image, setup: str, use: str, bits: int
) -> None:
    """The contracts agree on AES_KEY; that the two make AES is of crypto_specs alone."""
    made, given = contract_of(f"{setup}_{bits}"), contract_of(f"{use}_{bits}")
    for name in ("schedule", "rounds"):
        left, right = made.buffers[name], given.buffers[name]
        shapes = [(b.elements, b.width, b.byte_order, b.offset) for b in (left, right)]
        assert shapes[0] == shapes[1]
    execution = Execution(made, aws_lc, aws_lc.symbol(setup).address, RawBuilder())
    (rounds,) = [e for e in made.postconditions if e.buffer is made.buffers["rounds"]]
    assert [word.value for word in execution.expected(rounds)] == [*given.buffers["rounds"].values]
    (cipher,) = given.postconditions
    assert cipher.arguments == (given.buffers["in"], given.buffers["schedule"])


# other contracts of the same routines


def one_block(
    bits: int, rounds: int, function: Callable[[list[Term], list[Term]], list[Term]]
) -> Callable[[Contract], None]:
    """That a block becomes what the function says, `rounds` being in AES_KEY."""

    def state(c: Contract) -> None:
        source = c.buffer("in", elements=16, width=8, access="r")
        target = c.buffer("out", elements=16, width=8, access="w")
        schedule = c.buffer("schedule", elements=bits // 2 + 112, width=8, access="r")
        c.field(schedule, 240, "rounds", 1, 32, "r", values=[rounds])
        c.arguments(source, target, schedule)
        c.ensures(target, function, source, schedule)

    return state


def attempt(image: Image, name: str, state: Callable[[Contract], None]) -> Result:
    return prove(Proof(name, state), image, name, solver_seconds=1)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        (ENCRYPT, lambda block, w: aes.cipher(block, aes.reverse_rounds(w))),
        (ENCRYPT, lambda block, w: aes.cipher(aes.shift_rows(block), w)),
        (DECRYPT, aes.eq_inv_cipher),
        (DECRYPT, lambda block, w: aes.inv_cipher(block, aes.reverse_rounds(w))),
        ("vpaes_encrypt", aes.cipher),
    ],
)
def test_another_cipher_is_refuted(
    aws_lc: Image, name: str, function: Callable[[list[Term], list[Term]], list[Term]]
) -> None:
    rounds = 9 if name == "vpaes_encrypt" else 10
    result = attempt(aws_lc, name, one_block(128, rounds, function))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["functional"] is Verdict.REFUTED


def test_a_round_more_than_there_are_keys_is_a_memory_error(aws_lc: Image) -> None:
    result = attempt(aws_lc, ENCRYPT, one_block(128, 12, aes.cipher))
    assert result.verdict is Verdict.REFUTED
    assert "schedule + 0xb0, which has 0xb0 bytes" in result.reason


def without_user_key(c: Contract) -> None:
    """Nobody says that the pointers are not null."""
    user_key = c.buffer("user_key", elements=16, width=8, access="r")
    schedule = c.buffer("schedule", elements=176, width=8, access="w")
    c.field(schedule, 240, "rounds", elements=1, width=32, access="w")
    c.arguments(user_key, c.word("bits", 128), schedule)
    c.ensures(schedule, aes.key_expansion, user_key)


def test_pointers_that_may_be_null_are_no_proof(aws_lc: Image) -> None:
    result = attempt(aws_lc, SET_ENCRYPT, without_user_key)
    assert result.verdict is Verdict.UNKNOWN


def test_a_wrong_code_of_an_error_is_refuted(aws_lc: Image) -> None:
    def state(c: Contract) -> None:
        c.arguments(0, c.scalar("bits"), c.scalar("key"))
        c.returns(-2)

    result = attempt(aws_lc, SET_DECRYPT, state)
    assert result.verdict is Verdict.REFUTED
    assert result.reason == "x0 is 0xffffffff, the standard says 0xfffffffe"
