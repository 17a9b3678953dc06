"""Calls of what the image does not hold: nothing is shown, and nothing is refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from armsym.binary.image import Address, Image, Segment
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import ENTRY, image_of_words, increments

TABLE = ENTRY + 0x2000
GO_TO_TABLE = word("unconditional_branch_immediate", imm26=(TABLE - ENTRY) // 4)
PAGE_OF_TABLE = word("pc_rel_addressing", op=1, immhi=0, immlo=2, Rd=16)
LOAD_SLOT = word("load_store_unsigned_immediate", size=3, opc=1, imm12=0, Rn=16, Rt=17)
GO_TO_X17 = 0xD61F0220


def attempt(image: Image) -> Result:
    return prove(Proof("routine", increments), image, "routine")


def with_slot(writable: bool) -> Image:
    """The routine goes to what the loader has put into a table, if nobody has changed it."""
    slots = {0: Address("wipe", 0)}
    table = Segment("table", TABLE, bytes(8), writable, False, not writable, slots)
    image = image_of_words(PAGE_OF_TABLE, LOAD_SLOT, GO_TO_X17)
    return replace(image, segments=(*image.segments, table))


@pytest.mark.parametrize(
    "image",
    [
        replace(image_of_words(GO_TO_TABLE), externals={"wipe": TABLE}),
        with_slot(writable=False),
        with_slot(writable=True),
    ],
    ids=["undefined symbol", "loaded address", "loaded address that may change"],
)
def test_what_an_external_does_is_not_known(image: Image) -> None:
    result = attempt(image)
    assert result.verdict is Verdict.UNKNOWN
    assert "at wipe, which is not in the image" in result.reason


def test_a_target_that_is_none_is_refuted() -> None:
    image = image_of_words(word("move_wide_immediate", sf=1, opc=2, imm16=4, Rd=17), GO_TO_X17, RET)
    result = attempt(image)
    assert result.verdict is Verdict.REFUTED
    assert "fetch" in result.reason
