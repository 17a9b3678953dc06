"""Sums of two words side by side and a number, where the low word is known not to carry.

A counter that is kept beside another word may be counted with both in one register.
"""

from __future__ import annotations

from armsym.bv import term as t
from armsym.bv.term import Term
from armsym.machine.address import LinearForms
from armsym.machine.integers import Integers
from armsym.machine.numbers import Numbers
from armsym.machine.shape import linear


def without_carry(term: Term, forms: LinearForms, numbers: Numbers, known: Integers) -> Term | None:
    """concat(high, low + n), if the 64-bit term is concat(high, low) + n and that is the same.

    It is where 0 <= low + n < 2^width of low, as integers, follows from what is known; None if not.
    """
    if term.value is not None or term.op is t.CONCAT or linear(term) is None:
        return None
    form = forms.of(term)
    if len(form.atoms) != 1 or not form.offset:
        return None
    ((atom, times),) = form.atoms.items()
    if times != 1 or atom.op is not t.CONCAT:
        return None
    *high, low = atom.args
    if low.value is not None or all(part.value is not None for part in high):
        return None  # an aligned base, or a word that is extended: no counter beside another word
    number = numbers.exact(low)
    if number is None:
        return None
    total = number.plus(form.offset)
    below = total.negated().plus((1 << low.width) - 1)
    if not known.proves(total) or not known.proves(below):
        return None
    return term.builder.concat(*high, low + form.offset % (1 << low.width))
