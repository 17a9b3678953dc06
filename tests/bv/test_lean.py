"""Theorems for Lean: the spelling of every operator, sharing, names.  Lean itself is not run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv import term as t
from armsym.bv.builder import RawBuilder
from armsym.bv.lean import theorem
from armsym.bv.term import Term

Spelling = Callable[[RawBuilder, Term, Term], Term]

# x and y are words of 8 bits, and t2 is the term; the right side is what Lean reads.
SPELLED: dict[t.Operator, tuple[Spelling, str]] = {
    t.NOT: (lambda b, x, y: ~x, "~~~«x:8»"),
    t.AND: (lambda b, x, y: x & y, "«x:8» &&& «y:8»"),
    t.OR: (lambda b, x, y: x | y, "«x:8» ||| «y:8»"),
    t.XOR: (lambda b, x, y: b.xor(x, y, x), "«x:8» ^^^ «y:8» ^^^ «x:8»"),
    t.ADD: (lambda b, x, y: x + y, "«x:8» + «y:8»"),
    t.SUB: (lambda b, x, y: x - y, "«x:8» - «y:8»"),
    t.MUL: (lambda b, x, y: x * y, "«x:8» * «y:8»"),
    t.UDIV: (
        lambda b, x, y: b.udiv(x, y),
        "bif «y:8» == 0x0#8 then 0xff#8 else «x:8» / «y:8»",
    ),
    t.SHL: (lambda b, x, y: x << y, "«x:8» <<< «y:8»"),
    t.LSHR: (lambda b, x, y: x >> y, "«x:8» >>> «y:8»"),
    t.ASHR: (lambda b, x, y: b.ashr(x, y), "BitVec.sshiftRight' «x:8» «y:8»"),
    t.ROR: (lambda b, x, y: b.ror(x, 3), "BitVec.rotateRight «x:8» 3"),
    t.EQ: (lambda b, x, y: b.eq(x, y), "BitVec.ofBool («x:8» == «y:8»)"),
    t.ULT: (lambda b, x, y: b.ult(x, y), "BitVec.ofBool (BitVec.ult «x:8» «y:8»)"),
    t.SLT: (lambda b, x, y: b.slt(x, y), "BitVec.ofBool (BitVec.slt «x:8» «y:8»)"),
    t.ITE: (
        lambda b, x, y: b.ite(b.var(1, "c"), x, y),
        "bif «c:1» == 1#1 then «x:8» else «y:8»",
    ),
    t.EXTRACT: (lambda b, x, y: x[6:2], "BitVec.extractLsb' 2 5 «x:8»"),
    t.CONCAT: (lambda b, x, y: b.concat(x, y), "«x:8» ++ «y:8»"),
    t.BITWISE: (
        lambda b, x, y: b.make(t.BITWISE, (x, y), (1, 2, 3)),
        "0x1#8 ^^^ (0x2#8 &&& «x:8») ^^^ (0x3#8 &&& «y:8»)",
    ),
    t.SUM: (
        lambda b, x, y: b.make(t.SUM, (x, y), (1, 2, 3)),
        "0x1#8 + (0x2#8 * «x:8») + (0x3#8 * «y:8»)",
    ),
    t.TABLE: (
        lambda b, x, y: b.table(4, (1, 2, 3, 4), b.var(2, "i")),
        "(bif BitVec.getLsbD «i:2» 1"
        " then (bif BitVec.getLsbD «i:2» 0 then 0x4#4 else 0x3#4)"
        " else (bif BitVec.getLsbD «i:2» 0 then 0x2#4 else 0x1#4))",
    ),
    t.CLMUL: (
        lambda b, x, y: b.clmul(b.var(2, "i"), b.var(2, "j")),
        "(bif BitVec.getLsbD «j:2» 0 then (BitVec.setWidth 4 «i:2») <<< 0 else 0x0#4) ^^^ "
        "(bif BitVec.getLsbD «j:2» 1 then (BitVec.setWidth 4 «i:2») <<< 1 else 0x0#4)",
    ),
}


def test_every_operator_has_a_spelling() -> None:
    assert {*SPELLED, t.CONST, t.VAR, t.APPLY} == set(t.OPERATORS)


@pytest.mark.parametrize("op", SPELLED, ids=repr)
def test_spelling(op: t.Operator) -> None:
    b = RawBuilder()
    spelling, expected = SPELLED[op]
    term = spelling(b, b.var(8, "x"), b.var(8, "y"))
    assert term.op is op
    text = theorem("it", term, term)
    assert f"    (t{term.number} : BitVec {term.width})\n" in text
    assert f"    (h{term.number} : t{term.number} = {expected})" in text


def test_a_theorem() -> None:
    b = RawBuilder()
    x, c = b.var(8, "x"), b.var(1, "c")
    assert theorem("a law", x, b.const(8, 7), [c]).splitlines() == [
        "theorem «a law»",
        "    («x:8» : BitVec 8)",
        "    («c:1» : BitVec 1)",
        "    (a0 : «c:1» = 1#1) :",
        "    «x:8» = 0x7#8 := by bv_decide",
    ]


def test_shared_terms_are_defined_once() -> None:
    b = RawBuilder()
    x = b.var(64, "x")
    for _ in range(500):
        x = x + x
    assert len(theorem("shared", x, x)) < 50_000


def test_leaves_that_differ_have_names_that_differ() -> None:
    b = RawBuilder()
    x = b.var(8, "x")
    f = [b.apply(8, "x", b.const(8, n)) for n in (1, 2)] + [b.apply(8, "x", x)]
    leaves = [x, b.var(16, "x"), b.var(8, "x(0x1)"), b.var(8, "x:8(0x1)"), b.var(8, "»"), *f]
    names = [theorem("it", leaf, leaf).split(" : BitVec")[-2].split("(", 1)[1] for leaf in leaves]
    assert len(set(names)) == len(leaves)
    assert all(name.count("»") == 1 for name in names)
