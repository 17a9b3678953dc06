"""The process in which one SMT solver runs: `python -m armsym.prove.tactics.worker NAME MEMORY`.

Reads {"script": SMT-LIB text that ends in check-sat, "terms": names} from standard input.  Prints
the answer, and after "sat" a line #b... for each term, its value.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence

from armsym.limits import limit_memory


def z3(script: str, terms: Sequence[str]) -> list[str]:
    from z3 import Z3_eval_smtlib2_string, main_ctx

    context = main_ctx().ref()
    status = Z3_eval_smtlib2_string(context, script).strip()
    if status != "sat" or not terms:
        return [status]
    return [status, *_values(Z3_eval_smtlib2_string(context, f"(get-value ({' '.join(terms)}))"))]


def bitwuzla(script: str, terms: Sequence[str]) -> list[str]:
    import bitwuzla

    options = bitwuzla.Options()
    options.set(bitwuzla.Option.PRODUCE_MODELS, True)
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    parser.parse(script.replace("(check-sat)", ""), True, False)
    solver = parser.bitwuzla()
    status = str(solver.check_sat())
    if status != "sat":
        return [status]
    return [status, *[str(solver.get_value(parser.parse_term(term))) for term in terms]]


def cvc5(script: str, terms: Sequence[str]) -> list[str]:
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("produce-models", "true")
    parser = cvc5.InputParser(solver)
    symbols = parser.getSymbolManager()

    def run(text: str) -> str:
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
        said = ""
        while not (command := parser.nextCommand()).isNull():
            said += command.invoke(solver, symbols)
        return said

    status = run(script).strip()
    if status != "sat" or not terms:
        return [status]
    return [status, *_values(run(f"(get-value ({' '.join(terms)}))"))]


def _values(answer: str) -> list[str]:
    """The values in `((name value) ...)`, in binary."""
    unquoted = re.sub(r"\|[^|]*\|", "", answer)
    found = re.findall(r"#(?:x[0-9a-f]+|b[01]+)(?=\))", unquoted)
    return [v if v[1] == "b" else f"#b{int(v[2:], 16):0{4 * len(v) - 8}b}" for v in found]


_SOLVERS = {"bitwuzla": bitwuzla, "cvc5": cvc5, "z3": z3}


def main(solver: str, memory: int) -> None:
    limit_memory(memory)
    question = json.load(sys.stdin)
    print("\n".join(_SOLVERS[solver](question["script"], question["terms"])))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
