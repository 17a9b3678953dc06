"""Cryptographic three-register SHA and two-register SHA: SHA-1 and SHA-256."""

from __future__ import annotations

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.crypto.sha_functions import (
    rotations,
    rotations_and_shift,
    sha_choose,
    sha_majority,
    sha_parity,
)
from isa.encoding import a64
from isa.outcomes import Undefined

Words = list[Term]


def _sha1_rounds(function: Callable[[Term, Term, Term], Term]) -> Callable[..., Words]:
    """Four rounds of SHA-1: <d,c,b,a> in x, e in the lowest word of n, K + W in w."""

    def rounds(x: Words, n: Words, w: Words) -> Words:
        rol = n[0].builder.rol
        a, b, c, d = x
        e = n[0]
        for word in w:
            new = e + rol(a, 5) + function(b, c, d) + word
            a, b, c, d, e = new, a, rol(b, 30), c, d
        return [a, b, c, d]

    return rounds


def _sha1su0(x: Words, n: Words, m: Words) -> Words:
    following = [x[2], x[3], n[0], n[1]]
    return [f ^ x_i ^ m_i for f, x_i, m_i in zip(following, x, m, strict=True)]


def _sha256hash(x: Words, y: Words, w: Words) -> tuple[Words, Words]:
    """SHA256hash(): four rounds of SHA-256 on x = <d,c,b,a>, y = <h,g,f,e>, with K + W in w."""
    a, b, c, d = x
    e, f, g, h = y
    for word in w:
        t = h + rotations(e, 6, 11, 25) + sha_choose(e, f, g) + word
        new = t + rotations(a, 2, 13, 22) + sha_majority(a, b, c)
        a, b, c, d, e, f, g, h = new, a, b, c, d + t, e, f, g
    return [a, b, c, d], [e, f, g, h]


def _sha256h(x: Words, y: Words, w: Words) -> Words:
    return _sha256hash(x, y, w)[0]


def _sha256h2(y: Words, x: Words, w: Words) -> Words:
    return _sha256hash(x, y, w)[1]


def _sha256su1(d: Words, n: Words, m: Words) -> Words:
    added = [n[1], n[2], n[3], m[0]]
    result: Words = []
    for i in range(4):
        earlier = m[2 + i] if i < 2 else result[i - 2]
        result.append(rotations_and_shift(earlier, 17, 19, 10) + d[i] + added[i])
    return result


_THREE_REGISTER: dict[int, Callable[[Words, Words, Words], Words]] = {
    0b000: _sha1_rounds(sha_choose),  # SHA1C
    0b001: _sha1_rounds(sha_parity),  # SHA1P
    0b010: _sha1_rounds(sha_majority),  # SHA1M
    0b011: _sha1su0,
    0b100: _sha256h,
    0b101: _sha256h2,
    0b110: _sha256su1,
}


@a64(
    "01011110 00 0 Rm:5 0 opcode:3 00 Rn:5 Rd:5",
    section="Cryptographic three-register SHA",
)
def cryptographic_three_register_sha(cpu: State, Rm: int, opcode: int, Rn: int, Rd: int) -> None:
    if opcode not in _THREE_REGISTER:
        raise Undefined("no three-register SHA instruction has this opcode")
    b = cpu.builder
    d, n, m = [b.split(cpu.V[i, 128], 32) for i in (Rd, Rn, Rm)]
    cpu.V[Rd, 128] = b.join(_THREE_REGISTER[opcode](d, n, m))


def _sha1h(d: Words, n: Words) -> Words:
    b = n[0].builder
    return [b.rol(n[0], 30), *[b.const(32, 0)] * 3]


def _sha1su1(d: Words, n: Words) -> Words:
    rol = n[0].builder.rol
    t = [d[0] ^ n[1], d[1] ^ n[2], d[2] ^ n[3], d[3]]
    return [rol(t[0], 1), rol(t[1], 1), rol(t[2], 1), rol(t[3], 1) ^ rol(t[0], 2)]


def _sha256su0(d: Words, n: Words) -> Words:
    following = [d[1], d[2], d[3], n[0]]
    return [rotations_and_shift(f, 7, 18, 3) + d_i for f, d_i in zip(following, d, strict=True)]


_TWO_REGISTER: dict[int, Callable[[Words, Words], Words]] = {
    0b00000: _sha1h,
    0b00001: _sha1su1,
    0b00010: _sha256su0,
}


@a64(
    "01011110 00 10100 opcode:5 10 Rn:5 Rd:5",
    section="Cryptographic two-register SHA",
)
def cryptographic_two_register_sha(cpu: State, opcode: int, Rn: int, Rd: int) -> None:
    if opcode not in _TWO_REGISTER:
        raise Undefined("no two-register SHA instruction has this opcode")
    b = cpu.builder
    d, n = [b.split(cpu.V[i, 128], 32) for i in (Rd, Rn)]
    cpu.V[Rd, 128] = b.join(_TWO_REGISTER[opcode](d, n))
