"""Addresses as linear forms: a constant plus multiples of opaque 64-bit terms.

What an address is relative to is read off the term itself, whichever builder made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from armsym.bv import term as t
from armsym.bv.term import Term, signed
from armsym.machine.shape import linear, masked

SIZE = 1 << 64


@dataclass(frozen=True, slots=True)
class Linear:
    """`constant + sum(coefficient * atom)` modulo 2^64; no coefficient is zero."""

    constant: int
    atoms: Mapping[Term, int]

    def plus(self, other: Linear, times: int = 1) -> Linear:
        """self + times * other."""
        return total(0, [(self, 1), (other, times)])

    @property
    def base(self) -> frozenset[tuple[Term, int]]:
        """What the address is relative to: its symbolic part, to be compared with others."""
        return frozenset(self.atoms.items())

    @property
    def offset(self) -> int:
        """The constant; signed where there is a symbolic part that it is relative to."""
        return signed(self.constant, 64) if self.atoms else self.constant

    def alignment(self) -> int:
        """The number of low bits, up to 64, of the symbolic part that are known to be zero."""
        known = [_trailing_zeros(k) + _low_zeros(atom) for atom, k in self.atoms.items()]
        return min([64, *known])


def total(constant: int, multiples: Iterable[tuple[Linear, int]]) -> Linear:
    """The constant plus these multiples of forms."""
    atoms: dict[Term, int] = {}
    for form, times in multiples:
        constant += times * form.constant
        for atom, coefficient in form.atoms.items():
            atoms[atom] = atoms.get(atom, 0) + times * coefficient
    return Linear(constant % SIZE, {a: k % SIZE for a, k in atoms.items() if k % SIZE})


class LinearForms:
    """The linear forms of 64-bit terms, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[Term, Linear] = {}

    def of(self, term: Term) -> Linear:
        """The linear form of a 64-bit term; what is not linear in it becomes an atom."""
        if term.value is not None:
            return Linear(term.value, {})
        if term in self._known:
            return self._known[term]
        stack = [term]
        while stack:
            top = stack[-1]
            operands = [x for x in _operands(top) if x.value is None and x not in self._known]
            if operands:
                stack.extend(operands)
            else:
                stack.pop()
                self._known[top] = self._combine(top)
        return self._known[term]

    def _combine(self, term: Term) -> Linear:
        """The form of a term whose linear operands have theirs."""
        if (found := linear(term)) is not None:
            return total(found.constant, [(self.of(x), times) for x, times in found.operands])
        if (changed := masked(term)) is not None:
            form = self.of(changed.operand)
            return _with_low_bits(form, changed.mask, changed.constant) or Linear(0, {term: 1})
        return _atom(term)


def _operands(term: Term) -> list[Term]:
    """The operands in which the term is linear, or of which it changes bits; none of an atom."""
    if (found := linear(term)) is not None:
        return [operand for operand, _ in found.operands]
    changed = masked(term)
    return [] if changed is None else [changed.operand]


def _atom(term: Term) -> Linear:
    """The form of a term that is linear in nothing, its literal low bits (base + 4) set apart."""
    low = term.args[-1] if term.op is t.CONCAT else None
    if low is None or not low.value:
        return Linear(0, {term: 1})
    builder = term.builder
    aligned = builder.concat(*term.args[:-1], builder.const(low.width, 0))
    return Linear(low.value, {aligned: 1})


def _with_low_bits(form: Linear, mask: int, constant: int) -> Linear | None:
    """constant ^ (mask & form), if only bits change that are those of the form's constant."""
    low = (1 << form.alignment()) - 1
    if mask | low != SIZE - 1 or constant & ~low:
        return None
    was = form.constant & low
    return Linear((form.constant - was + (constant ^ (mask & was))) % SIZE, form.atoms)


def _low_zeros(atom: Term) -> int:
    """The number of low bits of an atom that its shape shows to be zero."""
    lowest = atom.args[-1] if atom.op is t.CONCAT else None
    return lowest.width if lowest is not None and lowest.value == 0 else 0


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
