"""Malformed files: whatever the bytes, opening ends with an image or with an ArmsymError."""

from __future__ import annotations

import random
import struct

import pytest

from armsym.binary.open import load
from armsym.errors import ArmsymError
from tests.binary.elf_builder import (
    ALLOC,
    DYNAMIC,
    NOP,
    RELRO,
    RW,
    SHARED,
    Elf,
    Section,
    Segment,
    Symbol,
    rela,
    symbol_table,
)


def relocatable() -> bytes:
    sections = [Section(".text", NOP * 4), Section(".data", bytes(16), flags=3)]
    symbols = [Symbol("entry", 1), Symbol("other")]
    relocations = {1: [(0, 283, 2, 0), (8, 257, 1, 0)], 2: [(0, 261, 2, 0)]}
    return Elf(1, sections, symbols, relocations).build()


def shared() -> bytes:
    entries, strings = symbol_table([Symbol("here", 1), Symbol("there")])
    table = rela([(0x1000, 1027, 0, 8), (0x1008, 1025, 2, 0)])
    tags = (7, 0x100, 8, len(table), 6, 0x180, 5, 0x200, 10, len(strings), 36, 0x240, 35, 8, 0, 0)
    dynamic = struct.pack("<16Q", *tags)
    text = table.ljust(0x80, b"\0") + entries.ljust(0x80, b"\0") + strings.ljust(0x40, b"\0")
    text = NOP * 64 + text + struct.pack("<Q", 0x1010)
    text = text.ljust(0x280, b"\0") + dynamic
    segments = [
        Segment(0, text),
        Segment(0x1000, bytes(0x20), RW, memory_size=0x1000),
        Segment(0x280, dynamic, type=DYNAMIC),
        Segment(0x1000, type=RELRO, memory_size=0x1000),
    ]
    sections = [Section(".text", flags=ALLOC)]
    return Elf(SHARED, sections, [Symbol("entry", 1, 8)], segments=segments).build()


FILES = pytest.mark.parametrize("data", [relocatable(), shared()], ids=["relocatable", "shared"])


@FILES
def test_the_whole_file_opens(data: bytes) -> None:
    assert load("t", data).symbol("entry")


@FILES
def test_cut_off_anywhere(data: bytes) -> None:
    for length in range(len(data)):
        with pytest.raises(ArmsymError) as error:
            load("t", data[:length])
        assert error.value.code == ("not-an-elf" if length < 4 else "elf-truncated"), length


@FILES
@pytest.mark.parametrize("value", [0x00, 0x01, 0x7F, 0x80, 0xFF])
def test_a_byte_changed_anywhere(data: bytes, value: int) -> None:
    for offset in range(len(data)):
        opens_or_says_why(data[:offset] + bytes([value]) + data[offset + 1 :])


@FILES
def test_several_bytes_changed(data: bytes) -> None:
    source = random.Random(1)
    for _ in range(3000):
        changed = bytearray(data)
        for _ in range(source.randrange(1, 5)):
            changed[source.randrange(len(data))] = source.randrange(256)
        opens_or_says_why(bytes(changed))


def opens_or_says_why(data: bytes) -> None:
    """Any other exception fails the test."""
    try:
        image = load("t", data)
    except ArmsymError as error:
        assert error.code and error.message.startswith("t: ")
    else:
        str(image.symbols).encode()


@pytest.mark.parametrize(
    ("offset", "value", "message"),
    [
        (4, b"\x01", "a 32-bit ELF"),
        (5, b"\x02", "a big-endian ELF"),
        (18, b"\x3e\0", "an ELF for x86-64"),
        (18, b"\x28\0", "an ELF for 32-bit Arm"),
        (18, b"\xff\xff", "an ELF for machine 65535"),
    ],
)
def test_the_wrong_architecture_is_named(offset: int, value: bytes, message: str) -> None:
    data = relocatable()
    with pytest.raises(ArmsymError, match=message) as error:
        load("t", data[:offset] + value + data[offset + len(value) :])
    assert error.value.code == "wrong-architecture"


@pytest.mark.parametrize("data", [b"", b"MZ\x90\0", b"\x7fEL", b"#!/bin/sh\n"])
def test_other_files_are_not_elf(data: bytes) -> None:
    with pytest.raises(ArmsymError) as error:
        load("t", data)
    assert error.value.code == "not-an-elf"


def test_a_core_file_is_not_supported() -> None:
    with pytest.raises(ArmsymError) as error:
        load("t", Elf(type=4).build())
    assert error.value.code == "unsupported-elf"
