"""MD5's block function: RFC 1321's registers, over whole blocks."""

from armsym.contract import Contract, contract
from crypto_specs import md5


@contract("md5_block_asm_data_order")
def md5_block_asm_data_order(c: Contract) -> None:
    """`(uint32_t state[4], const uint8_t *in, size_t blocks)`; it counts in 32 bits, down to 0."""
    blocks = c.count("blocks", min=1, max=(1 << 32) - 1)
    state = c.buffer("state", elements=4, width=32, access="rw")
    data = c.buffer("in", elements=16 * blocks, width=32, access="r")
    c.arguments(state, data, blocks)
    c.fold(state, md5.compress, over=data, block=16)
