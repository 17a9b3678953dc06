"""Key schedules for vector permutations stand for those of FIPS 197, by the kernel."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.builder import Builder
from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError
from crypto_specs import aes, vpaes
from crypto_specs.words import Words

SIZES = pytest.mark.parametrize("size", [16, 24, 32])


def variables(b: Builder, name: str, how_many: int) -> list[Term]:
    return [b.var(8, f"{name}{i}") for i in range(how_many)]


Schedule = Callable[[Words], list[Term]]
Cipher = Callable[[Words, Words], list[Term]]


def theorem(
    size: int, expansion: Schedule, cipher: Cipher, standard: Cipher, place: int | None = None
) -> None:
    """That a cipher with a key schedule is the standard's, for all blocks and keys of a size.

    Or is it, with another byte at one place of the key schedule?
    """
    kernel = Kernel()
    key, block = variables(kernel.builder, "key", size), variables(kernel.builder, "in", 16)
    schedule = expansion(key)
    if place is not None:
        schedule[place] ^= 1
    right = standard(block, aes.key_expansion(key))
    for x, y in zip(cipher(block, schedule), right, strict=True):
        kernel.equality(x, y)


@SIZES
def test_the_stored_key_schedule_is_that_of_the_cipher(size: int) -> None:
    theorem(size, vpaes.encryption_schedule, vpaes.cipher, aes.cipher)


@SIZES
def test_the_other_one_is_that_of_the_inverse_cipher(size: int) -> None:
    theorem(size, vpaes.decryption_schedule, vpaes.decipher, aes.inv_cipher)


@pytest.mark.parametrize("place", [0, 16, 175])
def test_each_byte_counts(place: int) -> None:
    with pytest.raises(KernelError, match="differ"):
        theorem(16, vpaes.encryption_schedule, vpaes.cipher, aes.cipher, place)


def test_the_number_of_rounds_is_one_less() -> None:
    key = variables(Kernel().builder, "key", 32)
    assert [word.value for word in vpaes.rounds(key)] == [13]
