"""The block functions of MD5, SHA-1 and SHA-3 are proved; wrong standards and contracts are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, reduce
from pathlib import Path
from typing import Any

import pytest

from armsym.binary.image import Image
from armsym.check.certificate import Certificate
from armsym.check.replay import Refused, check
from armsym.contract.find import find
from armsym.contract.language import ByteOrder, Contract, Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from armsym.report.certificates import checked
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
    "sha3_keccak4_f1600_alt",
    "sha3_keccak4_f1600_alt2",
    "KeccakF1600_hw",
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
        rc = c.buffer("rc", elements=how_many, width=64, access="r")
        c.arguments(a, rc)
        c.fold(a, function, over=rc, block=1)

    return state


def permutation(constants: Sequence[int], function: Any = sha3.Rnd_block) -> Any:
    """The contract of a routine that does a round with each of these constants."""

    def state(c: Contract) -> None:
        a = c.buffer("a", elements=25, width=64, access="rw")
        c.arguments(a)
        c.fold(a, function, over=constants, block=1)

    return state


def four_states(rounds: Sequence[int]) -> Any:
    """The contract of a routine that does so many rounds on each of four states."""

    def state(c: Contract) -> None:
        a = [c.buffer("a", elements=25, width=64, access="rw")]
        a += [c.field(a[0], 200 * n, f"a{n}", 25, 64, "rw") for n in (1, 2, 3)]
        rc = c.buffer("rc", elements=24, width=64, access="r")
        c.arguments(a[0], rc)
        for one, number in zip(a, rounds, strict=True):
            c.ensures(one, lambda A, rc, n=number: reduce(sha3.Rnd, rc[:n], A), one, rc)

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
        ("sha3_keccak4_f1600_alt2", four_states([24, 24, 23, 24]), "functional"),
        ("KeccakF1600_hw", permutation([*sha3.RC[:23], 0]), "functional"),
        ("KeccakF1600_hw", permutation(sha3.RC[:23]), "functional"),
        ("KeccakF1600_hw", permutation(sha3.RC, without_chi), "functional"),
    ],
    ids=[
        "another message",
        "no blocks, counted in 32 bits",
        "another message, crypto extension",
        "no blocks",
        "another round",
        "a round more than constants",
        "a round less than constants",
        "a round less on one state",
        "another constant at last",
        "a constant less",
        "another round, with its own constants",
    ],
)
def test_what_a_routine_does_not_do_is_refuted(
    aws_lc: Image, name: str, contract: Callable[[Contract], None], broken: str
) -> None:
    result = attempt(aws_lc, name, contract)
    assert result.verdict is Verdict.REFUTED, result.reason
    assert result.properties[broken] is Verdict.REFUTED


@cache
def cuts_of(proved: Proved) -> Certificate:
    certificate = proved("KeccakF1600_hw").certificate
    assert certificate is not None and not certificate.loops and not certificate.lemmas
    assert len(certificate.cuts) == 24 * 25
    return certificate


# A field of a cut (armsym.check.cuts), and how it is changed.
TIME, NUMBER, INVERTED, ROTATION, DONE, WORD = 0, 2, 4, 5, 8, 9


@pytest.mark.parametrize(
    ("field", "cut"),
    [(TIME, 0), (NUMBER, 24), (INVERTED, 599), (ROTATION, 300), (DONE, 550), (WORD, 599)],
)
def test_a_certificate_with_another_cut_is_refused(
    proved: Proved, aws_lc: Image, field: int, cut: int
) -> None:
    good = cuts_of(proved)
    cuts = [list(entry) for entry in good.cuts]
    old = cuts[cut][field]
    cuts[cut][field] = not old if field == INVERTED else old - 1 if old else 1
    with pytest.raises(Refused):
        check(replace(good, cuts=cuts), aws_lc)


@pytest.mark.parametrize("cut", [25, 300, 574])
def test_a_certificate_without_a_cut_is_refused(proved: Proved, aws_lc: Image, cut: int) -> None:
    """The word's variable comes in again two blocks later, and is in words that are made of it."""
    good = cuts_of(proved)
    with pytest.raises(Refused, match="an earlier word still"):
        check(replace(good, cuts=[*good.cuts[:cut], *good.cuts[cut + 1 :]]), aws_lc)


def test_a_certificate_without_cuts_is_too_large(
    proved: Proved, aws_lc: Image, tmp_path: Path
) -> None:
    file = tmp_path / "uncut.cert"
    file.write_bytes(replace(cuts_of(proved), cuts=[]).to_bytes())
    found = checked(file, aws_lc, None, frozenset(), seconds=3, memory=512 << 20)
    assert found["verdict"] != "ACCEPTED"


def test_another_constant_in_the_image_is_refuted(proved: Proved, aws_lc: Image) -> None:
    constants = [address for address, _, executed in cuts_of(proved).code if not executed]
    changed = aws_lc.patched(constants[0], b"\x00")
    assert attempt(changed, "KeccakF1600_hw", permutation(sha3.RC)).verdict is Verdict.REFUTED


def test_another_operand_in_one_of_many_rounds_is_refuted(aws_lc: Image) -> None:
    name = "sha3_keccak4_f1600_alt"
    (proof,), address = find([name]), aws_lc.symbol(name).address + 4 * 499  # an EOR
    word = aws_lc.word(address) ^ 1 << 16
    changed = aws_lc.patched(address, word.to_bytes(4, "little"))
    assert prove(proof, changed, name, solver_seconds=1).verdict is Verdict.REFUTED


def test_more_blocks_than_a_count_of_32_bits_holds_are_not_proved(aws_lc: Image) -> None:
    contract = blocks(md5.compress, 4, min=1, max=(1 << 32) + 1)
    assert attempt(aws_lc, "md5_block_asm_data_order", contract).verdict is not Verdict.PROVED
