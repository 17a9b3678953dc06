"""Key schedules for vector permutations stand for those of FIPS 197, by the kernel."""

from __future__ import annotations

import pytest

from armsym.bv.builder import Builder
from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError
from crypto_specs import aes, vpaes
from crypto_specs.words import Words

SIZES = pytest.mark.parametrize("size", [16, 24, 32])


def variables(b: Builder, name: str, how_many: int) -> list[Term]:
    return [b.var(8, f"{name}{i}") for i in range(how_many)]


def encryption_theorem(size: int, stored: Words, key: Words, kernel: Kernel) -> None:
    """That a block is encrypted by a stored key schedule as by CIPHER with the key."""
    block = variables(kernel.builder, "in", 16)
    right = aes.cipher(block, aes.key_expansion(key))
    for x, y in zip(vpaes.cipher(block, stored), right, strict=True):
        kernel.equality(x, y)


@SIZES
def test_the_stored_key_schedule_is_that_of_the_cipher(size: int) -> None:
    kernel = Kernel()
    key = variables(kernel.builder, "key", size)
    encryption_theorem(size, vpaes.encryption_schedule(key), key, kernel)


@pytest.mark.parametrize("place", [0, 16, 175])
def test_each_byte_of_it_counts(place: int) -> None:
    kernel = Kernel()
    key = variables(kernel.builder, "key", 16)
    stored = vpaes.encryption_schedule(key)
    stored[place] ^= 1
    with pytest.raises(KernelError, match="differ"):
        encryption_theorem(16, stored, key, kernel)


def test_the_number_of_rounds_is_one_less() -> None:
    key = variables(Kernel().builder, "key", 32)
    assert [word.value for word in vpaes.rounds(key)] == [13]


def test_the_basis_is_one() -> None:
    assert sorted(vpaes.TO_BASIS) == list(range(256))
    assert all(vpaes.FROM_BASIS[vpaes.TO_BASIS[b]] == b for b in range(256))
