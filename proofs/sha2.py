"""SHA-2 block functions: FIPS 180-4's compression function, over whole blocks."""

from armsym.contract import Contract, contract
from crypto_specs import sha2


@contract("sha512_block_data_order_hw", "sha512_block_data_order_nohw")
def sha512_block_data_order(c: Contract) -> None:
    """`(uint64_t state[8], const uint8_t *in, size_t blocks)`; 0 blocks would run away."""
    blocks = c.count("blocks", min=1)
    state = c.buffer("state", elements=8, width=64, access="rw")
    data = c.buffer("in", elements=16 * blocks, width=64, access="r", byte_order="big")
    c.arguments(state, data, blocks)
    c.fold(state, sha2.sha512_compress, over=data, block=16)


@contract("sha256_block_data_order_hw", "sha256_block_data_order_nohw")
def sha256_block_data_order(c: Contract) -> None:
    """`(uint32_t state[8], const uint8_t *in, size_t blocks)`; 0 blocks would run away."""
    blocks = c.count("blocks", min=1)
    state = c.buffer("state", elements=8, width=32, access="rw")
    data = c.buffer("in", elements=16 * blocks, width=32, access="r", byte_order="big")
    c.arguments(state, data, blocks)
    c.fold(state, sha2.sha256_compress, over=data, block=16)
