"""Evidence for goals that the meaning of terms does not decide: lemmas, and where they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from armsym.bv.builder import RawBuilder
from armsym.bv.data import BadData, decode
from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError, Theorem


class Evidence:
    """The lemmas of a certificate, each shown once, and the goals that they settle.

    A lemma is {"by": how it is shown, "nodes", "roots": [left, right]} and what `by` needs besides:
    "meaning" and "table" nothing, "clausal" a "proof", LRAT text about the miter of the two terms.
    A use is [goal number, lemma number, values], values being {"nodes", "roots", "variables"}:
    the terms that the lemma's variables, [width, name] each, stand for in that goal.
    Raises BadData, KernelError.
    """

    def __init__(self, lemmas: Sequence[Any] = (), uses: Sequence[Any] = ()) -> None:
        self._lemmas = lemmas
        self._uses: dict[int, tuple[int, Any]] = {}
        for use in uses:
            if not isinstance(use, list) or [type(x) for x in use] != [int, int, dict]:
                raise BadData("a use is a goal, a lemma and values")
            self._uses[use[0]] = use[1], use[2]
        self._shown: dict[int, Theorem] = {}

    def equate(self, kernel: Kernel, goal: int, actual: Term, expected: Term) -> Theorem:
        """The theorem that goal number `goal`, actual = expected, is."""
        if goal not in self._uses:
            return kernel.equality(actual, expected)
        number, values = self._uses[goal]
        return kernel.instance(self._lemma(kernel, number), _substitution(kernel, values))

    def _lemma(self, kernel: Kernel, number: int) -> Theorem:
        if not 0 <= number < len(self._lemmas):
            raise BadData(f"there is no lemma {number}")
        if number not in self._shown:
            self._shown[number] = _show(kernel, self._lemmas[number])
        return self._shown[number]


def _show(kernel: Kernel, lemma: Any) -> Theorem:
    """The theorem that a lemma states, by the rule that it names."""
    try:
        by = lemma["by"]
        builder = RawBuilder() if by == "clausal" else kernel.builder
        left, right = decode(lemma["nodes"], lemma["roots"], builder)
        proof = str(lemma["proof"]) if by == "clausal" else ""
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(f"a lemma can't be read: {error}") from error
    if by == "meaning":
        return kernel.equality(left, right)
    if by == "table":
        return kernel.table(left, right)
    if by == "clausal":
        return kernel.clausal(left, right, proof)
    raise KernelError("lemma", f"no rule is called {by!r:.40}")


def _substitution(kernel: Kernel, values: Mapping[str, Any]) -> dict[Term, Term]:
    try:
        nodes = [["var", [], variable] for variable in values["variables"]]
        variables = decode(nodes, list(range(len(nodes))), kernel.builder)
        terms = decode(values["nodes"], values["roots"], kernel.builder)
        return dict(zip(variables, terms, strict=True))
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(f"the values of a lemma's variables can't be read: {error}") from error
