"""Random terms in large numbers, made so that sums, masks and carries meet."""

from __future__ import annotations

import random

from armsym.bv import term as t
from armsym.bv.assignment import random_value
from armsym.bv.builder import RawBuilder
from armsym.bv.term import Term

WIDTHS = (1, 2, 7, 8, 9, 16, 17, 32, 33, 64, 65, 127, 128)

SAME_WIDTH = (t.AND, t.OR, t.XOR, t.ADD, t.ADD, t.ADD)
BINARY = (t.SUB, t.SUB, t.MUL, t.UDIV)
SHIFTS = (t.SHL, t.LSHR, t.ASHR)
PREDICATES = (t.EQ, t.EQ, t.ULT, t.SLT)


class RandomTerms:
    """Raw terms of mostly one width, the later made of the earlier; the seed repeats them."""

    def __init__(self, seed: int, count: int) -> None:
        self.random = random.Random(seed)
        self.builder = b = RawBuilder()
        mixed = self.random.randint(1, 128)
        self.width = w = self.random.choice((*WIDTHS, mixed))
        self.bits = [b.var(1, "p"), b.var(1, "q")]
        self.words = [b.var(w, "x"), b.var(w, "y"), b.apply(w, "f", b.var(w, "x")), self.literal()]
        self.terms = [*self.bits, *self.words]
        while len(self.terms) < count:
            self.add(self.random.choice(MAKERS)(self))

    def add(self, term: Term) -> None:
        """Notes a term, and a word made of it if it is none."""
        self.terms.append(term)
        if term.width == 1:
            self.bits.append(term)
        if term.width != self.width:
            term = self.fitted(term)
            self.terms.append(term)
        self.words.append(term)

    def word(self) -> Term:
        """A word; the newer are more likely, so that terms grow deep."""
        words = self.words if self.random.random() < 0.5 else self.words[-4:]
        return self.random.choice(words)

    def number(self) -> int:
        return random_value(self.random, self.width, 0.4)

    def literal(self) -> Term:
        return self.builder.const(self.width, self.number())

    def fitted(self, term: Term) -> Term:
        """The term cut down, or filled up, to a word."""
        if term.width > self.width:
            lo = self.random.randint(0, term.width - self.width)
            return self.builder.extract(term, lo + self.width - 1, lo)
        extend = self.random.choice((self.builder.zero_extend, self.builder.sign_extend))
        return extend(term, self.width)

    def same_width(self) -> Term:
        words = [self.word() for _ in range(self.random.randint(2, 3))]
        return self.builder.make(self.random.choice(SAME_WIDTH), tuple(words))

    def binary(self) -> Term:
        return self.builder.make(self.random.choice(BINARY), (self.word(), self.word()))

    def scaled(self) -> Term:
        return self.builder.mul(self.literal(), self.word())

    def predicate(self) -> Term:
        return self.builder.make(self.random.choice(PREDICATES), (self.word(), self.word()))

    def complement(self) -> Term:
        return ~self.word()

    def chosen(self) -> Term:
        return self.builder.ite(self.random.choice(self.bits), self.word(), self.word())

    def rotated(self) -> Term:
        return self.builder.ror(self.word(), self.random.randrange(self.width))

    def shifted(self) -> Term:
        """Mostly by literals, also of the width and more."""
        amount = self.builder.const(self.width, self.random.randrange(self.width + 2))
        amount = amount if self.random.random() < 0.8 else self.word()
        return self.builder.make(self.random.choice(SHIFTS), (self.word(), amount))

    def part(self) -> Term:
        hi = self.random.randrange(self.width)
        return self.builder.extract(self.word(), hi, self.random.randint(0, hi))

    def joined(self) -> Term:
        return self.builder.concat(self.word(), self.word())

    def masked_halves(self) -> Term:
        """The sum, or something like it, of two words that share no bit."""
        mask = self.literal()
        op = self.random.choice((t.ADD, t.OR, t.XOR, t.SUB))
        return self.builder.make(op, (self.word() & mask, self.word() & ~mask))

    def weighted(self) -> Term:
        words = tuple([self.word() for _ in range(self.random.randint(1, 3))])
        weights = tuple([self.number() for _ in range(1 + len(words))])
        return self.builder.make(self.random.choice((t.BITWISE, t.SUM)), words, weights)

    def looked_up(self) -> Term:
        lo = self.random.randrange(self.width)
        index = self.word()[min(lo + self.random.randrange(3), self.width - 1) : lo]
        return self.builder.table(
            self.width, [self.number() for _ in range(1 << index.width)], index
        )

    def carry_less(self) -> Term:
        """A product with a literal now and then, of words or of their halves."""
        x, y = self.word(), self.random.choice((self.word(), self.word(), self.literal()))
        hi = self.random.choice((self.width - 1, self.width // 2))
        pair = (x[hi:0], y[hi:0])
        return self.builder.clmul(*self.random.sample(pair, 2))


MAKERS = (
    *(RandomTerms.same_width, RandomTerms.same_width, RandomTerms.binary, RandomTerms.scaled),
    *(RandomTerms.predicate, RandomTerms.complement, RandomTerms.chosen, RandomTerms.rotated),
    *(RandomTerms.shifted, RandomTerms.part, RandomTerms.joined, RandomTerms.masked_halves),
    *(RandomTerms.weighted, RandomTerms.looked_up, RandomTerms.carry_less),
)
