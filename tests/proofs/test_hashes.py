"""The block functions of MD5, SHA-1 and SHA-3 are proved; wrong standards and contracts are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from armsym.binary.image import Image
from armsym.contract.language import ByteOrder, Contract, Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from crypto_specs import md5, sha1, sha3
from tests.proofs.proved import check_proved

Proved = Callable[[str], Result]

ROUTINES = [
    "md5_block_asm_data_order",
    "sha1_block_data_order_hw",
    "sha1_block_data_order_nohw",
    "sha3_keccak_f1600",
    "sha3_keccak_f1600_alt",
    "sha3_keccak2_f1600",
]


@pytest.mark.parametrize("name", ROUTINES)
def test_every_property_is_proved_and_its_certificate_accepted(
    proved: Proved, aws_lc: Image, name: str
) -> None:
    check_proved(proved(name), aws_lc)


def attempt(image: Image, name: str, state: Callable[[Contract], None]) -> Result:
    return prove(Proof(name, state), image, name, solver_seconds=1)


def blocks(function: Any, words: int, **count: int) -> Callable[[Contract], None]:
    """The contract of a routine that folds blocks of 16 words of 32 bits."""

    def state(c: Contract) -> None:
        blocks = c.count("blocks", **count)
        state = c.buffer("state", elements=words, width=32, access="rw")
        order: ByteOrder = "little" if words == 4 else "big"
        data = c.buffer("in", elements=16 * blocks, width=32, access="r", byte_order=order)
        c.arguments(state, data, blocks)
        c.fold(state, function, over=data, block=16)

    return state


def rounds(function: Any, how_many: int) -> Callable[[Contract], None]:
    """The contract of a routine that does so many rounds on a state."""

    def state(c: Contract) -> None:
        a = c.buffer("a", elements=25, width=64, access="rw")
        rc = c.buffer("rc", c.count("rounds", min=how_many, max=how_many), width=64, access="r")
        c.arguments(a, rc)
        c.fold(a, function, over=rc, block=1)

    return state


def backwards(function: Any) -> Any:
    """The function of a block whose words come last first."""
    return lambda state, block: function(state, list(reversed(block)))


def without_chi(A: Any, block: Any) -> Any:
    return sha3.ι(sha3.π(sha3.ρ(sha3.θ(A))), block[0])


@pytest.mark.parametrize(
    ("name", "contract", "broken"),
    [
        ("md5_block_asm_data_order", blocks(backwards(md5.compress), 4, min=1), "functional"),
        ("md5_block_asm_data_order", blocks(md5.compress, 4, min=0), "memory"),
        ("sha1_block_data_order_hw", blocks(backwards(sha1.compress), 5, min=1), "functional"),
        ("sha1_block_data_order_nohw", blocks(sha1.compress, 5, min=0), "memory"),
        ("sha3_keccak_f1600", rounds(without_chi, 24), "functional"),
        ("sha3_keccak_f1600", rounds(sha3.Rnd_block, 23), "memory"),
        ("sha3_keccak_f1600_alt", rounds(sha3.Rnd_block, 25), "functional"),
    ],
    ids=[
        "another message",
        "no blocks, counted in 32 bits",
        "another message, crypto extension",
        "no blocks",
        "another round",
        "a round more than constants",
        "a round less than constants",
    ],
)
def test_what_a_routine_does_not_do_is_refuted(
    aws_lc: Image, name: str, contract: Callable[[Contract], None], broken: str
) -> None:
    result = attempt(aws_lc, name, contract)
    assert result.verdict is Verdict.REFUTED, result.reason
    assert result.properties[broken] is Verdict.REFUTED


def test_more_blocks_than_a_count_of_32_bits_holds_are_not_proved(aws_lc: Image) -> None:
    contract = blocks(md5.compress, 4, min=1, max=(1 << 32) + 1)
    assert attempt(aws_lc, "md5_block_asm_data_order", contract).verdict is not Verdict.PROVED
