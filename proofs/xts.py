"""XTS of AES, IEEE 1619: every length of 16 bytes or more, with ciphertext stealing.

The round keys are what `aes_hw_set_encrypt_key` makes of a key, and for the first key of decryption
what `aes_hw_set_decrypt_key` does.  AWS-LC has no XTS of AES-128: the routines take 14 rounds.
"""

from collections.abc import Callable

from armsym.contract import Contract, contract
from armsym.contract.language import Buffer
from crypto_specs import aes, aes_modes


def given_key(c: Contract, name: str, bits: int) -> Buffer:
    """An AES_KEY: its round keys are secret, `rounds` is Nr."""
    schedule = c.buffer(name, elements=bits // 2 + 112, width=8, access="r")
    rounds = bits // 32 + 6
    c.field(schedule, 240, f"{name}_rounds", 1, width=32, access="r", values=[rounds])
    return schedule


def xts(c: Contract, step: Callable[..., aes_modes.Step], in_place: bool, bits: int = 256) -> None:
    """`(in, out, size_t length, const AES_KEY *key1, *key2, const uint8_t iv[16])`.

    Lengths are compared as signed numbers: those from 2^63 on count as below 16.  What is stolen is
    read where it has been written, so that `out` is read as well.
    """
    length = c.count("length", min=16, max=(1 << 63) - 1)
    source = target = c.buffer("out", elements=length, width=8, access="rw")
    if not in_place:
        source = c.buffer("in", elements=length, width=8, access="r")
    key1, key2 = given_key(c, "key1", bits), given_key(c, "key2", bits)
    iv = c.buffer("iv", elements=16, width=8, access="r")
    c.arguments(source, target, length, key1, key2, iv)
    tweak = aes.cipher, iv, key2
    c.fold(iv, step, source, 16, into=target, using=[key1], start=tweak, least=16)


VARIANTS = {"256": (False,), "256_in_place": (True,)}


@contract("aes_hw_xts_encrypt", "aes_hw_xts_decrypt", variants={"short": ()})
def xts_short(c: Contract) -> None:
    """Lengths below 16, as signed numbers: IEEE 1619 has none, and the routines return at once.

    Pointers may be any: no memory is read or written but the stack.
    """
    names = ("source", "target", "length", "key1", "key2", "iv")
    arguments = {name: c.scalar(name) for name in names}
    c.requires(c.builder.slt(arguments["length"], c.builder.const(64, 16)))
    c.arguments(*arguments.values())
    c.writes_nothing()


@contract("aes_hw_xts_encrypt", variants=VARIANTS)
def xts_encrypt(c: Contract, in_place: bool) -> None:
    """IEEE 1619 5.3.2."""
    xts(c, aes_modes.xts_encrypt, in_place)


@contract("aes_hw_xts_decrypt", variants=VARIANTS)
def xts_decrypt(c: Contract, in_place: bool) -> None:
    """IEEE 1619 5.4.2."""
    xts(c, aes_modes.xts_decrypt, in_place)
