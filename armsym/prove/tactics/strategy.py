"""The tactic that the prover uses by default: what is cheap first, somebody's word last."""

from __future__ import annotations

from armsym.prove.tactics.choose import condition, elements, narrow, shared
from armsym.prove.tactics.combine import cases, generalize, orelse, relevant, split, then
from armsym.prove.tactics.decide import clausal, evaluation, meaning, polynomials, table, word
from armsym.prove.tactics.goal import Tactic
from armsym.prove.tactics.known import Known

SAMPLES = 64

# How many conditions are split on, one in the other, and the width of a term whose values are.
SPLITS = 3
CASE_BITS = 4


def default(seconds: float, known: Known | None = None) -> Tactic:
    """Each attempt of a solver has so much time; `known` is settled."""
    values = evaluation(SAMPLES)
    by_table = orelse(table, then(generalize(elements), table))
    by_cases = orelse(_splits(SPLITS), then(cases(narrow(CASE_BITS)), meaning))
    proof = clausal(seconds)
    in_general = then(generalize(shared), orelse(values, meaning, by_table, polynomials, proof))
    by_known = then((known or Known()).rewrite, then(generalize(shared), polynomials))
    checked = orelse(meaning, by_table, by_cases, by_known, polynomials, in_general, proof)
    return orelse(values, then(relevant, checked), checked, word(seconds))


def _splits(depth: int) -> Tactic:
    """Meaning, after splits on so many conditions."""
    return orelse(meaning, then(split(condition), _splits(depth - 1))) if depth else meaning
