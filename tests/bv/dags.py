"""Random DAGs of raw terms, with sharing, over all operators."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from armsym.bv import term as t
from armsym.bv.builder import RawBuilder
from armsym.bv.term import Operator, Term

T = TypeVar("T")

WIDTHS = st.one_of(st.sampled_from((1, 2, 4, 8, 16, 32, 64, 128)), st.integers(1, 128))
SIMILAR = (t.AND, t.OR, t.XOR, t.ADD)
BINARY = (t.SUB, t.MUL, t.UDIV)
SHIFTS = (t.SHL, t.LSHR, t.ASHR)
PREDICATES = (t.EQ, t.ULT, t.SLT)


def values(width: int) -> st.SearchStrategy[int]:
    """Numbers of `width` bits: any, and those with few ones or few zeros in a run."""
    full = (1 << width) - 1
    places = st.integers(0, width)
    runs = st.builds(lambda i, j: (full << i & full) ^ (full << j & full), places, places)
    return st.one_of(runs, st.integers(0, full))


class Pool:
    """The terms drawn so far, from which operands are taken."""

    def __init__(self, draw: st.DrawFn, width: int) -> None:
        self.draw = draw
        self.widths = (width, width, max(1, width // 2), 1)
        self.builder = RawBuilder()
        self.terms: list[Term] = []

    def pick(self, strategy: st.SearchStrategy[T]) -> T:
        return self.draw(strategy)

    def number(self, lo: int, hi: int) -> int:
        return self.pick(st.integers(lo, hi))

    def operand(self, width: int) -> Term:
        """A term that exists, a leaf, or a part of a wider term."""
        same = [x for x in self.terms if x.width == width]
        wider = [x for x in self.terms if x.width > width]
        choice = self.number(0, 9)
        if choice < 5 and same:
            return self.pick(st.sampled_from(same))
        if choice < 7 and wider:
            whole = self.pick(st.sampled_from(wider))
            lo = self.number(0, whole.width - width)
            return self.builder.extract(whole, lo + width - 1, lo)
        if choice == 9:
            return self.builder.const(width, self.pick(values(width)))
        return self.builder.var(width, self.pick(st.sampled_from("abc")))

    def operands(self, width: int, count: int) -> tuple[Term, ...]:
        return tuple([self.operand(width) for _ in range(count)])

    def term(self, op: Operator, w: int) -> Term:
        """A new term of this operator over operands of `w` bits, or of `w` bits."""
        make = self.builder.make
        if op in SIMILAR:
            return make(op, self.operands(w, self.number(2, 3)))
        if op in BINARY or op in PREDICATES:
            return make(op, self.operands(w, 2))
        if op in SHIFTS:
            literal = self.builder.const(w, self.number(0, min(w + 1, (1 << w) - 1)))
            amount = literal if self.number(0, 3) else self.operand(w)
            return make(op, (self.operand(w), amount))
        if op is t.ITE:
            return make(op, (self.operand(1), *self.operands(w, 2)))
        if op is t.ROR:
            return make(op, (self.operand(w),), (self.number(0, w - 1),))
        if op is t.EXTRACT:
            lo = self.number(0, w - 1)
            return make(op, (self.operand(w),), (self.number(lo, w - 1), lo))
        if op is t.CONCAT:
            return self.shuffled(w) if self.number(0, 1) else self.joined(w)
        if op in (t.BITWISE, t.SUM):
            args = self.operands(w, self.number(1, 3))
            return make(op, args, tuple([self.pick(values(w)) for _ in range(1 + len(args))]))
        if op is t.TABLE:
            index = self.operand(min(w, self.number(1, 3)))
            entries = [self.pick(values(w)) for _ in range(1 << index.width)]
            return make(op, (index,), (w, *entries))
        if op is t.CLMUL:
            return make(op, self.operands(max(1, w // 2), 2))
        if op is t.APPLY:
            return make(op, (self.operand(w),), (w, "f"))
        return make(op, (self.operand(w),)) if op is t.NOT else self.operand(w)

    def shuffled(self, w: int) -> Term:
        """The parts of a word side by side, in any order."""
        sizes = [k for k in (1, 2, 4, 8, 16, 32, 64) if w % k == 0 and w // k <= 8]
        parts = self.builder.split(self.operand(w), self.pick(st.sampled_from(sizes or [w])))
        return self.builder.join(self.pick(st.permutations(parts)))

    def joined(self, w: int) -> Term:
        """Two operands side by side, in `w` bits if these suffice."""
        low = self.number(1, max(1, w - 1))
        return self.builder.make(
            t.CONCAT, (self.operand(max(1, w - low)), self.operand(min(low, w)))
        )


@st.composite
def dags(draw: st.DrawFn, width: st.SearchStrategy[int] = WIDTHS, terms: int = 14) -> list[Term]:
    """Up to `terms` raw terms that share operands; the later use the earlier."""
    pool = Pool(draw, draw(width))
    for _ in range(pool.number(1, terms)):
        w = pool.pick(st.sampled_from(pool.widths))
        pool.terms.append(pool.term(pool.pick(st.sampled_from(t.OPERATORS)), w))
    return pool.terms
