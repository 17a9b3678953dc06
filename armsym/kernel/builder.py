"""The kernel's builder: of all terms with one meaning it returns the first that it made."""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.builder import InterningBuilder
from armsym.bv.term import Operator, Param, Term
from armsym.kernel.meaning import ONE, PRODUCT_LIMIT, ZERO, Bits, Form, Meaning


class KernelBuilder(InterningBuilder):
    """Terms up to the equality that their meaning shows: equal terms are one object."""

    def __init__(self, product_limit: int = PRODUCT_LIMIT) -> None:
        super().__init__()
        self.meaning = Meaning(product_limit)
        self._by_bits: dict[Bits, Term] = {}
        self._by_form: dict[tuple[int, int], list[tuple[Form, Term]]] = {}
        self._made: dict[tuple[Operator, tuple[Term, ...], Param], Term] = {}

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        key = (op, args, param)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._represent(self.intern(op, args, param))
        return found

    def _represent(self, term: Term) -> Term:
        """Sums are told apart by their linear forms: the bits of most are never needed."""
        form = self.meaning.sum(term)
        if form is None:
            bits = self.meaning.bits(term)
            form = self.meaning.known_sum(bits)
            if form is None:
                return self._by_bits.setdefault(bits, self._simplest(term, bits))
        return self._first(term, form)

    def _first(self, term: Term, form: Form) -> Term:
        """The first term of this width and form; unlike forms may share a bucket."""
        key = term.width, sum([hash(word) * times for word, times in form.items()])
        bucket = self._by_form.setdefault(key, [])
        for other, first in bucket:
            if other == form:
                return first
        bucket.append((form, term))
        return term

    def _simplest(self, term: Term, bits: Bits) -> Term:
        """The literal that has these bits if they are all known, else the term."""
        if not all(p in (ZERO, ONE) for p in bits):
            return term
        value = sum(1 << k for k, p in enumerate(bits) if p)
        return self.intern(t.CONST, (), (len(bits), value))
