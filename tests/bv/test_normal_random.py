"""Any raw term keeps its value when it is normalised, and normalising again changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from armsym.bv import term as t
from armsym.bv.assignment import RandomAssignment
from armsym.bv.evaluate import evaluate, rebuild
from armsym.bv.normal import NormalBuilder
from armsym.bv.normal.rules import RULES, Rule
from armsym.bv.term import Term
from tests.bv.dags import dags

slow = settings(
    max_examples=600,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def keeps_values(raw: list[Term], builder: NormalBuilder, seeds: range) -> bool:
    """Whether the normal forms evaluate as the raw terms do, on each of the assignments."""
    normal = rebuild(raw, builder)
    assignments = [RandomAssignment(seed, corner=0.4) for seed in seeds]
    return all(evaluate(raw, a) == evaluate(normal, a) for a in assignments)


@slow
@given(dags(), st.integers(0, 1 << 32))
def test_normal_forms_keep_values(raw: list[Term], seed: int) -> None:
    assert keeps_values(raw, NormalBuilder(), range(seed, seed + 4))


@slow
@given(dags())
def test_normalising_is_idempotent(raw: list[Term]) -> None:
    builder, fresh = NormalBuilder(), NormalBuilder()
    normal = rebuild(raw, builder)
    assert rebuild(normal, builder) == normal
    again = rebuild(normal, fresh)
    assert rebuild(again, builder) == normal
    assert [x.op for x in again] == [x.op for x in normal]


@slow
@given(dags())
def test_literals_are_always_folded(raw: list[Term]) -> None:
    builder = NormalBuilder()
    assert all(x.op is t.CONST or x.value is None for x in rebuild(raw, builder))


def _broken(name: str) -> Rule:
    """A rule of the same name that holds nearly always, but not always."""
    rule = next(rule for rule in RULES if rule.name == name)
    wrong = {
        "udiv-zero": lambda b, found: b.const(found["x"].width, 0),
        "ite-not": lambda b, found: b.ite(found["c"], found["x"], found["y"]),
        "ult-ones": lambda b, found: b.const(1, 1),
    }
    return Rule(name, rule.pattern, wrong[name], rule.condition)


@pytest.mark.parametrize("name", ["udiv-zero", "ite-not", "ult-ones"])
def test_a_wrong_rule_is_found(name: str) -> None:
    planted = (_broken(name), *[rule for rule in RULES if rule.name != name])

    def fails(raw: list[Term]) -> bool:
        return not keeps_values(raw, NormalBuilder(planted), range(6))

    try:
        find(
            dags(),
            fails,
            settings=settings(slow, max_examples=20_000, database=None, phases=[Phase.generate]),
        )
    except NoSuchExample:
        pytest.fail(f"no random term shows that {name} is wrong")
