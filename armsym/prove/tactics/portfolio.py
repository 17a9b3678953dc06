"""SMT solvers side by side, each in a process of its own with limits; the first answer counts.

z3 always runs, bitwuzla and cvc5 if they are installed.  Nobody checks what they say.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from armsym.bv.evaluate import evaluate, leaves
from armsym.bv.smtlib import name, script
from armsym.bv.term import Term
from armsym.check.evidence import SOLVERS
from armsym.prove.tactics.goal import Values, assignment

MEMORY = 4 << 30


@dataclass(frozen=True)
class Model:
    """Values of the leaves under which the conditions hold: they were tried."""

    values: Values


@dataclass(frozen=True)
class Contradiction:
    """There are no such values; `solver` says so."""

    solver: str


@dataclass(frozen=True)
class Unknown:
    reason: str


Answer = Model | Contradiction | Unknown


def installed() -> list[str]:
    """The solvers that can be asked."""
    return [solver for solver in SOLVERS if find_spec(solver)]


def command(solver: str, memory: int) -> list[str]:
    """What runs one of them."""
    return [sys.executable, "-m", "armsym.prove.tactics.worker", solver, str(memory)]


def satisfy(conditions: Sequence[Term], seconds: float, memory: int = MEMORY) -> Answer:
    """Asks the solvers for values under which these one-bit terms, one or more, are all 1.

    Each solver has this much time and memory (bytes); one that hangs, dies or says nothing
    sensible does not count, and neither does a model under which the conditions do not hold.
    """
    asked = leaves(conditions)
    arguments = [x for leaf in asked for x in leaf.args]
    wanted = [*conditions, *asked, *arguments]
    question = {
        "script": script([f"(= {name(term)} #b1)" for term in conditions], wanted),
        "terms": [name(term) for term in [*asked, *arguments]],
    }
    reasons = []
    with _race(installed(), json.dumps(question), seconds, memory) as answers:
        for solver, output in answers:
            answer = _understood(solver, output, conditions, asked)
            if not isinstance(answer, Unknown):
                return answer
            reasons.append(answer.reason)
    return Unknown("; ".join(sorted(reasons)))


def _understood(
    solver: str, output: str, conditions: Sequence[Term], asked: Sequence[Term]
) -> Answer:
    """What an output says: the status, and after "sat" the values, in the order of the question."""
    status, _, rest = output.partition("\n")
    if status == "unsat":
        return Contradiction(solver)
    if status != "sat":
        return Unknown(f"{solver}: {status or 'no output':.200}")
    numbers = [int(bits, 2) for bits in re.findall(r"(?m)^#b([01]+)$", rest)]
    places = [len(leaf.args) for leaf in asked]
    if len(numbers) != len(places) + sum(places):
        return Unknown(f"{solver}: a model that can't be read")
    arguments = iter(numbers[len(places) :])
    values = {
        (leaf.width, str(leaf.param[1]), tuple([next(arguments) for _ in leaf.args])): number
        for leaf, number in zip(asked, numbers, strict=False)
    }
    if not all(evaluate(conditions, assignment(values))):
        return Unknown(f"{solver}: a model that is none")
    return Model(values)


@contextmanager
def _race(
    solvers: Sequence[str], question: str, seconds: float, memory: int
) -> Iterator[Iterator[tuple[str, str]]]:
    """Each solver's name and its output, or why it has none, in the order in which they end.

    Those that still run at the end are killed.
    """
    children = {
        solver: subprocess.Popen(
            command(solver, memory),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for solver in solvers
    }
    with ThreadPoolExecutor(len(children)) as pool:
        waiting: dict[Future[str], str] = {
            pool.submit(_heard, child, question, seconds): solver
            for solver, child in children.items()
        }
        try:
            yield ((waiting[done], done.result()) for done in as_completed(waiting))
        finally:
            for child in children.values():
                child.kill()


def _heard(child: subprocess.Popen[str], question: str, seconds: float) -> str:
    """What a solver prints, or one line that says why it prints nothing."""
    try:
        output, errors = child.communicate(question, seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return f"no answer after {seconds:g} s"
    if child.returncode != 0:
        last = (errors.strip().splitlines() or ["no output"])[-1]
        return f"died ({child.returncode}): {last:.200}"
    return output
