"""z3 on scripts of SMT-LIB text, as any solver would be run."""

from __future__ import annotations

import z3


def answers(script: str) -> list[str]:
    """What z3 says to each check-sat of a script."""
    context = z3.Context()  # has to outlive the call
    output: str = z3.Z3_eval_smtlib2_string(context.ref(), script)
    return output.split()
