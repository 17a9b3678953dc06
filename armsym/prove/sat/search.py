"""The search for a proof that two terms are equal, or for values under which they differ."""

from __future__ import annotations

import time

from armsym.bv.term import Term
from armsym.kernel.circuit import miter
from armsym.prove.sat.aig import Graph

# Conflicts: what is easy is not swept, and is done within half a second; nothing is tried longer
# than for the second number.
EASY, HARD = 20_000, 1 << 30


def search(x: Term, y: Term, seconds: float) -> str | dict[Term, int] | None:
    """LRAT text that refutes the miter of x and y, or values of the leaves under which they differ.

    At most half of the time goes into sweeping; what comes after takes as long as it takes.
    Raises KernelError for terms that are too large.
    """
    sweep_until = time.monotonic() + seconds / 2
    graph = Graph(miter(x, y))
    found = graph.simulate() or graph.refute(EASY)
    if found is None:
        graph.sweep(sweep_until)
        found = graph.refute(HARD)
    return found
