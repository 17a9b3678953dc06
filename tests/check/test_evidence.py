"""Lemmas of certificates: each rule shows what the kernel shows, and nothing else gets through."""

from __future__ import annotations

from typing import Any

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.data import BadData, Nodes
from armsym.bv.evaluate import rebuild
from armsym.bv.pool import Pool
from armsym.bv.term import Term
from armsym.check.evidence import Evidence
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.theorem import Equation, Kernel, KernelError, Theorem

RAW = RawBuilder()
X, Y, HOLE = [RAW.var(4, name) for name in ("x", "y", "hole")]
P, ONE = RAW.var(1, "p"), RAW.const(1, 1)
TOTAL, EITHER_WAY = X + Y, (X & Y) + (X | Y)
POOL = Pool()

Lemma = dict[str, Any]


def lemma(by: str, *terms: Term, of: tuple[Any, ...] = (), **text: str) -> Lemma:
    return {"by": by, "roots": POOL.add(terms), "of": list(of), **text}


def shown(lemmas: list[Any], number: int = -1) -> Theorem:
    """The theorem of a lemma, by default the last, as it settles a goal."""
    kernel = Kernel(KernelBuilder())
    goal = kernel.builder.const(1, 1)
    return evidence(lemmas, [[0, number % len(lemmas)]]).equate(kernel, 0, goal, goal)


def evidence(lemmas: list[Any], uses: list[Any]) -> Evidence:
    return Evidence(Nodes(POOL.operators, POOL.nodes), lemmas, uses)


PRODUCT = RAW.clmul(X ^ Y, X)
PARTS = RAW.clmul(X, X) ^ RAW.clmul(Y, X)
SUM = lemma("table", EITHER_WAY, TOTAL)
BACK = lemma("symmetry", of=(0,))
WORD, OTHER_WORD = [lemma("trusted", X, Y, whose=whose) for whose in ("z3", "cvc5")]

