"""Routines broken on purpose: a loop over blocks, and four ways in which it breaks its contract."""

from __future__ import annotations

import pytest

from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import PROPERTIES, Result, Verdict
from tests.prove.loop_routine import ADD, LOW_BITS, looping, sums, word
from tests.prove.routines import ENTRY, image_of_words

BRANCH_IF_ZERO = word("compare_and_branch", sf=1, imm19=2, Rt=3)  # cbz x3: over the addition
LOOK_UP = word("load_store_register_offset", size=0, opc=1, Rm=3, option=3, Rn=4, Rt=3)
CLOBBER_D8 = word("fmov_general", sf=1, ftype=1, op=1, rmode=0, Rn=3, Rd=8)
PEEK = word("load_store_unsigned_immediate", size=0, opc=1, Rn=1, Rt=6)  # ldrb w6, [x1]


def attempt(*body: int) -> Result:
    image = image_of_words(*looping(*body), data=bytes(range(8)))
    return prove(Proof("routine", sums), image, "routine", solver_seconds=1)


def test_the_routine_itself_proves() -> None:
    assert attempt(LOW_BITS, ADD).verdict is Verdict.PROVED


# the body; the property that it breaks; the reason, with the instruction
BROKEN = {
    "a branch on a secret": (
        (LOW_BITS, BRANCH_IF_ZERO, ADD),
        "constant_time",
        ("the next instruction", "words[", "bits 0 to 2", f"at {ENTRY + 16:#x}: cbz x3"),
    ),
    "an index into a table that is secret": (
        (LOW_BITS, LOOK_UP, ADD),
        "constant_time",
        ("an address", "data + 0x", "words[", "bits 0 to 2", f"at {ENTRY + 16:#x}: ldrb w3"),
    ),
    "d8 clobbered": ((LOW_BITS, CLOBBER_D8, ADD), "abi", ("d8 is not restored",)),
    "a byte read past the end on the last turn": (
        (LOW_BITS, ADD, PEEK),
        "memory",
        ("read of 1 bytes at words + 0x", f"at {ENTRY + 20:#x}: ldrb w6, [x1]"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_refuted_for_the_right_property_at_the_right_instruction(name: str) -> None:
    body, broken, reason = BROKEN[name]
    result = attempt(*body)
    assert result.verdict is Verdict.REFUTED
    assert {p for p in PROPERTIES if result.properties[p] is Verdict.REFUTED} == {broken}
    assert all(part in result.reason for part in reason), result.reason
    assert result.counterexample is not None
    assert bool(result.counterexample.other) == (broken == "constant_time")


def test_the_byte_is_the_one_past_the_end() -> None:
    result = attempt(*BROKEN["a byte read past the end on the last turn"][0])
    assert result.counterexample is not None
    size = len(bytes.fromhex(result.counterexample.buffers["words"]))
    assert f"words + {size:#x}, which has {size:#x} bytes" in result.reason
