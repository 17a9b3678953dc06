"""Linear inequalities over mathematical integers: what is known of public counts and offsets.

An inequality is `sum(coefficient * variable) + constant >= 0`.  A variable is a name, or a quotient
q = floor(e / k) of an expression and a literal.  Whatever the names stand for, q is the one integer
with 0 <= e - k * q <= k - 1: as these two inequalities define it, they may be used anywhere.

An inequality follows from others if they contradict its opposite, which is checked here, by a
refutation; to find it is somebody else's business, who need not be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Quotient:
    """floor(number / divisor), of a divisor of at least 2; `Expression.quotient` makes them."""

    number: Expression
    divisor: int

    def definition(self) -> list[Expression]:
        """What is at least 0 of the quotient, and of nothing else."""
        rest = self.number.plus(Expression.variable(self), -self.divisor)
        return [rest, rest.negated().plus(self.divisor - 1)]

    def __str__(self) -> str:
        return f"(({self.number}) // {self.divisor})"


Variable = str | Quotient
Coefficients = tuple[tuple[Variable, int], ...]  # sorted by variable, none of them 0


@dataclass(frozen=True, slots=True)
class Expression:
    """`constant + sum(coefficient * variable)`, an integer."""

    constant: int
    coefficients: Coefficients = ()

    @staticmethod
    def of(constant: int, coefficients: Mapping[Variable, int]) -> Expression:
        used = [(v, k) for v, k in coefficients.items() if k]
        return Expression(constant, tuple(sorted(used, key=_order)))

    @staticmethod
    def variable(variable: Variable) -> Expression:
        return Expression(0, ((variable, 1),))

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

    def tightened(self) -> Expression:
        """What is at least 0 for the same integers, without a divisor that coefficients share."""
        divisor = gcd(*[k for _, k in self.coefficients]) or 1
        return Expression(
            self.constant // divisor, tuple([(v, k // divisor) for v, k in self.coefficients])
        )

    def quotient(self, divisor: int) -> Expression:
        """floor(self / divisor), of a divisor of at least 1; equal ones are mostly spelled alike.

        Multiples of the divisor are taken out, and common divisors cancelled.  Then, of what is
        left: floor((floor(e / a) + r) / b) = floor((e + a * r) / (a * b)), and
        floor(-e / k) = -floor((e + k - 1) / k), so that the first coefficient is positive.
        """
        if divisor < 1:
            raise ValueError(f"a quotient by {divisor}")
        # The remainders of coefficients are the smallest in size, that of the constant is not less
        # than 0.
        whole = {v: -((divisor - 2 * k) // (2 * divisor)) for v, k in self.coefficients}
        rest = {v: k - divisor * whole[v] for v, k in self.coefficients}
        common = gcd(divisor, *rest.values())
        remainder = self.constant % divisor // common
        number = Expression.of(remainder, {v: k // common for v, k in rest.items()})
        result = Expression.of(self.constant // divisor, whole)
        if not number.coefficients:
            return result
        divisor //= common
        for variable, k in number.coefficients:
            if isinstance(variable, Quotient) and k == 1:
                others = number.plus(Expression.variable(variable), -1)
                dividend = variable.number.plus(others, variable.divisor)
                return result.plus(dividend.quotient(variable.divisor * divisor))
        if number.coefficients[0][1] < 0:
            opposite = number.negated().plus(divisor - 1)
            return result.plus(opposite.quotient(divisor), -1)
        return result.plus(Expression.variable(Quotient(number, divisor)))

    def names(self) -> Iterator[str]:
        """The names, those in quotients included; as often as they occur."""
        for variable, _ in self.coefficients:
            if isinstance(variable, Quotient):
                yield from variable.number.names()
            else:
                yield variable

    def replaced(self, name: str, by: Expression) -> Expression:
        """The expression with another one in the place of a name."""
        if name not in self.names():
            return self
        result = Expression(self.constant)
        for variable, k in self.coefficients:
            if isinstance(variable, Quotient):
                part = variable.number.replaced(name, by).quotient(variable.divisor)
            else:
                part = by if variable == name else Expression.variable(variable)
            result = result.plus(part, k)
        return result

    def value(self, of: Callable[[str], int]) -> int:
        """The value where the names have theirs."""
        result = self.constant
        for v, k in self.coefficients:
            result += k * (v.number.value(of) // v.divisor if isinstance(v, Quotient) else of(v))
        return result

    def __str__(self) -> str:
        terms = [f"{k}*{v}" if k != 1 else str(v) for v, k in self.coefficients]
        return " + ".join([*terms, *([str(self.constant)] if self.constant or not terms else [])])


def _order(part: tuple[Variable, int]) -> tuple[bool, str]:
    """Names come before quotients."""
    return isinstance(part[0], Quotient), str(part[0])


# A sum of inequalities, each so many times: [its number, how many times].
Step = Sequence[Sequence[int]]

# That inequalities contradict each other, as sums of them show: see `refutes`.
Refutation = Sequence[Step]

# The least and the most that a number is.
Bounds = tuple[int, int]


class Search(Protocol):
    """Looks for what is then checked; it may give anything, or None."""

    def __call__(self, inequalities: Sequence[Expression], /) -> Refutation | None:
        """A refutation of the inequalities."""

    def bounds(self, inequalities: Sequence[Expression], number: Expression, /) -> Bounds | None:
        """The bounds of a number where the inequalities hold."""


class NoSearch:
    """Finds nothing."""

    def __call__(self, inequalities: Sequence[Expression], /) -> Refutation | None:
        return None

    def bounds(self, inequalities: Sequence[Expression], number: Expression, /) -> Bounds | None:
        return None


def refutes(refutation: Refutation, inequalities: Sequence[Expression]) -> bool:
    """Whether a refutation shows that no integers meet all the inequalities.

    Each of its steps is a sum of inequalities, none a negative number of times: those given, by
    their number, and the steps before, which go on counting.  So is at least 0 what is.  A step's
    coefficients are divided by their greatest common divisor, its constant is too, and rounded
    down, since the rest is an integer (Gomory's cut).  The last is a number below 0 (Farkas).
    """
    shown = list(inequalities)
    for step in refutation:
        total = Expression(0)
        for number, times in step:
            if times < 0 or not 0 <= number < len(shown):
                return False
            total = total.plus(shown[number], times)
        shown.append(total.tightened())
    return bool(shown) and not shown[-1].coefficients and shown[-1].constant < 0


class Integers:
    """A set of expressions that are known to be at least 0.  A value: `assume` gives another.

    What follows from them is what `search` finds a refutation for; by default, nothing does.
    """

    def __init__(self, known: Iterable[Expression] = (), search: Search | None = None) -> None:
        self.known = tuple(dict.fromkeys(known))
        self._search = search or NoSearch()
        self._proved: dict[Expression, bool] = {}  # the same is asked again and again

    def assume(self, *expressions: Expression) -> Integers:
        """What is known when these are at least 0 as well."""
        return Integers((*self.known, *expressions), self._search)

    def proves(self, expression: Expression) -> bool:
        """Whether it is shown to follow that the expression is at least 0."""
        if not expression.coefficients and expression.constant >= 0:
            return True
        found = self._proved.get(expression)
        if found is None:
            found = self._refuted((expression.negated().plus(-1), *self.known))
            self._proved[expression] = found
        return found

    def value(self, expression: Expression, low: int, high: int) -> int | None:
        """The one value that the expression has, if it is known to be from `low` to `high`."""
        least, most = self.bounds(expression, low, high)
        return least if least == most else None

    def bounds(self, expression: Expression, low: int, high: int) -> tuple[int, int]:
        """The least and the most that the expression is shown to be, or (low - 1, high + 1).

        They are from `low` to `high`.
        """
        found = self._search.bounds(_with_definitions([expression, *self.known])[1:], expression)
        if found is not None and low <= found[0] <= found[1] <= high:
            least, most = found
            if self.proves(expression.plus(-least)) and self.proves(
                expression.negated().plus(most)
            ):
                return least, most
        return low - 1, high + 1

    def feasible(self) -> bool:
        """Whether no contradiction is shown in what is known."""
        return not self._refuted(self.known)

    def _refuted(self, inequalities: Sequence[Expression]) -> bool:
        given = _with_definitions(inequalities)
        refutation = self._search(given)
        return refutation is not None and refutes(refutation, given)


def _with_definitions(inequalities: Iterable[Expression]) -> list[Expression]:
    """The inequalities, and those that define the quotients in them, and in these."""
    found, seen = list(inequalities), set[Variable]()
    for inequality in found:
        for variable, _ in inequality.coefficients:
            if isinstance(variable, Quotient) and variable not in seen:
                seen.add(variable)
                found.extend(variable.definition())
    return found
