"""Goals, what a tactic makes of one, and the steps of the kernel that settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from armsym.bv.evaluate import Assignment, evaluate, leaves, size
from armsym.bv.pool import Pool
from armsym.bv.smtlib import equality_script
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder

# Values of leaves by width, name and arguments.
Values = Mapping[tuple[int, str, tuple[int, ...]], int]


@dataclass(frozen=True)
class Goal:
    """Where all facts, one-bit terms, are 1, `actual` = `expected`.

    The terms are of one kernel's builder: what has one meaning is one term.
    """

    facts: tuple[Term, ...]
    actual: Term
    expected: Term

    @property
    def builder(self) -> KernelBuilder:
        return cast(KernelBuilder, self.actual.builder)

    @property
    def roots(self) -> tuple[Term, ...]:
        return (*self.facts, self.actual, self.expected)

    @property
    def size(self) -> int:
        """The number of distinct terms in the equation."""
        return size([self.actual, self.expected])

    def refuted_by(self, assignment: Assignment) -> bool:
        """Whether the facts hold under an assignment, and the equation does not."""
        *facts, actual, expected = evaluate(self.roots, assignment)
        return all(facts) and actual != expected

    def smtlib(self) -> str:
        """A script for any SMT solver: "unsat" says that the goal holds."""
        return equality_script([(self.actual, self.expected)], self.facts)

    def __str__(self) -> str:
        names = sorted({repr(leaf) for leaf in leaves(self.roots)})
        listed = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
        facts = f" where {len(self.facts)} facts hold" if self.facts else ""
        return (
            f"{self.actual!r:.100} = {self.expected!r:.100}{facts}"
            f" ({self.actual.width} bits, {self.size} terms, of {listed or 'no leaves'})"
        )


def assignment(values: Values) -> Assignment:
    """The leaves have these values, and are 0 if they have none."""
    return lambda width, name, args: values.get((width, name, args), 0)


def by_name(values: Values) -> dict[str, int]:
    """The values of variables by name, and of elements as "name[index]"."""
    return {
        f"{name}[{args[0]}]" if args else name: value for (_, name, args), value in values.items()
    }


@dataclass(frozen=True, eq=False)
class Step:
    """One application of a rule of the kernel, as armsym.check.evidence lists them.

    terms: those that the rule takes; of: the steps that it builds on; text: a proof, or whose word.
    """

    by: str
    terms: tuple[Term, ...] = ()
    of: tuple[Step, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Settled:
    """The goal holds, by the theorem of this step."""

    step: Step


@dataclass(frozen=True)
class Refuted:
    """The goal does not hold for these values."""

    values: Values


@dataclass(frozen=True)
class Open:
    """What remains to be shown, how the goal follows from a step for each, and what was tried."""

    goals: tuple[Goal, ...]
    reasons: tuple[str, ...]
    join: Callable[[Sequence[Step]], Step]


Outcome = Settled | Refuted | Open
Tactic = Callable[[Goal], Outcome]


def stuck(goal: Goal, *reasons: str) -> Open:
    """A tactic that fails, for these reasons, or does not apply, leaves the goal as it was."""
    return Open((goal,), reasons, lambda steps: steps[0])


class Lemmas:
    """Steps as the lemmas of a certificate, each once, after those that it builds on."""

    def __init__(self) -> None:
        self.pool = Pool()  # of their terms
        self.list: list[dict[str, Any]] = []
        self._number: dict[Step, int] = {}
        self._nodes: dict[Term, int] = {}

    def add(self, last: Step) -> int:
        """The number of the lemma that says what `last` does."""
        waiting = [last]
        while waiting:
            step = waiting[-1]
            missing = [earlier for earlier in step.of if earlier not in self._number]
            waiting.extend(missing)
            if not missing:
                waiting.pop()
                self._enter(step)
        return self._number[last]

    def _enter(self, step: Step) -> None:
        if step in self._number:
            return
        self._number[step] = len(self.list)
        lemma: dict[str, Any] = {"by": step.by}
        if step.terms:
            lemma["roots"] = self.pool.add(step.terms, self._nodes)
        if step.of:
            lemma["of"] = [self._number[earlier] for earlier in step.of]
        if step.by in _TEXTS:
            lemma[_TEXTS[step.by]] = step.text
        self.list.append(lemma)


_TEXTS = {"clausal": "proof", "trusted": "whose"}
