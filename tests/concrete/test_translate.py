"""Terms as Python have the values that they have as terms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.bv import term as t
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate, leaves, rebuild
from armsym.bv.term import OPERATORS, Operator, Term
from armsym.concrete.translate import Scope, Statements
from tests.bv.dags import WIDTHS, Pool, values

# Leaves, and what only the normal forms have.
OTHERS = (t.CONST, t.VAR, t.APPLY, t.BITWISE, t.SUM)
TRANSLATED = [op for op in OPERATORS if op not in OTHERS]


@st.composite
def dags(draw: st.DrawFn, op: Operator) -> list[Term]:
    """Raw terms, the first of this operator, whose variables have names of their own."""
    pool = Pool(draw, draw(WIDTHS))
    ops = [op, *draw(st.lists(st.sampled_from(TRANSLATED), max_size=6))]
    for each in ops:
        pool.terms.append(pool.term(each, draw(st.sampled_from(pool.widths))))
    builder = RawBuilder()
    return rebuild(pool.terms, builder, lambda x: builder.var(x.width, f"{x.param[1]}{x.width}"))


def computed(roots: list[Term], numbers: dict[str, int]) -> list[int]:
    """The values of the roots, by the statements that compute them."""
    scope = Scope()
    statements = Statements(roots, scope)
    texts = [statements.expression(root) for root in roots]
    names = {**scope.names, **numbers}
    exec("\n".join(statements.lines), names)
    return [eval(text, names) for text in texts]


@pytest.mark.parametrize("op", TRANSLATED, ids=str)
@settings(max_examples=25)
@given(data=st.data())
def test_values(op: Operator, data: st.DataObject) -> None:
    roots = data.draw(dags(op))
    variables = leaves(roots)
    numbers = {str(x.param[1]): data.draw(values(x.width)) for x in variables}
    expected = evaluate(roots, lambda width, name, args: numbers[name])
    found = computed(roots, numbers)
    assert found == expected
    assert {type(value) for value in found} == {int}


def test_a_deep_term_is_taken_apart() -> None:
    builder = RawBuilder()
    term = x = builder.var(64, "x")
    for n in range(2000):
        term = builder.sub(builder.const(64, n), term)
    (value,) = computed([term], {"x": 5})
    assert value == evaluate([term], lambda width, name, args: 5)[0]
    assert x in leaves([term])


def test_no_term_is_computed_twice() -> None:
    """Or else this would take for ever."""
    builder = RawBuilder()
    term = builder.var(64, "x")
    for _ in range(200):
        term = term * term
    assert computed([term], {"x": 3}) == [pow(3, 1 << 200, 1 << 64)]


def test_tables_are_shared() -> None:
    builder = RawBuilder()
    x, y = builder.var(1, "x"), builder.var(1, "y")
    tables = [builder.table(8, (3, 5), x), builder.table(8, (3, 5), y), builder.table(8, (5, 3), x)]
    scope = Scope()
    statements = Statements(tables, scope)
    for table in tables:
        statements.expression(table)
    assert len([name for name in scope.names if name.startswith("table")]) == 2
