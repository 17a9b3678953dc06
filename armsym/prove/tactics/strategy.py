"""The tactic that the prover uses by default: what is cheap first, somebody's word last."""

from __future__ import annotations

from collections.abc import Sequence

from armsym.contract.language import Law
from armsym.prove.tactics.choose import condition, elements, narrow, shared
from armsym.prove.tactics.combine import (
    abstract,
    cases,
    generalize,
    orelse,
    relevant,
    split,
    then,
    unconditionally,
    where,
)
from armsym.prove.tactics.decide import (
    clausal,
    evaluation,
    meaning,
    polynomials,
    presumed,
    table,
    word,
)
from armsym.prove.tactics.goal import Tactic
from armsym.prove.tactics.known import Known
from armsym.prove.tactics.landmarks import Landmarks, has_products
from armsym.prove.tactics.laws import Laws
from armsym.prove.tactics.superposition import superposed

SAMPLES = 64

# Goals about chains of products are large: of those that are not settled, so many random values.
FEW_SAMPLES = 4

# How many conditions are split on, one in the other, and the width of a term whose values are.
SPLITS = 3
CASE_BITS = 4


def default(seconds: float, known: Known | None = None, laws: Sequence[Law] = ()) -> Tactic:
    """Each attempt of a solver has so much time; `known` is settled, and the laws may be used."""
    values = evaluation(SAMPLES)
    by_table = orelse(table, then(generalize(elements), table))
    by_cases = orelse(_splits(SPLITS), then(cases(narrow(CASE_BITS)), meaning))
    proof = clausal(seconds)
    in_general = then(generalize(shared), orelse(values, meaning, by_table, polynomials, proof))
    product = then(abstract(shared), polynomials)
    rewrite = Laws(laws, presumed(SAMPLES)).rewrite
    by_law = then(rewrite, product)
    by_known = then((known or Known()).rewrite, then(abstract(shared), orelse(by_law, polynomials)))
    by_product = unconditionally(orelse(by_known, by_law, product, polynomials))
    checked = orelse(meaning, by_table, by_cases, by_product, in_general, proof)
    others = orelse(then(relevant, checked), checked, word(seconds))
    sums = orelse(then(superposed, Landmarks(polynomials)), polynomials)
    piece = orelse(meaning, then(rewrite, then(generalize(shared), sums)), polynomials)
    chain = orelse(unconditionally(Landmarks(piece)), evaluation(FEW_SAMPLES))
    general = orelse(values, others)
    return orelse(where(has_products, chain), general) if laws else general


def _splits(depth: int) -> Tactic:
    """Meaning, after splits on so many conditions."""
    return orelse(meaning, then(split(condition), _splits(depth - 1))) if depth else meaning
