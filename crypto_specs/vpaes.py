"""Key schedules of AES as implementations by vector permutations store them.

M. Hamburg, "Accelerating AES with Vector Permute Instructions" (CHES 2009), looks the S-box up in
tables of 16 bytes, in a basis in which inversion falls into such tables.  The round keys are stored
so that adding them is all that is left to do: in that basis, with the constant of the S-box, such
that they are added before MIXCOLUMNS, and with their rows shifted back by as many rounds as there
are before them, since the rows of the state are shifted once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import xor

from armsym.bv.term import Term
from crypto_specs import aes
from crypto_specs.words import Words

# What the bits 0, ..., 7 of a byte are in the other basis.
BASIS = (0x70, 0x2A, 0x98, 0x08, 0x4D, 0x7C, 0x7D, 0x81)

TO_BASIS = tuple(
    [reduce(xor, [x for i, x in enumerate(BASIS) if b >> i & 1], 0) for b in range(256)]
)
FROM_BASIS = tuple([TO_BASIS.index(b) for b in range(256)])

# The constant of the S-box, FIPS 197 equation (5.3).
CONSTANT = 0x63


def rounds(key: Words) -> list[Term]:
    """Nr - 1 as one word of 32 bits: of the rounds, those that mix columns."""
    (Nr,) = aes.rounds(key)
    return [Nr - 1]


def encryption_schedule(key: Words) -> list[Term]:
    """The stored form of the key schedule of CIPHER."""
    first, *middle, last = aes.round_keys(aes.key_expansion(key))
    stored = [
        _mapped(TO_BASIS, first),
        *[_others(_mapped(TO_BASIS, _with_constant(w))) for w in middle],
        _with_constant(last),
    ]
    return [b for r, w in enumerate(stored) for b in _repeated(r, aes.inv_shift_rows, w)]


def cipher(block: Words, stored: Words) -> list[Term]:
    """CIPHER under the key schedule of which this is the stored form."""
    keys = aes.round_keys(stored)
    first, *middle, last = [_repeated(r, aes.shift_rows, w) for r, w in enumerate(keys)]
    w = [
        _mapped(FROM_BASIS, first),
        *[_with_constant(_mapped(FROM_BASIS, _others(w))) for w in middle],
        _with_constant(last),
    ]
    return aes.cipher(block, [b for key in w for b in key])


def _mapped(table: Sequence[int], key: Words) -> list[Term]:
    return [b.builder.table(8, table, b) for b in key]


def _with_constant(key: Words) -> list[Term]:
    return [b ^ CONSTANT for b in key]


def _others(key: Words) -> list[Term]:
    """Of each column the sums of three bytes, all but one; applied twice it changes nothing.

    MIXCOLUMNS of the sum of a column and these is that of the column, and the bytes themselves.
    """
    columns = [key[c : c + 4] for c in range(0, 16, 4)]
    return [reduce(xor, [*w[:r], *w[r + 1 :]]) for w in columns for r in range(4)]


def _repeated(times: int, step: Callable[[Words], list[Term]], key: Words) -> list[Term]:
    return reduce(lambda w, _: step(w), range(times % 4), list(key))
