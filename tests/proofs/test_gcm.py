"""GHASH of AWS-LC: tables and products are proved; other tables and products are refuted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from armsym.binary.image import Image
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.check.replay import Refused, check
from armsym.contract import Contract
from armsym.contract.find import find
from armsym.contract.language import Proof, Specification
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from crypto_specs import gcm
from tests.proofs.proved import check_proved

# Instructions that are executed.
PROVED = {
    "gcm_init_v8": 152,
    "gcm_gmult_v8": 27,
    "gcm_init_neon": 17,
    "gcm_gmult_neon": 159,
    "gcm_ghash_neon": 161,
    "gcm_ghash_v8": 300,
}

Proved = Callable[[str], Result]


@pytest.mark.parametrize("name", PROVED)
def test_proved(proved: Proved, aws_lc: Image, name: str) -> None:
    result = proved(name)
    check_proved(result, aws_lc)
    assert result.instructions == PROVED[name]


@pytest.mark.parametrize("goal", range(2))
def test_what_a_turn_and_a_return_leave_open_takes_evidence(
    proved: Proved, aws_lc: Image, goal: int
) -> None:
    """That v0 is GHASH's state again after a turn is a goal, as is what Xi becomes."""
    certificate = proved("gcm_ghash_neon").certificate
    assert certificate is not None
    assert len(certificate.loops) == 1 and len(certificate.uses) == 2
    uses = [use for number, use in enumerate(certificate.uses) if number != goal]
    with pytest.raises(Refused, match="equality: the terms differ in meaning"):
        check(replace(certificate, uses=uses), aws_lc)


def contract_of(name: str) -> Contract:
    (proof,) = find([name])
    return proof.contract()


@pytest.mark.parametrize("version", ["v8", "neon"])
def test_a_table_that_is_made_is_one_that_is_used(version: str) -> None:
    """The table that init makes of a key is the one that gmult takes: together they are X • H."""
    (made,) = contract_of(f"gcm_init_{version}").postconditions
    used = contract_of(f"gcm_gmult_{version}")
    held = used.held["Htable"]
    b = RawBuilder()
    H = b.var(64, "high"), b.var(64, "low")
    sides = [*made.function(H), *held.function(b.concat(*H))]
    values = evaluate(sides, lambda width, name, args: {"high": 0x8123 << 48, "low": 5}[name])
    assert values[: len(values) // 2] == values[len(values) // 2 :]
    assert (made.buffer.elements, made.buffer.width) == (held.buffer.elements, held.buffer.width)


def holding(name: str, function: Specification) -> Proof:
    """The proof with another table before the call."""

    def states(c: Contract) -> None:
        (proof,) = find([name])
        proof.state(c)
        c.held["Htable"] = replace(c.held["Htable"], function=function)

    return Proof(name, states)


def ensuring(name: str, function: Specification) -> Proof:
    """The proof with another result."""

    def states(c: Contract) -> None:
        (proof,) = find([name])
        proof.state(c)
        c.postconditions[0] = replace(c.postconditions[0], function=function)

    return Proof(name, states)


def other_product(Xi: list[Term], H: Term) -> list[Term]:
    """Xi • H • u"""
    return [gcm.multiply(Xi[0], H) >> 1]


def not_twisted(H: Term) -> list[Term]:
    return [H]


def no_powers(H: list[Term]) -> list[Term]:
    """The key, twelve times."""
    return [H[0].builder.concat(*H)] * 12


def without_key(Y: list[Term], X: list[Term], H: Term) -> list[Term]:
    """The state and a block, not multiplied."""
    return [Y[0] ^ X[0]]


def folding(name: str, function: Specification) -> Proof:
    """The proof with another step from block to block."""

    def states(c: Contract) -> None:
        (proof,) = find([name])
        proof.state(c)
        assert c.folding is not None
        c.folding = replace(c.folding, function=function)

    return Proof(name, states)


WRONG = {
    "another step": folding("gcm_ghash_neon", without_key),
    "another product": ensuring("gcm_gmult_v8", other_product),
    "a table that is not twisted": holding("gcm_gmult_neon", not_twisted),
    "another table": ensuring("gcm_init_v8", no_powers),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_contracts_are_refuted(aws_lc: Image, what: str) -> None:
    result = prove(WRONG[what], aws_lc, WRONG[what].name, solver_seconds=1.0)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.certificate is None
