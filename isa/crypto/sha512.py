"""Cryptographic three-register SHA 512 and two-register SHA 512.

RAX1 of SHA-3, and instructions of SM3 and SM4, are of these classes.
"""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.crypto.sha_functions import rotations, rotations_and_shift, sha_choose, sha_majority
from isa.crypto.sm3 import sm3partw1, sm3partw2
from isa.crypto.sm4 import sm4e, sm4ekey
from isa.encoding import a64
from isa.outcomes import Undefined

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


_THREE_REGISTER: dict[tuple[int, int], tuple[int, Callable[[Words, Words, Words], Words]]] = {
    # (o, opcode): the width of a word, the function of words
    (0, 0b00): (64, _sha512h),
    (0, 0b01): (64, _sha512h2),
    (0, 0b10): (64, _sha512su1),
    (0, 0b11): (64, _rax1),
    (1, 0b00): (32, sm3partw1),
    (1, 0b01): (32, sm3partw2),
    (1, 0b10): (32, sm4ekey),
}


@a64(
    "11001110 011 Rm:5 1 o 00 opcode:2 Rn:5 Rd:5",
    section="Cryptographic three-register SHA 512",
)
def cryptographic_three_register_sha512(
    cpu: State, Rm: int, o: int, opcode: int, Rn: int, Rd: int
) -> None:
    if (o, opcode) not in _THREE_REGISTER:
        raise Undefined("no instruction of the class has this opcode")
    b = cpu.builder
    width, function = _THREE_REGISTER[o, opcode]
    d, n, m = [b.split(cpu.V[i, 128], width) for i in (Rd, Rn, Rm)]
    cpu.V[Rd, 128] = b.join(function(d, n, m))


def _sha512su0(w: Words, x: Words) -> Words:
    following = [w[1], x[0]]
    return [w[i] + rotations_and_shift(following[i], 1, 8, 7) for i in (0, 1)]


_TWO_REGISTER: dict[int, tuple[int, Callable[[Words, Words], Words]]] = {
    # opcode: the width of a word, the function of words
    0b00: (64, _sha512su0),
    0b01: (32, sm4e),
}


@a64(
    "11001110 110 00000 1000 opcode:2 Rn:5 Rd:5",
    section="Cryptographic two-register SHA 512",
)
def cryptographic_two_register_sha512(cpu: State, opcode: int, Rn: int, Rd: int) -> None:
    if opcode not in _TWO_REGISTER:
        raise Undefined("no instruction of the class has this opcode")
    b = cpu.builder
    width, function = _TWO_REGISTER[opcode]
    d, n = [b.split(cpu.V[i, 128], width) for i in (Rd, Rn)]
    cpu.V[Rd, 128] = b.join(function(d, n))
