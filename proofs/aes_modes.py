"""AES over messages of any length: CTR with a counter of 32 bits, and CBC, of SP 800-38A.

The round keys are what `aes_hw_set_encrypt_key` or `aes_hw_set_decrypt_key` makes of a key.
"""

from armsym.contract import Contract, contract
from armsym.contract.language import Buffer, Count, Specification
from crypto_specs import aes_modes

BITS = (128, 192, 256)
MODES = {f"{bits}{place}": (bits, place != "") for bits in BITS for place in ("", "_in_place")}

# How to encrypt and how to decrypt, with key schedules of one form or another.
AES = (aes_modes.cbc_encrypt, aes_modes.cbc_decrypt)
VPAES = (aes_modes.vpaes_cbc_encrypt, aes_modes.vpaes_cbc_decrypt)


def directions(
    steps: tuple[Specification, Specification],
) -> dict[str, tuple[Specification, int, int, bool]]:
    """Variants: encryption, with `enc` 1, and decryption."""
    ways = zip(("encrypt", "decrypt"), steps, (1, 0), strict=True)
    return {
        f"{name}_{mode}": (step, enc, *v) for name, step, enc in ways for mode, v in MODES.items()
    }


def messages(c: Contract, blocks: Count, in_place: bool) -> tuple[Buffer, Buffer]:
    """Where the message comes from, and where what becomes of it goes: there, or elsewhere."""
    if in_place:
        message = c.buffer("message", elements=16 * blocks, width=8, access="rw")
        return message, message
    source = c.buffer("in", elements=16 * blocks, width=8, access="r")
    return source, c.buffer("out", elements=16 * blocks, width=8, access="w")


def given_key(c: Contract, bits: int, less: int = 0) -> Buffer:
    """The AES_KEY that a routine is given: its round keys are secret, `rounds` is Nr - `less`."""
    schedule = c.buffer("schedule", elements=bits // 2 + 112, width=8, access="r")
    c.field(schedule, 240, "rounds", 1, width=32, access="r", values=[bits // 32 + 6 - less])
    return schedule


def counted(
    c: Contract, function: Specification, bits: int, in_place: bool, less: int = 0, least: int = 0
) -> None:
    """`(in, out, size_t blocks, const AES_KEY *key, const uint8_t ivec[16])`."""
    blocks = c.count("blocks", min=least)
    source, target = messages(c, blocks, in_place)
    schedule = given_key(c, bits, less)
    counter = c.buffer("ivec", elements=16, width=8, access="r")
    c.arguments(source, target, blocks, schedule, counter)
    c.fold(counter, function, over=source, block=16, into=target, using=[schedule])


@contract("aes_hw_ctr32_encrypt_blocks", variants=MODES)
def ctr32(c: Contract, bits: int, in_place: bool) -> None:
    counted(c, aes_modes.ctr32, bits, in_place)


def chained(
    c: Contract,
    function: Specification,
    enc: int,
    bits: int,
    in_place: bool,
    less: int = 0,
    least: int = 0,
    most: int = (1 << 64) - 1,
) -> None:
    """`(in, out, size_t length, const AES_KEY *key, uint8_t ivec[16], int enc)`, whole blocks."""
    blocks = c.count("blocks", min=least, max=most)
    source, target = messages(c, blocks, in_place)
    schedule = given_key(c, bits, less)
    before = c.buffer("ivec", elements=16, width=8, access="rw")
    c.arguments(source, target, 16 * blocks, schedule, before, c.word("enc", enc))
    c.fold(before, function, over=source, block=16, into=target, using=[schedule])


@contract("aes_hw_cbc_encrypt", variants=directions(AES))
def cbc(c: Contract, function: Specification, enc: int, bits: int, in_place: bool) -> None:
    chained(c, function, enc, bits, in_place)


@contract("vpaes_cbc_encrypt", variants=directions(VPAES))
def vpaes_cbc(c: Contract, function: Specification, enc: int, bits: int, in_place: bool) -> None:
    """Without the crypto extension, by vector permutations."""
    chained(c, function, enc, bits, in_place, less=1)


@contract("vpaes_cbc_decrypt", variants=MODES)
def vpaes_cbc_decrypt(c: Contract, bits: int, in_place: bool) -> None:
    """The part of `vpaes_cbc_encrypt` that decrypts: no blocks would run away."""
    chained(c, aes_modes.vpaes_cbc_decrypt, 0, bits, in_place, less=1, least=1)


@contract("vpaes_ctr32_encrypt_blocks", variants=MODES)
def vpaes_ctr32(c: Contract, bits: int, in_place: bool) -> None:
    counted(c, aes_modes.vpaes_ctr32, bits, in_place, less=1)
