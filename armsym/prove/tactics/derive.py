"""Steps that follow from steps: how goals that a tactic made lead back to the goal before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from armsym.bv.evaluate import leaves, walk
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.meaning import ONE, ZERO, Monomial, Polynomial
from armsym.prove.tactics.goal import Goal, Step


def chain(*steps: Step) -> Step:
    """From x = y, y = z, ...: x = the last."""
    first, *others = steps
    for step in others:
        first = Step("transitive", of=(first, step))
    return first


def guarded(goal: Goal) -> list[Term]:
    """For the facts f, g, ...: x, ite(f, x, y), ite(g, ite(f, x, y), y), ...

    The last is y for all values of the leaves just if the goal holds.
    """
    terms = [goal.actual]
    for fact in goal.facts:
        terms.append(goal.builder.ite(fact, terms[-1], goal.expected))
    return terms


def unguarded(goal: Goal, step: Step) -> Step:
    """F |- x = y, from a step that shows that the last of the guarded terms is y."""
    inner = guarded(goal)[:-1]
    for fact, term in reversed(list(zip(goal.facts, inner, strict=True))):
        # Where f is 1, the term is ite(1, term, y) = ite(f, term, y), and that is y.
        (hole,) = fresh(goal.roots, [1])
        context = goal.builder.ite(hole, term, goal.expected)
        opened = Step("congruence", (context, hole), (Step("assume", (fact,)),))
        step = chain(Step("symmetry", of=(opened,)), step)
    return step


def rewritten(hole: Term, contexts: tuple[Term, Term], same: Step, step: Step) -> Step:
    """x = y from v = w and c[w] = d[w], where x is c[v] and y is d[v]."""
    left, right = [Step("congruence", (context, hole), (same,)) for context in contexts]
    return chain(left, step, Step("symmetry", of=(right,)))


def truth(p: Term, holds: bool) -> Step:
    """p |- p = 1, or ~p |- p = 0."""
    if holds:
        return Step("assume", (p,))
    (hole,) = fresh([p], [1])
    return Step("congruence", (~hole, hole), (Step("assume", (~p,)),))


def replaced(roots: Iterable[Term], values: Mapping[Term, Term]) -> list[Term]:
    """The roots with terms below them replaced, the uppermost first."""
    roots = list(roots)
    made = dict(values)
    for term in walk(roots):
        if term not in made:
            args = tuple([made[a] for a in term.args])
            kept = args == term.args
            made[term] = term if kept else term.builder.make(term.op, args, term.param)
    return [made[root] for root in roots]


def fresh(roots: Sequence[Term], widths: Iterable[int]) -> list[Term]:
    """Variables of these widths that are not below the roots."""
    taken = {leaf.param[1] for leaf in leaves(roots)}
    number, made = 0, []
    for width in widths:
        while (name := f"_{number}") in taken:
            number += 1
        made.append(roots[0].builder.var(width, name))
        number += 1
    return made


def through(term: Term, whole: Term, hole: Term) -> Term:
    """The term, in which bits of `whole` are those of the hole, alone or as summands of others.

    The terms are a kernel's: its meaning tells that bits are the same.  What is added to a summand
    must be simpler than the sum.
    """
    bits = cast(KernelBuilder, term.builder).meaning.bits
    place: dict[Monomial, list[tuple[int, Polynomial]]] = {}
    for k, p in enumerate(bits(whole)):
        if p not in (ZERO, ONE):
            place.setdefault(next(iter(p)), []).append((k, p))
    values = {}
    for part in walk([term]):
        places = _places(bits(part), place)
        if places is not None:
            rest = part ^ pick(whole, places)
            if rest.value == 0 or rest.number < part.number:
                values[part] = pick(hole, places) ^ rest
    return replaced([term], values)[0]


Place = Mapping[Monomial, Sequence[tuple[int, Polynomial]]]


def _places(bits: Iterable[Polynomial], place: Place) -> list[int] | None:
    """For each of the bits the number that `_summand` gives; None if one has none."""
    places = []
    for p in bits:
        if (k := _summand(p, place)) is None:
            return None
        places.append(k)
    return places


def _summand(p: Polynomial, place: Place) -> int | None:
    """The number of a bit that is the polynomial, or a summand of it; by one of its monomials."""
    if place.keys().isdisjoint(p):
        return None
    candidates = [pair for monomial in p & place.keys() for pair in place[monomial]]
    return next((k for k, q in candidates if q <= p), None)


def pick(word: Term, places: list[int]) -> Term:
    """The bits of the word at these places, the lowest first: as few pieces as possible."""
    runs: list[list[int]] = []
    for k in places:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    return word.builder.concat(*[word[run[-1] : run[0]] for run in reversed(runs)])
