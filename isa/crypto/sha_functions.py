"""The functions on words that the SHA instructions are made of, under the manual's names."""

from __future__ import annotations

from armsym.bv.term import Term


def sha_choose(x: Term, y: Term, z: Term) -> Term:
    """SHAchoose(): y where x has a 1, z where it has a 0."""
    return ((y ^ z) & x) ^ z


def sha_parity(x: Term, y: Term, z: Term) -> Term:
    """SHAparity()."""
    return x ^ y ^ z


def sha_majority(x: Term, y: Term, z: Term) -> Term:
    """SHAmajority(): the bit that at least two of the three have."""
    return (x & y) | ((x | y) & z)


def rotations(x: Term, *amounts: int) -> Term:
    """The exclusive or of x rotated right by each amount: SHAhashSIGMA0() and SHAhashSIGMA1()."""
    return x.builder.xor(*[x.builder.ror(x, amount) for amount in amounts])


def rotations_and_shift(x: Term, first: int, second: int, shift: int) -> Term:
    """x rotated right by two amounts and shifted right by a third, all xored: a σ of a schedule."""
    return rotations(x, first, second) ^ (x >> shift)
