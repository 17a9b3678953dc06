"""The image as others use it: symbols, bytes, words, patches, and their errors."""

from __future__ import annotations

import pytest

from armsym.binary.image import Address, Image, Segment, Symbol
from armsym.errors import ArmsymError


def symbol(name: str, address: int, binding: str = "local") -> Symbol:
    return Symbol(name, address, 0, "notype", binding, ".text")


CODE = Segment("code", 0x100, bytes(range(16)), False, True, True, {8: Address(None, 0)})
DATA = Segment("data", 0x110, bytes(16), True, False, False)
IMAGE = Image(
    "t.so",
    "00",
    "shared object",
    (CODE, DATA),
    (
        symbol("sha256_block", 0x108),
        symbol("sha512_block", 0x100),
        symbol("$x", 0x100),
        symbol("$d.1", 0x108),
        symbol("$dollar", 0x104),
        symbol("twice", 0x100),
        symbol("twice", 0x104),
        symbol("both", 0x100),
        symbol("both", 0x104, "global"),
    ),
    {},
)


def code(error: pytest.ExceptionInfo[ArmsymError]) -> str:
    return error.value.code


def test_a_missing_symbol_suggests_what_was_meant() -> None:
    with pytest.raises(ArmsymError) as error:
        IMAGE.symbol("sha512_blok")
    assert code(error) == "missing-symbol"
    assert "sha512_block" in error.value.hint


def test_a_name_of_several_local_symbols_is_ambiguous() -> None:
    assert IMAGE.symbol("both").address == 0x104
    with pytest.raises(ArmsymError, match="0x100, 0x104") as error:
        IMAGE.symbol("twice")
    assert code(error) == "ambiguous-symbol"


def test_mapping_symbols_are_found_only_on_request() -> None:
    assert [s.name for s in IMAGE.find(r"^\$|_block")] == [
        "sha512_block",
        "$dollar",
        "sha256_block",
    ]
    assert [s.name for s in IMAGE.find(r"^\$", mapping=True)] == ["$x", "$dollar", "$d.1"]
    with pytest.raises(ArmsymError, match="no symbol"):
        IMAGE.symbol("$x")


def test_a_bad_pattern_is_an_error() -> None:
    with pytest.raises(ArmsymError) as error:
        IMAGE.find("(")
    assert code(error) == "bad-pattern"


def test_bytes_and_words() -> None:
    assert IMAGE.read(0x102, 3) == b"\2\3\4"
    assert IMAGE.word(0x104) == 0x07060504
    assert IMAGE.segment_at(0x10F) is CODE
    assert IMAGE.segment_at(0x110) is DATA
    assert IMAGE.segment_at(0xFF) is None
    assert IMAGE.segment_at(0x120) is None


@pytest.mark.parametrize(("address", "size"), [(0xFF, 1), (0x10E, 4), (0x120, 1), (0x11F, 2)])
def test_bytes_outside_a_segment(address: int, size: int) -> None:
    with pytest.raises(ArmsymError) as error:
        IMAGE.read(address, size)
    assert code(error) == "address-outside-image"


@pytest.mark.parametrize("address", [0x102, 0x108, 0x10C, 0x110, 0x0FC])
def test_no_instruction_at_odd_places_slots_and_data(address: int) -> None:
    with pytest.raises(ArmsymError) as error:
        IMAGE.word(address)
    assert code(error) == "address-outside-image"


def test_a_patch_is_another_image() -> None:
    patched = IMAGE.patched(0x104, b"\xff\xff\xff\xff")
    assert patched.word(0x104) == 0xFFFF_FFFF
    assert patched.word(0x100) == IMAGE.word(0x100)
    assert IMAGE.word(0x104) == 0x07060504
    assert patched.sha256 != IMAGE.sha256
    assert patched.symbol("sha512_block") == IMAGE.symbol("sha512_block")


@pytest.mark.parametrize("address", [0x105, 0x108, 0x10C, 0x10E])
def test_a_patch_that_a_slot_would_hide_is_refused(address: int) -> None:
    with pytest.raises(ArmsymError) as error:
        IMAGE.patched(address, b"\xff\xff\xff\xff")
    assert code(error) == "address-outside-image"
