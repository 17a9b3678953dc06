"""The meaning of terms: each bit a polynomial over GF(2), each word a linear form modulo 2^m.

The variables of the polynomials are *names of values*: a name says which value of the leaves it
denotes, so that two terms with the same bits are equal for all values of the leaves.  Names:

    Leaf(term), k       bit k of a term that is not looked into
    Sum(m, form), k     bit k of the linear form `form` modulo 2^m
    Product(p, q), 0    the product of two polynomials with too many monomials to multiply out
    AllZero(ps), 0      1 where all of these polynomials are 0
    CarryLess(xs), k    bit k of the carry-less product of two words, or of one with itself
    Function(ps, v), 0  the bit v[n], where bit i of the number n is the value of ps[i]

A linear form modulo 2^m is a set of (atom, coefficient) pairs; an atom is a word of m bits, taken
as a number; the word of no bits is the number 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import xor
from typing import TYPE_CHECKING, NamedTuple

from armsym.bv import term as t
from armsym.bv.term import Term, int_params
from armsym.kernel.error import KernelError

if TYPE_CHECKING:
    from armsym.kernel.functions import Functions

Monomial = frozenset[int]  # a product of variables; the empty one is 1
Polynomial = frozenset[Monomial]  # a sum of monomials
Bits = tuple[Polynomial, ...]  # the lowest first

ZERO: Polynomial = frozenset()
ONE: Polynomial = frozenset([frozenset()])


class Word:
    """Bits, as one object: forms have many atoms, and comparing all their bits takes long.

    `zeros` is how many of them, from the lowest on, are zero; `slices` what their m low bits are
    as a number modulo 2^m, by m, as far as that has been worked out.
    """

    __slots__ = ("bits", "slices", "zeros")

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        self.zeros = next((k for k, p in enumerate(bits) if p), len(bits))
        self.slices: dict[int, Form] = {}


UNIT = Word(())
Form = dict[Word, int]  # coefficients modulo 2^m, none of them 0

# A product of more monomials than this is named instead of multiplied out.
PRODUCT_LIMIT = 16

# Bit k of a sum is named by the sum modulo 2^m, m the first of 8, 16, 32, ... that is above k.
LEAST_SLICE = 8

# The meanings of one builder's terms have at most so many bits, monomials and atoms in all.
SIZE_LIMIT = 1 << 26


class Leaf(NamedTuple):
    term: Term


class Sum(NamedTuple):
    modulus: int
    form: frozenset[tuple[Word, int]]


class Product(NamedTuple):
    factors: frozenset[Polynomial]


class AllZero(NamedTuple):
    polynomials: frozenset[Polynomial]


class CarryLess(NamedTuple):
    factors: frozenset[Bits]


class Function(NamedTuple):
    basis: Bits
    values: bytes


Name = Leaf | Sum | Product | AllZero | CarryLess | Function


class Meaning:
    """The bits and linear forms of the terms of one builder, each worked out once.

    Raises KernelError where they become too large.
    """

    def __init__(self, product_limit: int = PRODUCT_LIMIT) -> None:
        self.names: list[tuple[Name, int]] = []  # by variable number
        self._limit = product_limit
        self._left = SIZE_LIMIT
        self._named: dict[tuple[type, Name], Bits] = {}
        self._bits: dict[Term, Bits] = {}
        self._polynomials: dict[Polynomial, Polynomial] = {}  # equal ones are one object
        self._forms: dict[tuple[Term, int], Form] = {}
        self._words: dict[Bits, Word] = {}
        self._sums: dict[Bits, Form] = {}  # what sums are, by their bits
        self._numbers: dict[Bits, Form] = {}  # what other bits are, taken as a number
        self.functions: Functions | None = None

    def bits(self, term: Term) -> Bits:
        """The polynomials of the term's bits."""
        found = self._bits.get(term)
        if found is None:
            worked_out = self._work_out(term)
            found = tuple([self._polynomials.setdefault(p, p) for p in worked_out])
            self._bits[term] = found
            self._spend(len(found) + sum(map(len, found)))
        return found

    def linear(self, term: Term, m: int) -> Form:
        """The term's low m bits as a linear form modulo 2^m."""
        found = self._forms.get((term, m))
        if found is None:
            found = self._forms[term, m] = self._linear(term, m)
            self._spend(len(found))
        return found

    def sum(self, term: Term) -> Form | None:
        """The linear form of a term that is a sum and nothing simpler, else None."""
        if self._summands(term) is None or self._without_carries(term) is not None:
            return None
        form = self.linear(term, term.width)
        simpler = _fixed_bits(form, term.width) or _plain(form, term.width) is not None
        return None if simpler else form

    def known_sum(self, bits: Bits) -> Form | None:
        """The linear form of which these are all the bits, if there is one."""
        return self._sums.get(bits)

    def product(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """p * q, where literal parts are split off before it is named."""
        if not p or not q:
            return ZERO
        if p in (ONE, q):
            return q
        if q == ONE:
            return p
        if len(p) * len(q) <= self._limit:
            return _multiply(p, q)
        c, d = p & ONE, q & ONE
        p, q = p - c if c else p, q - d if d else q
        inner = p if p == q else self.variables(Product(frozenset([p, q])), 0, 1)[0]
        return inner ^ (q if c else ZERO) ^ (p if d else ZERO) ^ (c & d)

    def variables(self, name: Name, low: int, high: int) -> Bits:
        """The variables that are bits low to high - 1 of what the name denotes."""
        key = (type(name), name)
        found = self._named.get(key)
        if found is None:
            first = len(self.names)
            self.names.extend([(name, k) for k in range(low, high)])
            found = tuple([frozenset([frozenset([n])]) for n in range(first, len(self.names))])
            self._named[key] = found
        return found

    def _spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise KernelError("meaning", "the terms have too many monomials")

    def _work_out(self, term: Term) -> Bits:
        if term.value is not None:
            return constant_bits(term.value, term.width)
        if self._summands(term) is not None:
            return self._sum_bits(term)
        rule = _RULES.get(term.op)
        bits = rule(self, term) if rule else None
        if bits is None:
            return self.variables(Leaf(term), 0, term.width)
        return bits

    # sums

    def _summands(self, term: Term) -> tuple[int, list[tuple[Term, int]]] | None:
        """The constant and the weighted operands of a sum; None for a term that is no sum."""
        op, args = term.op, term.args
        if op is t.ADD:
            return 0, [(x, 1) for x in args]
        if op is t.SUB:
            return 0, [(args[0], 1), (args[1], -1)]
        if op is t.SUM:
            constant, *weights = int_params(term.param)
            return constant, list(zip(args, weights, strict=True))
        if op is t.MUL:
            literals = [x.value for x in args if x.value is not None]
            others = [x for x in args if x.value is None]
            if len(literals) == 1:
                return 0, [(others[0], literals[0])]
        return None

    def _linear(self, term: Term, m: int) -> Form:
        parts = self._summands(term)
        if parts is None and term.op is t.SHL and (amount := term.args[1].value) is not None:
            return combine([(self.linear(term.args[0], m), 1 << min(amount, m))], m)
        if parts is None:
            bits = self.bits(term)
            if term.op is t.OR and m == term.width and self._is_new_sum(bits, term):
                self._numbers[bits] = combine([(self.linear(x, m), 1) for x in term.args], m)
            return self._form_of_bits(bits[:m], m)
        if m < term.width:
            return self._modulo(self.linear(term, term.width), m)
        constant, weighted = parts
        scaled = [(self.linear(x, m), k) for x, k in weighted]
        return combine([({UNIT: 1}, constant), *scaled], m)

    def _is_new_sum(self, bits: Bits, term: Term) -> bool:
        """Whether the term is the sum of its operands, and nothing is known of it as a number."""
        if bits in self._sums or bits in self._numbers:
            return False
        first, *rest = map(self.bits, term.args)
        return len(rest) == 1 and not any(map(self.product, first, rest[0]))

    def _sum_bits(self, term: Term) -> Bits:
        apart = self._without_carries(term)
        if apart is not None:
            return apart
        return self._bits_of_form(self.linear(term, term.width), term.width)

    def _bits_of_form(self, form: Form, width: int) -> Bits:
        """Bit k of a sum depends only on the sum modulo 2^m, m > k, and is named by that.

        Below the lowest bit that is not the same in all values of the sum, there are no carries.
        """
        low = _fixed_bits(form, width)
        if low:
            fixed = constant_bits(form.get(UNIT, 0) & (1 << low) - 1, low)
            high = width - low
            return fixed + self._bits_of_form(self._shifted(form, low, high), high)
        bits: Bits = ()
        while (known := len(bits)) < width:
            m = min(max(LEAST_SLICE, 2 * known), width)
            part = self._modulo(form, m) if m < width else form
            plain = _plain(part, m)
            if plain is not None:
                bits += plain[known:]
                continue
            bits += self.variables(Sum(m, frozenset(part.items())), known, m)
            self._sums[bits] = part
        return bits

    def _modulo(self, form: Form, m: int) -> Form:
        """The form modulo 2^m, less than it was made for."""
        return combine([(self._slice(x, m), k) for x, k in form.items()], m)

    def _slice(self, word: Word, m: int) -> Form:
        found = word.slices.get(m)
        if found is None:
            found = word.slices[m] = self._form_of_bits(word.bits[:m], m)
        return found

    def _shifted(self, form: Form, low: int, high: int) -> Form:
        """The `high` bits of a form above its `low` low bits, which no atom reaches into."""
        parts: list[tuple[Form, int]] = []
        for word, coefficient in form.items():
            zeros = min(low, word.zeros)
            kept = self._word(word.bits[zeros : zeros + high]) if word.bits else UNIT
            parts.append(({kept: 1}, coefficient >> low - zeros))
        return combine(parts, high)

    def _word(self, bits: Bits) -> Word:
        found = self._words.get(bits)
        if found is None:
            found = self._words[bits] = Word(bits)
        return found

    def _without_carries(self, term: Term) -> Bits | None:
        """The bits of a sum in which no column has two bits that can be 1."""
        if term.op is not t.ADD or any(self._is_unread_sum(x) for x in term.args):
            return None
        total, *others = [self.bits(x) for x in term.args]
        for bits in others:
            if any(p and q for p, q in zip(total, bits, strict=True)):
                return None
            total = _xor(total, bits)
        return total

    def _is_unread_sum(self, term: Term) -> bool:
        """Whether the term is a sum whose bits nobody has asked for: none of them is known."""
        return term not in self._bits and self._summands(term) is not None

    def _form_of_bits(self, bits: Bits, m: int) -> Form:
        """m bits, taken as a number: a known sum, or a complement -x - 1, or an atom."""
        found = self._sums.get(bits) or self._numbers.get(bits)
        if found is None:
            found = self._numbers[bits] = self._read_number(bits, m)
        return found

    def _read_number(self, bits: Bits, m: int) -> Form:
        if not bits:
            return {UNIT: 1}
        if all(p in (ZERO, ONE) for p in bits):
            return combine([({UNIT: 1}, sum(1 << k for k, p in enumerate(bits) if p))], m)
        if frozenset() in bits[0]:
            inverse = tuple([p ^ ONE for p in bits])
            return combine([(self._form_of_bits(inverse, m), -1), ({UNIT: 1}, -1)], m)
        if bits[0]:
            return {self._word(bits): 1}
        fixed = next(k for k, p in enumerate(bits) if p not in (ZERO, ONE))
        if fixed and (high := self._sums.get(bits[fixed:])) is not None:
            value = sum(1 << k for k, p in enumerate(bits[:fixed]) if p)
            constant = value + (high.get(UNIT, 0) << fixed)
            below = (ZERO,) * fixed
            raised = [({self._word(below + x.bits): 1}, k) for x, k in high.items() if x.bits]
            return combine([*raised, ({UNIT: 1}, constant)], m)
        return {self._word(bits): 1}


def constant_bits(value: int, width: int) -> Bits:
    return tuple([ONE if value >> k & 1 else ZERO for k in range(width)])


def combine(parts: Iterable[tuple[Form, int]], m: int) -> Form:
    """The sum of weighted linear forms modulo 2^m."""
    total: Form = {}
    for form, weight in parts:
        for atom, coefficient in form.items():
            total[atom] = total.get(atom, 0) + weight * coefficient
    full = (1 << m) - 1
    return {atom: k & full for atom, k in total.items() if k & full}


def _fixed_bits(form: Form, width: int) -> int:
    """How many low bits of a form that is no number are those of its constant."""
    fixed = width - 1
    for atom, k in form.items():
        if atom.bits:
            fixed = min(fixed, atom.zeros + _trailing_zeros(k))
            if not fixed:
                return 0
    return fixed if len(form) > (UNIT in form) else 0


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _plain(form: Form, m: int) -> Bits | None:
    """The bits of a form that is a constant, an atom, or an atom's complement."""
    if len(form) > 2:
        return None
    atoms = [atom for atom in form if atom.bits]
    constant, minus_one = form.get(UNIT, 0), (1 << m) - 1
    if not atoms:
        return constant_bits(constant, m)
    if len(atoms) == 1 and (form[atoms[0]], constant) == (1, 0):
        return atoms[0].bits
    if len(atoms) == 1 and (form[atoms[0]], constant) == (minus_one, minus_one):
        return tuple([p ^ ONE for p in atoms[0].bits])
    return None


def _multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    if len(p) == len(q) == 1:
        (x,), (y,) = p, q
        return frozenset([x | y])
    total: set[Monomial] = set()
    for x in p:
        for y in q:
            total ^= {x | y}
    return frozenset(total)


def _total(polynomials: Iterable[Polynomial]) -> Polynomial:
    total: set[Monomial] = set()
    for p in polynomials:
        total ^= p
    return frozenset(total)


def _xor(x: Bits, y: Bits) -> Bits:
    return tuple(map(xor, x, y))


# The operators that are looked into, bit by bit.  None: not this time; the term is a leaf.


def _not(m: Meaning, term: Term) -> Bits:
    return tuple([p ^ ONE for p in m.bits(term.args[0])])


def _xor_all(m: Meaning, term: Term) -> Bits:
    columns = zip(*map(m.bits, term.args), strict=True)
    return tuple(map(_total, columns)) if len(term.args) > 2 else _xor(*map(m.bits, term.args))


def _and_all(m: Meaning, term: Term) -> Bits:
    first, *rest = map(m.bits, term.args)
    for bits in rest:
        first = tuple(map(m.product, first, bits))
    return first


def _or_all(m: Meaning, term: Term) -> Bits:
    first, *rest = map(m.bits, term.args)
    for bits in rest:
        first = _xor(_xor(first, bits), tuple(map(m.product, first, bits)))
    return first


def _bitwise(m: Meaning, term: Term) -> Bits:
    constant, *masks = int_params(term.param)
    total = constant_bits(constant, term.width)
    for mask, x in zip(masks, term.args, strict=True):
        chosen = [p if mask >> k & 1 else ZERO for k, p in enumerate(m.bits(x))]
        total = _xor(total, tuple(chosen))
    return total


def _concat(m: Meaning, term: Term) -> Bits:
    return tuple([p for part in reversed(term.args) for p in m.bits(part)])


def _extract(m: Meaning, term: Term) -> Bits:
    hi, lo = int_params(term.param)
    return m.bits(term.args[0])[lo : hi + 1]


def _rotate(m: Meaning, term: Term) -> Bits:
    (amount,) = int_params(term.param)
    bits = m.bits(term.args[0])
    return bits[amount:] + bits[:amount]


def _shift(m: Meaning, term: Term) -> Bits | None:
    """Shifts by a literal amount."""
    amount = term.args[1].value
    if amount is None:
        return None
    bits, width = m.bits(term.args[0]), term.width
    amount = min(amount, width)
    if term.op is t.SHL:
        return (ZERO,) * amount + bits[: width - amount]
    fill = bits[-1] if term.op is t.ASHR else ZERO
    return bits[amount:] + (fill,) * amount


def _ite(m: Meaning, term: Term) -> Bits:
    (c,), *branches = map(m.bits, term.args)
    return tuple([q ^ m.product(c, p ^ q) for p, q in zip(*branches, strict=True)])


def _equal(m: Meaning, term: Term) -> Bits:
    x, y = map(m.bits, term.args)
    different = frozenset(_xor(x, y)) - {ZERO}
    if not different:
        return (ONE,)
    if ONE in different:
        return (ZERO,)
    if len(different) == 1:
        return (next(iter(different)) ^ ONE,)
    return m.variables(AllZero(different), 0, 1)


def _carry_less(m: Meaning, term: Term) -> Bits:
    """By a literal: the exclusive or of the other factor, shifted to where the literal has ones."""
    x, y = term.args if term.args[1].value is not None else term.args[::-1]
    if y.value is None:
        factors = frozenset(map(m.bits, term.args))
        return m.variables(CarryLess(factors), 0, term.width)
    bits, total = m.bits(x), (ZERO,) * term.width
    for k in range(y.width):
        if y.value >> k & 1:
            total = _xor(total, (ZERO,) * k + bits + (ZERO,) * (y.width - k))
    return total


def _table(m: Meaning, term: Term) -> Bits:
    from armsym.kernel.functions import Functions  # few proofs look tables up

    m.functions = m.functions or Functions(m)
    return m.functions.look_up(term)


_RULES: dict[t.Operator, Callable[[Meaning, Term], Bits | None]] = {
    t.NOT: _not,
    t.XOR: _xor_all,
    t.AND: _and_all,
    t.OR: _or_all,
    t.BITWISE: _bitwise,
    t.CONCAT: _concat,
    t.EXTRACT: _extract,
    t.ROR: _rotate,
    t.SHL: _shift,
    t.LSHR: _shift,
    t.ASHR: _shift,
    t.ITE: _ite,
    t.EQ: _equal,
    t.CLMUL: _carry_less,
    t.TABLE: _table,
}
