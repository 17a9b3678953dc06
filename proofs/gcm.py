"""GHASH: SP 800-38D's product of blocks, with tables of what the hash key's powers are; AES-GCM."""

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from armsym.contract.language import Buffer, Specification
from crypto_specs import aes_gcm, gcm

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


def field_laws(c: Contract) -> None:
    """What it takes for several blocks at once, by powers of H."""
    c.law(product_of_product, product_with_product, 128, 128, 128)
    c.law(product_of_sum, sum_of_products, 128, 128, 128)


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
    field_laws(c)
    ghash(c, size, table)


@contract("gcm_ghash_v8")
def gcm_ghash_v8(c: Contract) -> None:
    ghash_by_powers(c, 12, table_v8)


# AES-GCM of whole blocks: CTR and GHASH in one pass.

MODES = {
    f"{bits}{place}": (bits, place != "") for bits in (128, 192, 256) for place in ("", "_in_place")
}


def aes_key(c: Contract, bits: int) -> Buffer:
    """An AES_KEY: its round keys, what is read of it but not used, and `rounds`."""
    size = bits // 2 + 112
    schedule = c.buffer("schedule", elements=size, width=8, access="r")
    if size < 240:
        c.field(schedule, size, "unused", elements=240 - size, width=8, access="r")
    c.field(schedule, 240, "rounds", elements=1, width=32, access="r", values=[bits // 32 + 6])
    return schedule


def below_half(c: Contract, buffer: Buffer) -> None:
    """A precondition: the buffer ends below 2^63, since its addresses are compared with a sign."""
    c.requires(c.builder.ult(c.last(buffer), c.builder.const(64, 1 << 63)))


def kernel(
    c: Contract, step: Specification, schedule: Buffer, in_place: bool, access: str = "w"
) -> None:
    """`(in, size_t in_bits, out, uint8_t Xi[16], uint8_t ivec[16], const AES_KEY *, Htable)`."""
    state, powers, H = state_and_table(c, 12, table_v8)
    in_one_pass(c, step, state, H, schedule, in_place, access, 1, powers)


def in_one_pass(
    c: Contract,
    step: Specification,
    state: Buffer,
    H: Term,
    schedule: Buffer,
    in_place: bool,
    access: str,
    least: int,
    *more: Buffer,
) -> None:
    """`(in, in_bits, out, Xi, uint8_t ivec[16], key, ...)`, of so many blocks at least.

    It returns the number of bytes.  `access` is what it may do with `out`.
    """
    blocks = c.count("blocks", min=least)
    source = c.buffer("in", 16 * blocks, width=8, access="rw" if in_place else "r")
    target = source if in_place else c.buffer("out", 16 * blocks, width=8, access=access)
    counter = c.buffer("ivec", elements=16, width=8, access="rw")
    below_half(c, source)
    c.arguments(source, 128 * blocks, target, state, counter, schedule, *more)
    field_laws(c)
    c.fold([counter, state], step, over=source, block=16, into=target, using=[schedule, H])
    c.returns(16 * blocks, width=64)


@contract("aes_gcm_enc_kernel", variants=MODES)
def aes_gcm_enc_kernel(c: Contract, bits: int, in_place: bool) -> None:
    kernel(c, aes_gcm.encrypt, aes_key(c, bits), in_place)


@contract("aes_gcm_dec_kernel", variants=MODES)
def aes_gcm_dec_kernel(c: Contract, bits: int, in_place: bool) -> None:
    kernel(c, aes_gcm.decrypt, aes_key(c, bits), in_place)


def eight(step: Specification, bits: int) -> Callable[[Contract], None]:
    """Eight blocks at a time, by one routine for each size of keys: nothing else is read of them.

    The last block is put together with what is in `out`, as if it might not be whole.
    """

    def state(c: Contract) -> None:
        schedule = c.buffer("schedule", elements=bits // 2 + 112, width=8, access="r")
        kernel(c, step, schedule, in_place=False, access="rw")

    return state


EIGHT_AT_A_TIME = tuple(
    proof
    for way, step in (("enc", aes_gcm.encrypt), ("dec", aes_gcm.decrypt))
    for bits in (128, 192, 256)
    for proof in contract(f"aesv8_gcm_8x_{way}_{bits}")(eight(step, bits))
)
