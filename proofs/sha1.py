"""SHA-1 block functions: FIPS 180-4's compression function, over whole blocks."""

from armsym.contract import Contract, contract
from crypto_specs import sha1


@contract("sha1_block_data_order_hw", "sha1_block_data_order_nohw")
def sha1_block_data_order(c: Contract) -> None:
    """`(uint32_t state[5], const uint8_t *in, size_t blocks)`; 0 blocks would run away."""
    blocks = c.count("blocks", min=1)
    state = c.buffer("state", elements=5, width=32, access="rw")
    data = c.buffer("in", elements=16 * blocks, width=32, access="r", byte_order="big")
    c.arguments(state, data, blocks)
    c.fold(state, sha1.compress, over=data, block=16)
