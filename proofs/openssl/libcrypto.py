"""OpenSSL 3.0's routines for arm64: AWS-LC's contracts under other names, and what differs.

`armsym prove proofs/openssl/libcrypto.py --binary libcrypto.a` proves them.
"""

from collections.abc import Callable
from dataclasses import replace

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from armsym.contract.language import Buffer, Count, Specification
from armsym.contract.load import own_proofs
from crypto_specs import aes, aes_gcm, aes_modes, vpaes
from proofs import gcm
from proofs.aes_modes import (
    AES,
    BITS,
    MODES,
    chained,
    counted,
    directions,
    given_key,
    messages,
)
from proofs.xts import xts

# The routines whose contracts are those of a routine of AWS-LC's.
SAME = {
    "aes_v8_set_encrypt_key": "aes_hw_set_encrypt_key",
    "aes_v8_set_decrypt_key": "aes_hw_set_decrypt_key",
    "aes_v8_encrypt": "aes_hw_encrypt",
    "aes_v8_decrypt": "aes_hw_decrypt",
    "vpaes_set_encrypt_key": "vpaes_set_encrypt_key",
    "vpaes_set_decrypt_key": "vpaes_set_decrypt_key",
    "vpaes_encrypt": "vpaes_encrypt",
    "vpaes_decrypt": "vpaes_decrypt",
    "vpaes_cbc_decrypt": "vpaes_cbc_decrypt",
    "vpaes_cbc_encrypt": "vpaes_cbc_encrypt",
    "ChaCha20_ctr32": "ChaCha20_ctr32_nohw",
    "KeccakF1600": "KeccakF1600_hw",
    "KeccakF1600_cext": "KeccakF1600_hw",
    "md5_block_data_order": "md5_block_asm_data_order",
    "sha1_block_armv8": "sha1_block_data_order_hw",
    "sha1_block_data_order": "sha1_block_data_order_hw",
    "sha256_block_armv8": "sha256_block_data_order_hw",
    "sha256_block_data_order": "sha256_block_data_order_hw",
    "sha256_block_neon": "sha256_block_data_order_hw",
    "sha512_block_armv8": "sha512_block_data_order_hw",
    "sha512_block_data_order": "sha512_block_data_order_hw",
}

THE_SAME = tuple(
    replace(proof, name=proof.name.replace(known, symbol, 1), of=symbol)
    for symbol, known in SAME.items()
    for proof in own_proofs()
    if proof.symbol == known
)

IN_PLACE = {"in_place": (True,)}


@contract("aes_v8_cbc_encrypt", variants=directions(AES))
def cbc(c: Contract, function: Specification, enc: int, bits: int, in_place: bool) -> None:
    """Of less than 2^63 bytes when it decrypts: what is left is compared as a signed number."""
    most = (1 << 64) - 1 if enc else (1 << 59) - 1
    chained(c, function, enc, bits, in_place, most=most)


@contract("aes_v8_ctr32_encrypt_blocks", variants=MODES)
def ctr32(c: Contract, bits: int, in_place: bool) -> None:
    """From one block on: of no blocks it would do one, where AWS-LC's does none."""
    counted(c, aes_modes.ctr32, bits, in_place, least=1)


def blockwise(
    c: Contract, function: Specification, bits: int, in_place: bool, less: int, blocks: Count
) -> tuple[Buffer | Count, ...]:
    """ECB, SP 800-38A 6.1: each block by itself.  What `(in, out, size_t length, key)` are."""
    source, target = messages(c, blocks, in_place)
    schedule = given_key(c, bits, less)
    c.map(function, over=source, block=16, into=target, using=[schedule])
    return source, target, 16 * blocks, schedule


@contract("aes_v8_ecb_encrypt", variants=directions((aes.cipher, aes.decipher)))
def ecb(c: Contract, function: Specification, enc: int, bits: int, in_place: bool) -> None:
    """Of less than 2^63 bytes: what is left is compared as a signed number."""
    blocks = c.count("blocks", max=(1 << 59) - 1)
    c.arguments(*blockwise(c, function, bits, in_place, 0, blocks), c.word("enc", enc))


@contract("vpaes_ecb_encrypt", variants=MODES)
def vpaes_ecb_encrypt(c: Contract, bits: int, in_place: bool) -> None:
    """From one block on: no blocks would run away."""
    blocks = c.count("blocks", min=1)
    c.arguments(*blockwise(c, vpaes.cipher, bits, in_place, 1, blocks))


@contract("vpaes_ecb_decrypt", variants=MODES)
def vpaes_ecb_decrypt(c: Contract, bits: int, in_place: bool) -> None:
    """An even number of blocks: of an odd number, the first is encrypted."""
    blocks = c.count("blocks", min=1)
    c.requires(~c.number(blocks)[0])
    c.arguments(*blockwise(c, vpaes.decipher, bits, in_place, 1, blocks))


# Of keys of 128 bits too: its routines take as many rounds as `rounds` says.
XTS = {f"{b}{place}": (b, place != "") for b in (128, 256) for place in ("", "_in_place")}


@contract("aes_v8_xts_encrypt", variants=XTS)
def xts_encrypt(c: Contract, bits: int, in_place: bool) -> None:
    """IEEE 1619 5.3.2."""
    xts(c, aes_modes.xts_encrypt, in_place, bits)


@contract("aes_v8_xts_decrypt", variants=XTS)
def xts_decrypt(c: Contract, bits: int, in_place: bool) -> None:
    """IEEE 1619 5.4.2."""
    xts(c, aes_modes.xts_decrypt, in_place, bits)


def table(H: Term) -> list[Term]:
    """H to H^4 only, and their halves are not swapped: OpenSSL's loops take four blocks a turn."""
    return gcm.table(H, 4, lambda X: X)


def initial(H: list[Term]) -> list[Term]:
    """The same, for a hash key of two words, the high one first."""
    return table(H[0].builder.concat(*H))


@contract("gcm_init_v8")
def gcm_init_v8(c: Contract) -> None:
    """Of 16 elements of the table, 6 are used, not 12."""
    gcm.init(c, 6, initial)


@contract("gcm_gmult_v8")
def gcm_gmult_v8(c: Contract) -> None:
    """With that table."""
    gcm.gmult(c, 6, table)


@contract("gcm_ghash_v8")
def gcm_ghash_v8(c: Contract) -> None:
    """With that table."""
    gcm.ghash_by_powers(c, 6, table)


def kernels(step: Specification, bits: int) -> Callable[..., None]:
    """`(in, in_bits, out, uint64_t *Xi, uint8_t ivec[16], const void *key)`: for a size of keys.

    The table lies behind Xi and the hash key in a GCM128_CONTEXT.  The last block is put together
    with what is in `out`, as if it might not be whole.  Of no blocks nothing is done.
    """

    def whole_blocks(c: Contract, in_place: bool = False) -> None:
        schedule = c.buffer("schedule", elements=bits // 2 + 112, width=8, access="r")
        state = c.buffer("Xi", elements=1, width=128, access="rw", byte_order="big")
        powers = c.field(state, 32, "Htable", 6, width=128, access="r", byte_order="little")
        H = c.secret("H", 128)
        c.holds(powers, table, H)
        gcm.in_one_pass(c, step, state, H, schedule, in_place, access="rw", least=0)

    return whole_blocks


KERNELS = tuple(
    proof
    for way, step in (("enc", aes_gcm.encrypt), ("dec", aes_gcm.decrypt))
    for bits in BITS
    for place in (None, IN_PLACE)
    for proof in contract(f"aes_gcm_{way}_{bits}_kernel", variants=place)(kernels(step, bits))
)
