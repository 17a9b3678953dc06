"""Register 31 is the zero register but where the manual says that it is the stack pointer."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import leaves
from isa import Clause
from isa.outcomes import Outcome
from tests.isa.step import classes_of, run_on


def is_sp(clause: str, register: str, fields: Mapping[str, int]) -> bool:
    """Whether 31 in this field is SP: the manual's <Xn|SP> and <Xd|SP>."""
    if clause == "logical_immediate":
        return register == "Rd" and fields["opc"] != 0b11
    if clause in ("add_sub_immediate", "add_sub_extended_register"):
        return register == "Rn" or (register == "Rd" and not fields["S"])
    return False


def involves_sp(clause: Clause, word: int) -> bool:
    """Whether the instruction changes SP, or anything after it depends on SP."""
    raw = RawBuilder()
    terms = run_on(raw, clause, word, raw.var)
    sp, after = raw.var(64, "x31"), terms.pop(31)
    return after is not sp or sp in leaves(terms)


ROLES = [
    (clause, field.name)
    for group in ("immediate", "register", "branches")
    for clause in classes_of(group)
    for field in clause.pattern.fields
    if field.name.startswith("R")
]


@pytest.mark.parametrize(
    ("clause", "register"), ROLES, ids=[f"{clause.name}-{name}" for clause, name in ROLES]
)
def test_role(clause: Clause, register: str) -> None:
    source = random.Random(f"{clause.name} {register}")
    accepted = 0
    for _ in range(300):
        fields = clause.pattern.decode(clause.pattern.random_word(source))
        fields |= {name: n % 31 for name, n in fields.items() if name.startswith("R")}
        if clause.name == "multiply_high":
            fields["Ra"] = 31  # should be one
        fields[register] = 31
        try:
            involved = involves_sp(clause, clause.pattern.encode(fields))
        except Outcome:
            continue
        accepted += 1
        assert involved == is_sp(clause.name, register, fields), fields
        if accepted == 40:
            break
    assert accepted
