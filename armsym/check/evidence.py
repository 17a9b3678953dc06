"""Evidence for goals that the meaning of terms does not decide: lemmas, and where they are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from armsym.bv.builder import RawBuilder
from armsym.bv.data import BadData, Nodes
from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError, Theorem

# Whose word a lemma may be.
SOLVERS = ("bitwuzla", "cvc5", "z3")

# A lemma by one of these rules may take seconds: a certificate has so many of them at most.
COSTLY = ("clausal", "polynomials", "table")
COSTLY_LIMIT = 256


class Evidence:
    """The lemmas of a certificate, each shown once, in order, and the goals that they settle.

    A lemma is one application of a rule of the kernel: {"by": the rule, "roots": the terms that
    the rule takes, by their nodes' numbers, "of": numbers of earlier lemmas that it takes, "proof"
    or "whose": the text that it takes}; what a rule does not take may be left out.

        by                      roots                       of      text
        meaning, table          left, right
        polynomials             left, right
        clausal                 left, right                         proof, LRAT about their miter
        trusted                 left, right                         whose, one of SOLVERS
        assume                  p
        discharge               p                           n
        split                   p                           holds, fails
        symmetry                                            n
        transitive                                          n, m
        congruence              context, hole               n
        instance                variables, then values      n

    A use is [goal number, lemma number]: the goal is what the lemma says.
    Raises BadData, KernelError.
    """

    def __init__(self, nodes: Nodes, lemmas: Sequence[Any], uses: Sequence[Any]) -> None:
        costly = [x for x in lemmas if isinstance(x, dict) and x.get("by") in COSTLY]
        if len(costly) > COSTLY_LIMIT:
            raise BadData(f"{len(costly)} lemmas that take long are too many")
        self._nodes = nodes
        self._spelled = RawBuilder()
        self._lemmas = lemmas
        self._uses: dict[int, int] = {}
        for use in uses:
            if not isinstance(use, list) or [type(x) for x in use] != [int, int]:
                raise BadData("a use is a goal and a lemma")
            self._uses[use[0]] = use[1]
        self._shown: list[Theorem] = []

    def equate(self, kernel: Kernel, goal: int, actual: Term, expected: Term) -> Theorem:
        """The theorem that goal number `goal`, actual = expected, is."""
        if goal not in self._uses:
            return kernel.equality(actual, expected)
        number = self._uses[goal]
        if not 0 <= number < len(self._lemmas):
            raise BadData(f"there is no lemma {number}")
        while len(self._shown) <= number:
            self._shown.append(self._show(kernel, self._lemmas[len(self._shown)]))
        return self._shown[number]

    def _show(self, kernel: Kernel, lemma: Any) -> Theorem:
        """The theorem that a lemma states, by the rule that it names, after those before it."""
        try:
            by = lemma["by"]
            rule = _RULES.get(by) if isinstance(by, str) else None
            if rule is None:
                raise KernelError("lemma", f"no rule is called {by!r:.40}")
            # Clauses are about terms as they are spelled.
            builder = self._spelled if by == "clausal" else kernel.builder
            terms = self._nodes.terms(lemma.get("roots", []), builder)
            of = [_earlier(number, self._shown) for number in lemma.get("of", [])]
            text = str(lemma[rule.text]) if rule.text else ""
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadData(f"a lemma can't be read: {error}") from error
        wanted = len(terms) & ~1 if rule.terms is None else rule.terms
        if len(of) != rule.lemmas or len(terms) != wanted:
            raise BadData(f"{by} does not take {len(terms)} terms and {len(of)} lemmas")
        return rule.apply(kernel, terms, of, text)


class _Rule(NamedTuple):
    """How many terms (None: any even number) and lemmas a rule takes, and the name of its text."""

    terms: int | None
    lemmas: int
    text: str
    apply: Callable[[Kernel, Sequence[Term], Sequence[Theorem], str], Theorem]


_RULES = {
    "meaning": _Rule(2, 0, "", lambda k, x, of, text: k.equality(x[0], x[1])),
    "table": _Rule(2, 0, "", lambda k, x, of, text: k.table(x[0], x[1])),
    "polynomials": _Rule(2, 0, "", lambda k, x, of, text: k.polynomials(x[0], x[1])),
    "clausal": _Rule(2, 0, "proof", lambda k, x, of, text: k.clausal(x[0], x[1], text)),
    "trusted": _Rule(2, 0, "whose", lambda k, x, of, text: k.trusted(x[0], x[1], _word(text))),
    "assume": _Rule(1, 0, "", lambda k, x, of, text: k.assume(x[0])),
    "discharge": _Rule(1, 1, "", lambda k, x, of, text: k.discharge(of[0], x[0])),
    "split": _Rule(1, 2, "", lambda k, x, of, text: k.split(x[0], of[0], of[1])),
    "symmetry": _Rule(0, 1, "", lambda k, x, of, text: k.symmetry(of[0])),
    "transitive": _Rule(0, 2, "", lambda k, x, of, text: k.transitive(of[0], of[1])),
    "congruence": _Rule(2, 1, "", lambda k, x, of, text: k.congruence(x[0], x[1], of[0])),
    "instance": _Rule(None, 1, "", lambda k, x, of, text: k.instance(of[0], _halves(x))),
}


def _earlier(number: object, earlier: Sequence[Theorem]) -> Theorem:
    if type(number) is not int or not 0 <= number < len(earlier):
        raise BadData(f"no lemma before it has the number {number!r:.40}")
    return earlier[number]


def _word(whose: str) -> str:
    if whose not in SOLVERS:
        raise KernelError("trusted", f"nobody takes the word of {whose!r:.40}")
    return f"{whose}'s word"


def _halves(terms: Sequence[Term]) -> dict[Term, Term]:
    """From the first half of the terms to the second."""
    middle = len(terms) // 2
    return dict(zip(terms[:middle], terms[middle:], strict=True))
