"""The S-boxes of AES and SM4, from inversion in GF(2^8) and affine maps of bits."""

from __future__ import annotations


def _times(x: int, y: int, modulus: int) -> int:
    """The product of two elements of GF(2^8), polynomials modulo `modulus`."""
    product = 0
    for bit in range(8):
        if y >> bit & 1:
            product ^= x << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= modulus << (bit - 8)
    return product


def _inverses(modulus: int, generator: int) -> list[int]:
    """The inverse of each element, 0 for 0; the powers of `generator` are all others."""
    powers = [1]
    while len(powers) < 255:
        powers.append(_times(powers[-1], generator, modulus))
    inverse = {x: powers[-k % 255] for k, x in enumerate(powers)}
    return [inverse.get(x, 0) for x in range(256)]


def _affine(row: int, constant: int) -> list[int]:
    """Of each byte x: bit i is the parity of x & (row rotated left by i); xored with `constant`."""
    rows = [(row << i | row >> (8 - i)) & 0xFF for i in range(8)]
    return [
        sum(((x & r).bit_count() & 1) << i for i, r in enumerate(rows)) ^ constant
        for x in range(256)
    ]


def _aes_s_box() -> list[int]:
    """FIPS 197, section 5.1.1: inversion modulo x^8 + x^4 + x^3 + x + 1, then the affine map."""
    inverse, affine = _inverses(0x11B, generator=3), _affine(0xF1, 0x63)
    return [affine[inverse[x]] for x in range(256)]


def _sm4_s_box() -> list[int]:
    """The standard lists the values; they are inversion between two equal affine maps.

    The field is that of x^8 + x^7 + x^6 + x^5 + x^4 + x^2 + 1.
    """
    inverse, affine = _inverses(0x1F5, generator=3), _affine(0xA7, 0xD3)
    return [affine[inverse[affine[x]]] for x in range(256)]


AES = tuple(_aes_s_box())
AES_INVERSE = tuple(AES.index(y) for y in range(256))
SM4 = tuple(_sm4_s_box())
