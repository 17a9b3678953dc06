"""The builder that computes: with it, the definition of an instruction is an emulator."""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.builder import Builder
from armsym.bv.term import Operator, Param, Term, WidthError

# An operator, its parameters and the widths of its operands.
_Shape = tuple[Operator, Param, tuple[int, ...]]


class ConcreteBuilder(Builder):
    """Computes: every term is a literal, and none is kept.  Has no variables.

    Most of what instructions do is to take values apart and to extend them.  That is done at once
    here; it comes to the same as `make`, which is left to refuse what is wrong.
    """

    def __init__(self) -> None:
        # The width of the result, and the number of as many ones: shapes are few, checked once.
        self._results: dict[_Shape, tuple[int, int]] = {}

    def const(self, width: int, value: int) -> Term:
        return _Literal(self, width, value & ((1 << width) - 1))

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        if op is t.CONST:
            return Term(self, op, args, param, 0)
        widths = tuple([a.width for a in args])
        values = [v for a in args if (v := a.value) is not None]
        meaning = op.meaning
        if meaning is None or len(values) < len(args):
            raise WidthError(f"{op} has no value in a concrete run")
        shape = (op, param, widths)
        result = self._results.get(shape)
        if result is None:
            width = op.width(param, widths)
            result = self._results[shape] = width, (1 << width) - 1
        width, mask = result
        return _Literal(self, width, meaning(width, param, values, widths) & mask)

    def same(self, x: Term, y: Term) -> bool:
        return x.width == y.width and x.value == y.value

    def extract(self, x: Term, hi: int, lo: int) -> Term:
        value = x.value
        if value is None or not x.width > hi >= lo >= 0:
            return super().extract(x, hi, lo)
        width = hi - lo + 1
        return _Literal(self, width, value >> lo & ((1 << width) - 1))

    def zero_extend(self, x: Term, width: int) -> Term:
        if x.value is None or width < x.width:
            return super().zero_extend(x, width)
        return _Literal(self, width, x.value)

    def sign_extend(self, x: Term, width: int) -> Term:
        if x.value is None or width < x.width:
            return super().sign_extend(x, width)
        return _Literal(self, width, t.signed(x.value, x.width) & ((1 << width) - 1))


class _Literal(Term):
    """A literal known to fit: of what Term does, the checks would be most of a concrete run."""

    __slots__ = ()

    op = t.CONST
    args = ()
    number = 0

    def __init__(self, builder: Builder, width: int, value: int) -> None:
        self.builder = builder
        self.param = (width, value)
        self.width = width
        self.value = value
