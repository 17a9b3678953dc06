"""Prototypes: how they are spelled, and the table of them."""

from __future__ import annotations

import re

import pytest

from armsym.binary.image import Image
from armsym.errors import ArmsymError
from armsym.lockstep import prototype
from armsym.lockstep.prototype import SIZES, Parameter, Prototype, prototype_of, structures
from armsym.simulate.coverage import routines_named

# Of AWS-LC: those families whose routines are verified or are to be.
FAMILIES = (
    r"^(sha(1|256|512)_block|aes_hw|gcm_(init|gmult|ghash)_v8|sha3_keccak|bignum_|curve25519_"
    r"|edwards25519_|p(256|384|521)_|ChaCha20_(ctr|neon|512)|poly1305_|vpaes|_vpaes"
    r"|aes_gcm_(enc|dec)_kernel|aesv8_gcm|aes_v8|md5_block|mlkem_|mldsa_|bn_mul|rndr|beeu"
    r"|ecp_nistz|rsaz)"
)


@pytest.mark.parametrize(
    "text",
    [
        "const",
        "u64",
        "int n",
        "u64 x[",
        "u64 x[n",
        "u64 x[f(1)]",
        "n = 1..",
        "n = 1 << 3",
        "n = 1.5",
        "y9: n = 1",
        "u64 x[2], , n = 1",
        "n = 1; m = ",
    ],
)
def test_what_is_no_prototype(text: str) -> None:
    with pytest.raises(ArmsymError) as caught:
        Prototype.parse(text)
    assert caught.value.code == "bad-prototype"


def test_a_prototype() -> None:
    parsed = Prototype.parse("x2: const u8 in[16 * n], u32 enc = 0 | 1, AES_KEY key; n = 1..4")
    data, enc, key = parsed.parameters
    assert (data.register, data.constant, data.type, data.name) == ("x2", True, "u8", "in")
    assert data.count is not None and data.count.value({"n": 3}.__getitem__) == 48
    assert [low.text.strip() for low, _ in enc.choices] == ["0", "1"]
    assert key == Parameter("key", "AES_KEY")
    assert [(p.name, p.is_number) for p in parsed.drawn] == [("n", True)]
    assert Prototype.parse("") == Prototype((), ())


def test_the_table_can_be_read() -> None:
    table = prototype._table()
    for text in table["routines"].values():
        Prototype.parse(re.sub(r"\\\d", "128", text))
    for fields in structures().values():
        assert all(field.type in {*SIZES, *structures()} for field in fields)


def test_the_first_pattern_counts_and_matches_whole_names() -> None:
    assert prototype_of("aes_hw_xts_encrypt") != prototype_of("aes_hw_encrypt")
    assert prototype_of("aes_hw_encrypt_") is None
    assert prototype_of("my_aes_hw_encrypt") is None


def test_a_group_of_the_pattern_stands_in_the_parameters() -> None:
    found = prototype_of("aesv8_gcm_8x_enc_192")
    assert found is not None
    assert found.parameters[5] == Parameter("key", "AES_KEY_192", constant=True)


def test_every_routine_of_the_families_has_a_prototype(aws_lc: Image) -> None:
    routines = [s for s in routines_named(aws_lc, FAMILIES) if s.size]
    assert len(routines) == 230
    assert [s.name for s in routines if prototype_of(s.name) is None] == []
