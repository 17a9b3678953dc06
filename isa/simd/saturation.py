"""Saturation, which sets FPSR.QC, and the exact results of those operations that saturate.

Exact results are signed and have as many bits as their values need.
"""

from __future__ import annotations

from dataclasses import dataclass

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.simd import elements as e
from isa.simd.vectors import Operation


@dataclass(frozen=True)
class Saturating(Operation):
    """A row whose function gives the exact result; what is saturated is `unsigned`, or signed."""

    unsigned: int = 0


def apply(cpu: State, operation: Saturating, Rd: int, *operands: list[Term]) -> None:
    """V[Rd] = the operation of the operands, saturated element by element; zeroes above."""
    esize = operands[0][0].width
    exact = [operation.function(*xs) for xs in zip(*operands, strict=True)]
    results = [saturate(cpu, operation.unsigned, x, esize) for x in exact]
    cpu.V[Rd, esize * len(results)] = cpu.builder.join(results)


def saturate(cpu: State, U: int, x: Term, width: int) -> Term:
    """SatQ(): the signed x, or what is nearest to it in `width` bits, unsigned if U is set.

    Sets FPSR.QC where x does not fit.
    """
    b, result = cpu.builder, x[width - 1 : 0]
    fits = b.eq(e.extend(U, result, x.width), x)
    cpu.qc = cpu.qc | ~fits
    least = 0 if U else 1 << (width - 1)
    limit = b.ite(x[x.width - 1], b.const(width, least), b.const(width, ~least))
    return b.ite(fits, result, limit)


def narrow(cpu: State, U: int, o: int, x: Term) -> Term:
    """x in half its width: its low half, or saturated from signed to unsigned, or as U says.

    By (U, o) what XTN, SQXTUN, SQXTN and UQXTN do, and the shifts that narrow after them.
    """
    width = x.width // 2
    if not U and not o:
        return x[width - 1 : 0]
    return saturate(cpu, U, e.extend(U & o, x, x.width + 1), width)


def add(U: int, x: Term, y: Term) -> Term:
    return e.extend(U, x, x.width + 2) + e.extend(U, y, x.width + 2)


def sub(U: int, x: Term, y: Term) -> Term:
    return e.extend(U, x, x.width + 2) - e.extend(U, y, x.width + 2)


def add_other(U: int, d: Term, x: Term) -> Term:
    """SUQADD, and with U USQADD: d plus x, of which one is signed and the other unsigned."""
    return e.extend(U, d, d.width + 2) + e.extend(1 - U, x, d.width + 2)


def absolute(x: Term) -> Term:
    return e.absolute(e.extend(0, x, x.width + 1))


def negative(x: Term) -> Term:
    return -e.extend(0, x, x.width + 1)


def shift_by_register(U: int, x: Term, y: Term) -> Term:
    """x shifted left by the signed low byte of y, to the right if that is negative."""
    return e.shift_by_register(0, e.extend(U, x, x.width + 128), y)


def rounding_shift_by_register(U: int, x: Term, y: Term) -> Term:
    """x shifted left by the signed low byte of y; to the right, rounded, if that is negative."""
    return e.rounding_shift_by_register(0, e.extend(U, x, x.width + 128), y)


def doubled_product(x: Term, y: Term) -> Term:
    """2 * x * y in twice the width and one bit."""
    wide = 2 * x.width + 1
    return (e.extend(0, x, wide) * e.extend(0, y, wide)) << 1


def doubled_product_high(x: Term, y: Term) -> Term:
    """2 * x * y / 2^width, rounded down."""
    return e.shift_right(0, doubled_product(x, y), x.width)


def rounded_doubled_product_high(x: Term, y: Term) -> Term:
    """2 * x * y / 2^width, rounded to the nearest."""
    return add_doubled_product_high(e.zero(x), x, y)


def add_doubled_product_high(d: Term, x: Term, y: Term) -> Term:
    """d + 2 * x * y / 2^width, rounded to the nearest."""
    return _rounded_high(d, doubled_product(x, y))


def sub_doubled_product_high(d: Term, x: Term, y: Term) -> Term:
    """d - 2 * x * y / 2^width, rounded to the nearest."""
    product = doubled_product(x, y)
    return _rounded_high(d, -e.extend(0, product, product.width + 1))


def _rounded_high(d: Term, product: Term) -> Term:
    """d + product / 2^width, rounded to the nearest, `width` that of d."""
    wide, half = 2 * d.width + 2, 1 << (d.width - 1)
    total = (e.extend(0, d, wide) << d.width) + e.extend(0, product, wide)
    return e.shift_right(0, total + half, d.width)


def multiply_long(cpu: State, op: int, Rd: int, n: list[Term], m: list[Term]) -> None:
    """SQDMLAL, SQDMLSL, SQDMULL by `op`: what is added to is a saturated product."""
    products = [
        saturate(cpu, 0, doubled_product(x, y), 2 * x.width) for x, y in zip(n, m, strict=True)
    ]
    esize, datasize = products[0].width, sum(x.width for x in products)
    if op == _MULTIPLY:
        cpu.V[Rd, datasize] = cpu.builder.join(products)
    else:
        d = cpu.builder.split(cpu.V[Rd, datasize], esize)
        apply(cpu, _ACCUMULATE[op], Rd, d, products)


_ACCUMULATE = {
    0b00: Saturating("SQDMLAL", "hs", e.signed(add)),
    0b01: Saturating("SQDMLSL", "hs", e.signed(sub)),
}
_MULTIPLY = 0b10
