"""What the instructions for AES and GHASH compute is what the standards define, for all operands.

Shown once by the kernel; no proof of a routine takes it on trust, since both sides of each are
terms.  The words are LLVM's, for the text beside.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import xor

import pytest

from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError
from crypto_specs import aes, gcm
from crypto_specs.words import Words
from tests.isa.simd import run_on

AESE, AESD = 0x4E284820, 0x4E285820  # aese v0.16b, v1.16b; aesd v0.16b, v1.16b
AESMC, AESIMC = 0x4E286820, 0x4E287820  # aesmc v0.16b, v1.16b; aesimc v0.16b, v1.16b
PMULL, PMULL2 = 0x0EE2E020, 0x4EE2E020  # pmull v0.1q, v1.1d, v2.1d; pmull2 v0.1q, v1.2d, v2.2d

# What becomes of the bytes of V0 and V1.
Function = Callable[[Words, Words], list[Term]]

# FIPS 197's functions, in the order in which the rounds of the Arm manual have them.
ROUNDS: dict[int, Function] = {
    AESE: lambda d, n: aes.sub_bytes(aes.shift_rows(aes.add_round_key(d, n))),
    AESD: lambda d, n: aes.inv_sub_bytes(aes.inv_shift_rows(aes.add_round_key(d, n))),
    AESMC: lambda d, n: aes.mix_columns(n),
    AESIMC: lambda d, n: aes.inv_mix_columns(n),
}


def show_that_v0_becomes(word: int, function: Function) -> None:
    kernel = Kernel()
    b = kernel.builder
    after = run_on(b, word, b.var)
    d, n = [b.split(b.var(128, name), 8) for name in ("v0", "v1")]
    kernel.equality(after.V[0, 128], b.join(function(d, n)))


@pytest.mark.parametrize("word", ROUNDS, ids=hex)
def test_aes_instructions_are_the_functions_of_fips_197(word: int) -> None:
    show_that_v0_becomes(word, ROUNDS[word])


@pytest.mark.parametrize(
    ("word", "function"),
    [(AESE, ROUNDS[AESD]), (AESD, ROUNDS[AESE]), (AESMC, ROUNDS[AESIMC]), (AESIMC, ROUNDS[AESMC])],
)
def test_and_not_of_each_other(word: int, function: Function) -> None:
    with pytest.raises(KernelError, match="differ in meaning"):
        show_that_v0_becomes(word, function)


def carry_less(x: Term, y: Term) -> Term:
    """The product of polynomials: the sum of x, moved by i, over the bits i of y that are 1."""
    b = x.builder
    wide = b.zero_extend(x, 2 * x.width)
    parts = [(wide << i) & b.replicate(y[i], 2 * x.width) for i in range(y.width)]
    return reduce(xor, parts)


@pytest.mark.parametrize(("word", "half"), [(PMULL, 0), (PMULL2, 64)], ids=["low", "high"])
def test_pmull_is_the_product_of_polynomials(word: int, half: int) -> None:
    kernel = Kernel()
    b = kernel.builder
    after = run_on(b, word, b.var)
    x, y = [b.extract(b.var(128, name), half + 63, half) for name in ("v1", "v2")]
    kernel.polynomials(after.V[0, 128], carry_less(x, y))
    with pytest.raises(KernelError, match="are different"):
        kernel.polynomials(after.V[0, 128], carry_less(x, y) ^ 1)


def algorithm_1(X: Term, Y: Term, R: int) -> Term:
    """SP 800-38D, algorithm 1: X • Y, bit by bit; bit 127 of a term is x_0."""
    b = X.builder
    Z, V = b.const(128, 0), Y
    for i in range(128):
        Z = Z ^ b.ite(X[127 - i], V, b.const(128, 0))
        V = (V >> 1) ^ b.ite(V[0], b.const(128, R), b.const(128, 0))
    return Z


def field_product_theorem(R: int) -> None:
    """That gcm.multiply, on which GHASH's theorems rest, is algorithm 1 with this R."""
    kernel = Kernel()
    X, Y = [kernel.builder.var(128, name) for name in "XY"]
    kernel.polynomials(gcm.multiply(X, Y), algorithm_1(X, Y, R))


def test_the_field_product_is_algorithm_1() -> None:
    field_product_theorem(0xE1 << 120)


def test_but_not_modulo_another_polynomial() -> None:
    with pytest.raises(KernelError, match="are different"):
        field_product_theorem(0xE3 << 120)
