"""Loops over blocks: every part of an invariant is needed, and none is taken on trust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from armsym.binary.image import Image
from armsym.bv.normal import NormalBuilder
from armsym.check.certificate import Certificate
from armsym.check.replay import Refused, check
from armsym.contract.execution import Execution
from armsym.contract.language import Contract, Proof
from armsym.prove.elimination import Elimination
from armsym.prove.explore import explore
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from crypto_specs import chacha20, sha2
from crypto_specs.words import Words
from tests.check.forger import refuted_anew

Proved = Callable[[str], Result]

HARDWARE = "sha256_block_data_order_hw"
SCALAR = "sha512_block_data_order_nohw"


def certificate_of(proved: Proved, name: str) -> Certificate:
    certificate = proved(name).certificate
    assert certificate is not None and len(certificate.loops) == 1
    return certificate


def with_loop(certificate: Certificate, **changes: Any) -> Certificate:
    return replace(certificate, loops=[{**certificate.loops[0], **changes}])


def without(certificate: Certificate, place: list[Any]) -> Certificate:
    """The certificate whose invariant says nothing of a place."""
    loop = certificate.loops[0]
    kept = [i for i, p in enumerate(loop["places"]) if p != place]
    assert len(kept) == len(loop["places"]) - 1
    return with_loop(
        certificate,
        places=[loop["places"][i] for i in kept],
        roots=[loop["roots"][i] for i in kept],
    )


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (HARDWARE, ["x", 1, 0]),  # the pointer into the message, which changes
        (HARDWARE, ["x", 2, 0]),  # the count, which is public
        (HARDWARE, ["v", 0, 0]),  # half of the state, which is secret
        (HARDWARE, ["v", 8, 0]),  # a callee-saved register that the routine leaves alone
        (HARDWARE, ["x", 31, 0]),  # the stack pointer
        (HARDWARE, ["stack", 4080, 8]),  # the spilled frame pointer
        (SCALAR, ["state", 16, 8]),  # a word of the state in memory
        (SCALAR, ["stack", 4056, 8]),  # a spilled callee-saved register
        (SCALAR, ["stack", 4064, 8]),  # the spilled address of the state
    ],
    ids=str,
)
def test_an_invariant_that_omits_what_is_needed_is_refused(
    proved: Proved, aws_lc: Image, name: str, place: list[Any]
) -> None:
    certificate = certificate_of(proved, name)
    check(certificate, aws_lc)
    with pytest.raises(Refused):
        check(refuted_anew(without(certificate, place), aws_lc), aws_lc)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"turn": 2}, "does not hold"),
        ({"turn": 0}, "does no blocks"),
        ({"facts": []}, "at least 0"),
        ({"facts": [[0, [["blocks", 1], ["spec.done", -1]]], [-2, [["blocks", 1]]]]}, "blocks"),
        ({"facts": [[0, [["blocks", 1], ["spec.done", -1]]], [-2, [["spec.done", 1]]]]}, "limit"),
        ({"variant": [0, [["spec.done", 1]]]}, "does not become less"),
        ({"variant": [5, []]}, "does not become less"),
        ({"variant": [-1, [["spec.done", -1]]]}, "at least 0"),
    ],
    ids=str,
)
def test_an_induction_that_does_not_hold_is_refused(
    proved: Proved, aws_lc: Image, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        check(refuted_anew(with_loop(certificate_of(proved, HARDWARE), **changes), aws_lc), aws_lc)


def test_without_its_loop_the_run_does_not_end(proved: Proved, aws_lc: Image) -> None:
    with pytest.raises(Refused, match=r"within the limit|not shown to be inside"):
        check(refuted_anew(replace(certificate_of(proved, HARDWARE), loops=[]), aws_lc), aws_lc)


def attempt(image: Image, state: Callable[[Contract], None], name: str = HARDWARE) -> Result:
    return prove(Proof(name, state), image, name, solver_seconds=1)


def blocks_from(minimum: int, step: Callable[..., Any] = sha2.sha256_compress) -> Any:
    def state(c: Contract) -> None:
        blocks = c.count("blocks", min=minimum)
        state = c.buffer("state", elements=8, width=32, access="rw")
        data = c.buffer("in", elements=16 * blocks, width=32, access="r", byte_order="big")
        c.arguments(state, data, blocks)
        c.fold(state, step, over=data, block=16)

    return state


def test_any_number_of_blocks_from_two(aws_lc: Image) -> None:
    assert attempt(aws_lc, blocks_from(2)).verdict is Verdict.PROVED


def test_no_blocks_run_away(aws_lc: Image) -> None:
    """The routine tests its count at the end of a turn: 0 blocks are 2^64 of them."""
    result = attempt(aws_lc, blocks_from(0))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_a_fold_of_something_else_is_refuted(aws_lc: Image) -> None:
    def backwards(state: Any, block: Any) -> Any:
        return sha2.sha256_compress(state, list(reversed(block)))

    result = attempt(aws_lc, blocks_from(1, backwards))
    assert result.verdict is Verdict.REFUTED
    assert result.properties["functional"] is Verdict.REFUTED


def test_a_message_one_word_short_is_a_memory_error(aws_lc: Image) -> None:
    def state(c: Contract) -> None:
        blocks = c.count("blocks", min=1)
        state = c.buffer("state", elements=8, width=32, access="rw")
        data = c.buffer("in", elements=15 * blocks, width=32, access="r", byte_order="big")
        c.arguments(state, data, blocks)
        c.fold(state, lambda s, b: sha2.sha256_compress(s, [*b, b[0]]), over=data, block=15)

    result = attempt(aws_lc, state)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["memory"] is Verdict.REFUTED


def test_a_turn_does_whole_blocks(aws_lc: Image) -> None:
    """With from 1 to 63 words behind it, the block that a turn does would be the last, and longer.

    The step tells the difference; calls of a few words more than one block would too.
    """

    def step(counter: Words, block: Words, key: Words, nonce: Words) -> Any:
        low, high = counter[0][31:0], counter[0][63:32]
        made = chacha20.encrypt(key, low, [high, *nonce], block)
        return [counter[0] + 1], made if len(block) == 64 else block

    def state(c: Contract) -> None:
        length = c.count("length", min=64)
        data = c.buffer("data", elements=length, width=8, access="rw")
        key = c.buffer("key", elements=8, width=32, access="r")
        counter = c.buffer("counter", elements=1, width=64, access="r")
        nonce = c.field(counter, 8, "nonce", elements=2, width=32, access="r")
        c.arguments(data, data, length, key, counter)
        c.fold(counter, step, over=data, block=64, into=data, using=[key, nonce], least=64)

    name = "ChaCha20_ctr32_nohw"
    contract, entry = Proof(name, state).contract(), aws_lc.symbol(name).address
    exploration = explore(Execution(contract, aws_lc, entry, NormalBuilder(), search=Elimination()))
    assert str(exploration.stops[0]) == "fewer than 64 words may be left where blocks are done"


def test_a_loop_without_end_is_refused(proved: Proved) -> None:
    """In front of the routine there is one that, for five blocks, never ends.

    Its variant is less after each turn, and not negative while the number of blocks is below 2^64:
    nothing says that it stays below.
    """
    good = certificate_of(proved, HARDWARE)
    front = 0x10_0000
    words = (
        0xF100145F,  # cmp x2, #5
        0x54000040,  # b.eq #0x10000c
        0x14000000 | (good.entry - front - 8) // 4,  # b to the routine
        0x14000000,  # b #0x10000c
    )
    code = b"".join([word.to_bytes(4, "little") for word in words])
    endless = {
        "head": front + 12,
        "latches": [front + 12],
        "turn": 1,
        **{key: [] for key in ("places", "roots", "facts")},
        "variant": [1 << 64, [["spec.done", -1]]],
    }
    fields = asdict(good)
    fields.update(entry=front, code=[[front, code.hex(), True], *good.code], steps=2 * good.steps)
    with pytest.raises(Refused, match="may do more than 2\\^64 blocks"):
        check(refuted_anew(Certificate(**{**fields, "loops": [*good.loops, endless]})), None)
    with pytest.raises(Refused, match="does not end"):
        check(refuted_anew(Certificate(**fields)), None)
