"""The process that searches: reads two terms from standard input, prints what it finds."""

from __future__ import annotations

import json
import sys

from armsym.bv.builder import RawBuilder
from armsym.bv.data import Nodes
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.limits import limit_memory
from armsym.prove.sat.equality import Counterexample, Leaf
from armsym.prove.sat.search import search


def by_name(values: dict[Term, int]) -> dict[Leaf, int]:
    """The values of leaves by name and by the values of their arguments, operands before users.

    Of applications that turn out to be of the same values, the first counts.
    """
    named: dict[Leaf, int] = {}
    for leaf, value in values.items():
        args = tuple(evaluate(leaf.args, Counterexample(named)))
        named.setdefault((leaf.width, str(leaf.param[1]), args), value)
    return named


def main() -> None:
    memory = int(sys.argv[1])
    limit_memory(memory)
    question = json.load(sys.stdin)
    nodes = Nodes(question["operators"], question["nodes"])
    x, y = nodes.terms(question["roots"], RawBuilder())
    found = search(x, y, question["seconds"])
    if isinstance(found, str):
        answer: dict[str, object] = {"proof": found}
    elif found is not None:
        answer = {"values": [[*leaf, value] for leaf, value in by_name(found).items()]}
    else:
        answer = {"undecided": "the search gave up"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
