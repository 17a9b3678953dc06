"""Every relocation of the table: the place as Capstone reads it, and the first value too far."""

from __future__ import annotations

import struct

import pytest
from elftools.elf.enums import ENUM_RELOC_TYPE_AARCH64

from armsym.binary.disassemble import text
from armsym.binary.open import load
from armsym.binary.relocations import RELOCATIONS, UNSUPPORTED
from armsym.errors import ArmsymError
from tests.binary.elf_builder import NOP, Elf, Section, Symbol

WORDS = {
    "ldr": 0x58000001,
    "adr": 0x10000001,
    "adrp": 0x90000001,
    "add": 0x91000021,
    "ldrb": 0x39400021,
    "tbz": 0x36080001,
    "b.ne": 0x54000001,
    "b": 0x14000000,
    "bl": 0x94000000,
    "ldrh": 0x79400021,
    "ldr w": 0xB9400021,
    "ldr x": 0xF9400021,
    "ldr q": 0x3DC00021,
}

# Type, instruction, addend, how the instruction at address 8 against a symbol at 0x1000 reads.
READS = [
    (273, "ldr", 0x24, "ldr x1, #0x1024"),
    (273, "ldr", -0x1000, "ldr x1, #0"),
    (274, "adr", 0x123, "adr x1, #0x1123"),
    (274, "adr", -0xFFF, "adr x1, #1"),
    (275, "adrp", 0x5123, "adrp x1, #0x6000"),
    (275, "adrp", -0x1001, "adrp x1, #0xfffffffffffff000"),
    (276, "adrp", 0x5123, "adrp x1, #0x6000"),
    (277, "add", 0x123, "add x1, x1, #0x123"),
    (278, "ldrb", 0x123, "ldrb w1, [x1, #0x123]"),
    (279, "tbz", 0x124, "tbz w1, #1, #0x1124"),
    (280, "b.ne", 0x124, "b.ne #0x1124"),
    (282, "b", 0x124, "b #0x1124"),
    (283, "bl", -0x1000, "bl #0"),
    (284, "ldrh", 0x122, "ldrh w1, [x1, #0x122]"),
    (285, "ldr w", 0x124, "ldr w1, [x1, #0x124]"),
    (286, "ldr x", 0xFF8, "ldr x1, [x1, #0xff8]"),
    (299, "ldr q", 0x120, "ldr q1, [x1, #0x120]"),
]

# Type, instruction, least and greatest addend that fit, from address 8 to a symbol at 0x1000.
D = 0x1000 - 8
LIMITS = [
    (261, "b", -(1 << 31) - D, (1 << 32) - 1 - D),
    (262, "b", -(1 << 15) - D, (1 << 16) - 1 - D),
    (273, "ldr", -(1 << 20) - D, (1 << 20) - 4 - D),
    (274, "adr", -(1 << 20) - D, (1 << 20) - 1 - D),
    (275, "adrp", -(1 << 32) - 0x1000, (1 << 32) - 0x1001),
    (279, "tbz", -(1 << 15) - D, (1 << 15) - 4 - D),
    (280, "b.ne", -(1 << 20) - D, (1 << 20) - 4 - D),
    (282, "b", -(1 << 27) - D, (1 << 27) - 4 - D),
    (283, "bl", -(1 << 27) - D, (1 << 27) - 4 - D),
    (314, "b", -(1 << 31) - D, (1 << 31) - 1 - D),
]
STEPS = {273: 4, 279: 4, 280: 4, 282: 4, 283: 4}
MULTIPLES = [(t, w, 1 << RELOCATIONS[t].low) for t, w, _, _ in READS if t not in (275, 276)]


def relocated(kind: int, instruction: str, addend: int) -> bytes:
    """The eight bytes at address 8 after one relocation against a symbol at address 0x1000."""
    code = NOP * 2 + struct.pack("<I", WORDS[instruction]) + NOP
    sections = [Section(".text", code), Section(".rodata", bytes(16), flags=2)]
    file = Elf(sections=sections, symbols=[Symbol("target", 2)])
    file.relocations = {1: [(8, kind, 1, addend)]}
    return load("test.o", file.build()).read(8, 8)


@pytest.mark.parametrize(("kind", "instruction", "addend", "expected"), READS)
def test_capstone_reads_the_address(
    kind: int, instruction: str, addend: int, expected: str
) -> None:
    data = relocated(kind, instruction, addend)
    assert text(int.from_bytes(data[:4], "little"), 8) == expected
    assert data[4:] == NOP


@pytest.mark.parametrize(("kind", "instruction", "least", "greatest"), LIMITS)
def test_what_does_not_fit_is_an_error(
    kind: int, instruction: str, least: int, greatest: int
) -> None:
    step = STEPS.get(kind, 1)
    relocated(kind, instruction, least)
    relocated(kind, instruction, greatest)
    for addend in (least - step, greatest + step):
        with pytest.raises(ArmsymError, match=r"\.text\+0x8: R_AARCH64_\w+ against target") as e:
            relocated(kind, instruction, addend)
        assert e.value.code == "relocation-overflow"


@pytest.mark.parametrize(("kind", "instruction", "unit"), [m for m in MULTIPLES if m[2] > 1])
def test_bits_that_the_field_drops_must_be_zero(kind: int, instruction: str, unit: int) -> None:
    for addend in range(1, unit):
        with pytest.raises(ArmsymError, match="no multiple"):
            relocated(kind, instruction, addend)


@pytest.mark.parametrize(("kind", "size"), [(260, 8), (261, 4), (262, 2), (314, 4)])
@pytest.mark.parametrize("addend", [0, -D - 1, 0x765])
def test_distances_as_data(kind: int, size: int, addend: int) -> None:
    data = relocated(kind, "b", addend)
    assert int.from_bytes(data[:size], "little", signed=True) == D + addend
    assert data[size:] == (struct.pack("<I", WORDS["b"]) + NOP)[size:]


def test_every_relocation_has_a_case() -> None:
    through_got = {311, 312}  # in test_relocatable.py
    assert {r[0] for r in READS} | {260, 261, 262, 314} | through_got == RELOCATIONS.keys()
    with_limits = {kind for kind, row in RELOCATIONS.items() if row.limits}
    assert {r[0] for r in LIMITS} == with_limits - through_got


def test_the_names_are_those_of_pyelftools() -> None:
    ours = {kind: row.name for kind, row in RELOCATIONS.items()} | UNSUPPORTED
    theirs = {number: name for name, number in ENUM_RELOC_TYPE_AARCH64.items()}
    shared = ours.keys() & theirs.keys()
    assert {kind: ours[kind] for kind in shared} == {kind: theirs[kind] for kind in shared}
    assert len(shared) >= 30
