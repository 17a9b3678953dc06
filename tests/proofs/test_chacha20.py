"""ChaCha20 is proved for every length; what it is proved to do is what RFC 8439 says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.binary.image import Image
from armsym.contract.find import find
from armsym.contract.language import Contract, Proof
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict
from crypto_specs import chacha20
from crypto_specs.words import from_bytes, to_bytes
from tests.proofs.proved import check_proved

ROUTINE = "ChaCha20_ctr32_nohw"
CALLS = 4


@pytest.mark.parametrize("name", [ROUTINE, f"{ROUTINE}_in_place"])
def test_every_property_is_proved_and_its_certificate_accepted(
    proved: Callable[[str], Result], aws_lc: Image, name: str
) -> None:
    check_proved(proved(name), aws_lc)


def proof() -> Proof:
    (found,) = find([ROUTINE])
    return found


def folded(key: bytes, counter: int, nonce: bytes, plaintext: bytes) -> bytes:
    """What the proof's fold makes of a plaintext."""
    folding = proof().contract().folding
    assert folding is not None
    function: Any = folding.function
    words = from_bytes(64, "little", counter.to_bytes(4, "little") + nonce[:4])
    using = [from_bytes(32, "little", part) for part in (key, nonce[4:])]
    made = b""
    for start in range(0, len(plaintext), folding.block):
        block = from_bytes(8, "little", plaintext[start : start + folding.block])
        words, ciphertext = function(words, block, *using)
        made += to_bytes("little", ciphertext)
    return made


@settings(max_examples=20, deadline=None)
@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**32 - 3) | st.just(2**32 - 3),
    st.binary(min_size=12, max_size=12),
    st.binary(max_size=192),
)
def test_the_fold_is_the_rfcs_encryption_while_its_counter_does_not_wrap(
    key: bytes, counter: int, nonce: bytes, plaintext: bytes
) -> None:
    expected = chacha20.chacha20(key, counter, nonce, plaintext)
    assert folded(key, counter, nonce, plaintext) == expected


def test_where_it_wraps_they_differ() -> None:
    call = bytes(32), 2**32 - 1, bytes(12), bytes(128)
    assert folded(*call) != chacha20.chacha20(*call)


def test_a_length_of_0_runs_away(aws_lc: Image) -> None:
    def state(c: Contract) -> None:
        proof().state(c)
        c.counts["length"] = replace(c.counts["length"], minimum=0)

    result = prove(Proof(ROUTINE, state), aws_lc, ROUTINE, solver_seconds=1)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_a_call_shows_that_another_fold_is_not_what_it_does(aws_lc: Image) -> None:
    def backwards(counter: Any, block: Any, key: Any, nonce: Any) -> Any:
        assert right.folding is not None
        return right.folding.function(counter, block, key[::-1], nonce)

    right, wrong = proof().contract(), proof().contract()
    assert wrong.folding is not None
    wrong.folding = replace(wrong.folding, function=backwards)
    entry = aws_lc.symbol(ROUTINE).address
    assert Refuter(right, aws_lc, entry).search(CALLS, CALLS) is None
    found = Refuter(wrong, aws_lc, entry).search(CALLS, CALLS)
    assert found is not None and found.property == "functional"
