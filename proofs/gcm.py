"""GHASH: SP 800-38D's product of blocks, with tables of what the hash key's powers are."""

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from armsym.contract.language import Buffer, Specification
from crypto_specs import gcm

# u^-1 = 1 + u + u^6 + u^127, the coefficient of u^0 at bit 127
INVERSE = 0xC2 << 120 | 1

# The powers of H that a table holds: each is the product of these two.
PRODUCTS = ((1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (2, 5), (2, 6))


def twisted(X: Term) -> Term:
    """X times u^-1: carry-less products with it need not be shifted by a bit."""
    b = X.builder
    return (X << 1) ^ b.ite(X[127], b.const(128, INVERSE), b.const(128, 0))


def table_neon(H: Term) -> list[Term]:
    """H, twisted."""
    return [twisted(H)]


def table(H: Term, last: int, stored: Callable[[Term], Term]) -> list[Term]:
    """H, H^2, ..., twisted, as they are stored; between two the sums of their halves."""
    power = {1: H}
    for i, j in PRODUCTS[: last - 1]:
        power[i + j] = gcm.multiply(power[i], power[j])
    words = []
    for n in range(1, last, 2):
        low, high = twisted(power[n]), twisted(power[n + 1])
        halves = [X[127:64] ^ X[63:0] for X in (high, low)]
        words += [stored(low), H.builder.concat(*halves), stored(high)]
    return words


def table_v8(H: Term) -> list[Term]:
    """H, H^2, ..., H^8, twisted, their halves swapped; between two the sums of their halves."""
    return table(H, 8, swapped)


def swapped(X: Term) -> Term:
    """X with its halves swapped."""
    return X.builder.ror(X, 64)


def initial_neon(H: list[Term]) -> list[Term]:
    """The table for a hash key of two words, the high one first."""
    return table_neon(H[0].builder.concat(*H))


def initial_v8(H: list[Term]) -> list[Term]:
    """The same, of all powers."""
    return table_v8(H[0].builder.concat(*H))


def product(Xi: list[Term], H: Term) -> list[Term]:
    """Xi • H."""
    return [gcm.multiply(Xi[0], H)]


def state_and_table(c: Contract, size: int, table: Specification) -> tuple[Buffer, Buffer, Term]:
    """Xi, a block; the Htable; and the hash key, of which nothing but the table is in memory."""
    state = c.buffer("Xi", elements=1, width=128, access="rw", byte_order="big")
    powers = c.buffer("Htable", elements=size, width=128, access="r")
    H = c.secret("H", 128)
    c.holds(powers, table, H)
    return state, powers, H


def init(c: Contract, size: int, table: Specification) -> None:
    """`(u128 Htable[16], const uint64_t H[2])`."""
    powers = c.buffer("Htable", elements=size, width=128, access="w")
    H = c.buffer("H", elements=2, width=64, access="r")
    c.arguments(powers, H)
    c.ensures(powers, table, H)


@contract("gcm_init_v8")
def gcm_init_v8(c: Contract) -> None:
    """Of 16 elements of the table, 12 are used."""
    init(c, 12, initial_v8)


@contract("gcm_init_neon")
def gcm_init_neon(c: Contract) -> None:
    """Of 16 elements of the table, one is used."""
    init(c, 1, initial_neon)


def gmult(c: Contract, size: int, table: Specification) -> None:
    """`(uint8_t Xi[16], const u128 Htable[16])`."""
    state, powers, H = state_and_table(c, size, table)
    c.arguments(state, powers)
    c.ensures(state, product, state, H)


@contract("gcm_gmult_v8")
def gcm_gmult_v8(c: Contract) -> None:
    gmult(c, 12, table_v8)


@contract("gcm_gmult_neon")
def gcm_gmult_neon(c: Contract) -> None:
    gmult(c, 1, table_neon)


def absorb(Y: list[Term], X: list[Term], H: Term) -> list[Term]:
    """The next state of GHASH after a block X (6.4, step 3 of Algorithm 2)."""
    return [gcm.multiply(Y[0] ^ X[0], H)]


def product_of_product(X: Term, Y: Term, Z: Term) -> Term:
    """(X • Y) • Z."""
    return gcm.multiply(gcm.multiply(X, Y), Z)


def product_with_product(X: Term, Y: Term, Z: Term) -> Term:
    """X • (Y • Z)."""
    return gcm.multiply(X, gcm.multiply(Y, Z))


def product_of_sum(X: Term, Y: Term, Z: Term) -> Term:
    """(X ^ Y) • Z."""
    return gcm.multiply(X ^ Y, Z)


def sum_of_products(X: Term, Y: Term, Z: Term) -> Term:
    """X • Z ^ Y • Z."""
    return gcm.multiply(X, Z) ^ gcm.multiply(Y, Z)


def ghash(c: Contract, size: int, table: Specification) -> None:
    """`(uint8_t Xi[16], const u128 Htable[16], const uint8_t *in, size_t len)`, whole blocks."""
    blocks = c.count("blocks", min=1)
    state, powers, H = state_and_table(c, size, table)
    data = c.buffer("in", elements=blocks, width=128, access="r", byte_order="big")
    c.arguments(state, powers, data, 16 * blocks)
    c.fold(state, absorb, over=data, block=1, using=(H,))


@contract("gcm_ghash_neon")
def gcm_ghash_neon(c: Contract) -> None:
    ghash(c, 1, table_neon)


def ghash_by_powers(c: Contract, size: int, table: Specification) -> None:
    """Several blocks at once, by powers of H: that is GHASH by the laws of the field."""
    c.law(product_of_product, product_with_product, 128, 128, 128)
    c.law(product_of_sum, sum_of_products, 128, 128, 128)
    ghash(c, size, table)


@contract("gcm_ghash_v8")
def gcm_ghash_v8(c: Contract) -> None:
    ghash_by_powers(c, 12, table_v8)
