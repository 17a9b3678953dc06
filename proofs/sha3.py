"""Keccak-p[1600]: FIPS 202's rounds, with the constants that the caller gives."""

from armsym.contract import Contract, contract
from crypto_specs import sha3


def keccak(c: Contract, states: int) -> None:
    """`(uint64_t a[25 * states], const uint64_t rc[24])`: each state by itself."""
    rounds = c.count("rounds", min=24, max=24)
    a = c.buffer("a", elements=25 * states, width=64, access="rw")
    rc = c.buffer("rc", elements=1 * rounds, width=64, access="r")
    c.arguments(a, rc)
    c.fold(a, sha3.Rnd_block, over=rc, block=1)


@contract("sha3_keccak_f1600", "sha3_keccak_f1600_alt")
def one_state(c: Contract) -> None:
    """One state, in general registers, or in vectors."""
    keccak(c, states=1)


@contract("sha3_keccak2_f1600")
def two_states(c: Contract) -> None:
    """Two states, one in each half of the vectors."""
    keccak(c, states=2)
