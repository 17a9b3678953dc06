"""Linear forms of addresses: what every builder's spelling of an address comes to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.machine.address import SIZE, LinearForms

BUILDERS: list[type[Builder]] = [RawBuilder, NormalBuilder, KernelBuilder]
PAGE_MASK = SIZE - 4096


def aligned(b: Builder, name: str, low: int) -> Term:
    """A variable address that is a multiple of 2^low."""
    return b.concat(b.var(64 - low, name), b.const(low, 0))


def clear_low(x: Term, low: int) -> Term:
    return x.builder.concat(x[63:low], x.builder.const(low, 0))


def form(term: Term) -> tuple[int, list[int]]:
    """The offset, and the coefficients of whatever it is relative to."""
    linear = LinearForms().of(term)
    return linear.offset, sorted(linear.atoms.values())


# An address made of a page-aligned p, a 16-byte aligned s and an unaligned x; its form.
Spelling = Callable[[Term, Term, Term], Term]
LINEAR: dict[str, tuple[Spelling, int, list[int]]] = {
    "the base": (lambda p, s, x: p, 0, [1]),
    "behind it": (lambda p, s, x: p + 0x1234, 0x1234, [1]),
    "before it": (lambda p, s, x: p - 16, -16, [1]),
    "in steps": (lambda p, s, x: p + 8 - 24 + 8, -8, [1]),
    "there and back": (lambda p, s, x: (p + x) - x + 1, 1, [1]),
    "a literal": (lambda p, s, x: p - p + 77, 77, []),
    "two atoms": (lambda p, s, x: p + x + 4, 4, [1, 1]),
    "a multiple": (lambda p, s, x: p + x * 8 + (x << 2), 0, [1, 12]),
    "subtracted": (lambda p, s, x: p - x, 0, [1, SIZE - 1]),
    "an inverted one": (lambda p, s, x: p + ~x, -1, [1, SIZE - 1]),
    "its page": (lambda p, s, x: (p + 0x1234) & PAGE_MASK, 0x1000, [1]),
    "its page, joined": (lambda p, s, x: clear_low(p + 0x1FFF, 12), 0x1000, [1]),
    "the page before": (lambda p, s, x: (p - 1) & PAGE_MASK, -4096, [1]),
    "a bit of the offset cleared": (lambda p, s, x: (p + 0x1270) & ~0x40 % SIZE, 0x1230, [1]),
    "bits of the offset flipped": (lambda p, s, x: (p + 0x1270) ^ 0x30, 0x1240, [1]),
    "both": (lambda p, s, x: ((s - 40) & SIZE - 16) ^ 3, -45, [1]),
    "stack alignment": (lambda p, s, x: (s - 40) & SIZE - 16, -48, [1]),
    "adrp and add": (lambda p, s, x: ((p + 0x5678) & PAGE_MASK) + 0x450000 + 0xDC0, 0x455DC0, [1]),
}


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("name", LINEAR)
def test_linear(builder: type[Builder], name: str) -> None:
    b = builder()
    spelling, offset, coefficients = LINEAR[name]
    term = spelling(aligned(b, "p", 12), aligned(b, "s", 4), b.var(64, "x"))
    assert form(term) == (offset, coefficients)


# Near misses: none of these is its base and a literal.
OPAQUE: dict[str, Spelling] = {
    "alignment beyond what is known": lambda p, s, x: (s - 40) & PAGE_MASK,
    "alignment of an unknown address": lambda p, s, x: (x + 4) & PAGE_MASK,
    "a mask with a hole": lambda p, s, x: (p + 0x1234) & (SIZE - 4096 - 8192),
    "a bit of the base cleared": lambda p, s, x: (s + 0x40) & ~0x40 % SIZE,
    "a bit of the base flipped": lambda p, s, x: (s + 0x40) ^ 0x10,
    "a mask without its top bit": lambda p, s, x: (p + 0x1234) & (PAGE_MASK >> 1),
    "the low bits": lambda p, s, x: (p + 0x1234) & 0xFFF0,
    "a part shifted up": lambda p, s, x: x.builder.concat(p[62:12], x.builder.const(13, 0)),
    "a product": lambda p, s, x: p * x,
    "a shift by a variable": lambda p, s, x: p << x,
    "an or": lambda p, s, x: p | x,
    "a choice": lambda p, s, x: x.builder.ite(x[0], p, s),
}


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("name", OPAQUE)
def test_not_relative_to_a_base(builder: type[Builder], name: str) -> None:
    b = builder()
    p, s, x = aligned(b, "p", 12), aligned(b, "s", 4), b.var(64, "x")
    forms = LinearForms()
    base = forms.of(OPAQUE[name](p, s, x)).base
    assert base not in [forms.of(leaf).base for leaf in (p, s, x)]
    assert base


@pytest.mark.parametrize("builder", BUILDERS)
def test_alignment(builder: type[Builder]) -> None:
    b = builder()
    p, s, x = aligned(b, "p", 12), aligned(b, "s", 4), b.var(64, "x")
    forms = LinearForms()
    known = [forms.of(term).alignment() for term in (p, s, x, p + s, s + x * 16, s + x * 8)]
    assert known == [12, 4, 0, 4, 4, 3]
    assert forms.of(b.const(64, 3)).alignment() == 64


OPERATIONS: list[Callable[[Term, Term, int], Term]] = [
    lambda x, y, k: x + y,
    lambda x, y, k: x - y,
    lambda x, y, k: ~x,
    lambda x, y, k: x + k,
    lambda x, y, k: x * k,
    lambda x, y, k: x << (k & 63),
    lambda x, y, k: x & (SIZE - (1 << (k & 15))),
    lambda x, y, k: clear_low(x, 1 + (k & 15)),
    lambda x, y, k: clear_low(x.builder.concat(y, x), 1 + (k & 15)),
    lambda x, y, k: x & k,
    lambda x, y, k: x & (SIZE - 1 - (k & 0xFFF)),
    lambda x, y, k: x ^ (k & 0xFFF),
    lambda x, y, k: x ^ y,
]
STEPS = st.tuples(
    st.sampled_from(OPERATIONS), st.integers(0, 99), st.integers(0, 99), st.integers(0, SIZE - 1)
)


@settings(deadline=None)
@given(st.sampled_from(BUILDERS), st.lists(STEPS, max_size=12), st.integers(0, 1000))
def test_a_form_has_the_value_of_its_term(
    builder: type[Builder],
    steps: list[tuple[Callable[[Term, Term, int], Term], int, int, int]],
    seed: int,
) -> None:
    b = builder()
    terms = [aligned(b, "p", 12), aligned(b, "s", 4), b.var(64, "x"), b.const(64, 40)]
    for operation, i, j, k in steps:
        terms.append(operation(terms[i % len(terms)], terms[j % len(terms)], k))
    forms, assignment = LinearForms(), RandomAssignment(seed)
    for term in terms:
        linear = forms.of(term)
        atoms = evaluate(linear.atoms, assignment)
        total = sum(k * a for k, a in zip(linear.atoms.values(), atoms, strict=True))
        assert evaluate([term], assignment) == [(linear.constant + total) % SIZE]
        multiple = 1 << min(linear.alignment(), 64)
        assert total % multiple == 0
