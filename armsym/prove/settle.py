"""What is left to a solver: goals that normal forms leave open, and preconditions hard to meet."""

from __future__ import annotations

from collections.abc import Sequence

from armsym.bv.evaluate import leaves
from armsym.bv.smtlib import script
from armsym.bv.term import APPLY, Term
from armsym.prove.solver import Answer, model_values, solve


def satisfy(conditions: Sequence[Term], seconds: float) -> tuple[Answer, dict[str, int]]:
    """Asks for values under which these one-bit terms, one or more, are all 1.

    The values are of variables by name, and of elements as "name[index]".
    """
    answer = solve(script([*conditions, *_named_elements(conditions)]), seconds)
    return answer, model_values(answer.detail) if answer.status == "sat" else {}


def differ(
    facts: Sequence[Term], actual: Term, expected: Term, seconds: float
) -> tuple[Answer, dict[str, int]]:
    """Asks for values that meet the facts and under which the two terms differ."""
    return satisfy([*facts, ~actual.builder.eq(actual, expected)], seconds)


def _named_elements(terms: Sequence[Term]) -> list[Term]:
    """For each element, the equation that gives it a variable whose value a model shows."""
    return [
        e.builder.eq(e, e.builder.var(e.width, f"{e.param[1]}[{e.args[0].value}]"))
        for e in leaves(terms)
        if e.op is APPLY and len(e.args) == 1 and e.args[0].value is not None
    ]
