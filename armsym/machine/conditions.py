"""Conditions on public values, read as the signs of differences between integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import product

from armsym.bv import term as t
from armsym.bv.term import Term
from armsym.machine.integers import Expression, Integers
from armsym.machine.numbers import Numbers

CONNECTIVES = (t.NOT, t.AND, t.OR, t.XOR, t.BITWISE, t.ITE)
COMPARISONS = (t.EQ, t.ULT, t.SLT)

# A condition of more parts than this, or about more differences, adds nothing to what is known.
PARTS = 64
DIFFERENCES = 3

NEGATIVE, ZERO, POSITIVE = -1, 0, 1
SIGNS = (NEGATIVE, ZERO, POSITIVE)

Case = list[Expression]  # all of them are at least 0

# Whether differences can have these signs.
Possible = Mapping[tuple[int, ...], bool]

# A difference, and the sign that it has exactly where a comparison holds.
Reading = tuple[Expression, int]


class Conditions:
    """Reads one-bit terms under what is known of the integers that variables are."""

    def __init__(self, numbers: Numbers, known: Integers) -> None:
        self._known = known
        self._numbers = numbers

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

    def _read(self, condition: Term, truth: bool) -> list[Case]:
        """Cases that cover all in which the condition has this value."""
        parts = _parts(condition)
        readings = {p: self._comparison(p) for p in parts if p.op not in CONNECTIVES}
        known = {atom: reading for atom, reading in readings.items() if reading is not None}
        free = [atom for atom in readings if atom not in known and atom.value is None]
        differences = list(dict.fromkeys(difference for difference, _ in known.values()))
        if not parts or not differences or len(free) + len(differences) > DIFFERENCES:
            return [[]] if condition.value is None or bool(condition.value) == truth else []
        possible = {
            signs: truth in _values(parts, known, free, dict(zip(differences, signs, strict=True)))
            for signs in product(SIGNS, repeat=len(differences))
        }
        return list(_cases(differences, possible))

    def _comparison(self, atom: Term) -> Reading | None:
        """What a comparison says of the sign of a difference, if it can be read."""
        if atom.value is not None:
            return None
        if atom.op not in COMPARISONS:  # a bit, which is 0 or 1
            difference, sign = self._numbers.exact(atom), POSITIVE
        elif atom.op is t.EQ:
            difference, sign = self._numbers.difference(*atom.args), ZERO
        else:
            x, y = [self._numbers.exact(a, is_signed=atom.op is t.SLT) for a in atom.args]
            difference = x.plus(y, -1) if x is not None and y is not None else None
            sign = NEGATIVE
        if difference is None:
            return None
        # A difference and its opposite are one, of opposite signs.
        if difference.coefficients and difference.coefficients[0][1] < 0:
            return difference.negated(), -sign
        return difference, sign


def _parts(condition: Term) -> list[Term]:
    """The parts of a condition, operands first, down to what no connective joins; [] if many."""
    found: dict[Term, None] = {}
    stack = [condition]
    while stack:
        if len(found) + len(stack) > PARTS:
            return []
        top = stack[-1]
        operands = [a for a in top.args if a not in found] if top.op in CONNECTIVES else []
        if operands:
            stack.extend(operands)
        else:
            found.setdefault(stack.pop())
    return list(found)


def _values(
    parts: list[Term], known: Mapping[Term, Reading], free: list[Term], signs: dict[Expression, int]
) -> Iterator[bool]:
    """The values that the last part has where the differences have these signs."""
    for chosen in product((0, 1), repeat=len(free)):
        values = dict(zip(free, chosen, strict=True))
        for part in parts:
            if part.value is not None:
                values[part] = part.value
            elif part in known:
                difference, sign = known[part]
                values[part] = int(signs[difference] == sign)
            elif part not in values:
                meaning, operands = part.op.meaning, [values[a] for a in part.args]
                if meaning is not None:
                    values[part] = meaning(1, part.param, operands, [1] * len(operands)) & 1
        yield bool(values[parts[-1]])


def _cases(differences: list[Expression], possible: Possible) -> Iterator[Case]:
    """The cases in which the differences have possible signs, told by as few as it takes."""
    for i in reversed(range(len(differences))):
        below, zero, above = [_fixed(possible, i, sign) for sign in SIGNS]
        if below == zero == above:
            differences, possible = differences[:i] + differences[i + 1 :], zero
    if not differences:
        yield from [[]] if possible[()] else []
        return
    *first, last = differences
    for signs in product(SIGNS, repeat=len(first)):
        before = [e for d, s in zip(first, signs, strict=True) for e in _signed(d, {s})[0]]
        for case in _signed(last, {sign for sign in SIGNS if possible[(*signs, sign)]}):
            yield before + case


def _fixed(possible: Possible, i: int, sign: int) -> Possible:
    """What is possible of the other signs where sign number i is this one."""
    return {s[:i] + s[i + 1 :]: found for s, found in possible.items() if s[i] == sign}


def _signed(difference: Expression, signs: Set[int]) -> list[Case]:
    """The cases in which the difference has one of these signs."""
    below, above = difference.negated(), difference
    if signs == {NEGATIVE, POSITIVE}:
        return [[below.plus(-1)], [above.plus(-1)]]
    cases: dict[frozenset[int], Case] = {
        frozenset(SIGNS): [],
        frozenset([NEGATIVE, ZERO]): [below],
        frozenset([ZERO, POSITIVE]): [above],
        frozenset([NEGATIVE]): [below.plus(-1)],
        frozenset([ZERO]): [below, above],
        frozenset([POSITIVE]): [above.plus(-1)],
    }
    return [cases[frozenset(signs)]] if signs else []
