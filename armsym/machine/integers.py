"""Linear inequalities over mathematical integers: what is known of public counts and offsets.

An inequality is `sum(coefficient * variable) + constant >= 0`.  A variable is a name, or a quotient
q = floor(e / k) of an expression and a literal.  Whatever the names stand for, q is the one integer
with 0 <= e - k * q <= k - 1: as these two inequalities define it, they may be used anywhere.

Deciding is refutation by Fourier-Motzkin elimination, with each inequality tightened by the common
divisor of its coefficients: sound for integers, and complete enough for bounds of loops and
buffers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import gcd

# Elimination gives up, as if nothing followed, when it holds more inequalities than this.
INEQUALITIES = 4000


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

    def quotient(self, divisor: int) -> Expression:
        """floor(self / divisor), of a divisor of at least 1; equal ones are mostly spelled alike.

        Multiples of the divisor are taken out, common divisors cancelled, and the quotient of one
        is that by the product: floor((floor(e / a) + r) / b) = floor((e + a * r) / (a * b)).
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


Key = tuple[tuple[int, int], ...]  # numbers of variables, sorted, and their coefficients


def satisfiable(expressions: Iterable[Expression]) -> bool:
    """False only if no integers make all these expressions at least 0."""
    current: dict[Key, int] = {}
    if not all(_add(current, constant, key) for constant, key in _numbered(expressions)):
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


def _numbered(expressions: Iterable[Expression]) -> Iterator[tuple[int, dict[int, int]]]:
    """The expressions, and what defines their quotients, with numbers in the place of variables."""
    numbers: dict[Variable, int] = {}
    waiting = list(expressions)
    for expression in waiting:
        for variable, _ in expression.coefficients:
            if variable not in numbers:
                numbers[variable] = len(numbers)
                if isinstance(variable, Quotient):
                    waiting.extend(variable.definition())
        yield expression.constant, {numbers[v]: k for v, k in expression.coefficients}


def _add(current: dict[Key, int], constant: int, coefficients: dict[int, int]) -> bool:
    """Adds a tightened inequality; False if it is plainly false."""
    used = {v: k for v, k in coefficients.items() if k}
    if not used:
        return constant >= 0
    divisor = gcd(*used.values())
    key = tuple(sorted((v, k // divisor) for v, k in used.items()))
    constant //= divisor
    current[key] = min(constant, current.get(key, constant))
    return True


def _cheapest(current: dict[Key, int]) -> int:
    """The variable whose elimination makes the fewest new inequalities."""
    signs: dict[int, list[int]] = {}
    for key in current:
        for variable, coefficient in key:
            signs.setdefault(variable, [0, 0])[coefficient < 0] += 1
    return min(signs, key=lambda v: (signs[v][0] * signs[v][1] - sum(signs[v]), v))


Bound = tuple[Key, int, int]  # an inequality, and the size of one variable's coefficient


def _parts(
    current: dict[Key, int], variable: int
) -> tuple[list[Bound], list[Bound], dict[Key, int]]:
    """The inequalities in which the variable counts up, counts down, and does not occur."""
    upper: list[Bound] = []
    lower: list[Bound] = []
    rest: dict[Key, int] = {}
    for key, constant in current.items():
        coefficient = dict(key).get(variable, 0)
        if coefficient:
            (upper if coefficient > 0 else lower).append((key, constant, abs(coefficient)))
        else:
            rest[key] = constant
    return upper, lower, rest
