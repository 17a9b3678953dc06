"""Scripts mean what the terms mean: z3 agrees with evaluation."""

from __future__ import annotations

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.bv import term as t
from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate, leaves, rebuild
from armsym.bv.normal import NormalBuilder
from armsym.bv.smtlib import equality_script, incremental_script
from armsym.bv.term import Term
from tests.bv.dags import dags
from tests.smt import answers


def verdict(script: str) -> str:
    solver = z3.Solver()
    solver.from_string(script)
    return str(solver.check())


def _pinned(raw: list[Term], seed: int) -> tuple[list[tuple[Term, Term]], list[Term]]:
    """Each term with its value, and the assumptions that give the leaves theirs."""
    builder = raw[0].builder
    assignment = RandomAssignment(seed)
    values = [
        builder.const(x.width, v) for x, v in zip(raw, evaluate(raw, assignment), strict=True)
    ]
    below = leaves(raw)
    fixed = zip(below, evaluate(below, assignment), strict=True)
    return (
        list(zip(raw, values, strict=True)),
        [builder.eq(x, builder.const(x.width, value)) for x, value in fixed],
    )


@settings(max_examples=80, deadline=None)
@given(dags(st.sampled_from((1, 3, 8, 16)), terms=8), st.integers(0, 1 << 16))
def test_z3_evaluates_as_we_do(raw: list[Term], seed: int) -> None:
    pairs, assumptions = _pinned(raw, seed)
    assert verdict(equality_script(pairs, assumptions)) == "unsat"
    last, value = pairs[-1]
    off = (last, value.builder.const(last.width, (value.value or 0) + 1))
    assert verdict(equality_script([off], assumptions)) == "sat"


@settings(max_examples=80, deadline=None)
@given(dags(st.sampled_from((1, 2, 3, 4)), terms=6))
def test_z3_proves_the_normal_forms(raw: list[Term]) -> None:
    raw = [x for x in raw if x.op not in (t.MUL, t.UDIV)]
    normal = rebuild(rebuild(raw, NormalBuilder()), raw[0].builder) if raw else []
    assert verdict(equality_script(list(zip(raw, normal, strict=True)))) == "unsat"


def test_shared_terms_are_printed_once() -> None:
    b = RawBuilder()
    x = b.var(64, "x")
    for _ in range(500):
        x = x + x
    assert len(equality_script([(x, x)])) < 50_000


@pytest.mark.parametrize("name", ["a|b", "a\\b", "a b", "é", "a:8", "", "x%7c;"])
def test_any_name_is_a_symbol(name: str) -> None:
    b = RawBuilder()
    x, y, f = b.var(8, name), b.var(8, "a%7c;b"), b.apply(8, name, b.var(8, "a"))
    assert verdict(equality_script([(x, x), (f, f), (y, y)])) == "unsat"
    assert verdict(equality_script([(x, y)])) == "sat"
    assert verdict(equality_script([(x, f)])) == "sat"


def test_functions_are_functions() -> None:
    b = RawBuilder()
    x, y = b.var(8, "x"), b.var(8, "y")
    pair = (b.apply(8, "f", x), b.apply(8, "f", y))
    assert verdict(equality_script([pair], [b.eq(x, y)])) == "unsat"
    assert verdict(equality_script([pair])) == "sat"


def test_model_is_asked_for_and_no_goal_is_no_counterexample() -> None:
    b = RawBuilder()
    x = b.var(8, "x")
    script = equality_script([(x, x + 1)], model=True)
    assert script.startswith("(set-option :produce-models true)\n")
    assert script.endswith("(check-sat)\n(get-model)\n")
    assert verdict(equality_script([], [b.eq(x, x)])) == "unsat"


def test_one_script_asks_of_each_pair_by_itself() -> None:
    b = RawBuilder()
    x, y = b.var(8, "x"), b.var(8, "y")
    same = b.eq(x, y)
    script = incremental_script(
        [("a law", (x + y, y + x), []), ("false", (x, y), []), ("assumed", (x, y), [same])]
    )
    assert answers(script) == ["unsat", "sat", "unsat"]


def test_terms_of_two_builders_are_refused() -> None:
    pair = RawBuilder().var(8, "x"), RawBuilder().var(8, "x")
    with pytest.raises(ValueError, match="one builder"):
        equality_script([pair])
    with pytest.raises(ValueError, match="one builder"):
        incremental_script([("a law", pair, [])])
