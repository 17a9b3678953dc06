"""Terms read as integers, and conditions as inequalities: held against values, on random terms."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from armsym.bv import term as t
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.normal.builder import NormalBuilder
from armsym.bv.term import Term, signed
from armsym.kernel.builder import KernelBuilder
from armsym.machine.address import LinearForms
from armsym.machine.conditions import Conditions
from armsym.machine.integers import Expression, Integers
from armsym.machine.numbers import Numbers
from armsym.prove.elimination import Elimination

NAMES = ("a", "b")
WIDTHS = (8, 32, 64)
SEEDS, TERMS, SAMPLES = 40, 40, 12

# What the variables may be known to be, both ends included.
RANGES = ((0, 3), (1, 255), (0, 1 << 32), (1 << 63, (1 << 63) + 9), (0, (1 << 64) - 1))

BUILDERS: dict[str, Callable[[], Builder]] = {
    "raw": RawBuilder,
    "normal": NormalBuilder,
    "kernel": KernelBuilder,
}


class Sample:
    """Random terms over two variables of known ranges, and values of the variables."""

    def __init__(self, builder: Builder, seed: int) -> None:
        self.random = random.Random(seed)
        self.builder = builder
        self.ranges = {name: self.random.choice(RANGES) for name in NAMES}
        self.terms = [builder.var(64, name) for name in NAMES]
        self.terms += [builder.const(w, n) for w in WIDTHS for n in (0, 1, 7, (1 << w) - 1)]
        while len(self.terms) < TERMS:
            self.terms.append(self._term(self.random.choice(WIDTHS)))
        known = [self._bounds(name) for name in NAMES]
        self.known = Integers([bound for bounds in known for bound in bounds], Elimination())

    def numbers(self) -> Numbers:
        return Numbers(LinearForms(), self.known, frozenset(NAMES))

    def conditions(self) -> Iterator[Term]:
        """One-bit terms: comparisons, and connections of some."""
        made = [self._comparison() for _ in range(8)]
        for _ in range(8):
            op = self.random.choice((t.AND, t.OR, t.XOR))
            made.append(self.builder.make(op, tuple(self.random.choices(made, k=2))))
            made.append(~self.random.choice(made))
        yield from made

    def values(self) -> Iterator[dict[str, int]]:
        """Values within the ranges, the ends of them more often than others."""
        for _ in range(SAMPLES):
            yield {
                name: self.random.choice((low, high, self.random.randint(low, high)))
                for name, (low, high) in self.ranges.items()
            }

    def _bounds(self, name: str) -> list[Expression]:
        low, high = self.ranges[name]
        variable = Expression.variable(name)
        return [variable.plus(-low), variable.negated().plus(high)]

    def _comparison(self) -> Term:
        width = self.random.choice(WIDTHS)
        op = self.random.choice((t.EQ, t.ULT, t.SLT))
        return self.builder.make(op, (self._word(width), self._word(width)))

    def _word(self, width: int) -> Term:
        """A term that there is, cut down or filled up with zeros."""
        term = self.random.choice(self.terms)
        if term.width > width:
            return term[width - 1 : 0]
        return self.builder.zero_extend(term, width)

    def _number(self, width: int) -> int:
        bits = self.random.randrange(width + 1)
        return self.random.choice((0, 1, 3, (1 << bits) - 1, self.random.getrandbits(width)))

    def _term(self, width: int) -> Term:
        b, x, y = self.builder, self._word(width), self._word(width)
        number = self._number(width)
        how = self.random.randrange(14)
        if how < 2:
            op = (t.BITWISE, t.SUM)[how]
            x = self.random.choice((x, b.const(width, number)))
            operands = (x, y)[: self.random.randint(1, 2)]
            return b.make(op, operands, tuple([self._number(width) for _ in (0, *operands)]))
        if how == 2:
            op = self.random.choice((t.AND, t.OR, t.XOR))
            return b.make(op, (x, b.const(width, number)))
        if how == 3:
            return b.make(t.MUL, tuple(self.random.sample((x, b.const(width, number)), 2)))
        if how == 4:
            return b.make(t.SHL, (x, b.const(width, number)))
        if how == 5:
            return ~x
        if how < 9:
            return b.make((t.ADD, t.SUB, t.ADD)[how - 6], (x, y))
        if how == 9:
            return b.ror(x, self.random.randrange(width))
        if how == 10:
            wide = b.zero_extend(x, 2 * width) * b.const(2 * width, number)
            low = self.random.randrange(width)
            return wide[low + width - 1 : low]
        if how == 11:
            return b.udiv(x, b.const(width, number))
        shift = self.random.choice((b.lshr, b.ashr))
        return shift(x, self.random.choice((1, 3, 4, width - 1, width)))


def value_of(expression: Expression, values: dict[str, int]) -> int:
    return expression.value(values.__getitem__)


def value(term: Term, values: dict[str, int]) -> int:
    return evaluate([term], lambda width, name, args: values[name])[0]


@pytest.mark.parametrize("builder", BUILDERS.values(), ids=BUILDERS)
def test_terms_are_the_numbers_that_they_are_read_as(builder: Callable[[], Builder]) -> None:
    read = 0
    for seed in range(SEEDS):
        sample = Sample(builder(), seed)
        numbers = sample.numbers()
        readings = [
            (x, numbers.modular(x), numbers.exact(x), numbers.exact(x, is_signed=True))
            for x in sample.terms
        ]
        for values in sample.values():
            for x, modular, unsigned, of_sign in readings:
                actual = value(x, values)
                if modular is not None:
                    read += 1
                    assert (value_of(modular, values) - actual) % (1 << x.width) == 0, x
                assert unsigned is None or value_of(unsigned, values) == actual, x
                assert of_sign is None or value_of(of_sign, values) == signed(actual, x.width), x
    assert read > SEEDS * SAMPLES * TERMS / 3


@pytest.mark.parametrize("builder", BUILDERS.values(), ids=BUILDERS)
def test_differences_are_zero_where_the_terms_are_equal(builder: Callable[[], Builder]) -> None:
    for seed in range(SEEDS):
        sample = Sample(builder(), seed)
        numbers = sample.numbers()
        words = [x for x in sample.terms if x.width == 64]
        pairs = [(x, sample.random.choice(words)) for x in words]
        read = [(x, y, numbers.difference(x, y), numbers.same(x, y)) for x, y in pairs]
        for values in sample.values():
            for x, y, difference, same in read:
                equal = value(x, values) == value(y, values)
                assert equal or not same, (x, y)
                if difference is not None:
                    assert (value_of(difference, values) == 0) == equal, (x, y)


@pytest.mark.parametrize("builder", BUILDERS.values(), ids=BUILDERS)
def test_some_case_covers_the_values_of_a_condition(builder: Callable[[], Builder]) -> None:
    narrowed = 0
    for seed in range(SEEDS):
        sample = Sample(builder(), seed)
        conditions = Conditions(sample.numbers(), sample.known)
        read = [(c, {n: conditions.cases(c, bool(n)) for n in (0, 1)}) for c in sample.conditions()]
        for values in sample.values():
            for condition, cases in read:
                found = cases[value(condition, values)]
                narrowed += found != [sample.known]
                assert any(all(value_of(e, values) >= 0 for e in case.known) for case in found), (
                    condition
                )
    assert narrowed


def test_a_mask_is_that_of_its_operand() -> None:
    """7 ^ (a & 1), with a mask for the 7 as well, is not read as a."""
    b = RawBuilder()
    a, full = b.var(64, "a"), (1 << 64) - 1
    bounds = [Expression.variable("a"), Expression.variable("a").negated().plus(full)]
    numbers = Numbers(LinearForms(), Integers(bounds, Elimination()), frozenset("a"))
    assert not numbers.same(b.make(t.BITWISE, (b.const(64, 7), a), (0, full, 1)), a)
    assert numbers.same(b.make(t.BITWISE, (a,), (0, full)), a)


def test_a_shift_by_more_than_the_width_takes_no_memory() -> None:
    b = RawBuilder()
    assert LinearForms().of(b.make(t.SHL, (b.var(64, "a"), b.const(64, (1 << 64) - 1)))).atoms == {}


SECRET = RawBuilder().var(64, "x9")


@pytest.mark.parametrize("term", [SECRET, SECRET & 7, SECRET >> 60, SECRET[3:2]], ids=str)
def test_what_is_secret_is_no_number(term: Term) -> None:
    """However few values it may have."""
    numbers = Numbers(LinearForms(), Integers(), frozenset("a"))
    assert numbers.modular(term) is None
