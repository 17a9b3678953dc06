"""Tables: each bit of what is looked up is a function of the space that the operand's bits span.

Operands whose bits are affine images of each other span one space, and a function of it is named by
its reduced basis and its values.  Only what is no exclusive or of 1, elements of the basis and
functions that have names gets a name of its own: equal functions are equal polynomials.

An operand that is made of functions is looked through, down to what those are functions of, unless
that spans more dimensions than a table has bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from armsym.bv.term import Param, Term, int_params
from armsym.kernel.error import KernelError
from armsym.kernel.meaning import ONE, ZERO, Bits, Function, Meaning, Monomial, Polynomial

DIMENSIONS = 8

Basis = tuple[Polynomial, ...]
Rows = dict[Monomial, Polynomial]  # a basis; the greatest monomial of each row is in no other
# A bit as a function of a basis: the number whose byte n is the bit for n.
Column = int


class Columns:
    """Independent columns, each reduced by those before it.

    What they leave of a column does not depend on what they are columns of: many spaces have the
    same, and share the answers.
    """

    def __init__(self, columns: tuple[Column, ...] = ()) -> None:
        self._columns = [(_lowest(column), column) for column in columns]
        self._reduced: dict[Column, tuple[Column, list[int]]] = {}
        self._longer: dict[Column, Columns] = {}

    def reduced(self, column: Column) -> tuple[Column, list[int]]:
        """What is left of a column without some of these, and which they are."""
        found = self._reduced.get(column)
        if found is None:
            found = self._reduced[column] = self._reduce(column)
        return found

    def _reduce(self, column: Column) -> tuple[Column, list[int]]:
        used = []
        for i, (lowest, other) in enumerate(self._columns):
            if column >> lowest & 1:
                column ^= other
                used.append(i)
        return column, used

    def longer(self, left: Column) -> Columns:
        """These, and what they leave of another one."""
        found = self._longer.get(left)
        if found is None:
            columns = [column for _, column in self._columns]
            found = self._longer[left] = Columns((*columns, left))
        return found


class Space:
    """What a reduced basis and 1 span, and its functions that have names.

    `polynomials` are what the columns stand for: 1, the basis, and functions of it.  `level` is 1,
    or one more than that of functions in the basis.
    """

    def __init__(self, rows: Rows, level: int, none: Columns) -> None:
        self.rows = rows
        self.basis = tuple(rows.values())
        self.level = level
        self.columns = none
        self.polynomials: list[Polynomial] = []
        for column, p in zip(_coordinates(len(rows)), (ONE, *self.basis), strict=True):
            left, total = self.reduced(column)
            self.add(left, p ^ total)

    def reduced(self, column: Column) -> tuple[Column, Polynomial]:
        """What is left of a function without known ones, and the sum of these."""
        left, used = self.columns.reduced(column)
        total: set[Monomial] = set()
        for i in used:
            total ^= self.polynomials[i]
        return left, frozenset(total)

    def add(self, left: Column, p: Polynomial) -> None:
        """The polynomial is a function of which known ones leave this."""
        self.columns = self.columns.longer(left)
        self.polynomials.append(p)


# A function of a space, by its values, and zeros up to 256 of them.
Named = tuple[Space, bytes]
# What is added in a polynomial: functions, and the rest.
Part = tuple[list[Named], Polynomial]


class Functions:
    """The functions of one meaning."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._order: dict[Monomial, int] = {}
        self._spaces: dict[Basis, Space] = {}
        self._named: dict[Monomial, Named] = {}  # those that are the name of a function
        self._none = Columns()

    def look_up(self, term: Term) -> Bits:
        """The bits of a table at a word of eight bits at most."""
        operand = self._meaning.bits(term.args[0])
        parts = self._look_through(operand)
        spaces = {space: None for functions, _ in parts for space, _ in functions}
        rows = self._span(spaces, [rest for _, rest in parts])
        if rows is None:
            spaces, parts = {}, [([], p) for p in operand]
            rows = self._span(spaces, operand)
        if rows is None:
            raise KernelError("meaning", "a table is looked up at too many bits")
        points = {s: _numbers([_column(rows, p) for p in s.basis], len(rows)) for s in spaces}
        columns = [_sum_of_columns(rows, points, *part) for part in parts]
        index, space = _numbers(columns, len(rows)), self._space(rows)
        return tuple([self._polynomial(space, index.translate(k)) for k in _planes(term.param)])

    def _look_through(self, operand: Sequence[Polynomial]) -> list[Part]:
        """The functions that are added in each bit, those of the highest level, and the rest."""
        named = self._named
        found = [{m: f for m in p if (f := named.get(m))} for p in operand]
        highest = max([s.level for functions in found for s, _ in functions.values()], default=0)
        parts: list[Part] = []
        for p, functions in zip(operand, found, strict=True):
            seen = {m: f for m, f in functions.items() if f[0].level == highest}
            parts.append((list(seen.values()), p.difference(seen)))
        return parts

    def _span(self, spaces: Iterable[Space], generators: Iterable[Polynomial]) -> Rows | None:
        """A reduced basis of what these and 1 span; None if that has too many dimensions."""
        largest_first = sorted(spaces, key=lambda s: -len(s.basis))
        rows = largest_first[0].rows if largest_first else {}
        for p in (*[p for space in largest_first[1:] for p in space.basis], *generators):
            p = _reduced(rows, p - ONE)
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

    def _space(self, rows: Rows) -> Space:
        """The space that has this basis."""
        basis = tuple(rows.values())
        space = self._spaces.get(basis)
        if space is None:
            within = [f[0].level for p in basis for m in p if (f := self._named.get(m))]
            level = 1 + max(within, default=0)
            space = self._spaces[basis] = Space(rows, level, self._none)
        return space

    def _polynomial(self, space: Space, values: bytes) -> Polynomial:
        """The function with these values, by the names that it needs."""
        left, total = space.reduced(int.from_bytes(values, "little"))
        if not left:
            return total
        new = self._meaning.variables(Function(space.basis, values), 0, 1)[0]
        (monomial,) = new
        self._named[monomial] = space, values.ljust(256, b"\0")
        space.add(left, new ^ total)
        return new


