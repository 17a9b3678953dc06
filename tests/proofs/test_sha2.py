"""The SHA-2 block functions of AWS-LC are proved; wrong standards and contracts are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from armsym.binary.image import Image
from armsym.bv.term import Term
from armsym.check.certificate import Certificate
from armsym.check.replay import Refused, check
from armsym.contract import Contract
from armsym.contract.language import ByteOrder, Proof
from armsym.kernel.theorem import Fulfils
from armsym.prove.prover import prove
from armsym.prove.result import PROPERTIES, Result, Verdict
from crypto_specs import sha2
from crypto_specs.sha2 import W32, W64, Parameters

ROUTINES = [
    f"sha{size}_block_data_order_{version}" for size in (256, 512) for version in ("hw", "nohw")
]
INSTRUCTIONS = dict(zip(ROUTINES, (124, 906, 504, 906), strict=True))

Proved = Callable[[str], Result]


@pytest.mark.parametrize("name", ROUTINES)
def test_proved(proved: Proved, name: str) -> None:
    result = proved(name)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
    assert result.properties == dict.fromkeys(PROPERTIES, Verdict.PROVED)
    assert result.instructions == INSTRUCTIONS[name]
    assert {"kernel", "isa", "crypto_specs"} <= set(result.rests_on)
    assert not any("z3" in ground for ground in result.rests_on)


@pytest.mark.parametrize("name", ROUTINES)
def test_the_certificate_checks(proved: Proved, aws_lc: Image, name: str) -> None:
    result = proved(name)
    assert result.certificate is not None
    data = result.certificate.to_bytes()
    assert len(data) < 20_000
    theorem = check(Certificate.from_bytes(data), aws_lc)
    assert theorem.conclusion == Fulfils(result.certificate.statement)
    assert f"routine {name}\n" in result.certificate.statement
    assert not theorem.hypotheses


def test_a_certificate_is_refused_for_other_code(proved: Proved, aws_lc: Image) -> None:
    certificate = proved(ROUTINES[0]).certificate
    assert certificate is not None
    address, _, _ = certificate.code[0]
    changed = aws_lc.patched(address, bytes.fromhex("1f2003d5"))
    with pytest.raises(Refused, match=f"at {address:#x}"):
        check(certificate, changed)


def test_another_word_in_the_statement_is_refused(proved: Proved, aws_lc: Image) -> None:
    certificate = proved(ROUTINES[0]).certificate
    assert certificate is not None
    claimed = certificate.statement.replace("16 words", "15 words")
    with pytest.raises(Refused, match="says something else"):
        check(replace(certificate, statement=claimed), aws_lc)


# other contracts of the same routines


def changed(parameters: Parameters, name: str) -> Parameters:
    """The parameters with the last amount of a function, or the last constant, one off."""
    *most, last = getattr(parameters, name)
    change: dict[str, Any] = {name: (*most, last ^ 1)}
    return replace(parameters, **change)


def compresses(
    parameters: Parameters, order: ByteOrder = "big", blocks: int = 1
) -> Callable[[Contract], None]:
    """The contract of a block function with these parameters, byte order and number of blocks."""

    def compression(state: list[Term], data: list[Term]) -> list[Term]:
        return sha2.blocks(parameters, state, data)

    def state(c: Contract) -> None:
        state = c.buffer("state", elements=8, width=parameters.w, access="rw")
        data = c.buffer("in", 16 * blocks, parameters.w, access="r", byte_order=order)
        c.arguments(state, data, blocks)
        c.ensures(state, compression, state, data)

    return state


def attempt(image: Image, name: str, state: Callable[[Contract], None]) -> Result:
    return prove(Proof(name, state), image, name)


def test_two_blocks_are_proved(aws_lc: Image) -> None:
    result = attempt(aws_lc, "sha256_block_data_order_hw", compresses(W32, blocks=2))
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


@pytest.mark.parametrize("field", ["Σ0", "Σ1", "σ0", "σ1", "K"])
@pytest.mark.parametrize(
    ("name", "parameters"),
    [("sha256_block_data_order_hw", W32), ("sha512_block_data_order_nohw", W64)],
)
def test_a_standard_that_is_one_off_is_refuted(
    aws_lc: Image, name: str, parameters: Parameters, field: str
) -> None:
    result = attempt(aws_lc, name, compresses(changed(parameters, field)))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["functional"] is Verdict.REFUTED
    assert result.counterexample is not None
    place, expected, actual = result.counterexample.differences[0]
    assert place == "state[0]"
    assert result.reason == f"{place} is {actual}, the standard says {expected}"


def test_the_other_byte_order_is_refuted(aws_lc: Image) -> None:
    result = attempt(aws_lc, "sha256_block_data_order_nohw", compresses(W32, order="little"))
    assert result.verdict is Verdict.REFUTED


def test_one_block_is_not_two(aws_lc: Image) -> None:
    """The right compression of another number of blocks than the routine is told of."""
    one = compresses(W32)

    def state(c: Contract) -> None:
        one(c)
        state, data, _ = c.parameters
        c.arguments(state, data, 2)

    result = attempt(aws_lc, "sha256_block_data_order_hw", state)
    assert result.verdict is Verdict.REFUTED
    assert "in + 0x40, which has 0x40 bytes at 0x287f54: ld1" in result.reason


def within(
    state_bytes: int = 64, data_bytes: int = 128, stack: int = 4096
) -> Callable[[Contract], None]:
    """A contract of SHA-512 by bytes, with so much memory, that leaves the new state open."""

    def state(c: Contract) -> None:
        state = c.buffer("state", elements=state_bytes, width=8, access="rw")
        data = c.buffer("in", elements=data_bytes, width=8, access="r")
        spare = c.buffer("spare", elements=1, width=8, access="rw")
        c.arguments(state, data, 1)
        c.stack_bytes(stack)
        c.ensures(spare, list, spare)

    return state


def test_just_enough_memory_is_enough(aws_lc: Image) -> None:
    result = attempt(aws_lc, "sha512_block_data_order_nohw", within(stack=160))
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")


@pytest.mark.parametrize(
    ("version", "memory", "violation"),
    [
        ("hw", within(state_bytes=63), "at state + 0x38, which has 0x3f bytes at 0x288f90: ld1"),
        ("nohw", within(state_bytes=63), "at state + 0x38, which has 0x3f bytes at 0x288170: ldp"),
        ("hw", within(data_bytes=127), "at in + 0x78, which has 0x7f bytes at 0x288f8c: ld1"),
        ("nohw", within(data_bytes=127), "at in + 0x78, which has 0x7f bytes at 0x2885f4: ldp"),
        ("nohw", within(stack=144), "at stack - 0x10, which has 0x90 bytes at 0x2885a0: str"),
    ],
)
def test_one_byte_too_little_is_a_memory_error(
    aws_lc: Image, version: str, memory: Callable[[Contract], None], violation: str
) -> None:
    result = attempt(aws_lc, f"sha512_block_data_order_{version}", memory)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED
    assert violation in result.reason
