"""Routines broken on purpose: a loop over blocks, and four ways in which it breaks its contract."""

from __future__ import annotations

import pytest

from armsym.bv.term import Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.result import PROPERTIES, Result, Verdict
from isa.encoding import CLAUSES
from tests.prove.routines import ENTRY, image_of_words

PATTERNS = {clause.name: clause.pattern for clause in CLAUSES}


def word(clause: str, **fields: int) -> int:
    """The instruction of an encoding class with these fields; those not given are 0."""
    pattern = PATTERNS[clause]
    return pattern.encode({f.name: fields.pop(f.name, 0) for f in pattern.fields} | fields)


# x0: the sum; x1: the next word; x2: how many are left; x3: the word; x4: a place in the table
LDR_SUM = word("load_store_unsigned_immediate", size=3, opc=1, Rn=0, Rt=5)
STR_SUM = word("load_store_unsigned_immediate", size=3, Rn=0, Rt=5)
NEXT_WORD = word("load_store_post_indexed", size=3, opc=1, imm9=8, Rn=1, Rt=3)
LOW_BITS = word("logical_immediate", sf=1, N=1, imms=2, Rn=3, Rd=3)  # and x3, x3, #7
ADD = word("add_sub_shifted_register", sf=1, Rm=3, Rn=5, Rd=5)
COUNT_DOWN = word("add_sub_immediate", sf=1, op=1, S=1, imm12=1, Rn=2, Rd=2)
RET = word("unconditional_branch_register", op=2, Rn=30)
BRANCH_IF_ZERO = word("compare_and_branch", sf=1, imm19=2, Rt=3)  # cbz x3: over the addition
LOOK_UP = word("load_store_register_offset", size=0, opc=1, Rm=3, option=3, Rn=4, Rt=3)
TABLE = word("pc_rel_addressing", op=1, immhi=0, immlo=1, Rd=4)  # adrp x4, the next page
CLOBBER_D8 = word("fmov_general", sf=1, ftype=1, op=1, rmode=0, Rn=3, Rd=8)
PEEK = word("load_store_unsigned_immediate", size=0, opc=1, Rn=1, Rt=6)  # ldrb w6, [x1]


def looping(*body: int) -> tuple[int, ...]:
    """For each word, the body, which adds x3 to the sum in x5."""
    back = word("conditional_branch", cond=1, imm19=(1 << 19) - 2 - len(body))
    return (LDR_SUM, TABLE, NEXT_WORD, *body, COUNT_DOWN, back, STR_SUM, RET)


def add_low_bits(total: list[Term], block: list[Term]) -> list[Term]:
    """The specification of one turn: the sum of the words modulo 8."""
    return [total[0] + (block[0] & 7)]


def sums(c: Contract) -> None:
    """`(uint64_t *sum, const uint64_t *words, size_t n)`."""
    n = c.count("n", min=1)
    total = c.buffer("sum", elements=1, width=64, access="rw")
    words = c.buffer("words", elements=1 * n, width=64, access="r")
    c.arguments(total, words, n)
    c.fold(total, add_low_bits, over=words, block=1)


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
