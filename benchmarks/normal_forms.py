"""Seconds to build one SHA-512 block and one SHA-256 block in the normalising builder.

Each is built twice, as the standard writes it and as machine code does (choice by exclusive or,
rotation by shifts, words in the lanes of vectors, byte swaps); both must give the same terms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from armsym.bv.builder import Builder
from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term


@dataclass(frozen=True)
class Hash:
    """The sizes and rotation amounts of a SHA-2 function; a negative amount is a shift."""

    width: int
    rounds: int
    Sigma0: tuple[int, ...]
    Sigma1: tuple[int, ...]
    sigma0: tuple[int, ...]
    sigma1: tuple[int, ...]


SHA512 = Hash(64, 80, (28, 34, 39), (14, 18, 41), (1, 8, -7), (19, 61, -6))
SHA256 = Hash(32, 64, (2, 13, 22), (6, 11, 25), (7, 18, -3), (17, 19, -10))


class Standard:
    """The functions as FIPS 180-4 writes them."""

    def __init__(self, b: Builder) -> None:
        self.b = b

    def mixed(self, x: Term, amounts: tuple[int, ...]) -> Term:
        return self.b.xor(*[self.b.ror(x, k) if k > 0 else x >> -k for k in amounts])

    def Ch(self, x: Term, y: Term, z: Term) -> Term:
        return (x & y) ^ (~x & z)

    def Maj(self, x: Term, y: Term, z: Term) -> Term:
        return (x & y) ^ (x & z) ^ (y & z)

    def add(self, *xs: Term) -> Term:
        return self.b.add(*xs)

    def load(self, word: Term) -> Term:
        return word


class Machine(Standard):
    """The same functions as machine code spells them."""

    def mixed(self, x: Term, amounts: tuple[int, ...]) -> Term:
        shifted = [x >> k if (k := abs(amount)) else x for amount in amounts]
        back = [x << (x.width - k) for k in amounts if k > 0]
        return self.b.xor(
            *[s | w for s, w in zip(shifted, back, strict=False)], *shifted[len(back) :]
        )

    def Ch(self, x: Term, y: Term, z: Term) -> Term:
        return ((y ^ z) & x) ^ z

    def Maj(self, x: Term, y: Term, z: Term) -> Term:
        return (x & y) | (z & (x | y))

    def add(self, *xs: Term) -> Term:
        """A sum in the upper lane of a vector twice as wide, whose lanes are then swapped."""
        result = xs[0]
        for x in xs[1:]:
            low = self.b.const(x.width, 1)
            vector = self.b.concat(result + x, low)
            result = self.b.ror(vector, x.width)[x.width - 1 : 0]
        return result

    def load(self, word: Term) -> Term:
        """The word stored and loaded by bytes in reverse, and reversed."""
        stored = self.b.concat(*self.b.split(word, 8))
        return self.b.join(self.b.split(stored, 8)[::-1])


def block(hash_: Hash, spelling: Standard) -> list[Term]:
    """The state after one block, all of message, state and constants being variables."""
    b, w = spelling.b, hash_.width
    schedule = [spelling.load(b.var(w, f"m{t}")) for t in range(16)]
    for t in range(16, hash_.rounds):
        s0 = spelling.mixed(schedule[t - 15], hash_.sigma0)
        s1 = spelling.mixed(schedule[t - 2], hash_.sigma1)
        schedule.append(spelling.add(s1, schedule[t - 7], s0, schedule[t - 16]))
    start = [b.var(w, name) for name in "abcdefgh"]
    a, bb, c, d, e, f, g, h = start
    for t, word in enumerate(schedule):
        k = b.const(w, 0x9E3779B97F4A7C15 * (t + 1))
        t1 = spelling.add(h, spelling.mixed(e, hash_.Sigma1), spelling.Ch(e, f, g), k, word)
        t2 = spelling.add(spelling.mixed(a, hash_.Sigma0), spelling.Maj(a, bb, c))
        a, bb, c, d, e, f, g, h = spelling.add(t1, t2), a, bb, c, spelling.add(d, t1), e, f, g
    return [spelling.add(x, y) for x, y in zip(start, (a, bb, c, d, e, f, g, h), strict=True)]


def measure(name: str, hash_: Hash) -> None:
    """Build both spellings in one builder, and print seconds and numbers of terms."""
    builder = NormalBuilder()
    results = []
    spellings: tuple[Callable[[Builder], Standard], ...] = (Standard, Machine)
    for spelling in spellings:
        began, before = time.perf_counter(), len(builder)
        results.append(block(hash_, spelling(builder)))
        seconds, terms = time.perf_counter() - began, len(builder) - before
        print(f"{name} {spelling.__name__:9} {seconds:6.3f} s {terms:6} new terms")
    print(f"{name} same terms: {results[0] == results[1]}")


if __name__ == "__main__":
    measure("SHA-512", SHA512)
    measure("SHA-256", SHA256)
