"""Conditions on public values, read as inequalities between integers."""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.term import Term, int_params
from armsym.machine.address import LinearForms
from armsym.machine.integers import Expression, Integers
from armsym.machine.numbers import Numbers


class Conditions:
    """Reads one-bit terms under what is known of the integers that variables are."""

    def __init__(self, forms: LinearForms, known: Integers) -> None:
        self._known = known
        self._numbers = Numbers(forms, known)

    def cases(self, condition: Term, truth: bool) -> list[Integers]:
        """What is known in each of the cases in which the condition has this value.

        Cases that contradict what is known are left out.  A condition that can't be read as one on
        integers adds nothing.
        """
        read = self._read(condition, truth)
        if [] in read:
            return [self._known]
        found = [self._known.assume(*case) for case in read]
        return [case for case in found if case.feasible()]

    def _read(self, condition: Term, truth: bool) -> list[list[Expression]]:
        """The cases, each the expressions that are at least 0 in it."""
        op, args = condition.op, condition.args
        if condition.value is not None:
            return [[]] if bool(condition.value) == truth else []
        if (negated := _negated(condition)) is not None:
            return self._read(negated, not truth)
        if (op is t.AND and truth) or (op is t.OR and not truth):
            cases: list[list[Expression]] = [[]]
            for part in args:
                cases = [a + b for a in cases for b in self._read(part, truth)]
            return cases
        if op in (t.AND, t.OR):
            return [case for part in args for case in self._read(part, truth)]
        if op in (t.EQ, t.ULT, t.SLT):
            read = self._equal if op is t.EQ else self._less
            found = read(condition, truth)
            return [[]] if found is None else found
        return [[]]

    def _equal(self, condition: Term, truth: bool) -> list[list[Expression]] | None:
        difference = self._numbers.difference(*condition.args)
        if difference is None:
            return None
        opposite = difference.negated()
        if truth:
            return [[difference, opposite]]
        return [[difference.plus(-1)], [opposite.plus(-1)]]

    def _less(self, condition: Term, truth: bool) -> list[list[Expression]] | None:
        is_signed = condition.op is t.SLT
        x, y = [self._numbers.exact(a, is_signed) for a in condition.args]
        if x is None or y is None:
            return None
        return [[y.plus(x, -1).plus(-1)]] if truth else [[x.plus(y, -1)]]


def _negated(condition: Term) -> Term | None:
    """The one-bit term of which this is the complement."""
    op, args = condition.op, condition.args
    if op is t.NOT:
        return args[0]
    if op is t.BITWISE and len(args) == 1 and int_params(condition.param) == [1, 1]:
        return args[0]
    if op is t.XOR and len(args) == 2:
        others = [a for a in args if a.value is None]
        return others[0] if len(others) == 1 and 1 in (args[0].value, args[1].value) else None
    return None
