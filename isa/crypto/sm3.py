"""Cryptographic three-register, imm2: SM3, whose other instructions other classes have.

A vector holds four words, element 0 the lowest; of a state, A or E is the highest.
"""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.crypto.sha_functions import sha_choose, sha_majority, sha_parity
from isa.encoding import a64

Words = list[Term]


def _spread(x: Term, first: int, second: int) -> Term:
    """x ^ (x rotated left by each amount): a permutation P0 or P1 of SM3."""
    return x ^ x.builder.rol(x, first) ^ x.builder.rol(x, second)


def sm3ss1(n: Words, m: Words, a: Words) -> Words:
    rol, zero = n[3].builder.rol, n[3].builder.const(32, 0)
    return [zero, zero, zero, rol(rol(n[3], 12) + m[3] + a[3], 7)]


def sm3partw1(d: Words, n: Words, m: Words) -> Words:
    rol = d[0].builder.rol
    result: Words = []
    for i in range(4):
        following = m[i + 1] if i < 3 else result[0]
        result.append(_spread(d[i] ^ n[i] ^ rol(following, 15), 15, 23))
    return result


def sm3partw2(d: Words, n: Words, m: Words) -> Words:
    rol = d[0].builder.rol
    t = [n[i] ^ rol(m[i], 7) for i in range(4)]
    carried = _spread(rol(t[0], 15), 15, 23)
    return [d[0] ^ t[0], d[1] ^ t[1], d[2] ^ t[2], d[3] ^ t[3] ^ carried]


def _sm3tt1(function: Callable[[Term, Term, Term], Term]) -> Callable[[Words, Words, Term], Words]:
    """The new A, B, C, D of a round: d holds D to A, n[3] SS1, and w is W'."""

    def tt1(d: Words, n: Words, w: Term) -> Words:
        rol = w.builder.rol
        ss2 = n[3] ^ rol(d[3], 12)
        return [d[1], rol(d[2], 9), d[3], function(d[3], d[2], d[1]) + d[0] + ss2 + w]

    return tt1


def _sm3tt2(function: Callable[[Term, Term, Term], Term]) -> Callable[[Words, Words, Term], Words]:
    """The new E, F, G, H of a round: d holds H to E, n[3] SS1, and w is W."""

    def tt2(d: Words, n: Words, w: Term) -> Words:
        new = function(d[3], d[2], d[1]) + d[0] + n[3] + w
        return [d[1], w.builder.rol(d[2], 19), d[3], _spread(new, 9, 17)]

    return tt2


_ROUND_HALVES = (
    _sm3tt1(sha_parity),  # SM3TT1A
    _sm3tt1(sha_majority),  # SM3TT1B
    _sm3tt2(sha_parity),  # SM3TT2A
    _sm3tt2(sha_choose),  # SM3TT2B
)


@a64(
    "11001110 010 Rm:5 10 imm2:2 opcode:2 Rn:5 Rd:5",
    section="Cryptographic three-register, imm2",
)
def cryptographic_three_register_imm2(
    cpu: State, Rm: int, imm2: int, opcode: int, Rn: int, Rd: int
) -> None:
    b = cpu.builder
    d, n, m = [b.split(cpu.V[i, 128], 32) for i in (Rd, Rn, Rm)]
    cpu.V[Rd, 128] = b.join(_ROUND_HALVES[opcode](d, n, m[imm2]))
