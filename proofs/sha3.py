"""Keccak-f[1600]: FIPS 202's rounds, on one state or on two side by side."""

from armsym.bv.term import Term
from armsym.contract import Contract, contract
from armsym.contract.language import Specification
from crypto_specs import sha3


def rounds(c: Contract, states: int, function: Specification) -> None:
    """`(uint64_t a[25 * states], const uint64_t rc[24])`: a round for each constant."""
    a = c.buffer("a", elements=sha3.LANES * states, width=64, access="rw")
    rc = c.buffer("rc", c.count("rounds", min=24, max=24), width=64, access="r")
    c.arguments(a, rc)
    c.fold(a, function, over=rc, block=1)


def on_two(states: list[Term], block: list[Term]) -> list[Term]:
    """A round on each of two states, with the same constant."""
    one, other = states[: sha3.LANES], states[sha3.LANES :]
    return sha3.Rnd_block(one, block) + sha3.Rnd_block(other, block)


@contract("sha3_keccak_f1600", "sha3_keccak_f1600_alt")
def sha3_keccak_f1600(c: Contract) -> None:
    """One state."""
    rounds(c, 1, sha3.Rnd_block)


@contract("sha3_keccak2_f1600")
def sha3_keccak2_f1600(c: Contract) -> None:
    """Two states."""
    rounds(c, 2, on_two)
