"""CTR and CBC of AES are proved for every number of blocks; wrong contracts are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from armsym.binary.image import Image
from armsym.bv.term import Term
from armsym.check.replay import Refused, check
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from crypto_specs import aes_modes, modes
from crypto_specs.words import Words
from tests.proofs.proved import check_proved

CTR, CBC = "aes_hw_ctr32_encrypt_blocks", "aes_hw_cbc_encrypt"

# Each routine, direction and loop at least once; instructions that are executed.
PROVED = {
    f"{CTR}_128_in_place": 159,
    f"{CBC}_encrypt_192": 75,
    f"{CBC}_decrypt_128_in_place": 160,
    "vpaes_cbc_encrypt_encrypt_128": 78,
}

Proved = Callable[[str], Result]


@pytest.mark.parametrize("name", PROVED)
def test_proved(proved: Proved, aws_lc: Image, name: str) -> None:
    result = proved(name)
    check_proved(result, aws_lc)
    assert result.instructions == PROVED[name]


@pytest.mark.parametrize(
    "name", ["vpaes_ctr32_encrypt_blocks_128", "vpaes_cbc_decrypt_128_in_place"]
)
def test_an_odd_block_first_then_two_a_turn(proved: Proved, aws_lc: Image, name: str) -> None:
    check_proved(proved(name), aws_lc)


def ctr(step: Callable[[Words, Words, Words], aes_modes.Step]) -> Callable[[Contract], None]:
    """The contract of CTR with 10 rounds by another step."""

    def state(c: Contract) -> None:
        blocks = c.count("blocks")
        source = c.buffer("in", elements=16 * blocks, width=8, access="r")
        target = c.buffer("out", elements=16 * blocks, width=8, access="w")
        schedule = c.buffer("schedule", elements=176, width=8, access="r")
        c.field(schedule, 240, "rounds", 1, width=32, access="r", values=[10])
        counter = c.buffer("ivec", elements=16, width=8, access="r")
        c.arguments(source, target, blocks, schedule, counter)
        c.fold(counter, step, over=source, block=16, into=target, using=[schedule])

    return state


def wide_counter(counter: Words, block: Words, w: Words) -> aes_modes.Step:
    """A counter of 64 bits, which differs only where 32 wrap around."""
    b = counter[0].builder
    _, encrypted = aes_modes.ctr32(counter, block, w)
    following: list[Term] = b.split(b.concat(*counter[8:]) + 1, 8)[::-1]
    return [*counter[:8], *following], encrypted


def twice_as_fast(counter: Words, block: Words, w: Words) -> aes_modes.Step:
    following, encrypted = aes_modes.ctr32(counter, block, w)
    return modes.inc32(following), encrypted


@pytest.mark.parametrize("step", [wide_counter, twice_as_fast])
def test_another_counter_is_no_proof(
    aws_lc: Image, step: Callable[[Words, Words, Words], aes_modes.Step]
) -> None:
    result = prove(Proof(CTR, ctr(step)), aws_lc, CTR, solver_seconds=1)
    assert result.verdict in (Verdict.REFUTED, Verdict.UNKNOWN)
    assert result.verdict is Verdict.REFUTED or step is wide_counter


def test_what_a_turn_writes_is_shown(proved: Proved) -> None:
    """The kernel refuses a routine that writes v7, what it has encrypted, where v0 is meant."""
    certificate = proved("vpaes_cbc_encrypt_encrypt_128").certificate
    assert certificate is not None
    stores = ("20709f4c", "27709f4c")  # st1 {v0.16b}, [x1], #16 and st1 {v7.16b}, [x1], #16
    code = [[at, text.replace(*stores), runs] for at, text, runs in certificate.code]
    assert code != certificate.code
    with pytest.raises(Refused, match="differ in meaning"):
        check(replace(certificate, code=code), None)
