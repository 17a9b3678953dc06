"""Tables: each bit of what is looked up is a function of the space that the operand's bits span.

Operands whose bits are affine images of each other span one space, and a function of it is named by
its reduced basis and its values.  Only what is no exclusive or of 1, elements of the basis and
functions that have names gets a name of its own: equal functions are equal polynomials.

An operand that is made of functions is looked through, down to what those are functions of, unless
that spans more dimensions than a table has bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from armsym.bv.term import Term, int_params
from armsym.kernel.error import KernelError
from armsym.kernel.meaning import ONE, ZERO, Bits, Function, Meaning, Monomial, Polynomial

DIMENSIONS = 8

Basis = tuple[Polynomial, ...]
Rows = dict[Monomial, Polynomial]  # a basis; the greatest monomial of each row is in no other
# A bit as a function of a basis: the number whose byte n is the bit for n.
Column = int
# What is added in a polynomial: functions, and the rest.
Part = tuple[list[Function], Polynomial]
# A function that is independent of those before it: its lowest bit, its column, and what it is.
Known = tuple[int, Column, Polynomial]


class Functions:
    """The functions of one meaning."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._order: dict[Monomial, int] = {}
        self._known: dict[Basis, list[Known]] = {}
        self._level: dict[Basis, int] = {}  # 1, or one more than that of functions in the basis

    def look_up(self, term: Term) -> Bits:
        """The bits of a table at a word of eight bits at most."""
        width, *table = int_params(term.param)
        operand = self._meaning.bits(term.args[0])
        parts = self._look_through(operand)
        generators = {p: None for functions, _ in parts for f in functions for p in f.basis}
        rows = self._span([*generators, *[rest for _, rest in parts]])
        if rows is None:
            parts = [([], p) for p in operand]
            rows = self._span(operand)
        if rows is None:
            raise KernelError("meaning", "a table is looked up at too many bits")
        index = _numbers([_column(rows, *part) for part in parts], len(rows))
        values = [table[i] for i in index]
        basis = tuple(rows.values())
        bits = [bytes([v >> k & 1 for v in values]) for k in range(width)]
        return tuple([self._polynomial(basis, bit) for bit in bits])

    def _named(self, monomial: Monomial) -> Function | None:
        """The function whose name a monomial is, if it is one."""
        if len(monomial) != 1:
            return None
        (variable,) = monomial
        name, _ = self._meaning.names[variable]
        return name if isinstance(name, Function) else None

    def _look_through(self, operand: Sequence[Polynomial]) -> list[Part]:
        """The functions that are added in each bit, those of the highest level, and the rest."""
        found = [[(m, f) for m in p if (f := self._named(m))] for p in operand]
        highest = max(
            [self._level[f.basis] for functions in found for _, f in functions], default=0
        )
        parts: list[Part] = []
        for p, functions in zip(operand, found, strict=True):
            seen = {m: f for m, f in functions if self._level[f.basis] == highest}
            parts.append((list(seen.values()), p.difference(seen)))
        return parts

    def _span(self, generators: Iterable[Polynomial]) -> Rows | None:
        """A reduced basis of what these and 1 span; None if that has too many dimensions."""
        rows: Rows = {}
        for p in generators:
            p -= ONE
            for greatest, row in rows.items():
                if greatest in p:
                    p ^= row
            if not p:
                continue
            if len(rows) == DIMENSIONS:
                return None
            new = max(p, key=self._number)
            rows = {m: row ^ p if new in row else row for m, row in rows.items()}
            rows[new] = p
        return {m: rows[m] for m in sorted(rows, key=self._number)}

    def _number(self, monomial: Monomial) -> int:
        return self._order.setdefault(monomial, len(self._order))

    def _polynomial(self, basis: Basis, values: bytes) -> Polynomial:
        """The function with these values, by the names that it needs."""
        known = self._known.get(basis)
        if known is None:
            affine = zip(_coordinates(len(basis)), (ONE, *basis), strict=True)
            known = self._known[basis] = _independent(affine)
            within = [f for p in basis for m in p if (f := self._named(m))]
            self._level[basis] = 1 + max([self._level[f.basis] for f in within], default=0)
        left, total = _reduced(known, int.from_bytes(values, "little"))
        if not left:
            return total
        new = self._meaning.variables(Function(basis, values), 0, 1)[0]
        known.append((_lowest(left), left, new ^ total))
        return new


def _column(rows: Rows, functions: Sequence[Function], rest: Polynomial) -> Column:
    """The sum of functions, and of a polynomial in the span of the basis and 1."""
    one, *coordinates = _coordinates(len(rows))
    total = 0
    for (greatest, p), coordinate in zip(rows.items(), coordinates, strict=True):
        if greatest in rest:
            rest ^= p
            total ^= coordinate
    if rest not in (ZERO, ONE):
        raise KernelError("meaning", "a polynomial is not in the span of a basis")
    if rest:
        total ^= one
    for function in functions:
        columns = [_column(rows, (), p) for p in function.basis]
        values = function.values.ljust(256, b"\0")
        looked_up = _numbers(columns, len(rows)).translate(values)
        total ^= int.from_bytes(looked_up, "little")
    return total


def _independent(functions: Iterable[tuple[Column, Polynomial]]) -> list[Known]:
    """Independent functions, each reduced by those before it."""
    known: list[Known] = []
    for column, p in functions:
        left, total = _reduced(known, column)
        known.append((_lowest(left), left, p ^ total))
    return known


def _reduced(known: Sequence[Known], column: Column) -> tuple[Column, Polynomial]:
    """What is left of a function without known ones, and the sum of these."""
    total = ZERO
    for lowest, other, p in known:
        if column >> lowest & 1:
            column ^= other
            total ^= p
    return column, total


def _lowest(column: Column) -> int:
    return (column & -column).bit_length() - 1


@cache
def _coordinates(dimensions: int) -> tuple[Column, ...]:
    """1, and the bits of the number n, the lowest first."""
    points = range(1 << dimensions)
    bits = [[1 for _ in points], *[[n >> i & 1 for n in points] for i in range(dimensions)]]
    return tuple([int.from_bytes(bytes(column), "little") for column in bits])


def _numbers(columns: Sequence[Column], dimensions: int) -> bytes:
    """The numbers, one for each n, whose bits, the lowest first, these are."""
    total = sum([column << i for i, column in enumerate(columns)])
    return total.to_bytes(1 << dimensions, "little")
