"""The normalising builder: looks up or works out the normal form of each term asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from armsym.bv import term as t
from armsym.bv.builder import InterningBuilder
from armsym.bv.normal import bitwise, lanes, linear
from armsym.bv.normal.forms import weights
from armsym.bv.normal.rules import RULES, Rule, by_operator, match
from armsym.bv.term import Operator, Param, Term, WidthError, int_params

# The operators that rewrites look through, which `depth` counts.
_LOOKED_THROUGH = frozenset((t.ROR, t.AND, t.BITWISE, t.SUM, t.CONCAT))


class NormalBuilder(InterningBuilder):
    """A builder whose terms are in normal form; equal words tend to be one object.

    `hits` counts the uses of each rewrite rule by its name; `size` the terms and their operands.
    """

    def __init__(self, rules: tuple[Rule, ...] = RULES) -> None:
        super().__init__()
        self.hits: Counter[str] = Counter()
        self.size = 0
        self._rules = by_operator(rules)
        self._memo: dict[tuple[Operator, tuple[Term, ...], Param], Term] = {}
        self._depths: dict[Term, int] = {}

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        key = (op, args, param)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._normalised(op, args, param)
        return found

    def intern(self, op: Operator, args: tuple[Term, ...], param: Param) -> Term:
        """The one term of this shape, which is already normal."""
        found = self._terms.get((op, args, param))
        if found is None:
            found = super().intern(op, args, param)
            self.size += 1 + len(args)
            if op in _LOOKED_THROUGH:
                self._depths[found] = 1 + max([self._depths.get(a, 0) for a in args])
        return found

    def depth(self, term: Term) -> int:
        """How many operators that rewrites look through are nested below the term."""
        return self._depths.get(term, 0)

    def _normalised(self, op: Operator, args: tuple[Term, ...], param: Param) -> Term:
        if not args:
            return self.intern(op, args, param)
        width = op.width(param, [a.width for a in args])
        literal = op.meaning is not None
        for arg in args:
            if arg.builder is not self:
                raise WidthError(f"{op}: operand of another builder: {arg!r}")
            literal = literal and arg.value is not None
        if literal and op.meaning is not None:
            values = [a.value for a in args if a.value is not None]
            return self.const(width, op.meaning(width, param, values, [a.width for a in args]))
        for rule in self._rules[op]:
            found = match(rule, args, param)
            if found is not None:
                self.hits[rule.name] += 1
                return rule.result(self, found)
        return _FORMS[op](self, args, param)


Form = Callable[[NormalBuilder, tuple[Term, ...], Param], Term]


def _as_it_is(op: Operator) -> Form:
    """The operator has no normal form of its own."""
    return lambda b, args, param: b.intern(op, args, param)


def _weighted_xor(b: NormalBuilder, args: tuple[Term, ...], param: Param) -> Term:
    constant, *masks = int_params(param)
    words = [bitwise.masked(b, x, mask) for x, mask in zip(args, masks, strict=True)]
    return bitwise.xor(b, [*words, b.const(args[0].width, constant)])


def _weighted_sum(b: NormalBuilder, args: tuple[Term, ...], param: Param) -> Term:
    literal, *coefficients = int_params(param)
    return linear.total(b, args[0].width, zip(coefficients, args, strict=True), literal)


def _shift(op: Operator, by_literal: Callable[[NormalBuilder, Term, int], Term]) -> Form:
    """A shift: of its own kind if the amount is a literal below the width."""

    def form(b: NormalBuilder, args: tuple[Term, ...], param: Param) -> Term:
        x, amount = args
        if amount.value is None:
            return b.intern(op, args, param)
        return by_literal(b, x, min(amount.value, x.width))

    return form


def _equal(b: NormalBuilder, args: tuple[Term, ...], param: Param) -> Term:
    """x = y as d = 0, d being x - y or y - x: a word, or that with the lesser coefficients."""
    x, y = args
    difference = linear.total(b, x.width, [(1, x), (-1, y)])
    if difference.op is t.SUM:
        opposite = linear.total(b, x.width, [(-1, difference)])
        difference = min(difference, opposite, key=_equation_order)
    zero = b.const(x.width, 0)
    if difference.value is not None:
        return b.const(1, int(difference.value == 0))
    if (difference, zero) == args:
        return b.intern(t.EQ, args, param)
    return b.eq(difference, zero)


def _equation_order(difference: Term) -> tuple[int, ...]:
    """By coefficients, the constant last; words before sums."""
    if difference.op is not t.SUM:
        return ()
    constant, *coefficients = weights(difference)
    return (*coefficients, constant)


def _carry_less(b: NormalBuilder, args: tuple[Term, ...], param: Param) -> Term:
    """By a literal: an exclusive or of shifted words; else the factors are in order of creation."""
    x, y = args if args[1].value is not None else args[::-1]
    if y.value is None:
        return b.intern(t.CLMUL, tuple(sorted(args, key=lambda a: a.number)), param)
    wide = b.zero_extend(x, 2 * x.width)
    rows = [bitwise.shift_left(b, wide, k) for k in range(y.width) if y.value >> k & 1]
    return bitwise.xor(b, [b.const(wide.width, 0), *rows])


_FORMS: dict[Operator, Form] = {
    t.APPLY: _as_it_is(t.APPLY),
    t.NOT: lambda b, args, param: bitwise.not_(b, args),
    t.AND: lambda b, args, param: bitwise.and_(b, args),
    t.OR: lambda b, args, param: bitwise.or_(b, args),
    t.XOR: lambda b, args, param: bitwise.xor(b, args),
    t.ADD: lambda b, args, param: linear.total(b, args[0].width, [(1, x) for x in args]),
    t.SUB: lambda b, args, param: linear.total(b, args[0].width, [(1, args[0]), (-1, args[1])]),
    t.MUL: lambda b, args, param: linear.product(b, *args),
    t.UDIV: _as_it_is(t.UDIV),
    t.SHL: _shift(t.SHL, bitwise.shift_left),
    t.LSHR: _shift(t.LSHR, bitwise.shift_right),
    t.ASHR: _shift(t.ASHR, bitwise.shift_right_signed),
    t.ROR: lambda b, args, param: bitwise.rotate(b, args[0], int_params(param)[0]),
    t.EQ: _equal,
    t.ULT: _as_it_is(t.ULT),
    t.SLT: _as_it_is(t.SLT),
    t.ITE: _as_it_is(t.ITE),
    t.EXTRACT: lambda b, args, param: lanes.extract(b, args[0], *int_params(param)),
    t.CONCAT: lambda b, args, param: lanes.concat(b, args),
    t.BITWISE: _weighted_xor,
    t.SUM: _weighted_sum,
    t.TABLE: _as_it_is(t.TABLE),
    t.CLMUL: _carry_less,
}
