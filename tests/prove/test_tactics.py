"""Tactics: each has a goal that no other settles; what they say is replayed by a fresh kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from armsym.bv.data import Nodes
from armsym.bv.term import AND, Term
from armsym.check.evidence import Evidence
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.theorem import Equation, Kernel, KernelError, Theorem
from armsym.prove.sat import Counterexample, Undecided
from armsym.prove.tactics import decide
from armsym.prove.tactics.choose import condition, elements, narrow, shared
from armsym.prove.tactics.combine import cases, cut, generalize, orelse, relevant, split, then
from armsym.prove.tactics.decide import clausal, evaluation, meaning, polynomials, table, word
from armsym.prove.tactics.goal import (
    Goal,
    Lemmas,
    Open,
    Outcome,
    Refuted,
    Settled,
    Step,
    Tactic,
    assignment,
    stuck,
)
from armsym.prove.tactics.strategy import default

# Seconds for what a solver can do, and for what it can't.
PATIENCE, HASTE = 60.0, 0.5


def replayed(goal: Goal, step: Step) -> Theorem:
    """What a kernel that has seen nothing makes of the evidence, as it is written to a file."""
    lemmas = Lemmas()
    last = lemmas.add(step)
    roots = lemmas.pool.add(goal.roots)
    written = json.loads(json.dumps([lemmas.list, lemmas.pool.operators, lemmas.pool.nodes]))
    kernel = Kernel(KernelBuilder())
    nodes = Nodes(*written[1:])
    *facts, actual, expected = nodes.terms(roots, kernel.builder)
    theorem = Evidence(nodes, written[0], [[0, last]]).equate(kernel, 0, actual, expected)
    assert theorem.conclusion == Equation(actual, expected)
    assert theorem.hypotheses <= set(facts)
    return theorem


def settled(goal: Goal, outcome: Outcome) -> Theorem:
    assert isinstance(outcome, Settled), outcome
    return replayed(goal, outcome.step)


@dataclass(frozen=True)
class Words:
    """Variables to make goals of."""

    b: KernelBuilder

    def __getattr__(self, name: str) -> Term:
        """Variable x64 has 64 bits."""
        return self.b.var(int(name[1:]), name)

    def wide(self, x: Term) -> Term:
        return self.b.zero_extend(x, 64)


@pytest.fixture
def w() -> Words:
    return Words(KernelBuilder())


def either_way(x: Term, y: Term) -> Term:
    """x + y, which meaning does not see."""
    return (x & y) + (x | y)


def square_of_sum(w: Words) -> Goal:
    a, b = w.a7, w.b7
    two = w.b.const(7, 2)
    return Goal((), (a + b) * (a + b), a * a + two * (a * b) + b * b)


def sum_either_way(w: Words) -> Goal:
    return Goal((), either_way(w.x64, w.y64), w.x64 + w.y64)


def distributed(w: Words, factor: Term) -> Goal:
    return Goal((), (w.x64 + w.y64) * factor, w.x64 * factor + w.y64 * factor)


def choice_of_factors(w: Words) -> Goal:
    x, y, nothing = w.x64, w.y64, w.b.const(64, 0)
    chosen = w.b.ult(x, y)
    return Goal((), w.b.ite(chosen, x * y, nothing), x * w.b.ite(chosen, y, nothing))


def sum_of_hard_terms(w: Words) -> Goal:
    p, q = w.b.udiv(w.x64, w.y64), w.x64 * w.x64 * w.y64
    return Goal((), either_way(p, q), p + q)


def square_of_elements(w: Words) -> Goal:
    """A square of a sum of elements; a table takes variables."""
    x, y = w.b.apply(7, "in", w.i64), w.b.apply(7, "out", w.i64)
    return Goal((), (x + y) * (x + y), x * x + (x * y + x * y) + y * y)


def product_of_sum(w: Words) -> Goal:
    """Carry-less products of 64 bits, which are too much for a proof in clauses."""
    x, y, z = w.x64, w.y64, w.z64
    return Goal((), w.b.clmul(x ^ y, z), w.b.clmul(x, z) ^ w.b.clmul(y, z))


def two_stages(w: Words) -> Goal:
    """Distribution, which takes cases, then a sum either way, which takes a proof in clauses."""
    factor = w.wide(w.k4)
    x, y = w.x64 * factor, w.y64 * factor
    return Goal((), (w.x64 + w.y64) * factor, either_way(x, y))


def between(goal: Goal) -> Term | None:
    """x + y, where x and y are added either way."""
    both = goal.expected.args[0] if goal.expected.args else goal.expected
    return both.args[0] + both.args[1] if both.op is AND else None


def tactics(seconds: float) -> dict[str, Tactic]:
    """By name; a solver has so much time."""
    proof = clausal(seconds)
    by_cases = then(cases(narrow(4)), meaning)
    in_general = then(generalize(shared), proof)
    return {
        "table": table,
        "polynomials": polynomials,
        "clausal": proof,
        "split": then(split(condition), meaning),
        "cases": by_cases,
        "generalize shared": in_general,
        "generalize elements": then(generalize(elements), table),
        "cut": then(cut(between), orelse(by_cases, in_general)),
        "word": word(seconds),
    }


# For each tactic the goal that it alone settles of those that need nobody's word; and the word
# settles one that no other does.
OWN: dict[str, Callable[[Words], Goal]] = {
    "table": square_of_sum,
    "polynomials": product_of_sum,
    "clausal": sum_either_way,
    "split": choice_of_factors,
    "cases": lambda w: distributed(w, w.wide(w.k4)),
    "generalize shared": sum_of_hard_terms,
    "generalize elements": square_of_elements,
    "cut": two_stages,
    "word": lambda w: distributed(w, w.z64),
}


@pytest.mark.parametrize("name", OWN)
def test_each_tactic_has_a_goal_that_only_it_settles(w: Words, name: str) -> None:
    goal = OWN[name](w)
    theorem = settled(goal, tactics(PATIENCE)[name](goal))
    assert bool(theorem.rests_on) == (name == "word")
    for other, tactic in tactics(HASTE).items():
        if other not in (name, "word"):
            assert isinstance(tactic(goal), Open), other


@pytest.mark.parametrize("name", [name for name in OWN if name != "cut"])
def test_the_default_settles_all_but_what_takes_an_idea(w: Words, name: str) -> None:
    goal = OWN[name](w)
    theorem = settled(goal, default(1.0 if name == "word" else PATIENCE)(goal))
    assert bool(theorem.rests_on) == (name == "word")


@pytest.mark.parametrize("name", OWN)
def test_no_tactic_settles_a_near_miss(w: Words, name: str) -> None:
    """The sides differ for one value of the leaves, or few."""
    goal = OWN[name](w)
    trap = w.b.zero_extend(w.b.eq(w.t16, w.b.const(16, 0x1234)), goal.actual.width)
    goal = replace(goal, actual=goal.actual ^ trap)
    for other, tactic in tactics(HASTE).items():
        outcome = tactic(goal)
        assert not isinstance(outcome, Settled), other
        if isinstance(outcome, Refuted):
            assert goal.refuted_by(assignment(outcome.values))


# what is said of a goal


def test_evaluation_refutes_what_random_values_and_corners_show(w: Words) -> None:
    x = w.x64
    top = w.b.lshr(x, 63)
    for false in (Goal((), x, x + 1), Goal((), x, x ^ w.wide(w.b.eq(x, ~(x & 0))))):
        outcome = evaluation(64)(false)
        assert isinstance(outcome, Refuted)
        assert false.refuted_by(assignment(outcome.values))
    assert isinstance(evaluation(64)(Goal((w.b.eq(top, x),), x & 1, x)), Open)


def test_facts_are_used_and_named(w: Words) -> None:
    x = w.x64
    small = w.b.ult(x, w.b.const(64, 16))
    goal = Goal((w.b.ult(w.y64, x), small), x & 15, x)
    for tactic in (clausal(PATIENCE), word(PATIENCE), default(PATIENCE)):
        assert len(settled(goal, tactic(goal)).hypotheses) in (1, 2)
        outcome = tactic(Goal((), x & 15, x))
        assert isinstance(outcome, Refuted)
        assert assignment(outcome.values)(64, "x64", ()) > 15


def test_facts_that_contradict_each_other_settle_anything(w: Words) -> None:
    x, limit = w.x64, w.b.const(64, 5)
    goal = Goal((w.b.ult(x, limit), w.b.ult(limit, x)), w.y64, w.z64)
    assert len(settled(goal, default(PATIENCE)(goal)).hypotheses) == 2
    opposite = Goal((w.p1, ~w.p1), w.y64, w.z64)
    assert len(settled(opposite, meaning(opposite)).hypotheses) == 2


def test_a_fact_about_something_else_is_left_out(w: Words) -> None:
    """Of a chain of facts, none."""
    b = w.b
    chain = (b.ult(w.x64, w.y64), b.ult(w.y64, w.z64))
    goal = Goal((*chain, b.ult(w.k4, b.const(4, 3))), w.x64, w.x64)
    outcome = relevant(goal)
    assert isinstance(outcome, Open)
    assert [made.facts for made in outcome.goals] == [chain]


def test_too_general_a_goal_is_not_refuted(w: Words) -> None:
    """p & 1 and p >> 63 are 0 and 1, which is forgotten where p becomes a variable."""
    p = (w.x64 | w.b.const(64, 1 << 63)) & w.b.const(64, (1 << 64) - 2)
    goal = Goal((), p * p & 1, w.b.const(64, 0))
    assert isinstance(then(generalize(lambda _: [p]), default(1.0))(goal), Open)
    settled(goal, default(PATIENCE)(goal))


# composition


def no_tactic(reason: str, seen: list[Goal]) -> Tactic:
    """Fails, and notes on what."""

    def tactic(goal: Goal) -> Outcome:
        seen.append(goal)
        return stuck(goal, reason)

    return tactic


def test_then_stops_where_it_can_not_succeed_any_more(w: Words) -> None:
    goal = choice_of_factors(w)
    seen: list[Goal] = []
    outcome = then(cases(narrow(4)), no_tactic("unwilling", seen))(distributed(w, w.wide(w.k4)))
    assert isinstance(outcome, Open)
    assert (len(outcome.goals), len(seen), outcome.reasons) == (16, 1, ("unwilling",))
    unchanged = then(generalize(elements), no_tactic("unwilling", seen))(goal)
    assert isinstance(unchanged, Open)
    assert (unchanged.goals, len(seen)) == ((goal,), 1)


def test_orelse_reports_what_leaves_least_open(w: Words) -> None:
    seen: list[Goal] = []
    fails = no_tactic("unwilling", seen)
    goal = distributed(w, w.wide(w.k4))
    outcome = orelse(fails, then(cases(narrow(4)), fails), fails)(goal)
    assert isinstance(outcome, Open)
    assert (len(outcome.goals), outcome.reasons) == (16, ("unwilling",))
    assert max(made.size for made in outcome.goals) < goal.size


def test_what_one_tactic_leaves_open_another_settles(w: Words) -> None:
    """Splits within splits: the steps of the inner goals come together."""
    chosen = choice_of_factors(w)
    goal = replace(chosen, expected=w.b.ite(w.p1, chosen.expected, chosen.actual))
    settled(goal, then(then(split(lambda _: w.p1), split(condition)), meaning)(goal))


def test_a_lying_search_is_caught(w: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = Goal((), w.x64, w.x64 & 0xFFFF)
    for lie in ("", "4 0 1 2 0\n", "no proof"):
        monkeypatch.setattr(decide, "prove_equal", lambda *_, lie=lie: lie)
        with pytest.raises(KernelError):
            settled(goal, clausal(1.0)(goal))
    wrong = Counterexample({(64, "x64", ()): 1})
    monkeypatch.setattr(decide, "prove_equal", lambda *_: wrong)
    around = then(relevant, clausal(1.0))
    assert isinstance(around(replace(goal, facts=(w.p1,))), Open)
    monkeypatch.setattr(decide, "prove_equal", lambda *_: Undecided("asleep"))
    outcome = clausal(1.0)(goal)
    assert isinstance(outcome, Open)
    assert outcome.reasons == ("SAT: asleep",)
