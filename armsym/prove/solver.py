"""z3 in a process of its own, which can be killed, on a script of SMT-LIB text."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from dataclasses import dataclass

MEMORY = 4 << 30


@dataclass(frozen=True)
class Answer:
    """What a solver said: "sat" with a model as text, "unsat", or "unknown" with a reason."""

    status: str
    detail: str = ""


def solve(script: str, seconds: float, memory: int = MEMORY) -> Answer:
    """The answer to the first check-sat of an SMT-LIB script.

    The solver has this much time and memory (bytes); a solver that hangs, dies or says nothing
    sensible is an "unknown" with the reason.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "armsym.prove.solver", str(memory)],
            input=script,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer("unknown", f"z3 had no answer after {seconds:g} s")
    status, _, detail = done.stdout.partition("\n")
    if done.returncode != 0 or status not in ("sat", "unsat", "unknown"):
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return Answer("unknown", f"z3 died ({done.returncode}): {last}")
    return Answer(status, detail)


def model_values(detail: str) -> dict[str, int]:
    """The variables of a model, by name; functions are left out."""
    return {name: int(value) for name, value in re.findall(r"(?m)^(\S+):\d+ (\d+)$", detail)}


def _worker() -> None:
    """Reads a script from standard input, prints the answer and the values of its constants."""
    import z3

    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    solver = z3.Solver()
    solver.from_string(sys.stdin.read())
    status = str(solver.check())
    print(status)
    if status != "sat":
        print(solver.reason_unknown())
        return
    model = solver.model()
    for declared in model.decls():
        value = model[declared]
        if isinstance(value, z3.BitVecNumRef):  # neither a function nor a term that is named
            print(declared.name(), value.as_long())


if __name__ == "__main__":
    _worker()
