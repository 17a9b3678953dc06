"""What can be done with a whole DAG: walk it, evaluate it, make it again in another builder."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from operator import attrgetter
from typing import Protocol

from armsym.bv.builder import Builder
from armsym.bv.term import APPLY, VAR, Term


class Assignment(Protocol):
    """Values of the leaves: of variables, and of uninterpreted functions for given arguments."""

    def __call__(self, width: int, name: str, args: tuple[int, ...]) -> int:
        """The value of variable `name` (no args) or of the function `name` at `args`."""


def walk(roots: Iterable[Term], known: Container[Term] = ()) -> list[Term]:
    """Each term below the roots once, operands before what uses them; no recursion.

    What is `known` is left out, and what is only below that.
    """
    found = {root for root in roots if root not in known}
    waiting = list(found)
    while waiting:
        for term in waiting.pop().args:
            if term not in found and term not in known:
                found.add(term)
                waiting.append(term)
    return sorted(found, key=attrgetter("number"))


def size(roots: Iterable[Term]) -> int:
    """The number of distinct terms below the roots."""
    return len(walk(roots))


def evaluate(roots: Iterable[Term], assignment: Assignment) -> list[int]:
    """The values of the roots where the leaves have the assigned values."""
    roots = list(roots)
    values: dict[Term, int] = {}
    for term in walk(roots):
        arguments = [values[a] for a in term.args]
        if term.op.meaning is None:
            result = assignment(term.width, str(term.param[1]), tuple(arguments))
        else:
            widths = [a.width for a in term.args]
            result = term.op.meaning(term.width, term.param, arguments, widths)
        values[term] = result & ((1 << term.width) - 1)
    return [values[root] for root in roots]


def rebuild(
    roots: Iterable[Term], builder: Builder, leaf: Callable[[Term], Term | None] = lambda _: None
) -> list[Term]:
    """The same terms made by another builder; `leaf` may replace leaves (None keeps one).

    A term of this builder, of whose operands none is replaced, is the same already.
    """
    roots = list(roots)
    made: dict[Term, Term] = {}
    for term in walk(roots):
        replacement = leaf(term) if term.op in (VAR, APPLY) else None
        if replacement is None:
            args = tuple([made[a] for a in term.args])
            same = term.builder is builder and args == term.args
            replacement = term if same else builder.make(term.op, args, term.param)
        made[term] = replacement
    return [made[root] for root in roots]


def leaves(roots: Iterable[Term]) -> list[Term]:
    """The variables and applications of uninterpreted functions below the roots."""
    return [term for term in walk(roots) if term.op in (VAR, APPLY)]
