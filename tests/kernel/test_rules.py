"""Each rule of the kernel does what it says, and refuses what its side conditions forbid.

The rule `clausal` has a test of its own, test_clausal.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from armsym.bv.term import Term
from armsym.kernel.error import KernelError
from armsym.kernel.theorem import Equation, Fulfils, Kernel, Reaches, Theorem
from tests.kernel.refusals import REFUSALS, Refusal
from tests.kernel.toy import Edges, Pair, Spot, Toy

ROOT = Path(__file__).parents[2]


@pytest.fixture
def k() -> Kernel:
    return Kernel()


def under(k: Kernel, p: Term, theorem: Theorem) -> Theorem:
    """The same equation under one more hypothesis."""
    left = theorem.conclusion.left if isinstance(theorem.conclusion, Equation) else p
    unchanged = k.congruence(left, k.builder.var(1, "a hole"), k.assume(p))
    return k.transitive(unchanged, theorem)


def premises(theorem: Theorem) -> tuple[set[Term], set[str]]:
    """The hypotheses of a theorem, and whose word it rests on."""
    return set(theorem.hypotheses), set(theorem.rests_on)


def test_equality(k: Kernel) -> None:
    x, y = k.builder.var(8, "x"), k.builder.var(8, "y")
    shown = k.equality(x + y - x, y)
    assert shown.conclusion == Equation(x + y - x, y)
    assert premises(shown) == (set(), set())


def test_evaluation(k: Kernel) -> None:
    x = k.builder.udiv(k.builder.const(8, 35), k.builder.const(8, 7))
    assert k.evaluation(x).conclusion == Equation(x, k.builder.const(8, 5))


def test_table(k: Kernel) -> None:
    x = k.builder.var(8, "x")
    squared, expanded = (x + 1) * (x + 1), x * x + x * 2 + 1
    assert squared is not expanded
    with pytest.raises(KernelError):
        k.equality(squared, expanded)
    shown = k.table(squared, expanded)
    assert shown.conclusion == Equation(squared, expanded)
    assert premises(shown) == (set(), set())


def test_table_keeps_leaves_of_one_name_apart(k: Kernel) -> None:
    x, wide = k.builder.var(4, "x"), k.builder.var(5, "x")
    with pytest.raises(KernelError):
        k.table(k.builder.udiv(wide, wide), k.builder.zero_extend(k.builder.udiv(x, x), 5))


def test_symmetry(k: Kernel) -> None:
    x, y, p = k.builder.var(8, "x"), k.builder.var(8, "y"), k.builder.var(1, "p")
    shown = k.symmetry(under(k, p, k.trusted(x, y, "me")))
    assert shown.conclusion == Equation(y, x)
    assert premises(shown) == ({p}, {"me"})


def test_transitive(k: Kernel) -> None:
    x, y, z, p, q = [k.builder.var(1, name) for name in "xyzpq"]
    first, second = under(k, p, k.trusted(x, y, "me")), under(k, q, k.trusted(y, z, "you"))
    shown = k.transitive(first, second)
    assert shown.conclusion == Equation(x, z)
    assert premises(shown) == ({p, q}, {"me", "you"})


def test_congruence(k: Kernel) -> None:
    x, y, hole, p = k.builder.var(8, "x"), k.builder.var(8, "y"), k.builder.var(8, "h"), _bit(k)
    equal = under(k, p, k.trusted(x, y, "me"))
    shown = k.congruence(k.builder.udiv(hole, hole + y), hole, equal)
    assert shown.conclusion == Equation(k.builder.udiv(x, x + y), k.builder.udiv(y, y + y))
    assert premises(shown) == ({p}, {"me"})


def test_instance_replaces_all_at_once(k: Kernel) -> None:
    x, y, p, q = k.builder.var(8, "x"), k.builder.var(8, "y"), _bit(k), k.builder.var(1, "q")
    assumed = under(k, p, k.trusted(k.builder.udiv(x, y), x, "me"))
    shown = k.instance(assumed, {x: y, y: x + 1, p: q})
    assert shown.conclusion == Equation(k.builder.udiv(y, x + 1), y)
    assert premises(shown) == ({q}, {"me"})


def test_trusted(k: Kernel) -> None:
    x, y = k.builder.var(8, "x"), k.builder.var(8, "y")
    shown = k.trusted(x, y, "me")
    assert shown.conclusion == Equation(x, y)
    assert shown.rests_on == {"me"}


def test_assume_and_discharge(k: Kernel) -> None:
    p, x, y = _bit(k), k.builder.var(8, "x"), k.builder.var(8, "y")
    assumed = k.assume(p)
    assert assumed.conclusion == Equation(p, k.builder.const(1, 1))
    assert assumed.hypotheses == {p}
    shown = k.discharge(under(k, p, k.trusted(x, y, "me")), p)
    assert shown.conclusion == Equation(k.builder.ite(p, x, y), y)
    assert premises(shown) == (set(), {"me"})


def test_discharge_keeps_the_other_hypotheses(k: Kernel) -> None:
    p, q, x = _bit(k), k.builder.var(1, "q"), k.builder.var(8, "x")
    theorem = under(k, q, under(k, p, k.equality(x, x)))
    assert k.discharge(theorem, p).hypotheses == {q}


def test_split(k: Kernel) -> None:
    p, q, x, y = _bit(k), k.builder.var(1, "q"), k.builder.var(8, "x"), k.builder.var(8, "y")
    holds, fails = k.trusted(x, y, "me"), k.trusted(x, y, "you")
    shown = k.split(p, under(k, q, under(k, p, holds)), under(k, ~p, fails))
    assert shown.conclusion == Equation(x, y)
    assert premises(shown) == ({q}, {"me", "you"})


def test_split_discharges_each_case_by_its_own_hypothesis(k: Kernel) -> None:
    p, x, y = _bit(k), k.builder.var(8, "x"), k.builder.var(8, "y")
    theorem = under(k, p, k.trusted(x, y, "me"))
    assert k.split(p, theorem, theorem).hypotheses == {p}
    assert k.split(~p, theorem, theorem).hypotheses == {p}


def test_begin_and_step(k: Kernel) -> None:
    p, q = _bit(k), k.builder.var(1, "q")
    toy = Toy(edges={"start": [(q, "one"), (~q, "two")]}, facts=(p,))
    begun = k.begin(toy.initial)
    assert begun.conclusion == Reaches(toy.initial, toy.initial)
    assert begun.hypotheses == {p}
    one, two = k.step(begun, toy.advance)
    assert one.conclusion == Reaches(toy.initial, Spot("one", (p, q)))
    assert [one.hypotheses, two.hypotheses] == [{p, q}, {p, ~q}]


def test_absurd(k: Kernel) -> None:
    p, q = _bit(k), k.builder.var(1, "q")
    for facts, expected in [((), False), ((p, q), False), ((p, q, ~p), True), ((p & ~p,), True)]:
        assert k.absurd(k.begin(Spot("s", facts))) is expected


def test_fulfils(k: Kernel) -> None:
    p, x = _bit(k), k.builder.var(8, "x")
    edges: Edges = {"start": [(p, "end"), (~p, "more")], "more": [(None, "end"), (p, "nowhere")]}
    toy = Toy(edges=edges, pairs=[Pair(x, x), Pair(x + 0, x)], limit=2)
    shown = toy.shown(k)
    assert shown.conclusion == Fulfils("the toy works")
    assert premises(shown) == (set(), set())
    assert toy.asked == [0, 1, 2, 3]


def looping(k: Kernel, head: str, loops: frozenset[str]) -> Toy:
    """A toy that comes back to `head` as often as a condition that is never decided holds."""
    p, x = _bit(k), k.builder.var(8, "x")
    edges: Edges = {"start": [(None, head)], head: [(None, "body")]}
    turn: Edges = {"body": [(p, head), (~p, "end")]}
    return Toy(edges={**edges, **turn}, pairs=[Pair(x, x)], loops=loops)


def test_a_loop_ends_by_induction(k: Kernel) -> None:
    toy = looping(k, "head", frozenset(["head"]))
    assert toy.shown(k).conclusion == Fulfils("the toy works")
    assert toy.asked == [0]


def joining(k: Kernel, behind: Spot, limit: int, entries: Sequence[Pair] = ()) -> Toy:
    """A toy whose two paths come together: it takes four steps if that state is followed once."""
    p, x = _bit(k), k.builder.var(8, "x")
    edges: Edges = {
        "start": [(p, "join"), (~p, "detour")],
        "detour": [(None, "join")],
        "join": [(None, "more")],
        "more": [(None, "end")],
    }
    loops, joined = frozenset(["join"]), {"join": behind}
    return Toy(edges, pairs=[Pair(x, x)], entries=entries, loops=loops, joined=joined, limit=limit)


def test_what_is_behind_a_join_is_followed_once(k: Kernel) -> None:
    toy = joining(k, Spot("join", entered=("join",)), 3)
    assert toy.shown(k).conclusion == Fulfils("the toy works")
    assert toy.asked == [0]
    with pytest.raises(KernelError, match="within the limit"):
        replace(toy, limit=2).shown(k)
    with pytest.raises(KernelError, match="within the limit"):
        replace(toy, joined={}).shown(k)


def test_each_path_shows_what_is_asked_of_it_at_a_join(k: Kernel) -> None:
    x = k.builder.var(8, "x")
    toy = joining(k, Spot("join", entered=("join",)), 3, [Pair(x, x)])
    toy.shown(k)
    assert toy.asked == [0, 1, 2]


@pytest.mark.parametrize("head", ["unfounded", "endless"])
def test_no_induction_without_an_invariant_that_holds_and_a_variant_that_falls(
    k: Kernel, head: str
) -> None:
    with pytest.raises(KernelError, match=r"^loop: "):
        looping(k, head, frozenset([head])).shown(k)


def test_no_end_without_induction(k: Kernel) -> None:
    toy = looping(k, "head", frozenset())
    toy.edges = {**toy.edges, "body": [(None, "head")]}
    with pytest.raises(KernelError, match="within the limit"):
        toy.shown(k)


def test_fulfils_takes_goals_under_the_facts_of_the_path_and_names_whose_word_they_are(
    k: Kernel,
) -> None:
    p, x, y = _bit(k), k.builder.var(8, "x"), k.builder.var(8, "y")
    toy = Toy(edges={"start": [(None, "end")]}, facts=(p,), pairs=[Pair(x, y)])
    assert toy.shown(k, under(k, p, k.trusted(x, y, "me"))).rests_on == {"me"}


def test_a_run_names_what_its_instructions_take_for_granted(k: Kernel) -> None:
    edges: Edges = {"start": [(None, "one")], "one": [(None, "two")]}
    toy = Toy(edges=edges, taken={"start": "this", "one": "that", "two": "nothing"})
    (one,) = k.step(k.begin(toy.initial), toy.advance)
    (two,) = k.step(one, toy.advance)
    assert one.rests_on == {"this"}
    assert two.rests_on == {"this", "that"}
    assert k.induction(two, "loop", toy).rests_on == two.rests_on
    assert k.cut(two, toy).rests_on == two.rests_on


def test_fulfils_names_what_instructions_take_for_granted(k: Kernel) -> None:
    """On any path, and in a turn of a loop."""
    p, x = _bit(k), k.builder.var(8, "x")
    edges: Edges = {
        "start": [(p, "head"), (~p, "two")],
        "head": [(p, "body"), (~p, "two")],
        "body": [(None, "head")],
        "two": [(None, "end")],
    }
    taken = {"body": "this", "start": "that", "end": "nothing"}
    toy = Toy(edges=edges, pairs=[Pair(x, x)], loops=frozenset(["head"]), taken=taken)
    assert toy.shown(k).rests_on == {"this", "that"}


def test_fulfils_counts_steps_over_all_paths(k: Kernel) -> None:
    p, x = _bit(k), k.builder.var(8, "x")
    edges: Edges = {
        "start": [(p, "one"), (~p, "two")],
        "one": [(None, "end")],
        "two": [(None, "end")],
    }
    assert Toy(edges=edges, pairs=[Pair(x, x)], limit=3).shown(k)
    with pytest.raises(KernelError, match="limit"):
        Toy(edges=edges, pairs=[Pair(x, x)], limit=2).shown(k)


def _bit(k: Kernel) -> Term:
    return k.builder.var(1, "p")


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_refused(refusal: Refusal) -> None:
    assert refusal.problem() is None


def test_every_rule_is_refused_something() -> None:
    rules = {name for name in vars(Kernel) if not name.startswith("_")} - {"absurd"}
    assert rules <= {refusal.rule for refusal in REFUSALS}


def test_an_attempt_that_succeeds_or_fails_otherwise_is_noticed() -> None:
    assert Refusal("equality", "of one term", lambda k, d: k.equality(d.x, d.x)).problem()
    assert Refusal("table", "misnamed", lambda k, d: k.equality(d.x, d.y)).problem()


def test_refused_without_assertions_too() -> None:
    """Python's -O takes `assert` statements out: no rule may lean on one."""
    command = [sys.executable, "-O", "-m", "tests.kernel.refusals"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, f"{len(REFUSALS)} attempts\n"), done
