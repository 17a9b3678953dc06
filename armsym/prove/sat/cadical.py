"""CaDiCaL, through python-sat: models, and refutations with the hints that it knows itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pysolvers
from pysat.solvers import Cadical195

from armsym.kernel.circuit import Clause
from armsym.prove.sat.derivation import Step


@dataclass(frozen=True)
class Model:
    """The literals that are true in an assignment that satisfies the clauses."""

    true: frozenset[int]


@dataclass(frozen=True)
class Refutation:
    """Steps from the clauses to the empty one."""

    steps: list[Step]


def solve(clauses: Sequence[Clause], conflicts: int) -> Model | Refutation | None:
    """A model of the clauses, or their refutation; None if it takes more conflicts than these."""
    if () in clauses:  # CaDiCaL would not say which
        return Refutation([((), [1 + clauses.index(())])])
    with Cadical195() as solver:
        solver.configure({"lrat": 1, "binary": 0})
        # What `with_proof` does, which comes too early for these options.
        solver.prfile = tempfile.TemporaryFile()  # noqa: SIM115 - the solver closes it
        solver.prfp = pysolvers.cadical195_tracepr(solver.cadical, solver.prfile)
        for clause in clauses:
            solver.add_clause(clause)
        solver.conf_budget(conflicts)
        satisfiable = solver.solve_limited()
        if satisfiable is None:
            return None
        if satisfiable:
            return Model(frozenset(solver.get_model()))
        pysolvers.flushpr(solver.prfp)
        solver.prfile.seek(0)
        return Refutation(_steps(solver.prfile.read().decode().splitlines(), len(clauses)))


def _steps(lines: Iterable[str], given: int) -> list[Step]:
    """The steps of LRAT text in which given clauses and steps are numbered as they came.

    CaDiCaL derives some clauses while others are still being given to it.
    """
    words = [line.split() for line in lines]
    added = [list(map(int, line)) for line in words if line[1] != "d"]
    derived = [number for number, *_ in added]
    originals = sorted(set(range(1, given + len(added) + 1)).difference(derived))[:given]
    place = {number: k for k, number in enumerate([*originals, *derived], 1)}
    steps = []
    for _, *numbers in added:
        end = numbers.index(0)
        hints = [place[hint] for hint in numbers[end + 1 : -1]]
        steps.append((tuple(numbers[:end]), hints))
    return steps
