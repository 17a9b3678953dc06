"""Each rewrite rule: a term that it rewrites, proved by z3, and a near miss left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import z3

from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import rebuild
from armsym.bv.normal import NormalBuilder
from armsym.bv.normal.rules import RULES
from armsym.bv.smtlib import equality_script
from armsym.bv.term import Term


class Leaves:
    """Variables of 8 bits and of one, and literals of 8 bits."""

    def __init__(self, b: Builder) -> None:
        self.b = b
        self.x, self.y, self.z = [b.var(8, name) for name in "xyz"]
        self.c, self.d = [b.var(1, name) for name in "cd"]

    def k(self, value: int) -> Term:
        return self.b.const(8, value)

    def wide(self, high: int) -> Term:
        """x between a literal and zeros."""
        return self.b.concat(self.b.const(4, high), self.x, self.k(0))


Spelling = Callable[[Leaves], Term]

EXAMPLES: dict[str, tuple[Spelling, Spelling]] = {
    "ite-same": (lambda v: v.b.ite(v.c, v.x, v.x), lambda v: v.b.ite(v.c, v.x, v.y)),
    "ite-one-bit": (lambda v: v.b.ite(v.c, v.d, v.x[0]), lambda v: v.b.ite(v.c, v.x, v.y)),
    "ite-not": (lambda v: v.b.ite(~v.c, v.x, v.y), lambda v: v.b.ite(v.c ^ v.d, v.x, v.y)),
    "ite-then-again": (
        lambda v: v.b.ite(v.c, v.b.ite(v.c, v.x, v.y), v.z),
        lambda v: v.b.ite(v.c, v.b.ite(v.d, v.x, v.y), v.z),
    ),
    "ite-else-again": (
        lambda v: v.b.ite(v.c, v.x, v.b.ite(v.c, v.y, v.z)),
        lambda v: v.b.ite(v.c, v.x, v.b.ite(v.d, v.y, v.z)),
    ),
    "eq-one-bit": (lambda v: v.b.eq(v.c, v.d), lambda v: v.b.eq(v.x, v.y)),
    "eq-xor": (lambda v: v.b.eq(v.x ^ v.y, v.k(0)), lambda v: v.b.eq(v.x ^ v.y ^ v.z, v.k(0))),
    "eq-xor-literal": (
        lambda v: v.b.eq(v.x ^ v.y, v.k(5)),
        lambda v: v.b.eq(v.x ^ (v.y & 7), v.k(5)),
    ),
    "eq-odd": (
        lambda v: v.b.eq(v.x * 2 + v.y * 6, v.k(1)),
        lambda v: v.b.eq(v.x * 2 + v.y * 3, v.k(1)),
    ),
    "eq-padded": (
        lambda v: v.b.eq(v.wide(0), v.b.const(20, 0)),
        lambda v: v.b.eq(v.b.concat(v.y, v.x), v.b.const(16, 0)),
    ),
    "ult-one-bit": (lambda v: v.b.ult(v.c, v.d), lambda v: v.b.ult(v.x, v.y)),
    "ult-same": (lambda v: v.b.ult(v.x, v.x), lambda v: v.b.ult(v.x, v.y)),
    "ult-zero": (lambda v: v.b.ult(v.x, v.k(0)), lambda v: v.b.ult(v.x, v.k(2))),
    "ult-one": (lambda v: v.b.ult(v.x, v.k(1)), lambda v: v.b.ult(v.x, v.k(2))),
    "ult-from-zero": (lambda v: v.b.ult(v.k(0), v.x), lambda v: v.b.ult(v.k(1), v.x)),
    "ult-ones": (lambda v: v.b.ult(v.x, v.k(-1)), lambda v: v.b.ult(v.x, v.k(254))),
    "ult-from-ones": (lambda v: v.b.ult(v.k(-1), v.x), lambda v: v.b.ult(v.k(254), v.x)),
    "slt-one-bit": (lambda v: v.b.slt(v.c, v.d), lambda v: v.b.slt(v.x, v.y)),
    "slt-same": (lambda v: v.b.slt(v.x, v.x), lambda v: v.b.slt(v.x, v.y)),
    "slt-zero": (lambda v: v.b.slt(v.x, v.k(0)), lambda v: v.b.slt(v.x, v.k(1))),
    "udiv-one": (lambda v: v.b.udiv(v.x, v.k(1)), lambda v: v.b.udiv(v.x, v.k(3))),
    "udiv-zero": (lambda v: v.b.udiv(v.x, v.k(0)), lambda v: v.b.udiv(v.x, v.k(3))),
    "udiv-power": (lambda v: v.b.udiv(v.x, v.k(8)), lambda v: v.b.udiv(v.x, v.k(9))),
    "shl-of-zero": (lambda v: v.b.shl(v.k(0), v.x), lambda v: v.b.shl(v.k(-1), v.x)),
    "lshr-of-zero": (lambda v: v.b.lshr(v.k(0), v.x), lambda v: v.b.lshr(v.k(-1), v.x)),
    "ashr-of-zero": (lambda v: v.b.ashr(v.k(0), v.x), lambda v: v.b.ashr(v.k(1), v.x)),
    "ashr-of-ones": (lambda v: v.b.ashr(v.k(-1), v.x), lambda v: v.b.ashr(v.k(127), v.x)),
}


def test_each_rule_has_an_example() -> None:
    assert list(EXAMPLES) == [rule.name for rule in RULES]


@pytest.mark.parametrize("name", EXAMPLES)
def test_rule_is_used_and_true(name: str) -> None:
    raw, builder = RawBuilder(), NormalBuilder()
    spelled = EXAMPLES[name][0](Leaves(raw))
    (rewritten,) = rebuild([spelled], builder)
    assert builder.hits[name]
    (result,) = rebuild([rewritten], raw)
    solver = z3.Solver()
    solver.from_string(equality_script([(spelled, result)]))
    assert solver.check() == z3.unsat


@pytest.mark.parametrize("name", EXAMPLES)
def test_near_miss_is_left_alone(name: str) -> None:
    builder = NormalBuilder()
    EXAMPLES[name][1](Leaves(builder))
    assert not builder.hits[name]


def test_a_padded_one_is_never_zero() -> None:
    v = Leaves(NormalBuilder())
    assert v.b.eq(v.wide(1), v.b.const(20, 0)).value == 0
