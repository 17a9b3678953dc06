"""ChaCha20 is proved for every length; what it is proved to do is what RFC 8439 says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.binary.image import Image
from armsym.check.certificate import Certificate
from armsym.check.replay import Refused, check
from armsym.contract.find import find
from armsym.contract.language import Contract, Proof
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict
from crypto_specs import chacha20
from crypto_specs.words import from_bytes, to_bytes
from tests.proofs.proved import check_proved

ROUTINE = "ChaCha20_ctr32_nohw"
NEON = "ChaCha20_ctr32_neon"
EIGHT = "ChaCha20_512_neon"
CALLS = 4


# ctr32 jumps into the routine for eight blocks at once: its proof covers that one's loops.
@pytest.mark.parametrize("name", [ROUTINE, f"{ROUTINE}_in_place", NEON])
def test_every_property_is_proved_and_its_certificate_accepted(
    proved: Callable[[str], Result], aws_lc: Image, name: str
) -> None:
    check_proved(proved(name), aws_lc)


def proof() -> Proof:
    (found,) = [p for p in find([ROUTINE]) if p.name == ROUTINE]
    return found


def folded(key: bytes, counter: int, nonce: bytes, plaintext: bytes) -> bytes:
    """What the proof's fold makes of a plaintext."""
    folding = proof().contract().folding
    assert folding is not None
    function: Any = folding.function
    words = from_bytes(32, "little", counter.to_bytes(4, "little") + nonce)
    using = from_bytes(32, "little", key)
    made = b""
    for start in range(0, len(plaintext), folding.block):
        block = from_bytes(8, "little", plaintext[start : start + folding.block])
        words, ciphertext = function(words, block, using)
        made += to_bytes("little", ciphertext)
    return made


@settings(max_examples=20, deadline=None)
@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**32 - 1) | st.just(2**32 - 1),
    st.binary(min_size=12, max_size=12),
    st.binary(max_size=192),
)
def test_the_fold_is_the_rfcs_encryption(
    key: bytes, counter: int, nonce: bytes, plaintext: bytes
) -> None:
    expected = chacha20.chacha20(key, counter, nonce, plaintext)
    assert folded(key, counter, nonce, plaintext) == expected


def one_more(c: Contract) -> None:
    """The contract that lets the counter wrap around by a block."""
    proof().state(c)
    first = c.builder.zero_extend(c.element(c.buffers["counter"], 0), 64)
    left = (1 << 38) + 64 - first * 64
    c.conditions[:] = [~c.builder.ult(left, c.number(c.counts["length"]))]


def test_a_counter_that_wraps_is_not_proved(aws_lc: Image) -> None:
    result = prove(Proof(ROUTINE, one_more), aws_lc, ROUTINE, solver_seconds=1)
    assert result.verdict in (Verdict.REFUTED, Verdict.UNKNOWN)


def changed(made: Certificate, change: Callable[[list[Any], int], int | None]) -> Certificate:
    """The certificate with another term in some places, or none."""
    (loop,) = made.loops
    terms = [change(place, n) for n, place in enumerate(loop["places"])]
    kept = [(p, t) for p, t in zip(loop["places"], terms, strict=True) if t is not None]
    places, roots = [p for p, _ in kept], [loop["roots"][t] for _, t in kept]
    return replace(made, loops=[{**loop, "places": places, "roots": roots}])


def test_the_invariant_says_that_the_counter_counts_the_blocks(
    proved: Callable[[str], Result], aws_lc: Image
) -> None:
    made = proved(ROUTINE).certificate
    assert made is not None
    counter = made.loops[0]["places"].index(["spec", 0, 0])
    check(changed(made, lambda place, n: n), aws_lc)
    with pytest.raises(Refused, match=r"does not hold|differ in meaning"):
        check(changed(made, lambda place, n: None if n == counter else n), aws_lc)
    with pytest.raises(Refused, match=r"does not hold|differ in meaning"):
        check(changed(made, lambda place, n: n + 1 if n == counter else n), aws_lc)


def shorter(name: str) -> Proof:
    """The proof for lengths from one less on."""
    (right,) = [p for p in find([name]) if p.name == name]

    def state(c: Contract) -> None:
        right.state(c)
        length = c.counts["length"]
        c.counts["length"] = replace(length, minimum=length.minimum - 1)

    return Proof(name, state)


@pytest.mark.parametrize("name", [ROUTINE, NEON])
def test_a_length_of_0_runs_away(aws_lc: Image, name: str) -> None:
    result = prove(shorter(name), aws_lc, name, solver_seconds=1)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_eight_blocks_are_the_least_for_eight_at_once(aws_lc: Image) -> None:
    result = prove(shorter(EIGHT), aws_lc, EIGHT, solver_seconds=1)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_a_call_shows_that_another_fold_is_not_what_it_does(aws_lc: Image) -> None:
    def backwards(counter: Any, block: Any, key: Any) -> Any:
        assert right.folding is not None
        return right.folding.function(counter, block, key[::-1])

    right, wrong = proof().contract(), proof().contract()
    assert wrong.folding is not None
    wrong.folding = replace(wrong.folding, function=backwards)
    entry = aws_lc.symbol(ROUTINE).address
    assert Refuter(right, aws_lc, entry).search(CALLS, CALLS) is None
    found = Refuter(wrong, aws_lc, entry).search(CALLS, CALLS)
    assert found is not None and found.property == "functional"
