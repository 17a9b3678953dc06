"""Listings: what bounds one, what is data, and words that Capstone doesn't know."""

from __future__ import annotations

from armsym.binary.disassemble import extent, listing, text
from armsym.binary.image import Image, Segment, Symbol

WORDS = [0xD503201F, 0x8B020020, 0xD65F03C0, 0x428A2F98, 0xD503201F, 0xD65F03C0]


def symbol(name: str, address: int, size: int = 0, kind: str = "notype") -> Symbol:
    return Symbol(name, address, size, kind, "local", ".text")


SYMBOLS = {
    s.name: s
    for s in (
        symbol("$x", 0),
        symbol("unsized", 0),
        symbol(".label", 4),
        symbol("$d", 12),
        symbol("$x.1", 16),
        symbol("next", 16, kind="func"),
        symbol("sized", 0, 8, "func"),
    )
}
DATA = b"".join(word.to_bytes(4, "little") for word in WORDS)
CODE = Segment("code", 0, DATA, False, True, True)
IMAGE = Image("t", "00", "executable", (CODE,), tuple(SYMBOLS.values()), {})


def test_an_instruction_reads_with_its_address() -> None:
    assert text(0x14000002, 0x1000) == "b #0x1008"
    assert text(0xD65F03C0, 0) == "ret"


def test_a_word_that_is_no_instruction() -> None:
    assert text(0, 0) == "udf #0"
    assert text(0xFFFFFFFF, 0) == ".inst 0xffffffff"


def test_labels_and_mapping_symbols_end_nothing() -> None:
    assert extent(IMAGE, SYMBOLS["unsized"]) == (0, 16)
    assert extent(IMAGE, SYMBOLS[".label"]) == (4, 16)
    assert extent(IMAGE, SYMBOLS["sized"]) == (0, 8)
    assert extent(IMAGE, SYMBOLS["next"]) == (16, 24)


def test_data_among_code() -> None:
    lines = listing(IMAGE, 0, 24)
    assert [line.text for line in lines] == [
        "nop",
        "add x0, x1, x2",
        "ret",
        ".word 0x428a2f98",
        "nop",
        "ret",
    ]
    assert [line.word for line in lines] == WORDS
    assert [line.address for line in lines] == [0, 4, 8, 12, 16, 20]
