"""The builder that computes: with it, the definition of an instruction is an emulator."""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.builder import Builder
from armsym.bv.term import Operator, Param, Term, WidthError


class ConcreteBuilder(Builder):
    """Computes: every term is a literal, and none is kept.  Has no variables."""

    def __init__(self) -> None:
        # The widths of results by operator, parameters and operands' widths: few, checked once.
        self._widths: dict[tuple[Operator, Param, tuple[int, ...]], int] = {}

    def const(self, width: int, value: int) -> Term:
        return _Literal(self, width, value & ((1 << width) - 1))

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        if op is t.CONST:
            return Term(self, op, args, param, 0)
        widths = tuple([a.width for a in args])
        values = [v for a in args if (v := a.value) is not None]
        if op.meaning is None or len(values) < len(args):
            raise WidthError(f"{op} has no value in a concrete run")
        shape = (op, param, widths)
        width = self._widths.get(shape)
        if width is None:
            width = self._widths[shape] = op.width(param, widths)
        return _Literal(self, width, op.meaning(width, param, values, widths) & ((1 << width) - 1))

    def same(self, x: Term, y: Term) -> bool:
        return x.width == y.width and x.value == y.value


class _Literal(Term):
    """A literal known to fit: of what Term does, the checks would be most of a concrete run."""

    __slots__ = ()

    def __init__(self, builder: Builder, width: int, value: int) -> None:
        self.builder = builder
        self.op = t.CONST
        self.args = ()
        self.param = (width, value)
        self.number = 0
        self.width = width
        self.value = value
