"""Cryptographic AES.  A vector is the state of FIPS 197: byte 4c + r is row r of column c."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.crypto import s_boxes
from isa.encoding import a64
from isa.outcomes import Undefined

Bytes = list[Term]


def _substitute(box: tuple[int, ...], state: Bytes) -> Bytes:
    """AESSubBytes() and AESInvSubBytes()."""
    return [x.builder.table(8, box, x) for x in state]


def _shift_rows(by: int, state: Bytes) -> Bytes:
    """AESShiftRows(), and with by = -1 AESInvShiftRows(): row r moves by r columns to the left."""
    return [state[(4 * (c + by * r) + r) % 16] for c in range(4) for r in range(4)]


def _mix_columns(coefficients: tuple[int, ...], state: Bytes) -> Bytes:
    """AESMixColumns() and AESInvMixColumns(): row r sums coefficients[k] times row r + k."""
    degree = max(coefficients).bit_length()
    multiples = [list(accumulate([x] * degree, lambda m, _: _xtime(m))) for x in state]
    columns = [multiples[4 * c : 4 * c + 4] for c in range(4)]
    return [
        state[0].builder.xor(
            *[
                multiple
                for i, k in enumerate(coefficients)
                for bit, multiple in enumerate(column[(r + i) % 4])
                if k >> bit & 1
            ]
        )
        for column in columns
        for r in range(4)
    ]


def _xtime(x: Term) -> Term:
    """xTimes() of FIPS 197, section 4.2.1: 2 * x."""
    return (x << 1) ^ (x.builder.replicate(x[7], 8) & 0x1B)


def _aese(d: Bytes, n: Bytes) -> Bytes:
    return _substitute(s_boxes.AES, _shift_rows(1, _add(d, n)))


def _aesd(d: Bytes, n: Bytes) -> Bytes:
    return _substitute(s_boxes.AES_INVERSE, _shift_rows(-1, _add(d, n)))


def _aesmc(d: Bytes, n: Bytes) -> Bytes:
    return _mix_columns((0x2, 0x3, 0x1, 0x1), n)


def _aesimc(d: Bytes, n: Bytes) -> Bytes:
    return _mix_columns((0xE, 0xB, 0xD, 0x9), n)


def _add(d: Bytes, n: Bytes) -> Bytes:
    return [x ^ y for x, y in zip(d, n, strict=True)]


_OPERATIONS: dict[int, Callable[[Bytes, Bytes], Bytes]] = {
    0b00100: _aese,
    0b00101: _aesd,
    0b00110: _aesmc,
    0b00111: _aesimc,
}


@a64("01001110 00 10100 opcode:5 10 Rn:5 Rd:5", section="Cryptographic AES")
def cryptographic_aes(cpu: State, opcode: int, Rn: int, Rd: int) -> None:
    if opcode not in _OPERATIONS:
        raise Undefined("no AES instruction has this opcode")
    b = cpu.builder
    d, n = [b.split(cpu.V[i, 128], 8) for i in (Rd, Rn)]
    cpu.V[Rd, 128] = b.join(_OPERATIONS[opcode](d, n))
