"""Cryptographic three-register SHA 512 and two-register SHA 512; RAX1 of SHA-3 is of this class."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.crypto.sha_functions import rotations, rotations_and_shift, sha_choose, sha_majority
from isa.encoding import a64

Words = list[Term]


def _sha512h(w: Words, x: Words, y: Words) -> Words:
    """T1 of two rounds, the first in the high half; w holds h + K + W of each."""
    d, e = y
    f, g = x
    first = w[1] + rotations(e, 14, 18, 41) + sha_choose(e, f, g)
    next_e = d + first
    second = w[0] + rotations(next_e, 14, 18, 41) + sha_choose(next_e, e, f)
    return [second, first]


def _sha512h2(w: Words, x: Words, y: Words) -> Words:
    """The new a of two rounds, the first in the high half; w holds T1 of each."""
    a, b = y
    c = x[0]
    first = w[1] + rotations(a, 28, 34, 39) + sha_majority(a, b, c)
    second = w[0] + rotations(first, 28, 34, 39) + sha_majority(first, a, b)
    return [second, first]


def _sha512su1(w: Words, x: Words, y: Words) -> Words:
    return [w[i] + rotations_and_shift(x[i], 19, 61, 6) + y[i] for i in (0, 1)]


def _rax1(d: Words, n: Words, m: Words) -> Words:
    return [n[i] ^ n[i].builder.rol(m[i], 1) for i in (0, 1)]


_THREE_REGISTER: dict[int, Callable[[Words, Words, Words], Words]] = {
    0b00: _sha512h,
    0b01: _sha512h2,
    0b10: _sha512su1,
    0b11: _rax1,
}


@a64(
    "11001110 011 Rm:5 1 0 00 opcode:2 Rn:5 Rd:5",
    section="Cryptographic three-register SHA 512",
)
def cryptographic_three_register_sha512(cpu: State, Rm: int, opcode: int, Rn: int, Rd: int) -> None:
    b = cpu.builder
    d, n, m = [b.split(cpu.V[i, 128], 64) for i in (Rd, Rn, Rm)]
    cpu.V[Rd, 128] = b.join(_THREE_REGISTER[opcode](d, n, m))


@a64(
    "11001110 110 00000 1000 00 Rn:5 Rd:5",
    section="Cryptographic two-register SHA 512",
)
def sha512su0(cpu: State, Rn: int, Rd: int) -> None:
    b = cpu.builder
    x, w = [b.split(cpu.V[i, 128], 64) for i in (Rn, Rd)]
    following = [w[1], x[0]]
    cpu.V[Rd, 128] = b.join([w[i] + rotations_and_shift(following[i], 1, 8, 7) for i in (0, 1)])
