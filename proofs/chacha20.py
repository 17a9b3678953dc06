"""ChaCha20: RFC 8439's encryption of any number of bytes, with its counter of 32 bits."""

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from crypto_specs import chacha20


def encrypted(
    counter: list[Term], block: list[Term], key: list[Term]
) -> tuple[list[Term], list[Term]]:
    """The counter of the next block with the nonce behind it, and this block encrypted."""
    first, *nonce = counter
    return [first + 1, *nonce], chacha20.encrypt(key, first, nonce, block)


def encrypt(c: Contract, in_place: bool, least: int) -> None:
    """`(out, in, size_t length, const uint32_t key[8], const uint32_t counter[4])`.

    A length below the least would run away.  The counter does not wrap around: its caller,
    CRYPTO_chacha_20, splits what is so long that it would.
    """
    length = c.count("length", min=least)
    plaintext = c.buffer("in", elements=length, width=8, access="rw" if in_place else "r")
    ciphertext = plaintext
    if not in_place:
        ciphertext = c.buffer("out", elements=length, width=8, access="w")
    key = c.buffer("key", elements=8, width=32, access="r")
    counter = c.buffer("counter", elements=4, width=32, access="r")
    c.arguments(ciphertext, plaintext, length, key, counter)
    first = c.builder.zero_extend(c.element(counter, 0), 64)
    c.requires(~c.builder.ult((1 << 38) - first * 64, c.number(length)))
    c.fold(counter, encrypted, over=plaintext, block=64, into=ciphertext, using=[key])


@contract("ChaCha20_ctr32_nohw", "ChaCha20_ctr32_neon")
def ChaCha20_ctr32(c: Contract) -> None:
    """To another place."""
    encrypt(c, in_place=False, least=1)


@contract("ChaCha20_ctr32_nohw", "ChaCha20_ctr32_neon", variants={"in_place": ()})
def ChaCha20_ctr32_in_place(c: Contract) -> None:
    """Where the plaintext was."""
    encrypt(c, in_place=True, least=1)


@contract("ChaCha20_512_neon")
def ChaCha20_512(c: Contract) -> None:
    """At least eight blocks, to another place."""
    encrypt(c, in_place=False, least=512)


@contract("ChaCha20_512_neon", variants={"in_place": ()})
def ChaCha20_512_in_place(c: Contract) -> None:
    """At least eight blocks, where the plaintext was."""
    encrypt(c, in_place=True, least=512)
