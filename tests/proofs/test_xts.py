"""XTS of AES-256: every length proved, calls of many lengths, and wrong contracts refuted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.binary.image import Image
from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.contract.load import own_proofs
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict
from crypto_specs import aes, aes_modes
from crypto_specs.modes import BLOCK, times_alpha, xts_block
from crypto_specs.words import Words
from tests.proofs.proved import check_proved

ENCRYPT, DECRYPT = "aes_hw_xts_encrypt", "aes_hw_xts_decrypt"

# Without the loop, after one turn of it and after two; whole blocks, and all that is stolen.
LENGTHS = (16, 17, 31, 32, 47, 48, 64, 79, 80, 81, 95, 96, 159, 160, 163, 255)


def xts(
    step: Callable[..., aes_modes.Step] = aes_modes.xts_encrypt,
    minimum: int = 16,
    key: str = "key2",
) -> Callable[[Contract], None]:
    """The contract of encryption in place, by another step, of longer ones or another tweak."""

    def state(c: Contract) -> None:
        length = c.count("length", min=minimum, max=(1 << 63) - 1)
        message = c.buffer("message", elements=length, width=8, access="rw")
        for name in ("key1", "key2"):
            schedule = c.buffer(name, elements=240, width=8, access="r")
            c.field(schedule, 240, f"{name}_rounds", 1, width=32, access="r", values=[14])
        iv = c.buffer("iv", elements=16, width=8, access="r")
        key1 = c.buffers["key1"]
        c.arguments(message, message, length, key1, c.buffers["key2"], iv)
        tweak = aes.cipher, iv, c.buffers[key]
        c.fold(iv, step, message, 16, into=message, using=[key1], start=tweak, least=16)

    return state


def attempt(image: Image, state: Callable[[Contract], None]) -> Verdict:
    return prove(Proof(ENCRYPT, state), image, ENCRYPT, solver_seconds=1).verdict


def other_polynomial(tweak: Words, block: Words, w: Words) -> aes_modes.Step:
    """Alpha to the 128 is taken to be one more than it is."""
    following, done = aes_modes.xts_encrypt(tweak, block, w)
    wrong: list[Term] = [following[0] ^ (tweak[15] >> 7), *following[1:]]
    return wrong, done


def stolen_the_other_way(tweak: Words, block: Words, w: Words) -> aes_modes.Step:
    """The last whole block takes the last tweak, as it is in decryption."""
    whole, short = block[:BLOCK], block[BLOCK:]
    if not short:
        return aes_modes.xts_encrypt(tweak, block, w)

    def ciph(x: Words) -> list[Term]:
        return aes.cipher(x, w)

    stolen = xts_block(ciph, times_alpha(tweak), whole)
    completed = xts_block(ciph, tweak, [*short, *stolen[len(short) :]])
    return times_alpha(tweak), [*completed, *stolen[: len(short)]]


def called(image: Image, proof: Proof) -> None:
    refuter = Refuter(proof.contract(), image, image.symbol(proof.symbol).address)
    for length in LENGTHS:
        call = refuter.call(length, {"length": length})
        assert call.admissible()
        assert refuter.check(call) is None


def test_calls_do_what_the_contracts_say(aws_lc: Image) -> None:
    own = [p for p in own_proofs() if p.symbol in (ENCRYPT, DECRYPT)]
    proofs = [p for p in own if not p.name.endswith("short")]
    assert len(proofs) == 4
    for proof in proofs:
        called(aws_lc, proof)


WRONG = {
    "another polynomial": xts(other_polynomial, minimum=48),
    "stolen the other way": xts(stolen_the_other_way),
    "a tweak of the other key": xts(key="key1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuted(aws_lc: Image, name: str) -> None:
    assert attempt(aws_lc, WRONG[name]) is Verdict.REFUTED


@pytest.mark.parametrize("name", [f"{ENCRYPT}_256", f"{DECRYPT}_256_in_place"])
def test_every_length_is_proved(proved: Callable[[str], Result], aws_lc: Image, name: str) -> None:
    check_proved(proved(name), aws_lc)


def short(c: Contract, bound: int) -> None:
    """Of lengths below a bound, as signed numbers: no memory is accessed but the stack."""
    names = ("source", "target", "length", "key1", "key2", "iv")
    arguments = {name: c.scalar(name) for name in names}
    c.requires(c.builder.slt(arguments["length"], c.builder.const(64, bound)))
    c.arguments(*arguments.values())
    c.writes_nothing()


@pytest.mark.parametrize("symbol", [ENCRYPT, DECRYPT])
def test_nothing_is_done_with_less_than_a_block(
    proved: Callable[[str], Result], aws_lc: Image, symbol: str
) -> None:
    check_proved(proved(f"{symbol}_short"), aws_lc)
    wrong = prove(Proof(symbol, lambda c: short(c, 17)), aws_lc, symbol, solver_seconds=1)
    assert wrong.verdict is not Verdict.PROVED