def _reduced(rows: Rows, p: Polynomial) -> Polynomial:
    """What is left of a polynomial without the elements of a basis."""
    for greatest, row in rows.items():
        if greatest in p:
            p ^= row
    return p


def _column(rows: Rows, p: Polynomial) -> Column:
    """A polynomial in the span of the basis and 1."""
    if not p:
        return 0
    one, *coordinates = _coordinates(len(rows))
    total = 0
    for (greatest, row), coordinate in zip(rows.items(), coordinates, strict=True):
        if greatest in p:
            p ^= row
            total ^= coordinate
    if p not in (ZERO, ONE):
        raise KernelError("meaning", "a polynomial is not in the span of a basis")
    return total ^ one if p else total


def _sum_of_columns(
    rows: Rows, points: dict[Space, bytes], functions: Sequence[Named], rest: Polynomial
) -> Column:
    """The sum of functions, and of a polynomial in the span of the basis and 1.

    `points` are where in their spaces the functions are taken, for each point of this one.
    """
    total = _column(rows, rest)
    for space, values in functions:
        total ^= int.from_bytes(points[space].translate(values), "little")
    return total


def _lowest(column: Column) -> int:
    return (column & -column).bit_length() - 1


@cache
def _coordinates(dimensions: int) -> tuple[Column, ...]:
    """1, and the bits of the number n, the lowest first."""
    points = range(1 << dimensions)
    bits = [[1 for _ in points], *[[n >> i & 1 for n in points] for i in range(dimensions)]]
    return tuple([int.from_bytes(bytes(column), "little") for column in bits])


@lru_cache(maxsize=64)
def _planes(param: Param) -> list[bytes]:
    """For each bit of a table's values, the lowest first, that bit of each value, and zeros."""
    width, *table = int_params(param)
    return [bytes([v >> k & 1 for v in table]).ljust(256, b"\0") for k in range(width)]


def _numbers(columns: Sequence[Column], dimensions: int) -> bytes:
    """The numbers, one for each n, whose bits, the lowest first, these are."""
    total = sum([column << i for i, column in enumerate(columns)])
    return total.to_bytes(1 << dimensions, "little")
