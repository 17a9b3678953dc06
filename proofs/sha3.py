"""Keccak-p[1600]: FIPS 202's rounds, with the constants that the caller gives or its own."""

from armsym.contract import Contract, contract
from crypto_specs import sha3


def rounds(c: Contract, states: int) -> None:
    """`(uint64_t a[25 * states], const uint64_t rc[24])`: each state by itself."""
    each = [c.buffer("a", elements=25, width=64, access="rw")]
    for n in range(1, states):
        each.append(c.field(each[0], 200 * n, f"a{n}", elements=25, width=64, access="rw"))
    rc = c.buffer("rc", elements=24, width=64, access="r")
    c.arguments(each[0], rc)
    for a in each:
        c.fold(a, sha3.Rnd_block, over=rc, block=1)


@contract("sha3_keccak_f1600", "sha3_keccak_f1600_alt")
def one_state(c: Contract) -> None:
    """One state, in general registers, or in vectors."""
    rounds(c, states=1)


@contract("sha3_keccak2_f1600")
def two_states(c: Contract) -> None:
    """Two states, one in each half of the vectors."""
    rounds(c, states=2)


@contract("sha3_keccak4_f1600_alt", "sha3_keccak4_f1600_alt2")
def four_states(c: Contract) -> None:
    """Two states in vectors, and two in general registers, one after the other."""
    rounds(c, states=4)


@contract("KeccakF1600_hw")
def permutation(c: Contract) -> None:
    """`(uint64_t a[25])`: KECCAK-f[1600], with the constants of the standard."""
    a = c.buffer("a", elements=25, width=64, access="rw")
    c.arguments(a)
    c.fold(a, sha3.Rnd_block, over=sha3.RC, block=1)
