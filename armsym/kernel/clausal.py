"""Clausal proofs: the check that a proof in the LRAT format refutes clauses."""

from __future__ import annotations

from collections.abc import Sequence

from armsym.kernel.circuit import Clause
from armsym.kernel.error import KernelError

# A proof has at most so many characters, and its check looks at so many literals.
PROOF_LIMIT = 1 << 25
WORK_LIMIT = 1 << 26


def check_lrat(clauses: Sequence[Clause], proof: str) -> None:
    """Checks that the proof derives the empty clause from these, numbered 1, 2, ... .

    The proof is LRAT text without RAT steps, a step a line: "NUMBER LITERAL... 0 HINT... 0" adds a
    clause, numbered higher than all before it, that follows by unit propagation through the clauses
    numbered HINT, in this order; "NUMBER d HINT... 0" forgets clauses.  Raises KernelError.
    """
    if len(proof) > PROOF_LIMIT:
        raise KernelError("clausal", "the proof is too long")
    known = dict(enumerate(clauses, 1))
    last, work = len(known), WORK_LIMIT
    for line in proof.splitlines():
        number, literals, hints = _read(line)
        if literals is None:
            for hint in hints:
                if known.pop(hint, None) is None:
                    raise KernelError("clausal", f"there is no clause {hint} to forget")
            continue
        if number <= last:
            raise KernelError("clausal", f"clause {number} comes after clause {last}")
        work -= _propagate(known, number, literals, hints, work)
        known[number], last = literals, number
        if not literals:
            return
    raise KernelError("clausal", "the proof does not end with the empty clause")


def _propagate(
    known: dict[int, Clause], number: int, literals: Clause, hints: Clause, limit: int
) -> int:
    """Shows that a clause follows; the number of literals that were looked at."""
    false, work = set(literals), 0
    for hint in hints:
        clause = known.get(hint)
        if clause is None:
            raise KernelError("clausal", f"clause {number} uses clause {hint}, which is not known")
        work += len(clause)
        if work > limit:
            raise KernelError("clausal", "the proof takes too much work")
        left = [p for p in clause if p not in false]
        if not left:
            return work
        if len(left) > 1:
            raise KernelError("clausal", f"clause {number}: clause {hint} is not a unit")
        false.add(-left[0])
    raise KernelError("clausal", f"clause {number} does not follow from its hints")


def _read(line: str) -> tuple[int, Clause | None, Clause]:
    """The number of a step, its literals (None: it forgets clauses), and its hints."""
    try:
        number, *words = line.split()
        if words[0] == "d":
            hints = [int(word) for word in words[1:]]
            literals = None
        else:
            numbers = [int(word) for word in words]
            end = numbers.index(0)
            literals, hints = tuple(numbers[:end]), numbers[end + 1 :]
        if hints.pop() != 0 or any(hint <= 0 for hint in hints):
            raise ValueError
        return int(number), literals, tuple(hints)
    except (ValueError, IndexError) as error:
        raise KernelError("clausal", f"no step of a proof: {line!r:.60}") from error
