"""AES-GCM's kernels of AWS-LC for every number of blocks; other tables and counters fail."""

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
from armsym.contract.find import find
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from crypto_specs import aes_gcm, aes_modes, modes
from crypto_specs.words import Words
from tests.proofs.proved import check_proved

Proved = Callable[[str], Result]

ENCRYPT, DECRYPT = "aes_gcm_enc_kernel_128", "aes_gcm_dec_kernel_256_in_place"

EIGHT_AT_A_TIME = "aesv8_gcm_8x_dec_128"

# How many bytes are written ahead of what is hashed, at the head of the loop.
AHEAD = {ENCRYPT: ("out", 64), DECRYPT: ("in", 32)}


@pytest.mark.parametrize("name", AHEAD)
def test_proved(proved: Proved, aws_lc: Image, name: str) -> None:
    result = proved(name)
    check_proved(result, aws_lc)
    assert result.certificate is not None
    (loop,) = result.certificate.loops
    buffer, size = AHEAD[name]
    assert loop["turn"] == 4
    assert sum(place[2] for place in loop["places"] if place[0] == buffer) == size


def changed(certificate: Certificate, keep: Callable[[Any], bool]) -> Certificate:
    """The certificate whose invariant says nothing of places that are not to be kept."""
    (loop,) = certificate.loops
    pairs = [(p, r) for p, r in zip(loop["places"], loop["roots"], strict=True) if keep(p)]
    places, roots = zip(*pairs, strict=True)
    return replace(certificate, loops=[{**loop, "places": list(places), "roots": list(roots)}])


@pytest.mark.parametrize(
    ("offset", "reason"),
    [
        (0, "out is written ahead of the specification"),
        (48, "does not hold"),  # a block would be done, so that the others are other ones
    ],
)
def test_a_block_that_is_written_ahead_must_be_spoken_of(
    proved: Proved, aws_lc: Image, offset: int, reason: str
) -> None:
    certificate = proved(ENCRYPT).certificate
    assert certificate is not None
    omitted = changed(certificate, lambda place: place[:2] != ["out", offset])
    with pytest.raises(Refused, match=reason):
        check(omitted, aws_lc)


def test_blocks_that_are_written_ahead_must_be_what_they_are(proved: Proved, aws_lc: Image) -> None:
    certificate = proved(ENCRYPT).certificate
    assert certificate is not None
    (loop,) = certificate.loops
    where = {tuple(place): root for place, root in zip(loop["places"], loop["roots"], strict=True)}
    first, second = ("out", 0, 16), ("out", 16, 16)
    where[first], where[second] = where[second], where[first]
    roots = [where[tuple(place)] for place in loop["places"]]
    with pytest.raises(Refused, match=r"does not hold: out"):
        check(replace(certificate, loops=[{**loop, "roots": roots}]), aws_lc)


def attempt(image: Image, name: str, change: Callable[[Contract], None]) -> Result:
    """The proof with a contract that is changed."""
    (proof,) = find([name])

    def state(c: Contract) -> None:
        proof.state(c)
        change(c)

    return prove(Proof(name, state), image, proof.symbol, solver_seconds=1)


def no_powers(H: Term) -> list[Term]:
    """The key, twelve times."""
    return [H] * 12


def twice_as_fast(counter: Words, Y: Words, block: Words, w: Words, H: Term) -> aes_gcm.Step:
    following, Y, made = aes_gcm.encrypt(counter, Y, block, w, H)
    return modes.inc32(following), list(Y), made


def of_plaintext(counter: Words, Y: Words, block: Words, w: Words, H: Term) -> aes_gcm.Step:
    """Hashes what is encrypted, not what becomes of it."""
    following, made = aes_modes.ctr32(counter, block, w)
    return following, aes_gcm.absorb(Y, block, H), made


def another_table(c: Contract) -> None:
    c.held["Htable"] = replace(c.held["Htable"], function=no_powers)


def another_counter(c: Contract) -> None:
    assert c.folding is not None
    c.folding = replace(c.folding, function=twice_as_fast)


def another_hash(c: Contract) -> None:
    assert c.folding is not None
    c.folding = replace(c.folding, function=of_plaintext)


@pytest.mark.parametrize("change", [another_table, another_counter, another_hash])
def test_another_contract_is_refuted(aws_lc: Image, change: Callable[[Contract], None]) -> None:
    result = attempt(aws_lc, ENCRYPT, change)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["functional"] is Verdict.REFUTED


def test_eight_at_a_time_read_out(aws_lc: Image) -> None:
    """The contract of those that do four lets `out` be written only."""
    (proof,) = find(["aes_gcm_dec_kernel_128"])
    result = prove(proof, aws_lc, EIGHT_AT_A_TIME, solver_seconds=1)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_eight_at_a_time_are_for_one_size_of_keys(aws_lc: Image) -> None:
    (proof,) = find(["aesv8_gcm_8x_dec_192"])
    result = prove(proof, aws_lc, EIGHT_AT_A_TIME, solver_seconds=1)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["functional"] is Verdict.REFUTED
