"""Addresses as linear forms: a constant plus multiples of opaque 64-bit terms.

What an address is relative to is read off the term itself, whichever builder made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from armsym.bv import term as t
from armsym.bv.term import Term, int_params, signed

SIZE = 1 << 64


@dataclass(frozen=True, slots=True)
class Linear:
    """`constant + sum(coefficient * atom)` modulo 2^64; no coefficient is zero."""

    constant: int
    atoms: Mapping[Term, int]

    def plus(self, other: Linear, times: int = 1) -> Linear:
        """self + times * other."""
        atoms = dict(self.atoms)
        for atom, coefficient in other.atoms.items():
            atoms[atom] = (atoms.get(atom, 0) + times * coefficient) % SIZE
        constant = (self.constant + times * other.constant) % SIZE
        return Linear(constant, {a: k for a, k in atoms.items() if k})

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


class LinearForms:
    """The linear forms of 64-bit terms, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[Term, Linear] = {}

    def of(self, term: Term) -> Linear:
        """The linear form of a 64-bit term; what is not linear in it becomes an atom."""
        if term.value is not None:
            return Linear(term.value, {})
        stack = [term]
        while stack:
            top = stack[-1]
            operands = [a for a in _operands(top) if a.value is None and a not in self._known]
            if operands:
                stack.extend(operands)
            else:
                stack.pop()
                self._known[top] = self._combine(top)
        return self._known[term]

    def _get(self, term: Term) -> Linear:
        return Linear(term.value, {}) if term.value is not None else self._known[term]

    def _combine(self, term: Term) -> Linear:
        """The form of a term whose linear operands have theirs."""
        operands = _operands(term)
        forms = [self._get(a) for a in operands]
        if not forms:
            return _atom(term)
        if (masked := _masked(term)) is not None:
            return _with_low_bits(forms[0], *masked) or Linear(0, {term: 1})
        constant, weights = _weights(term)
        result = Linear(constant % SIZE, {})
        for form, weight in zip(forms, weights, strict=True):
            result = result.plus(form, weight)
        return result


def _atom(term: Term) -> Linear:
    """The form of a term that is linear in nothing, its literal low bits (base + 4) set apart."""
    low = term.args[-1] if term.op is t.CONCAT else None
    if low is None or not low.value:
        return Linear(0, {term: 1})
    builder = term.builder
    aligned = builder.concat(*term.args[:-1], builder.const(low.width, 0))
    return Linear(low.value, {aligned: 1})


def _operands(term: Term) -> tuple[Term, ...]:
    """The operands in which the term is linear, or of which it changes bits; () for an atom."""
    op, args = term.op, term.args
    if op in (t.ADD, t.SUB, t.SUM, t.NOT):
        return args
    if op is t.MUL:
        return tuple([a for a in args if a.value is None]) if _literal(args) is not None else ()
    if op is t.SHL:
        return args[:1] if args[1].value is not None else ()
    if _shifted(term) is not None:
        return args[0].args
    if op is t.ITE and args[0].value is not None:
        return args[1:2] if args[0].value else args[2:]
    if _masked(term) is not None:
        if op is t.CONCAT:
            return args[0].args
        return tuple([a for a in args if a.value is None])
    return ()


def _weights(term: Term) -> tuple[int, list[int]]:
    """The constant and the coefficients with which a linear term takes its `_operands`."""
    op, args = term.op, term.args
    if op is t.SUM:
        constant, *weights = int_params(term.param)
        return constant, weights
    if op is t.ADD:
        return 0, [1] * len(args)
    if op is t.SUB:
        return 0, [1, -1]
    if op is t.NOT:
        return -1, [-1]
    if op is t.MUL:
        return 0, [_literal(args) or 0]
    if op is t.SHL:
        return 0, [1 << min(args[1].value or 0, 64)]
    if (shifted := _shifted(term)) is not None:
        constant, amount = shifted
        return constant, [1 << amount]
    return 0, [1]


def _shifted(term: Term) -> tuple[int, int] | None:
    """(c, k) if the term is x shifted to the left by k bits, with the number c in these bits."""
    if term.op is not t.BITWISE or len(term.args) != 1 or term.args[0].op is not t.ROR:
        return None
    constant, mask = int_params(term.param)
    (rotation,) = int_params(term.args[0].param)
    amount = 64 - rotation
    if mask != SIZE - (1 << amount) or constant >> amount:
        return None
    return constant, amount


def _literal(args: tuple[Term, ...]) -> int | None:
    """The one literal of two operands."""
    return next((a.value for a in args if a.value is not None), None)


def _masked(term: Term) -> tuple[int, int] | None:
    """(m, c) if the term is c ^ (m & x) for a 64-bit operand x: bits of an address are changed."""
    op, args = term.op, term.args
    if op is t.BITWISE and len(args) == 1 and _shifted(term) is None:
        constant, mask = int_params(term.param)
        return mask, constant
    if op in (t.AND, t.XOR) and len(args) == 2 and (literal := _literal(args)) is not None:
        return (literal, 0) if op is t.AND else (SIZE - 1, literal)
    if op is t.CONCAT and len(args) == 2 and args[1].value == 0:
        high, low = args[0], args[1].width
        if high.op is t.EXTRACT and high.param == (63, low):
            return SIZE - (1 << low), 0
    return None


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
