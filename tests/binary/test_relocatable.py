"""Relocatable objects: layout, undefined symbols, the GOT, and what is refused."""

from __future__ import annotations

import struct

import pytest

from armsym.binary.disassemble import text
from armsym.binary.image import Address, Image
from armsym.binary.open import load
from armsym.binary.relocations import UNSUPPORTED
from armsym.errors import ArmsymError
from tests.binary.elf_builder import ALLOC, DATA, NOP, TEXT, Elf, Relocation, Section, Symbol

CODE = NOP * 4
SECTIONS = [
    Section(".text", CODE),
    Section(".rodata", bytes(range(32)), flags=ALLOC),
    Section(".data", bytes(16), flags=DATA),
    Section(".bss", flags=DATA, type=8, size=0x1234),
    Section(".comment", b"a compiler", flags=0),
]
SYMBOLS = [
    Symbol("entry", 1, 4, 12, type=2),
    Symbol("table", 2, 8),
    Symbol("OPENSSL_armcap_P"),
    Symbol("maybe", binding=2),
    Symbol("$x", 1, binding=0),
    Symbol("", 2, type=3, binding=0),
    Symbol("chosen", 1, 8, type=10),
    Symbol("absolute", 0xFFF1, 8),
    Symbol("common", 0xFFF2, 8, size=0x1001),
    Symbol("last"),
]
ENTRY, TABLE, ARMCAP, MAYBE, _, SECTION, CHOSEN, ABSOLUTE, _, _ = range(1, 11)


def image(*relocations: Relocation, data: bytes = CODE, kind: int = 4) -> Image:
    """The image of an object whose .text has these relocations."""
    sections = [Section(".text", data), *SECTIONS[1:]]
    return load("t.o", Elf(1, sections, SYMBOLS, {1: [*relocations]}, relocation_type=kind).build())


def test_sections_begin_at_pages_of_their_own() -> None:
    segments = image().segments
    assert [(s.name, s.address, len(s.data)) for s in segments] == [
        (".text", 0, 16),
        (".rodata", 0x1000, 32),
        (".data", 0x2000, 16),
        (".bss", 0x3000, 0x1234),
    ]
    assert [(s.writable, s.executable, s.constant) for s in segments] == [
        (False, True, True),
        (False, False, True),
        (True, False, False),
        (True, False, False),
    ]


def test_undefined_and_common_symbols_have_pages_behind_the_image() -> None:
    pages = {"OPENSSL_armcap_P": 0x5000, "maybe": 0x6000, "common": 0x7000, "last": 0x9000}
    assert image().externals == pages


def test_symbols_are_at_the_addresses_of_their_sections() -> None:
    opened = image()
    assert opened.symbol("table").address == 0x1008
    assert [s.name for s in opened.symbols] == ["entry", "table", "$x", "chosen"]
    entry = opened.symbol("entry")
    assert (entry.kind, entry.binding, entry.section) == ("func", "global", ".text")


def test_an_undefined_symbol_is_reached_at_its_page() -> None:
    adrp = struct.pack("<I", 0x90000010)
    opened = image((4, 275, ARMCAP, 0), data=NOP + adrp + NOP * 2)
    assert text(opened.word(4), 4) == "adrp x16, #0x5000"


def test_an_absolute_address_is_a_slot() -> None:
    opened = image((8, 257, TABLE, 5))
    assert opened.segments[0].slots == {8: Address(None, 0x100D)}
    with pytest.raises(ArmsymError, match="holds no instruction"):
        opened.word(8)


def test_got_entries_are_shared_slots() -> None:
    adrp, ldr = struct.pack("<I", 0x90000000), struct.pack("<I", 0xF9400000)
    places = [(0, 311, ARMCAP, 0), (4, 312, ARMCAP, 0), (8, 311, TABLE, 0), (12, 312, TABLE, 0)]
    opened = image(*places, data=(adrp + ldr) * 2)
    got = opened.segments[-1]
    assert got.constant and not got.writable
    assert got.slots == {0: Address(None, 0x5000), 8: Address(None, 0x1008)}
    page = got.address
    assert [text(opened.word(a), a) for a in (0, 4, 8, 12)] == [
        f"adrp x0, #{page:#x}",
        "ldr x0, [x0]",
        f"adrp x0, #{page:#x}",
        "ldr x0, [x0, #8]",
    ]


def test_sections_of_one_name_are_told_apart() -> None:
    twins = [Section(".text", NOP, TEXT), Section(".text", CODE, TEXT)]
    names = [s.name for s in load("t.o", Elf(1, twins).build()).segments]
    assert names == [".text", ".text#2"]


@pytest.mark.parametrize("kind", [*UNSUPPORTED, 1027, 9999])
def test_a_relocation_that_is_not_applied_is_named(kind: int) -> None:
    name = UNSUPPORTED.get(kind, f"relocation {kind}")
    with pytest.raises(ArmsymError, match=rf"t\.o: \.text\+0x4: {name} against entry") as error:
        image((4, kind, ENTRY, 0))
    assert error.value.code == "unsupported-relocation"


@pytest.mark.parametrize("symbol", [MAYBE, CHOSEN, ABSOLUTE, 0])
@pytest.mark.parametrize("kind", [257, 283, 311])
def test_a_symbol_without_an_address_is_refused(kind: int, symbol: int) -> None:
    with pytest.raises(ArmsymError) as error:
        image((4, kind, symbol, 0))
    assert error.value.code == "unsupported-relocation"


def test_relocations_without_addends_are_refused() -> None:
    with pytest.raises(ArmsymError, match="SHT_REL"):
        image((4, 283, ENTRY, 0), kind=9)


@pytest.mark.parametrize("offset", [13, 16, 1 << 63])
@pytest.mark.parametrize("kind", [257, 283])
def test_a_place_outside_its_section_is_corrupt(kind: int, offset: int) -> None:
    with pytest.raises(ArmsymError) as error:
        image((offset, kind, ENTRY, 0))
    assert error.value.code == "elf-truncated"


def test_the_section_symbol_stands_for_the_section() -> None:
    assert image((8, 257, SECTION, 3)).segments[0].slots == {8: Address(None, 0x1003)}
