"""A routine with a loop over blocks, put together with the encoder of isa, and its contract."""

from __future__ import annotations

from armsym.bv.term import Term
from armsym.contract import Contract
from isa.encoding import CLAUSES

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
TABLE = word("pc_rel_addressing", op=1, immhi=0, immlo=1, Rd=4)  # adrp x4, the next page


def looping(*body: int) -> tuple[int, ...]:
    """For each word, the body, which adds x3 to the sum in x5."""
    back = word("conditional_branch", cond=1, imm19=(1 << 19) - 2 - len(body))
    return (LDR_SUM, TABLE, NEXT_WORD, *body, COUNT_DOWN, back, STR_SUM, RET)


def add_low_bits(total: list[Term], block: list[Term]) -> list[Term]:
    """The specification of one turn: the sum of the words modulo 8."""
    return [total[0] + (block[0] & 7)]


def sums(c: Contract, minimum: int = 1) -> None:
    """`(uint64_t *sum, const uint64_t *words, size_t n)`."""
    n = c.count("n", min=minimum)
    total = c.buffer("sum", elements=1, width=64, access="rw")
    words = c.buffer("words", elements=1 * n, width=64, access="r")
    c.arguments(total, words, n)
    c.fold(total, add_low_bits, over=words, block=1)
