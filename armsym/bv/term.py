"""Terms: immutable bit-vector expressions, their operators and widths; nothing here simplifies.

A term belongs to the builder that made it.  A builder that interns makes structurally equal terms
the same object, so that `is` decides equality.  Python's operators on terms ask the term's builder,
which is how one definition of an instruction or of a standard serves every builder.

Numbering is Arm's and SMT-LIB's: bit 0 is the lowest, `concat` takes the highest part first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from armsym.bv.builder import Builder

Param = tuple[Hashable, ...]
Values = Sequence[int]

# A table is of all values of so many bits at most.
TABLE_INPUT_BITS = 8


class WidthError(ValueError):
    """An operator was given operands of widths that it does not take."""


@dataclass(frozen=True, eq=False, slots=True)
class Operator:
    """An operator: its name (SMT-LIB's where there is one), its width rule and its meaning.

    `width(param, widths)` is the width of the result for operands of these widths, or WidthError.
    `meaning(width, param, values, widths)` is the value of the result for operands of these values;
    it need not be reduced modulo 2^width.  Leaves have no meaning of their own.
    """

    name: str
    width: Callable[[Param, Values], int]
    meaning: Callable[[int, Param, Values, Values], int] | None

    def __repr__(self) -> str:
        return self.name


class Term:
    """A node of the DAG.  `value` is its number if it is a literal, else None.

    `number` counts the terms of a builder in order of creation: operands come first.
    """

    __slots__ = ("args", "builder", "number", "op", "param", "value", "width")

    op: Operator
    args: tuple[Term, ...]
    param: Param
    width: int
    value: int | None
    builder: Builder
    number: int

    def __init__(
        self, builder: Builder, op: Operator, args: tuple[Term, ...], param: Param, number: int
    ) -> None:
        widths = [a.width for a in args]
        for arg in args:
            if arg.builder is not builder:
                raise WidthError(f"{op}: operand of another builder: {arg!r}")
        self.builder = builder
        self.op = op
        self.args = args
        self.param = param
        self.number = number
        self.width = op.width(param, widths)
        self.value = self._literal(widths)

    def _literal(self, widths: list[int]) -> int | None:
        meaning = self.op.meaning
        if meaning is None:
            return None
        values = [v for a in self.args if (v := a.value) is not None]
        if len(values) < len(self.args):
            return None
        return meaning(self.width, self.param, values, widths) & ((1 << self.width) - 1)

    def __bool__(self) -> bool:
        raise TypeError(f"a term has no truth value; is its `value` meant? {self!r}")

    __iter__ = None

    def __add__(self, other: Term | int) -> Term:
        return self.builder.add(self, self._same(other))

    def __radd__(self, other: int) -> Term:
        return self.builder.add(self._same(other), self)

    def __sub__(self, other: Term | int) -> Term:
        return self.builder.sub(self, self._same(other))

    def __rsub__(self, other: int) -> Term:
        return self.builder.sub(self._same(other), self)

    def __mul__(self, other: Term | int) -> Term:
        return self.builder.mul(self, self._same(other))

    def __and__(self, other: Term | int) -> Term:
        return self.builder.and_(self, self._same(other))

    def __or__(self, other: Term | int) -> Term:
        return self.builder.or_(self, self._same(other))

    def __xor__(self, other: Term | int) -> Term:
        return self.builder.xor(self, self._same(other))

    def __invert__(self) -> Term:
        return self.builder.not_(self)

    def __neg__(self) -> Term:
        return self.builder.neg(self)

    def __lshift__(self, amount: Term | int) -> Term:
        return self.builder.shl(self, self._same(amount))

    def __rshift__(self, amount: Term | int) -> Term:
        """The logical shift; `Builder.ashr` is the arithmetic one."""
        return self.builder.lshr(self, self._same(amount))

    def __getitem__(self, bits: slice | int) -> Term:
        """`x[hi:lo]`: bits hi down to lo, both included, as the Arm manual writes x<hi:lo>."""
        if isinstance(bits, int):
            return self.builder.extract(self, bits, bits)
        if bits.step is not None or bits.start is None or bits.stop is None:
            raise WidthError("bits are taken as x[hi:lo]")
        return self.builder.extract(self, bits.start, bits.stop)

    def _same(self, other: Term | int) -> Term:
        return self.builder.const(self.width, other) if isinstance(other, int) else other

    def __repr__(self) -> str:
        return show(self, depth=4)


def show(term: Term, depth: int) -> str:
    """The term as an S-expression; operands below `depth` are written as their numbers."""
    if term.op is VAR:
        return str(term.param[1])
    if term.op is CONST:
        return f"{term.value:#x}"
    if depth == 0:
        return f"#{term.number}"
    head = term.op.name if not term.param else f"{term.op.name}{_shortened(term.param)}"
    if term.op is APPLY:
        head = str(term.param[1])
    return f"({' '.join([head, *[show(a, depth - 1) for a in term.args]])})"


def _shortened(param: Param) -> str:
    """The parameters; of a large table only the first."""
    shown = list(map(str, param[:16]))
    return f"[{', '.join(shown)}{', ...' if len(param) > len(shown) else ''}]"


def int_params(param: Param) -> list[int]:
    """The parameters of an operator whose parameters are numbers."""
    numbers = [p for p in param if isinstance(p, int)]
    if len(numbers) != len(param):
        raise WidthError(f"parameters are not all numbers: {param!r}")
    return numbers


def signed(value: int, width: int) -> int:
    """The two's complement reading of a `width`-bit value."""
    return value - (1 << width) if value >> (width - 1) else value


def _same_width(param: Param, widths: Values) -> int:
    if param or len(widths) < 2 or any(w != widths[0] for w in widths):
        raise WidthError(f"operands of one width expected: {list(widths)}")
    return widths[0]


def _binary(param: Param, widths: Values) -> int:
    if len(widths) != 2:
        raise WidthError(f"two operands expected: {list(widths)}")
    return _same_width(param, widths)


def _unary(param: Param, widths: Values) -> int:
    if param or len(widths) != 1:
        raise WidthError(f"one operand expected: {list(widths)}")
    return widths[0]


def _predicate(param: Param, widths: Values) -> int:
    return _binary(param, widths) and 1


def _leaf(param: Param) -> int:
    """A leaf is told by its width and name alone: two that differ have different values."""
    match param:
        case (int(width), str()) if width >= 1:
            return width
    raise WidthError(f"ill-formed leaf: {param!r:.80}")


def _const(param: Param, widths: Values) -> int:
    width, value = int_params(param)
    if widths or width < 1 or value < 0 or value.bit_length() > width:
        raise WidthError(f"a literal of {width} bits can't have this value")
    return width


def _var(param: Param, widths: Values) -> int:
    if widths:
        raise WidthError("a variable takes no operands")
    return _leaf(param)


def _apply(param: Param, widths: Values) -> int:
    if not widths:
        raise WidthError("a function takes operands")
    return _leaf(param)


def _ite(param: Param, widths: Values) -> int:
    if param or len(widths) != 3 or widths[0] != 1 or widths[1] != widths[2]:
        raise WidthError(f"ite takes widths 1, w, w, not {list(widths)}")
    return widths[1]


def _extract(param: Param, widths: Values) -> int:
    hi, lo = int_params(param)
    if len(widths) != 1 or not widths[0] > hi >= lo >= 0:
        raise WidthError(f"bits {hi} to {lo} of widths {list(widths)}")
    return hi - lo + 1


@lru_cache(maxsize=1 << 10)  # as with _table_width
def _lowest(param: Param) -> int:
    return int_params(param)[1]


def _concat(param: Param, widths: Values) -> int:
    if param or len(widths) < 2:
        raise WidthError("concat takes two parts or more")
    return sum(widths)


def _rotate(param: Param, widths: Values) -> int:
    (amount,) = int_params(param)
    if len(widths) != 1 or not 0 <= amount < widths[0]:
        raise WidthError(f"rotation of widths {list(widths)} by {amount}")
    return widths[0]


def _weighted(param: Param, widths: Values) -> int:
    numbers = int_params(param)
    if not widths or len(numbers) != 1 + len(widths) or any(w != widths[0] for w in widths):
        raise WidthError(f"{len(numbers)} weights for widths {list(widths)}")
    if not all(0 <= n < 1 << widths[0] for n in numbers):
        raise WidthError("a weight does not fit")
    return widths[0]


def _table(param: Param, widths: Values) -> int:
    entries = len(param) - 1
    if len(widths) != 1 or widths[0] > TABLE_INPUT_BITS or entries != 1 << widths[0]:
        raise WidthError(f"a table of {entries} values for widths {list(widths)}")
    return _table_width(param)


@lru_cache(maxsize=64)  # a concrete run would spend its time here
def _table_width(param: Param) -> int:
    width, *entries = int_params(param)
    if width < 1 or any(entry < 0 or entry.bit_length() > width for entry in entries):
        raise WidthError(f"a value of the table does not fit into {width} bits")
    return width


def _double_width(param: Param, widths: Values) -> int:
    return 2 * _binary(param, widths)


def _all_and(width: int, param: Param, values: Values, widths: Values) -> int:
    result = (1 << width) - 1
    for value in values:
        result &= value
    return result


def _all_or(width: int, param: Param, values: Values, widths: Values) -> int:
    result = 0
    for value in values:
        result |= value
    return result


def _all_xor(width: int, param: Param, values: Values, widths: Values) -> int:
    result = 0
    for value in values:
        result ^= value
    return result


def _join(width: int, param: Param, values: Values, widths: Values) -> int:
    result = 0
    for value, w in zip(values, widths, strict=True):
        result = result << w | value
    return result


def _masked_xor(width: int, param: Param, values: Values, widths: Values) -> int:
    constant, *masks = int_params(param)
    for mask, value in zip(masks, values, strict=True):
        constant ^= mask & value
    return constant


def _linear(width: int, param: Param, values: Values, widths: Values) -> int:
    constant, *coefficients = int_params(param)
    return constant + sum(c * v for c, v in zip(coefficients, values, strict=True))


def _udiv(width: int, param: Param, values: Values, widths: Values) -> int:
    return values[0] // values[1] if values[1] else (1 << width) - 1


def _shl(width: int, param: Param, values: Values, widths: Values) -> int:
    return values[0] << values[1] if values[1] < width else 0


def _lshr(width: int, param: Param, values: Values, widths: Values) -> int:
    return values[0] >> values[1] if values[1] < width else 0


def _ashr(width: int, param: Param, values: Values, widths: Values) -> int:
    return signed(values[0], width) >> min(values[1], width)


def _ror(width: int, param: Param, values: Values, widths: Values) -> int:
    (amount,) = int_params(param)
    return values[0] >> amount | values[0] << (width - amount)


def _carry_less(width: int, param: Param, values: Values, widths: Values) -> int:
    x, y = values
    result = 0
    while y:
        lowest = y & -y
        result ^= x * lowest
        y ^= lowest
    return result


# Leaves.  CONST: param (width, value).  VAR: param (width, name).
CONST = Operator("const", _const, lambda w, p, v, ws: int_params(p)[1])
VAR = Operator("var", _var, None)
# An uninterpreted function of its operands: param (width of the result, name).
APPLY = Operator("apply", _apply, None)

NOT = Operator("bvnot", _unary, lambda w, p, v, ws: ~v[0])
AND = Operator("bvand", _same_width, _all_and)
OR = Operator("bvor", _same_width, _all_or)
XOR = Operator("bvxor", _same_width, _all_xor)

ADD = Operator("bvadd", _same_width, lambda w, p, v, ws: sum(v))
SUB = Operator("bvsub", _binary, lambda w, p, v, ws: v[0] - v[1])
MUL = Operator("bvmul", _binary, lambda w, p, v, ws: v[0] * v[1])
UDIV = Operator("bvudiv", _binary, _udiv)  # x / 0 is all ones, as in SMT-LIB

# Shifts by an operand; an amount of the width or more shifts everything out.
SHL = Operator("bvshl", _binary, _shl)
LSHR = Operator("bvlshr", _binary, _lshr)
ASHR = Operator("bvashr", _binary, _ashr)
ROR = Operator("rotate_right", _rotate, _ror)  # param (amount,)

EQ = Operator("=", _predicate, lambda w, p, v, ws: int(v[0] == v[1]))
ULT = Operator("bvult", _predicate, lambda w, p, v, ws: int(v[0] < v[1]))
SLT = Operator(
    "bvslt", _predicate, lambda w, p, v, ws: int(signed(v[0], ws[0]) < signed(v[1], ws[1]))
)
ITE = Operator("ite", _ite, lambda w, p, v, ws: v[1] if v[0] else v[2])

EXTRACT = Operator("extract", _extract, lambda w, p, v, ws: v[0] >> _lowest(p))  # (hi, lo)
CONCAT = Operator("concat", _concat, _join)

# The normal forms' own operators: c ^ (m1 & x1) ^ ..., and c + k1*x1 + ..., param (c, m1, ...).
BITWISE = Operator("bitwise", _weighted, _masked_xor)
SUM = Operator("sum", _weighted, _linear)

# The value for the operand, a number: the parameters are (width, value for 0, value for 1, ...).
TABLE = Operator("table", _table, lambda w, p, v, ws: int_params((p[1 + v[0]],))[0])
# The product of polynomials over GF(2), bit i the coefficient of power i: of twice the width.
CLMUL = Operator("clmul", _double_width, _carry_less)

OPERATORS = (
    *(CONST, VAR, APPLY, NOT, AND, OR, XOR, ADD, SUB, MUL, UDIV, SHL, LSHR, ASHR, ROR),
    *(EQ, ULT, SLT, ITE, EXTRACT, CONCAT, BITWISE, SUM, TABLE, CLMUL),
)
