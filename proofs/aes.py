"""AES of one block, and its key schedules: FIPS 197, for keys of 128, 192 and 256 bits.

`AES_KEY` is `struct { uint32_t rd_key[60]; unsigned rounds; }`: the round keys that a size of keys
needs, and at byte 240 their number less one.  The bytes between the two are nobody's.
"""

from collections.abc import Callable

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from armsym.contract.language import Buffer, Specification
from crypto_specs import aes, vpaes

BITS = (128, 192, 256)
KEYS = {f"{bits}": (bits,) for bits in BITS}
BLOCKS = {f"{bits}{suffix}": (bits, suffix != "") for bits in BITS for suffix in ("", "_in_place")}


def set_key(
    c: Contract, bits: int, expansion: Specification, rounds: Specification, access: str = "w"
) -> tuple[Buffer, Buffer]:
    """`int (const uint8_t *user_key, int bits, AES_KEY *key)` fills in `key`; 0 is success."""
    user_key = c.buffer("user_key", elements=bits // 8, width=8, access="r")
    schedule = c.buffer("schedule", elements=bits // 2 + 112, width=8, access=access)
    number = c.field(schedule, 240, "rounds", elements=1, width=32, access="w")
    c.arguments(user_key, c.word("bits", bits), schedule)
    c.ensures(schedule, expansion, user_key)
    c.ensures(number, rounds, user_key)
    c.returns(0)
    return user_key, schedule


def one_block(c: Contract, bits: int, in_place: bool, cipher: Specification, less: int = 0) -> None:
    """`void (const uint8_t *in, uint8_t *out, const AES_KEY *key)`, with `rounds` Nr - `less`."""
    if in_place:
        source = target = c.buffer("block", elements=16, width=8, access="rw")
    else:
        source = c.buffer("in", elements=16, width=8, access="r")
        target = c.buffer("out", elements=16, width=8, access="w")
    schedule = c.buffer("schedule", elements=bits // 2 + 112, width=8, access="r")
    c.field(schedule, 240, "rounds", 1, width=32, access="r", values=[bits // 32 + 6 - less])
    c.arguments(source, target, schedule)
    c.ensures(target, cipher, source, schedule)


@contract("aes_hw_set_encrypt_key", variants=KEYS)
def set_encrypt_key(c: Contract, bits: int) -> None:
    c.not_null(*set_key(c, bits, aes.key_expansion, aes.rounds))


@contract("aes_hw_set_decrypt_key", variants=KEYS)
def set_decrypt_key(c: Contract, bits: int) -> None:
    """For the equivalent inverse cipher; the last round key comes first."""
    c.not_null(*set_key(c, bits, aes.decryption_schedule, aes.rounds, access="rw"))


@contract("aes_hw_encrypt", variants=BLOCKS)
def encrypt(c: Contract, bits: int, in_place: bool) -> None:
    one_block(c, bits, in_place, aes.cipher)


@contract("aes_hw_decrypt", variants=BLOCKS)
def decrypt(c: Contract, bits: int, in_place: bool) -> None:
    """With the key schedule that `set_decrypt_key` makes."""
    one_block(c, bits, in_place, aes.decipher)


# Without the crypto extension, by vector permutations: no argument is checked.


@contract("vpaes_set_encrypt_key", variants=KEYS)
def vpaes_set_encrypt_key(c: Contract, bits: int) -> None:
    set_key(c, bits, vpaes.encryption_schedule, vpaes.rounds)


@contract("vpaes_set_decrypt_key", variants=KEYS)
def vpaes_set_decrypt_key(c: Contract, bits: int) -> None:
    set_key(c, bits, vpaes.decryption_schedule, vpaes.rounds)


@contract("vpaes_encrypt", variants=BLOCKS)
def vpaes_encrypt(c: Contract, bits: int, in_place: bool) -> None:
    one_block(c, bits, in_place, vpaes.cipher, less=1)


@contract("vpaes_decrypt", variants=BLOCKS)
def vpaes_decrypt(c: Contract, bits: int, in_place: bool) -> None:
    """With the key schedule that `vpaes_set_decrypt_key` makes."""
    one_block(c, bits, in_place, vpaes.decipher, less=1)


# What a size of keys can be instead: each is refused, and together they are all but 128, 192, 256.
WRONG_SIZES: dict[str, tuple[Callable[[Term], Term]]] = {
    "below_128": (lambda bits: less(bits, 128),),
    "above_256": (lambda bits: ~less(bits, 256) & ~equals(bits, 256),),
    "no_multiple_of_64": (lambda bits: ~equals(bits & 63, 0),),
}


def less(x: Term, number: int) -> Term:
    """Whether x, which has a sign, is less than a number."""
    return x.builder.slt(x, x.builder.const(x.width, number))


def equals(x: Term, number: int) -> Term:
    return x.builder.eq(x, x.builder.const(x.width, number))


@contract("aes_hw_set_encrypt_key", "aes_hw_set_decrypt_key", variants=WRONG_SIZES)
def refuse_size(c: Contract, is_wrong: Callable[[Term], Term]) -> None:
    """-2 if there is no such size; no memory is touched."""
    user_key, bits, key = [c.scalar(name) for name in ("user_key", "bits", "key")]
    c.arguments(user_key, bits, key)
    c.requires(~equals(user_key, 0))
    c.requires(~equals(key, 0))
    c.requires(is_wrong(bits[31:0]))
    c.returns(-2)


@contract(
    "aes_hw_set_encrypt_key",
    "aes_hw_set_decrypt_key",
    variants={"null_user_key": (0,), "null_key": (2,)},
)
def refuse_null(c: Contract, which: int) -> None:
    """-1 if one of the pointers is null, whatever the size; no memory is touched."""
    arguments = [c.scalar(name) for name in ("user_key", "bits", "key")]
    c.arguments(*arguments)
    c.requires(equals(arguments[which], 0))
    c.returns(-1)
