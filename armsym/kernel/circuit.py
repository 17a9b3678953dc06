"""Circuits: terms as gates on bits, and the miter that says "x differs from y" in clauses.

A literal is a variable 1, 2, ... or its complement, the negative number; a clause is a disjunction
of literals.  Numbers follow from the terms alone: what is proved of a miter needs no copy of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

from armsym.bv import term as t
from armsym.bv.term import Term, int_params, signed
from armsym.kernel.error import KernelError

Clause = tuple[int, ...]
Bits = list[int]  # a literal per bit of a term, the lowest first

TRUE, FALSE = 1, -1

# A circuit has at most so many bits of terms and gates, counting gates that are not needed.
CIRCUIT_LIMIT = 1 << 19


class Circuit:
    """Terms as gates of two inputs, and the gates as clauses (Tseitin).

    `gates` gives the variable that is the conjunction (or exclusive or) of two literals, in order
    of creation; `inputs` the variables of the leaves' bits.  Variable 1 is true.
    """

    def __init__(self) -> None:
        self.clauses: list[Clause] = [(TRUE,)]
        self.gates: dict[tuple[t.Operator, int, int], int] = {}
        self.inputs: dict[Term, Bits] = {}
        self.bits: dict[Term, Bits] = {}
        self.variables = 1
        self._left = CIRCUIT_LIMIT

    def blast(self, roots: Iterable[Term]) -> None:
        """Enters the bits of the roots, and of all terms below them, into `bits`, operands first.

        The order follows from the terms alone, whenever they were made.
        """
        waiting = [*roots]
        while waiting:
            if missing := [x for x in waiting[-1].args if x not in self.bits]:
                waiting += missing
            elif (term := waiting.pop()) not in self.bits:
                self.bits[term] = self._bits(term)

    def _bits(self, term: Term) -> Bits:
        self._spend(term.width)
        if term.value is not None:
            return _constant(term.value, term.width)
        if term.op in (t.VAR, t.APPLY):
            self.inputs[term] = [self.variable() for _ in range(term.width)]
            return self.inputs[term]
        return _RULES[term.op](self, term, [self.bits[x] for x in term.args])

    def variable(self) -> int:
        """A new variable."""
        self.variables += 1
        return self.variables

    def and_(self, a: int, b: int) -> int:
        self._spend(1)
        if FALSE in (a, b) or a == -b:
            return FALSE
        if a in (TRUE, b):
            return b
        return a if b == TRUE else self._gate(t.AND, a, b)

    def xor(self, a: int, b: int) -> int:
        self._spend(1)
        if abs(a) == abs(b):
            return FALSE if a == b else TRUE
        if abs(a) == TRUE or abs(b) == TRUE:
            return -a * b  # one of them is TRUE = 1 or FALSE = -1
        gate = self._gate(t.XOR, abs(a), abs(b))
        return gate if (a < 0) == (b < 0) else -gate

    def or_(self, a: int, b: int) -> int:
        return -self.and_(-a, -b)

    def choose(self, c: int, a: int, b: int) -> int:
        """a where c is true, else b."""
        return self.xor(b, self.and_(c, self.xor(a, b)))

    def add(self, x: Bits, y: Bits, carry: int = FALSE) -> tuple[Bits, int]:
        """The sum of two numbers and a bit, and the carry out."""
        total = []
        for a, b in zip(x, y, strict=True):
            half = self.xor(a, b)
            total.append(self.xor(half, carry))
            carry = self.or_(self.and_(a, b), self.and_(half, carry))
        return total, carry

    def subtract(self, x: Bits, y: Bits) -> tuple[Bits, int]:
        """The difference, and whether x >= y."""
        return self.add(x, _not(y), TRUE)

    def multiply(self, x: Bits, y: Bits) -> Bits:
        """The product modulo 2^width, by rows."""
        width = len(x)
        total = [FALSE] * width
        for k, bit in enumerate(y):
            row = [self.and_(a, bit) for a in x[: width - k]]
            total[k:], _ = self.add(total[k:], row)
        return total

    def divide(self, x: Bits, y: Bits) -> Bits:
        """The quotient, by restoring division; all ones where y is 0."""
        rest, quotient = [FALSE] * len(x), []
        for bit in reversed(x):
            shifted = [bit, *rest]
            difference, enough = self.subtract(shifted, [*y, FALSE])
            rest = self.choose_all(enough, difference, shifted)[:-1]
            quotient.append(enough)
        return quotient[::-1]

    def shift_right(self, x: Bits, amount: Bits, fill: int) -> Bits:
        """x without its lowest `amount` bits, filled up from the top."""
        stages = (len(x) - 1).bit_length()
        for k, bit in enumerate(amount[:stages]):
            x = self.choose_all(bit, x[1 << k :] + [fill] * (1 << k), x)
        return self.choose_all(reduce(self.or_, amount[stages:], FALSE), [fill] * len(x), x)

    def choose_all(self, c: int, x: Bits, y: Bits) -> Bits:
        return [self.choose(c, a, b) for a, b in zip(x, y, strict=True)]

    def _gate(self, op: t.Operator, a: int, b: int) -> int:
        key = (op, min(a, b), max(a, b))
        if key not in self.gates:
            o = self.gates[key] = self.variable()
            if op is t.AND:
                self.clauses += [(-o, a), (-o, b), (o, -a, -b)]
            else:
                self.clauses += [(-o, a, b), (-o, -a, -b), (o, -a, b), (o, a, -b)]
        return self.gates[key]

    def _spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise KernelError("clausal", "the miter is too large")


def miter(x: Term, y: Term) -> Circuit:
    """The circuit of two terms, whose clauses are satisfiable where they differ.

    The last clause says so.  Variables, and applications of functions, are values that may be
    anything, different terms unrelated.  Raises KernelError.
    """
    if x.width != y.width or x.builder is not y.builder:
        raise KernelError("clausal", "two terms of one width are expected")
    circuit = Circuit()
    circuit.blast([x, y])
    differences = map(circuit.xor, circuit.bits[x], circuit.bits[y])
    circuit.clauses.append(tuple([d for d in differences if d != FALSE]))
    return circuit


# The operators: from the bits of the operands, the bits of the term.

Rule = Callable[[Circuit, Term, list[Bits]], Bits]


def _constant(value: int, width: int) -> Bits:
    return [TRUE if value >> k & 1 else FALSE for k in range(width)]


def _not(x: Bits) -> Bits:
    return [-a for a in x]


def _signs_flipped(xs: list[Bits]) -> list[Bits]:
    """Numbers that compare without signs as these do with signs."""
    return [[*x[:-1], -x[-1]] for x in xs]


def _bitwise(gate: Callable[[Circuit, int, int], int]) -> Rule:
    """The rule that combines each bit of the operands by a gate."""

    def rule(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
        return [reduce(lambda a, b: gate(c, a, b), bits) for bits in zip(*xs, strict=True)]

    return rule


def _equal(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    return [-reduce(c.or_, map(c.xor, *xs))]


def _rotate(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    (amount,) = int_params(term.param)
    return xs[0][amount:] + xs[0][:amount]


def _extract(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    hi, lo = int_params(term.param)
    return xs[0][lo : hi + 1]


def _masked_xor(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    constant, *masks = int_params(term.param)
    total = _constant(constant, term.width)
    for mask, x in zip(masks, xs, strict=True):
        chosen = map(c.and_, _constant(mask, term.width), x)
        total = list(map(c.xor, total, chosen))
    return total


def _weighted_sum(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    constant, *weights = int_params(term.param)
    total = _constant(constant, term.width)
    for weight, x in zip(weights, xs, strict=True):
        number = signed(weight, term.width)
        multiple = c.multiply(x, _constant(abs(number), term.width))
        total, _ = c.add(total, multiple) if number >= 0 else c.subtract(total, multiple)
    return total


def _table(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    width, *values = int_params(term.param)
    words = [_constant(value, width) for value in values]
    for bit in xs[0]:
        words = [c.choose_all(bit, words[i + 1], words[i]) for i in range(0, len(words), 2)]
    return words[0]


def _carry_less(c: Circuit, term: Term, xs: list[Bits]) -> Bits:
    x, y = xs
    total = [FALSE] * term.width
    for k, bit in enumerate(y):
        for i, a in enumerate(x):
            total[k + i] = c.xor(total[k + i], c.and_(a, bit))
    return total


_RULES: dict[t.Operator, Rule] = {
    t.NOT: lambda c, term, xs: _not(xs[0]),
    t.AND: _bitwise(Circuit.and_),
    t.OR: _bitwise(Circuit.or_),
    t.XOR: _bitwise(Circuit.xor),
    t.ADD: lambda c, term, xs: reduce(lambda x, y: c.add(x, y)[0], xs),
    t.SUB: lambda c, term, xs: c.subtract(*xs)[0],
    t.MUL: lambda c, term, xs: c.multiply(*xs),
    t.UDIV: lambda c, term, xs: c.divide(*xs),
    t.SHL: lambda c, term, xs: c.shift_right(xs[0][::-1], xs[1], FALSE)[::-1],
    t.LSHR: lambda c, term, xs: c.shift_right(xs[0], xs[1], FALSE),
    t.ASHR: lambda c, term, xs: c.shift_right(xs[0], xs[1], xs[0][-1]),
    t.ROR: _rotate,
    t.EQ: _equal,
    t.ULT: lambda c, term, xs: [-c.subtract(*xs)[1]],
    t.SLT: lambda c, term, xs: [-c.subtract(*_signs_flipped(xs))[1]],
    t.ITE: lambda c, term, xs: c.choose_all(xs[0][0], xs[1], xs[2]),
    t.EXTRACT: _extract,
    t.CONCAT: lambda c, term, xs: [a for x in reversed(xs) for a in x],
    t.BITWISE: _masked_xor,
    t.SUM: _weighted_sum,
    t.TABLE: _table,
    t.CLMUL: _carry_less,
}
