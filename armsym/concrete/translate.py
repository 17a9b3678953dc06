"""Terms as Python: expressions on numbers that are reduced modulo 2^width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from armsym.bv import term as t
from armsym.bv.evaluate import walk
from armsym.bv.term import Operator, Param, Term, int_params

# How deep expressions may be: Python's parser takes a hundred parentheses inside each other.
_DEPTH = 24


class Scope:
    """The names that the statements of a function use: `variables`, and `names`, its globals."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.names: dict[str, object] = {"clmul": _carry_less_product}
        self._tables: dict[Param, str] = {}

    def table(self, values: Param) -> str:
        """The name of the tuple of these values."""
        name = self._tables.setdefault(values, f"table{len(self._tables)}")
        self.names[name] = values
        return name


class Statements:
    """The statements that compute terms: `lines`, to which the user may add others.

    A variable is a local name of the statements.  An expression that is used twice, or is deep,
    gets one of its own, which starts with `_`.
    """

    def __init__(self, roots: Iterable[Term], scope: Scope) -> None:
        self.lines: list[str] = []
        self._scope = scope
        self._texts: dict[Term, str] = {}
        self._depths: dict[Term, int] = {}
        self._uses = Counter(roots)
        for term in walk(list(self._uses)):
            for operand in term.args:
                self._uses[operand] += 2 if term.op in _REPEATING else 1

    def expression(self, root: Term) -> str:
        """An expression, of all behind the lines so far, that has the value of the root."""
        for term in walk([root]):
            if term not in self._texts:
                self._texts[term], self._depths[term] = self._written(term)
        return self._texts[root]

    def _written(self, term: Term) -> tuple[str, int]:
        """The term as an operand, and how deep that is."""
        if term.value is not None:
            return hex(term.value), 0
        if term.op is t.VAR:
            name = str(term.param[1])
            self._scope.variables.add(name)
            return name, 0
        operands = [self._texts[a] for a in term.args]
        if term.op is t.TABLE:
            text = f"{self._scope.table(term.param[1:])}[{operands[0]}]"
        else:
            text = _WRITERS[term.op](term, operands)
        depth = 1 + max(self._depths[a] for a in term.args)
        if self._uses[term] < 2 and depth < _DEPTH:
            return f"({text})", depth
        name = f"_{len(self._texts)}"
        self.lines.append(f"{name} = {text}")
        return name, 0


def _carry_less_product(x: int, y: int) -> int:
    assert t.CLMUL.meaning is not None
    return t.CLMUL.meaning(0, (), (x, y), ())


def _mask(width: int) -> str:
    return hex((1 << width) - 1)


def _infix(symbol: str) -> _Writer:
    return lambda term, xs: f" {symbol} ".join(xs)


def _reduced(symbol: str) -> _Writer:
    """An operation whose result is to be reduced; & binds less tightly than arithmetic."""
    return lambda term, xs: f"{f' {symbol} '.join(xs)} & {_mask(term.width)}"


def _udiv(term: Term, xs: list[str]) -> str:
    return f"{xs[0]} // {xs[1]} if {xs[1]} else {_mask(term.width)}"


def _shl(term: Term, xs: list[str]) -> str:
    shifted, amount = f"{xs[0]} << {xs[1]} & {_mask(term.width)}", term.args[1].value
    if amount is None:
        return f"{shifted} if {xs[1]} < {term.width} else 0"
    return shifted if amount < term.width else "0"


def _ashr(term: Term, xs: list[str]) -> str:
    return f"{_signed(term.width, xs[0])} >> {xs[1]} & {_mask(term.width)}"


def _signed(width: int, x: str) -> str:
    sign = hex(1 << (width - 1))
    return f"({x} ^ {sign}) - {sign}"


def _ror(term: Term, xs: list[str]) -> str:
    (amount,) = int_params(term.param)
    left = f"{xs[0]} << {term.width - amount} & {_mask(term.width)}"
    return f"{xs[0]} >> {amount} | {left}"


def _slt(term: Term, xs: list[str]) -> str:
    sign = hex(1 << (term.args[0].width - 1))
    return f"1 if {xs[0]} ^ {sign} < {xs[1]} ^ {sign} else 0"


def _extract(term: Term, xs: list[str]) -> str:
    hi, lo = int_params(term.param)
    shifted = f"{xs[0]} >> {lo}" if lo else xs[0]
    return shifted if hi == term.args[0].width - 1 else f"{shifted} & {_mask(term.width)}"


def _concat(term: Term, xs: list[str]) -> str:
    """The parts, each in its place; those that are the same term side by side are one product."""
    parts = []
    place = term.width
    for (text, part), same in groupby(zip(xs, term.args, strict=True)):
        count = len(list(same))
        place -= count * part.width
        if part.value != 0:
            copies = sum(1 << i * part.width for i in range(count))
            parts.append(f"{text}{f' * {copies:#x}' if count > 1 else ''} << {place}")
    return " | ".join(parts) or "0"


_Writer = Callable[[Term, list[str]], str]

# The value of a term, from its operands as they bind most tightly.
_WRITERS: Mapping[Operator, _Writer] = {
    t.NOT: lambda term, xs: f"{xs[0]} ^ {_mask(term.width)}",
    t.AND: _infix("&"),
    t.OR: _infix("|"),
    t.XOR: _infix("^"),
    t.ADD: _reduced("+"),
    t.SUB: _reduced("-"),
    t.MUL: _reduced("*"),
    t.UDIV: _udiv,
    t.SHL: _shl,
    t.LSHR: _infix(">>"),
    t.ASHR: _ashr,
    t.ROR: _ror,
    t.EQ: lambda term, xs: f"1 if {xs[0]} == {xs[1]} else 0",
    t.ULT: lambda term, xs: f"1 if {xs[0]} < {xs[1]} else 0",
    t.SLT: _slt,
    t.ITE: lambda term, xs: f"{xs[1]} if {xs[0]} else {xs[2]}",
    t.EXTRACT: _extract,
    t.CONCAT: _concat,
    t.CLMUL: lambda term, xs: f"clmul({xs[0]}, {xs[1]})",
}
# Those that write an operand twice.
_REPEATING = (t.UDIV, t.SHL, t.ROR)
