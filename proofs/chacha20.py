"""ChaCha20: RFC 8439's encryption of any number of bytes, with a counter of 64 bits.

The routine counts blocks in 64 bits, of which RFC 8439 calls the upper 32 the first word of its
nonce.  Its own counter has 32, and as long as that does not wrap around the two are one.
"""

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from crypto_specs import chacha20


def encrypted(
    counter: list[Term], block: list[Term], key: list[Term], nonce: list[Term]
) -> tuple[list[Term], list[Term]]:
    """The counter of the next block, and this block encrypted."""
    low, high = counter[0][31:0], counter[0][63:32]
    return [counter[0] + 1], chacha20.encrypt(key, low, [high, *nonce], block)


def encrypt(c: Contract, in_place: bool) -> None:
    """`(out, in, size_t length, const uint32_t key[8], const uint32_t counter[4])`.

    A length of 0 would run away.
    """
    length = c.count("length", min=1)
    plaintext = c.buffer("in", elements=length, width=8, access="rw" if in_place else "r")
    ciphertext = plaintext
    if not in_place:
        ciphertext = c.buffer("out", elements=length, width=8, access="w")
    key = c.buffer("key", elements=8, width=32, access="r")
    counter = c.buffer("counter", elements=1, width=64, access="r")
    nonce = c.field(counter, 8, "nonce", elements=2, width=32, access="r")
    c.arguments(ciphertext, plaintext, length, key, counter)
    c.fold(counter, encrypted, over=plaintext, block=64, into=ciphertext, using=[key, nonce])


@contract("ChaCha20_ctr32_nohw")
def ChaCha20_ctr32(c: Contract) -> None:
    """To another place."""
    encrypt(c, in_place=False)


@contract("ChaCha20_ctr32_nohw", variants={"in_place": ()})
def ChaCha20_ctr32_in_place(c: Contract) -> None:
    """Where the plaintext was."""
    encrypt(c, in_place=True)
