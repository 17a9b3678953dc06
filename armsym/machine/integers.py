"""Linear inequalities over mathematical integers: what is known of public counts and offsets.

An inequality is `sum(coefficient * variable) + constant >= 0`.  Deciding is refutation by
Fourier-Motzkin elimination, with each inequality tightened by the common divisor of its
coefficients: sound for integers, and complete enough for bounds of loops and buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import gcd

# Elimination gives up, as if nothing followed, when it holds more inequalities than this.
INEQUALITIES = 4000

Coefficients = tuple[tuple[str, int], ...]  # sorted by variable, none of them 0


@dataclass(frozen=True, slots=True)
class Expression:
    """`constant + sum(coefficient * variable)`, an integer."""

    constant: int
    coefficients: Coefficients = ()

    @staticmethod
    def of(constant: int, coefficients: Mapping[str, int]) -> Expression:
        return Expression(constant, tuple(sorted((v, k) for v, k in coefficients.items() if k)))

    @staticmethod
    def variable(name: str) -> Expression:
        return Expression(0, ((name, 1),))

    def plus(self, other: Expression | int, times: int = 1) -> Expression:
        """self + times * other."""
        if isinstance(other, int):
            return Expression(self.constant + times * other, self.coefficients)
        total = dict(self.coefficients)
        for variable, coefficient in other.coefficients:
            total[variable] = total.get(variable, 0) + times * coefficient
        return Expression.of(self.constant + times * other.constant, total)

    def negated(self) -> Expression:
        return Expression(-self.constant, tuple((v, -k) for v, k in self.coefficients))

    def __str__(self) -> str:
        terms = [f"{k}*{v}" if k != 1 else v for v, k in self.coefficients]
        return " + ".join([*terms, *([str(self.constant)] if self.constant or not terms else [])])


class Integers:
    """A set of expressions that are known to be at least 0.  A value: `assume` gives another."""

    def __init__(self, known: Iterable[Expression] = ()) -> None:
        self.known = tuple(dict.fromkeys(known))
        self._proved: dict[Expression, bool] = {}  # the same is asked again and again

    def assume(self, *expressions: Expression) -> Integers:
        """What is known when these are at least 0 as well."""
        return Integers((*self.known, *expressions))

    def proves(self, expression: Expression) -> bool:
        """Whether it follows that the expression is at least 0."""
        found = self._proved.get(expression)
        if found is None:
            found = not satisfiable((*self.known, expression.negated().plus(-1)))
            self._proved[expression] = found
        return found

    def value(self, expression: Expression, low: int, high: int) -> int | None:
        """The one value that the expression has, if it is known to be from `low` to `high`."""
        least, most = self.bounds(expression, low, high)
        return least if least == most else None

    def bounds(self, expression: Expression, low: int, high: int) -> tuple[int, int]:
        """The least and the most that the expression is known to be, or (low - 1, high + 1).

        They are looked for from `low` to `high`.
        """
        opposite = expression.negated()
        if not self.proves(expression.plus(-low)) or not self.proves(opposite.plus(high)):
            return low - 1, high + 1
        most = _least(lambda k: self.proves(opposite.plus(k)), low, high)
        least = -_least(lambda k: self.proves(expression.plus(k)), -most, -low)
        return least, most

    def feasible(self) -> bool:
        """Whether no contradiction is found in what is known."""
        return satisfiable(self.known)


def _least(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least number from `low` to `high` from which on it holds; at `high` it does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def satisfiable(expressions: Iterable[Expression]) -> bool:
    """False only if no integers make all these expressions at least 0."""
    current: dict[Coefficients, int] = {}
    if not all(_add(current, e.constant, dict(e.coefficients)) for e in expressions):
        return False
    while current:
        variable = _cheapest(current)
        upper, lower, rest = _parts(current, variable)
        current = rest
        for above, c, k in upper:
            for below, d, m in lower:
                total = {v: m * x for v, x in above}
                for v, x in below:
                    total[v] = total.get(v, 0) + k * x
                if not _add(current, m * c + k * d, total):
                    return False
        if len(current) > INEQUALITIES:
            return True
    return True


def _add(current: dict[Coefficients, int], constant: int, coefficients: dict[str, int]) -> bool:
    """Adds a tightened inequality; False if it is plainly false."""
    used = {v: k for v, k in coefficients.items() if k}
    if not used:
        return constant >= 0
    divisor = gcd(*used.values())
    key = tuple(sorted((v, k // divisor) for v, k in used.items()))
    constant //= divisor
    current[key] = min(constant, current.get(key, constant))
    return True


def _cheapest(current: dict[Coefficients, int]) -> str:
    """The variable whose elimination makes the fewest new inequalities."""
    signs: dict[str, list[int]] = {}
    for key in current:
        for variable, coefficient in key:
            signs.setdefault(variable, [0, 0])[coefficient < 0] += 1
    return min(signs, key=lambda v: (signs[v][0] * signs[v][1] - sum(signs[v]), v))


Bound = tuple[Coefficients, int, int]  # an inequality, and the size of one variable's coefficient


def _parts(
    current: dict[Coefficients, int], variable: str
) -> tuple[list[Bound], list[Bound], dict[Coefficients, int]]:
    """The inequalities in which the variable counts up, counts down, and does not occur."""
    upper: list[Bound] = []
    lower: list[Bound] = []
    rest: dict[Coefficients, int] = {}
    for key, constant in current.items():
        coefficient = dict(key).get(variable, 0)
        if coefficient:
            (upper if coefficient > 0 else lower).append((key, constant, abs(coefficient)))
        else:
            rest[key] = constant
    return upper, lower, rest
