"""Key schedules of AES as implementations by vector permutations store them.

M. Hamburg, "Accelerating AES with Vector Permute Instructions" (CHES 2009), looks the S-box up in
tables of 16 bytes, in a basis in which inversion falls into such tables.  The round keys are stored
so that adding them is all that is left to do: in that basis, with the constant of the S-box, at the
place in a round where they are added, and with their rows shifted by as many rounds as there are
before them, since the rows of the state are shifted once, at the end.

Round keys are in the order in which they are added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import xor

from armsym.bv.term import Term
from crypto_specs import aes
from crypto_specs.words import Words

Change = Callable[[Words], list[Term]]  # of a round key


def rounds(key: Words) -> list[Term]:
    """Nr - 1 as one word of 32 bits: of the rounds, those that mix columns."""
    (Nr,) = aes.rounds(key)
    return [Nr - 1]


def encryption_schedule(key: Words) -> list[Term]:
    """The stored form of the key schedule of CIPHER."""
    first, *middle, last = aes.round_keys(aes.key_expansion(key))
    stored = [
        _looked_up(BASIS, first),
        *[_others(_looked_up(BASIS, _with_constant(w))) for w in middle],
        _with_constant(last),
    ]
    return _shifted(aes.inv_shift_rows, stored)


def cipher(block: Words, stored: Words) -> list[Term]:
    """CIPHER under the key schedule of which this is the stored form."""
    first, *middle, last = aes.round_keys(_shifted(aes.shift_rows, aes.round_keys(stored)))
    w = [
        _looked_up(FROM_BASIS, first),
        *[_with_constant(_looked_up(FROM_BASIS, _others(w))) for w in middle],
        _with_constant(last),
    ]
    return aes.cipher(block, [b for key in w for b in key])


def decryption_schedule(key: Words) -> list[Term]:
    """The stored form of the key schedule of EQINVCIPHER."""
    first, *middle, last = reversed(aes.round_keys(aes.key_expansion_eic(key)))
    stored = [
        _looked_up(INVBASIS, _with_constant(first)),
        *[_turned(1, _looked_up(INVBASIS, _with_constant(w))) for w in middle],
        list(last),
    ]
    return _shifted(aes.shift_rows, stored)


def decipher(block: Words, stored: Words) -> list[Term]:
    """EQINVCIPHER under the key schedule of which this is the stored form."""
    first, *middle, last = aes.round_keys(_shifted(aes.inv_shift_rows, aes.round_keys(stored)))
    w = [
        _with_constant(_looked_up(FROM_INVBASIS, first)),
        *[_with_constant(_looked_up(FROM_INVBASIS, _turned(-1, w))) for w in middle],
        last,
    ]
    return aes.decipher(block, [b for key in w for b in key])


def _linear(*images: int) -> tuple[int, ...]:
    """The table of the linear map that takes bit i of a byte to images[i]."""
    return tuple(
        [reduce(xor, [y for i, y in enumerate(images) if b >> i & 1], 0) for b in range(256)]
    )


def _inverse(table: Sequence[int]) -> tuple[int, ...]:
    return tuple([table.index(b) for b in range(256)])


# For the cipher, and for the inverse cipher, where inversion follows on an affine map.
BASIS = _linear(0x70, 0x2A, 0x98, 0x08, 0x4D, 0x7C, 0x7D, 0x81)
INVBASIS = _linear(0x5F, 0x54, 0x04, 0x1A, 0x65, 0x05, 0xE6, 0x94)
FROM_BASIS = _inverse(BASIS)
FROM_INVBASIS = _inverse(INVBASIS)


def _looked_up(table: Sequence[int], key: Words) -> list[Term]:
    return [b.builder.table(8, table, b) for b in key]


def _with_constant(key: Words) -> list[Term]:
    """With the constant of the S-box, FIPS 197 equation (5.3)."""
    return [b ^ 0x63 for b in key]


def _columns(key: Words) -> list[Words]:
    return [key[c : c + 4] for c in range(0, 16, 4)]


def _others(key: Words) -> list[Term]:
    """Of each column the sums of all bytes but one; applied twice it changes nothing.

    MIXCOLUMNS adds to a byte the sum of the others, twice the byte, and twice the next.  What is
    not doubled is all that the round key takes part in.
    """
    return [reduce(xor, [*w[:r], *w[r + 1 :]]) for w in _columns(key) for r in range(4)]


def _turned(places: int, key: Words) -> list[Term]:
    """With each column turned upwards."""
    return [w[(r + places) % 4] for w in _columns(key) for r in range(4)]


def _shifted(shift: Change, keys: Sequence[Words]) -> list[Term]:
    """The round keys one after the other, the rows of key r shifted r times."""
    shifted = [reduce(lambda w, _: shift(w), range(r % 4), list(w)) for r, w in enumerate(keys)]
    return [b for w in shifted for b in w]
