"""Executables and shared objects: segments, RELRO, and what dynamic relocations leave unknown."""

from __future__ import annotations

import struct

import pytest

from armsym.binary.image import Address, Image
from armsym.binary.open import load
from armsym.errors import ArmsymError
from tests.binary.elf_builder import (
    ALLOC,
    DYNAMIC,
    EXECUTABLE,
    NOP,
    RELRO,
    RW,
    SHARED,
    Elf,
    Relocation,
    Section,
    Segment,
    Symbol,
    rela,
    symbol_table,
)

TABLES = 0x100  # where the tables of the dynamic section begin, in the first segment
DATA = 0x12000  # where the writable segment begins
PLAIN, HIDDEN, UNDEFINED, INDIRECT, SECOND, ABSOLUTE = range(1, 7)
DYNAMIC_SYMBOLS = [
    Symbol("plain", 1, 0x40, 8),
    Symbol("hidden", 1, 0x48, visibility=2),
    Symbol("outside"),
    Symbol("chosen", 1, 0x50, type=10, visibility=2),
    Symbol("outside"),
    Symbol("absolute", 0xFFF1, 0x60, binding=0),
]


def pairs(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def linked(
    relocations: list[Relocation],
    relr: bytes = b"",
    tags: tuple[int, ...] = (),
    data: bytes = bytes(0x3000),
    relro: tuple[int, int] = (DATA, 0x2000),
    kind: int = SHARED,
) -> Image:
    """A linked image: code and tables at 0, 0x3000 writable bytes at DATA."""
    entries, strings = symbol_table(DYNAMIC_SYMBOLS)
    parts = [rela(relocations), relr, entries, strings]
    at = [TABLES + sum(len(p) for p in parts[:n]) for n in range(4)]
    table = pairs(7, at[0], 8, len(parts[0]), 6, at[2], 5, at[3], 10, len(strings))
    dynamic = table + (pairs(36, at[1], 35, len(relr)) if relr else b"") + pairs(*tags, 0, 0)
    text = (NOP * (TABLES // 4) + b"".join(parts)).ljust(0x800, b"\0") + dynamic
    segments = [
        Segment(0, text),
        Segment(DATA, data, RW),
        Segment(0x800, type=DYNAMIC),
        Segment(relro[0], type=RELRO, memory_size=relro[1]),
    ]
    segments[2].data = dynamic
    sections = [Section(".text")]
    return load("t.so", Elf(kind, sections, [Symbol("entry", 1, 8)], segments=segments).build())


def slot(image: Image, address: int = DATA) -> Address:
    segment = image.segment_at(address)
    assert segment is not None
    return segment.slots[address - segment.address]


@pytest.mark.parametrize(
    ("relro", "pieces"),
    [
        ((DATA, 0x2000), [("load1.relro", 0x2000, True), ("load1.data", 0x1000, False)]),
        ((DATA, 0x2FFF), [("load1.relro", 0x2000, True), ("load1.data", 0x1000, False)]),
        ((DATA, 0x3000), [("load1.relro", 0x3000, True)]),
        ((DATA, 0x9000), [("load1.relro", 0x3000, True)]),
        ((DATA, 0xFFF), [("load1", 0x3000, False)]),
        (
            (DATA + 0x10, 0x1000),
            [("load1", 0x10, False), ("load1.relro", 0xFF0, True), ("load1.data", 0x2000, False)],
        ),
    ],
)
def test_relro_protects_whole_pages(
    relro: tuple[int, int], pieces: list[tuple[str, int, bool]]
) -> None:
    segments = linked([], relro=relro).segments
    assert segments[0].constant and segments[0].executable
    assert [(s.name, len(s.data), s.constant) for s in segments[1:]] == pieces
    assert all(s.writable != s.constant for s in segments[1:])


def test_relro_is_rounded_to_the_greatest_page_the_segment_is_aligned_to() -> None:
    segments = [
        Segment(0x10000, bytes(0x13000), RW, alignment=0x10000),
        Segment(0x10000, type=RELRO, memory_size=0x12000),
    ]
    opened = load("t", Elf(EXECUTABLE, [Section(".text")], segments=segments).build())
    assert [(len(s.data), s.constant) for s in opened.segments] == [
        (0x10000, True),
        (0x3000, False),
    ]


def test_relro_counts_only_where_the_relocations_are_known() -> None:
    relro = Segment(DATA, type=RELRO, memory_size=0x1000)
    file = bytearray(Elf(SHARED, segments=[Segment(DATA, bytes(0x1000), RW), relro]).build())
    assert load("t", bytes(file)).segments[0].constant
    file[40:48] = bytes(8)  # e_shoff
    file[60:64] = bytes(4)  # e_shnum, e_shstrndx
    assert not load("t", bytes(file)).segments[0].constant


def test_memory_behind_the_file_is_zero() -> None:
    segments = [Segment(0, b"abcd", memory_size=8), Segment(0x1000, memory_size=4, flags=RW)]
    opened = load("t", Elf(EXECUTABLE, segments=segments).build())
    assert [s.data for s in opened.segments] == [b"abcd\0\0\0\0", bytes(4)]


@pytest.mark.parametrize(
    ("kind", "symbol", "expected"),
    [
        (1027, 0, Address(None, 5)),
        (257, HIDDEN, Address(None, 0x4D)),
        (1025, HIDDEN, Address(None, 0x4D)),
        (1026, UNDEFINED, Address("outside", 5)),
        (257, UNDEFINED, Address("outside", 5)),
        (257, PLAIN, Address("plain", 5)),  # another object may define it first
        (257, INDIRECT, Address("chosen", 5)),
        (257, ABSOLUTE, Address("absolute", 5)),
        (1032, 0, Address("IRELATIVE@0x12000", 0)),
        (1030, UNDEFINED, Address("TLS_TPREL@0x12000", 0)),
    ],
)
def test_a_dynamic_relocation_is_a_slot(kind: int, symbol: int, expected: Address) -> None:
    assert slot(linked([(DATA, kind, symbol, 5)])) == expected


def test_a_tls_descriptor_fills_two_slots() -> None:
    opened = linked([(DATA, 1031, UNDEFINED, 0)])
    assert slot(opened, DATA) != slot(opened, DATA + 8)


@pytest.mark.parametrize(("tags", "kind"), [((0x6FFFFFFB, 0x08000000), SHARED), ((), EXECUTABLE)])
def test_an_executable_binds_to_its_own_definitions(tags: tuple[int, ...], kind: int) -> None:
    opened = linked([(DATA, 1025, PLAIN, 0)], tags=tags, kind=kind)
    assert opened.kind == "executable"
    assert slot(opened) == Address(None, 0x40)


def test_versions_of_one_name_are_two_symbols() -> None:
    opened = linked([(DATA, 1025, UNDEFINED, 0), (DATA + 8, 1025, SECOND, 0)])
    assert slot(opened) != slot(opened, DATA + 8)


def test_packed_relative_relocations_add_the_base_to_what_is_there() -> None:
    data = pairs(0x10, 0x20, 0x30, 0x40).ljust(0x3000, b"\0")
    opened = linked([], relr=pairs(DATA, 0b1011, DATA + 0x208, 0b11), data=data)
    segment = opened.segments[1]
    filled = {o: a.addend for o, a in segment.slots.items()}
    assert filled == {0: 0x10, 8: 0x20, 0x18: 0x40, 0x208: 0, 0x210: 0}
    assert {a.symbol for a in segment.slots.values()} == {None}


def test_a_bitmap_of_packed_relocations_covers_63_words() -> None:
    opened = linked([], relr=pairs(DATA, 1 << 63 | 1, 3))
    assert sorted(opened.segments[1].slots) == [0, 63 * 8, 64 * 8]


def test_what_is_copied_from_another_object_is_not_constant() -> None:
    assert linked([(DATA + 0x2000, 1024, PLAIN, 0)]).segments[1].constant
    assert not linked([(DATA + 0x1FFF, 1024, PLAIN, 0)]).segments[1].constant


def test_relocations_of_a_static_executable_come_from_its_sections() -> None:
    table = Section(".rela.plt", rela([(DATA, 1032, 0, 8)]), ALLOC, type=4)
    segments = [Segment(DATA, bytes(16), RW)]
    opened = load("t", Elf(EXECUTABLE, [table], segments=segments).build())
    assert slot(opened) == Address("IRELATIVE@0x12000", 0)


@pytest.mark.parametrize(
    ("relocations", "code"),
    [
        ([(DATA, 1033, 0, 0)], "unsupported-relocation"),
        ([(DATA, 1027, 0, 0), (DATA + 4, 1027, 0, 0)], "elf-truncated"),
        ([(DATA, 1027, 0, 0), (DATA, 1027, 0, 1)], "elf-truncated"),
        ([(DATA - 8, 1027, 0, 0)], "elf-truncated"),
        ([(DATA + 0x2FFC, 1027, 0, 0)], "elf-truncated"),
        ([(DATA + 0x1FFC, 1027, 0, 0)], "elf-truncated"),  # across the end of RELRO
        ([(DATA, 257, 99999, 0)], "elf-truncated"),
    ],
)
def test_bad_dynamic_relocations(relocations: list[Relocation], code: str) -> None:
    with pytest.raises(ArmsymError) as error:
        linked(relocations)
    assert error.value.code == code


@pytest.mark.parametrize("tag", [17, 0x6000000F, 0x60000011])
def test_other_forms_of_relocation_table_are_refused(tag: int) -> None:
    with pytest.raises(ArmsymError, match="form") as error:
        linked([], tags=(tag, 0))
    assert error.value.code == "unsupported-relocation"


def test_segments_that_overlap_are_corrupt() -> None:
    segments = [Segment(0, bytes(16)), Segment(15, bytes(16))]
    with pytest.raises(ArmsymError, match="overlap"):
        load("t", Elf(EXECUTABLE, segments=segments).build())


def test_symbols_keep_their_addresses() -> None:
    entry = linked([]).symbol("entry")
    assert (entry.address, entry.size, entry.kind) == (8, 0, "notype")
