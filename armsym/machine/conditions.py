"""Conditions on public values, read as inequalities between integers."""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.term import VAR, Term, int_params, signed
from armsym.machine.address import SIZE, Linear, LinearForms
from armsym.machine.integers import Expression, Integers


def expression(form: Linear) -> Expression | None:
    """The integer that a linear form denotes up to a multiple of 2^64; None if it has no names."""
    coefficients: dict[str, int] = {}
    for atom, coefficient in form.atoms.items():
        if atom.op is not VAR:
            return None
        coefficients[str(atom.param[1])] = signed(coefficient, 64)
    return Expression.of(signed(form.constant, 64), coefficients)


class Conditions:
    """Reads one-bit terms under what is known of the integers that variables are."""

    def __init__(self, forms: LinearForms, known: Integers) -> None:
        self._forms = forms
        self._known = known

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
        if args and args[0].width == 64 and op in (t.EQ, t.ULT, t.SLT):
            read = self._equal if op is t.EQ else self._less
            found = read(condition, truth)
            return [[]] if found is None else found
        return [[]]

    def _equal(self, condition: Term, truth: bool) -> list[list[Expression]] | None:
        x, y = [self._forms.of(a) for a in condition.args]
        difference = expression(x.plus(y, -1))
        if difference is None:
            return None
        opposite = difference.negated()
        # Only within these bounds is a difference of 0 modulo 2^64 a difference of 0.
        if not all(self._known.proves(d.plus(SIZE - 1)) for d in (difference, opposite)):
            return None
        if truth:
            return [[difference, opposite]]
        return [[difference.plus(-1)], [opposite.plus(-1)]]

    def _less(self, condition: Term, truth: bool) -> list[list[Expression]] | None:
        is_signed = condition.op is t.SLT
        x, y = [self._number(a, is_signed) for a in condition.args]
        if x is None or y is None:
            return None
        return [[y.plus(x, -1).plus(-1)]] if truth else [[x.plus(y, -1)]]

    def _number(self, term: Term, is_signed: bool) -> Expression | None:
        """The unsigned or signed number that a 64-bit term is, if its range is known."""
        found = expression(self._forms.of(term))
        if found is None:
            return None
        low, high = (-SIZE // 2, SIZE // 2 - 1) if is_signed else (0, SIZE - 1)
        for turn in (0, SIZE, -SIZE):
            number = found.plus(turn)
            above, below = number.plus(-low), number.negated().plus(high)
            if self._known.proves(above) and self._known.proves(below):
                return number
        return None


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
