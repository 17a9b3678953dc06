"""The builder that computes: with it, the definition of an instruction is an emulator."""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.builder import Builder
from armsym.bv.term import Operator, Param, Term, WidthError

# An operator, its parameters and the widths of its operands.
_Shape = tuple[Operator, Param, tuple[int, ...]]


class ConcreteBuilder(Builder):
    """Computes: every term is a literal, and none is kept.  Has no variables."""

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
