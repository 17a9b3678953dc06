"""What terms alone leave open: goals and preconditions, handed to solvers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from armsym.bv.evaluate import leaves
from armsym.bv.smtlib import name, script
from armsym.bv.term import APPLY, Term
from armsym.prove.explore import Exploration
from armsym.prove.solver import Answer, model_values, solve


@dataclass(frozen=True)
class Proved:
    """Every goal is settled: by equality in the kernel, or by these lemmas (check.evidence)."""

    lemmas: Sequence[dict[str, Any]] = ()
    uses: Sequence[list[Any]] = ()


@dataclass(frozen=True)
class Open:
    """A goal is not settled, and why; `values` may be inputs for which it does not hold."""

    reason: str
    values: Mapping[str, int] | None = None


def settle(
    exploration: Exploration, seconds: float, progress: Callable[[str], None]
) -> Proved | Open:
    """Tries every goal that terms leave open; the first that can't be settled ends it."""
    goals = exploration.open_goals
    for number, (state, goal) in enumerate(goals, 1):
        progress(f"asking z3 about {goal.what} ({number} of {len(goals)})")
        differ = ~goal.actual.builder.eq(goal.actual, goal.expected)
        answer, values = satisfy([*state.facts, differ], seconds)
        if answer.status == "sat":
            return Open("z3 has a model, which the emulator does not confirm", values)
        if answer.status != "unsat":
            return Open(answer.detail)
    return Proved()


def satisfy(conditions: Sequence[Term], seconds: float) -> tuple[Answer, dict[str, int]]:
    """Asks z3 for values under which these one-bit terms, one or more, are all 1.

    The values are of variables by name, and of elements as "name[index]".
    """
    wanted = [*conditions, *_named_elements(conditions)]
    answer = solve(script([f"(= {name(term)} #b1)" for term in wanted], wanted), seconds)
    return answer, model_values(answer.detail) if answer.status == "sat" else {}


def _named_elements(terms: Sequence[Term]) -> list[Term]:
    """For each element, the equation that gives it a variable whose value a model shows."""
    return [
        e.builder.eq(e, e.builder.var(e.width, f"{e.param[1]}[{e.args[0].value}]"))
        for e in leaves(terms)
        if e.op is APPLY and len(e.args) == 1 and e.args[0].value is not None
    ]