# Lemmas, and the equation that the last of them is.
RULES: dict[str, tuple[list[Lemma], Term, Term]] = {
    "meaning": ([lemma("meaning", X ^ Y, Y ^ X)], X ^ Y, Y ^ X),
    "table": ([SUM], EITHER_WAY, TOTAL),
    "polynomials": ([lemma("polynomials", PRODUCT, PARTS)], PRODUCT, PARTS),
    "trusted": ([WORD], X, Y),
    "assume": ([lemma("assume", P)], P, ONE),
    "discharge": ([SUM, lemma("discharge", P, of=(0,))], RAW.ite(P, EITHER_WAY, TOTAL), TOTAL),
    "symmetry": ([SUM, BACK], TOTAL, EITHER_WAY),
    "transitive": ([SUM, BACK, lemma("transitive", of=(0, 1))], EITHER_WAY, EITHER_WAY),
    "congruence": (
        [SUM, lemma("congruence", HOLE * HOLE, HOLE, of=(0,))],
        EITHER_WAY * EITHER_WAY,
        TOTAL * TOTAL,
    ),
    "instance": (
        [SUM, lemma("instance", X, Y, X * X, X, of=(0,))],
        (X * X & X) + (X * X | X),
        X * X + X,
    ),
    "split": ([WORD, OTHER_WORD, lemma("split", P, of=(0, 1))], X, Y),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_shows_what_the_kernel_shows(rule: str) -> None:
    lemmas, left, right = RULES[rule]
    theorem = shown(lemmas)
    assert isinstance(theorem.conclusion, Equation)
    kernel_terms = rebuild([left, right], theorem.conclusion.left.builder)
    assert theorem.conclusion == Equation(*kernel_terms)
    assert len(theorem.hypotheses) == (rule == "assume")


def test_words_are_named_wherever_they_are_used() -> None:
    lemmas, *_ = RULES["split"]
    assert shown(lemmas).rests_on == {"z3's word", "cvc5's word"}
    assert shown([*lemmas, lemma("symmetry", of=(2,)), SUM]).rests_on == frozenset()


def test_hypotheses_stay_until_they_are_split_on() -> None:
    lemmas = [
        lemma("assume", P),
        lemma("congruence", RAW.ite(P, X, Y), HOLE, of=(0,)),
        lemma("discharge", ~P, of=(0,)),
    ]
    with pytest.raises(KernelError, match="congruence"):
        shown(lemmas[:2])  # the hole has another width
    kept = shown([lemmas[0], lemmas[2]])
    assert len(kept.hypotheses) == 1
    assert shown([lemmas[0], lemma("discharge", P, of=(0,))]).hypotheses == frozenset()


# lemmas, and what is said of the last
REFUSED: dict[str, tuple[list[Any], str]] = {
    "no rule": ([lemma("magic", X, Y)], "no rule is called 'magic'"),
    "no rule's name": ([lemma("x", X, Y) | {"by": ["table"]}], "no rule is called"),
    "no name at all": ([{}], "can't be read: 'by'"),
    "no lemma": ([7], "can't be read"),
    "terms of nothing": ([{"by": "table"}], "table does not take 0 terms"),
    "one term": ([lemma("table", X)], "table does not take 1 terms"),
    "three terms": ([lemma("meaning", X, X, X)], "meaning does not take 3 terms"),
    "a lemma too many": ([SUM, lemma("table", X, X, of=(0,))], "table does not take 2 terms and 1"),
    "a lemma too few": ([SUM, lemma("transitive", of=(0,))], "transitive does not take"),
    "half an instance": ([SUM, lemma("instance", X, of=(0,))], "instance does not take 1 terms"),
    "itself": ([lemma("symmetry", of=(0,))], "no lemma before it has the number 0"),
    "a later one": ([lemma("symmetry", of=(1,)), SUM, BACK], "no lemma before it has the number 1"),
    "one from the end": ([SUM, lemma("symmetry", of=(-1,))], "the number -1"),
    "no number": ([SUM, lemma("symmetry", of=(False,))], "the number False"),
    "lemmas in no list": ([SUM, BACK | {"of": 0}], "can't be read"),
    "no proof": ([lemma("clausal", X, X + 0)], "can't be read: 'proof'"),
    "nobody's word": ([lemma("trusted", X, Y)], "can't be read: 'whose'"),
    "my word": ([lemma("trusted", X, Y, whose="the author")], "the word of 'the author'"),
    "a false table": ([lemma("table", X + Y, X | Y)], "table: "),
    "false polynomials": ([lemma("polynomials", X & Y, X)], "polynomials: "),
    "a false meaning": ([lemma("meaning", X, Y)], "differ in meaning"),
    "a false chain": ([SUM, lemma("transitive", of=(0, 0))], "no term in common"),
    "a split of two": ([SUM, BACK, lemma("split", P, of=(0, 1))], "different equations"),
    "a split on a nibble": ([SUM, lemma("split", X, of=(0, 0))], "a hypothesis has one bit"),
    "an instance of a term": ([SUM, lemma("instance", X + Y, X, of=(0,))], "is no variable"),
    "a wider instance": ([SUM, lemma("instance", P, X, of=(0,))], "is no variable of 4 bits"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    lemmas, said = REFUSED[name]
    with pytest.raises((BadData, KernelError)) as refusal:
        shown(lemmas)
    assert said in str(refusal.value)


def test_a_lemma_is_shown_after_those_before_it() -> None:
    """So none can be passed over, and a chain of any length takes no recursion."""
    with pytest.raises(KernelError):
        shown([lemma("meaning", X, Y), SUM])
    long = [SUM, *[lemma("symmetry", of=(number,)) for number in range(3000)]]
    assert shown(long).hypotheses == frozenset()


def test_another_goal_is_not_what_was_shown() -> None:
    """What a goal must be is the kernel's business: evidence gives what its lemma says."""
    kernel = Kernel(KernelBuilder())
    x, y = rebuild([X, Y], kernel.builder)
    found = evidence([SUM], [[0, 0]])
    assert found.equate(kernel, 0, x, y).conclusion != Equation(x, y)
    with pytest.raises(KernelError, match="differ in meaning"):
        found.equate(kernel, 1, x, y)
