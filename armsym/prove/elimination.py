"""Refutations of linear inequalities, found by Fourier-Motzkin elimination.

Each inequality is tightened by the common divisor of its coefficients: complete enough for bounds
of loops and buffers.  What is found is checked by armsym.machine.integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from armsym.machine.integers import Bounds, Expression, Refutation, Variable

# Elimination gives up when it holds more inequalities than this.
INEQUALITIES = 4000


@dataclass(frozen=True, eq=False, slots=True)
class _Line:
    """An inequality's constant, and how it was made: the sum of `parts`, each so many times,
    divided by `divisor`, and rounded down unless `exact`.  A given one has its `number` instead.
    """

    constant: int
    parts: tuple[tuple[_Line, int], ...] = ()
    divisor: int = 1
    exact: bool = True
    number: int = 0


# The numbers of variables, sorted, and their coefficients.
_Key = tuple[tuple[int, int], ...]

# The tightest inequality for each left side.
_Lines = dict[_Key, _Line]


class Elimination:
    """A search for refutations and bounds that remembers what it was asked."""

    def __init__(self) -> None:
        self._known: dict[tuple[Expression, ...], Refutation | None] = {}
        self._bounds: dict[tuple[tuple[Expression, ...], Expression], Bounds | None] = {}

    def __call__(self, inequalities: Sequence[Expression]) -> Refutation | None:
        """A refutation; None if none is found."""
        key = tuple(inequalities)
        if key not in self._known:
            self._known[key] = _refutation(key)
        return self._known[key]

    def bounds(self, inequalities: Sequence[Expression], number: Expression) -> Bounds | None:
        """The closest bounds of the number that are found; None if they are not finite."""
        key = tuple(inequalities), number
        if key not in self._bounds:
            self._bounds[key] = self._closest(*key)
        return self._bounds[key]

    def _closest(self, inequalities: Sequence[Expression], number: Expression) -> Bounds | None:
        found = _projection(inequalities, number)
        if found is None or found[0] == found[1]:
            return found

        def follows(inequality: Expression) -> bool:
            return self([inequality.negated().plus(-1), *inequalities]) is not None

        least, most = found
        most = _least(lambda k: follows(number.negated().plus(k)), least, most)
        return -_least(lambda k: follows(number.plus(k)), -most, -least), most


def _least(holds: Callable[[int], bool], low: int, high: int) -> int:
    """A number from `low` to `high` at which it holds, as it does at `high`: the least if it holds
    from some number on.
    """
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _projection(inequalities: Sequence[Expression], number: Expression) -> Bounds | None:
    """Bounds of the number, from what is left when all variables but one for it are eliminated."""
    factor = gcd(*[k for _, k in number.coefficients]) or 1
    part = Expression(0, tuple([(v, k // factor) for v, k in number.coefficients]))
    rest = Expression.variable(_KEPT).plus(part, -1)
    false, lines = _eliminated((rest, rest.negated(), *inequalities), _KEPT)
    if false is not None:
        return number.constant, number.constant  # whatever it is, it is shown to be
    below, above = lines.get(((0, 1),)), lines.get(((0, -1),))
    if below is None or above is None:
        return None
    return number.constant - factor * below.constant, number.constant + factor * above.constant


# A name that no number has.
_KEPT = ""


def _refutation(inequalities: Sequence[Expression]) -> Refutation | None:
    false, _ = _eliminated(inequalities)
    return None if false is None else _written(false, len(inequalities))


def _eliminated(
    inequalities: Sequence[Expression], kept: Variable | None = None
) -> tuple[_Line | None, _Lines]:
    """A line that is plainly false, if there is one, and what is left for the variable `kept`."""
    lines: _Lines = {}
    variables: dict[Variable, int] = {} if kept is None else {kept: 0}
    for number, given in enumerate(inequalities):
        part = _Line(given.constant, number=number)
        total = {variables.setdefault(v, len(variables)): k for v, k in given.coefficients}
        if false := _add(lines, total, given.constant, ((part, 1),)):
            return false, lines
    while (variable := _next(lines, None if kept is None else 0)) is not None:
        upper, lower, lines = _parts(lines, variable)
        for above, c, k in upper:
            for below, d, m in lower:
                total = {v: m * x for v, x in above}
                for v, x in below:
                    total[v] = total.get(v, 0) + k * x
                constant = m * c.constant + k * d.constant
                if false := _add(lines, total, constant, ((c, m), (d, k))):
                    return false, lines
        if len(lines) > INEQUALITIES:
            return None, {}
    return None, lines


def _add(
    lines: _Lines,
    coefficients: Mapping[int, int],
    constant: int,
    parts: tuple[tuple[_Line, int], ...],
) -> _Line | None:
    """Adds an inequality, tightened; gives it if it is plainly false."""
    used = {v: k for v, k in coefficients.items() if k}
    if not used:
        return _Line(constant, parts) if constant < 0 else None
    divisor = gcd(*used.values())
    key = tuple(sorted((v, k // divisor) for v, k in used.items()))
    tight, rest = divmod(constant, divisor)
    before = lines.get(key)
    if before is None or tight < before.constant:
        lines[key] = _Line(tight, parts, divisor, not rest)
    return None


def _next(lines: _Lines, kept: int | None) -> int | None:
    """The variable to eliminate: one that loses no integers, and makes the fewest inequalities.

    None are lost where all coefficients of one sign are 1 in size.
    """
    number: dict[int, list[int]] = {}
    largest: dict[int, list[int]] = {}
    for key in lines:
        for variable, coefficient in key:
            sign = coefficient < 0
            number.setdefault(variable, [0, 0])[sign] += 1
            sizes = largest.setdefault(variable, [0, 0])
            sizes[sign] = max(sizes[sign], abs(coefficient))

    def cost(variable: int) -> tuple[bool, int, int]:
        above, below = number[variable]
        return min(largest[variable]) > 1, above * below - above - below, variable

    return min([v for v in number if v != kept], key=cost, default=None)


_Bound = tuple[_Key, _Line, int]  # an inequality, and the size of one coefficient


def _parts(lines: _Lines, variable: int) -> tuple[list[_Bound], list[_Bound], _Lines]:
    """The inequalities in which the variable counts up, counts down, and does not occur."""
    upper: list[_Bound] = []
    lower: list[_Bound] = []
    rest: _Lines = {}
    for key, line in lines.items():
        coefficient = dict(key).get(variable, 0)
        if coefficient:
            (upper if coefficient > 0 else lower).append((key, line, abs(coefficient)))
        else:
            rest[key] = line
    return upper, lower, rest


def _written(false: _Line, given: int) -> Refutation:
    """The refutation that ends in a line: a step for each that was rounded, one for the last."""
    number: dict[_Line, int] = {}
    steps: list[list[list[int]]] = []
    for line in _rounded(false):
        weights = _weights(line.parts, number)
        times = lcm(*[w.denominator for w in weights.values()])
        steps.append([[n, int(w * times)] for n, w in sorted(weights.items())])
        number[line] = given + len(steps) - 1
    return steps


def _rounded(last: _Line) -> Iterator[_Line]:
    """The lines that were rounded on the way to the last, and the last, each after its parts."""
    seen: set[_Line] = set()
    stack = [last]
    while stack:
        line = stack[-1]
        waiting = [part for part, _ in line.parts if part not in seen]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        if line not in seen and (line is last or not line.exact):
            yield line
        seen.add(line)


def _weights(
    parts: Sequence[tuple[_Line, int]], number: Mapping[_Line, int]
) -> dict[int, Fraction]:
    """How many times the given lines and the steps so far are in a sum."""
    weights: dict[int, Fraction] = {}
    stack = [(part, Fraction(times)) for part, times in parts]
    while stack:
        line, times = stack.pop()
        if line.parts and line not in number:
            stack += [(part, times * k / line.divisor) for part, k in line.parts]
        else:
            n = number.get(line, line.number)
            weights[n] = weights.get(n, Fraction(0)) + times
    return weights
