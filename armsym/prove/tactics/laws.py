"""Laws of a standard's functions, used from left to right until none applies any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from armsym.bv.evaluate import walk
from armsym.bv.term import Term
from armsym.contract.language import Law
from armsym.kernel.builder import KernelBuilder
from armsym.prove.tactics.derive import chain, fresh, replaced
from armsym.prove.tactics.goal import Goal, Open, Outcome, Settled, Step, Tactic, stuck

# A side of a goal is rewritten so often at most.
REWRITES = 64


class Laws:
    """Equations that hold for all values of their variables, each settled before its first use."""

    def __init__(self, laws: Iterable[Law], tactic: Tactic) -> None:
        self._laws = tuple(laws)
        self._tactic = tactic
        self._rules: dict[KernelBuilder, list[_Rule]] = {}

    def rewrite(self, goal: Goal) -> Outcome:
        """The goal, both sides of which are rewritten; the first law that applies goes first."""
        if goal.builder not in self._rules:
            self._rules[goal.builder] = self._settled(goal.builder)
        rules = self._rules[goal.builder]
        actual, down = _normal(goal.actual, rules)
        expected, up = _normal(goal.expected, rules)
        if not down and not up:
            return stuck(goal)
        back = [Step("symmetry", of=(step,)) for step in reversed(up)]
        made = replace(goal, actual=actual, expected=expected)
        return Open((made,), (), lambda steps: chain(*down, steps[0], *back))

    def _settled(self, builder: KernelBuilder) -> list[_Rule]:
        rules = []
        for law in self._laws:
            variables = [builder.var(w, f"law.{n}") for n, w in enumerate(law.widths)]
            goal = Goal((), law.left(*variables), law.right(*variables))
            outcome = self._tactic(goal)
            if isinstance(outcome, Settled):
                rules.append(_Rule(variables, goal.actual, law.right, outcome.step))
        return rules


class _Rule:
    """A law over some builder's variables, and the step that settles it."""

    def __init__(
        self, variables: Sequence[Term], left: Term, right: Callable[..., Term], step: Step
    ) -> None:
        self.variables = variables
        self.left = left
        self.right = right
        self.step = step

    def match(self, term: Term) -> list[Term] | None:
        """What the variables stand for where the term is an instance of the left side."""
        found: dict[Term, Term] = {}
        waiting = [(self.left, term)]
        while waiting:
            pattern, part = waiting.pop()
            if pattern in found:
                if found[pattern] is not part:
                    return None
                continue
            found[pattern] = part
            if pattern in self.variables:
                continue
            alike = pattern.op is part.op and pattern.param == part.param
            if not alike or len(pattern.args) != len(part.args):
                return None
            waiting.extend(zip(pattern.args, part.args, strict=True))
        return [found[variable] for variable in self.variables]


def _normal(term: Term, rules: Sequence[_Rule]) -> tuple[Term, list[Step]]:
    """The term, rewritten until no rule applies, and the steps: from it to the next, and so on."""
    steps: list[Step] = []
    for _ in range(REWRITES):
        found = _uppermost(term, rules)
        if found is None:
            break
        part, rule, values = found
        law = Step("instance", (*rule.variables, *values), (rule.step,))
        (hole,) = fresh([term], [part.width])
        (context,) = replaced([term], {part: hole})
        steps.append(Step("congruence", (context, hole), (law,)))
        (term,) = replaced([context], {hole: rule.right(*values)})
    return term, steps


def _uppermost(term: Term, rules: Sequence[_Rule]) -> tuple[Term, _Rule, list[Term]] | None:
    """The uppermost part that is an instance of a rule's left side, and of which."""
    for part in reversed(list(walk([term]))):
        for rule in rules:
            if (values := rule.match(part)) is not None:
                return part, rule, values
    return None
