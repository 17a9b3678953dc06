"""Whether two terms are equal: the question goes to a process of its own, which can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from armsym.bv.evaluate import evaluate
from armsym.bv.pool import Pool
from armsym.bv.term import Term

MEMORY = 4 << 30

# A leaf as evaluation asks for it: width, name, and the values of its arguments.
Leaf = tuple[int, str, tuple[int, ...]]


@dataclass(frozen=True)
class Counterexample:
    """An assignment of the leaves under which the terms differ; leaves that it lacks are 0."""

    values: Mapping[Leaf, int]

    def __call__(self, width: int, name: str, args: tuple[int, ...]) -> int:
        return self.values.get((width, name, args), 0)


@dataclass(frozen=True)
class Undecided:
    """Neither a proof nor a counterexample, and what stood in the way."""

    reason: str


def prove_equal(
    x: Term, y: Term, seconds: float, memory: int = MEMORY
) -> str | Counterexample | Undecided:
    """LRAT text that `Kernel.clausal` accepts for x and y, or a counterexample, which was tried.

    The search has so much time, and memory in bytes.  The proof has not been checked.
    """
    pool = Pool()
    asked = {"roots": pool.add([x, y]), "operators": pool.operators, "nodes": pool.nodes}
    question = json.dumps({**asked, "seconds": seconds})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "armsym.prove.sat.worker", str(memory)],
            input=question,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Undecided(f"no answer after {seconds:g} s")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return Undecided(f"the search died ({done.returncode}): {last}")
    return read_answer(done.stdout, x, y)


def read_answer(text: str, x: Term, y: Term) -> str | Counterexample | Undecided:
    """What the worker's output says about x and y; a counterexample that is none is not passed on.

    The output is {"proof": LRAT text}, {"values": [[width, name, arguments, value], ...]}, or
    {"undecided": reason}.
    """
    answer = json.loads(text)
    if "proof" in answer:
        return str(answer["proof"])
    if "undecided" in answer:
        return Undecided(answer["undecided"])
    found = Counterexample({(w, name, tuple(args)): v for w, name, args, v in answer["values"]})
    left, right = evaluate([x, y], found)
    return found if left != right else Undecided("the counterexample that was found is none")
