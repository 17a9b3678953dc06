"""An image in memory: constants only where they are sure, loaded addresses symbolic."""

from __future__ import annotations

import pytest

from armsym.binary.image import Address, Image, Segment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.machine.faults import Fault, Undecided
from armsym.machine.memory import Memory
from armsym.simulate.mapping import image_base, image_regions

BUILDERS: list[type[Builder]] = [RawBuilder, NormalBuilder, KernelBuilder]

TEXT, RELRO, DATA, EXTERNAL = 0x1000, 0x3000, 0x5000, 0x8000
SLOTS = {8: Address(None, 0x1004), 16: Address("malloc", 24)}
IMAGE = Image(
    path="made.so",
    sha256="",
    kind="shared object",
    segments=(
        Segment("text", TEXT, bytes(range(16)), False, True, True),
        Segment("relro", RELRO, bytes([0xAA] * 32), False, False, True, SLOTS),
        Segment("data", DATA, bytes([0xBB] * 32), True, False, False),
    ),
    symbols=(),
    externals={"table": EXTERNAL},
)


def mapped(builder: type[Builder] = NormalBuilder) -> tuple[Memory, Term]:
    """The image in memory, and its base."""
    b = builder()
    base = image_base(b)
    return Memory(b, image_regions(IMAGE, b, base)), base


def test_the_base_is_any_page() -> None:
    memory, base = mapped()
    assert memory.forms.of(base).alignment() == 12
    assert memory.builder.same(base & 0xFFF, memory.builder.const(64, 0))
    assert base.value is None


def test_constant_bytes_are_literals() -> None:
    memory, base = mapped()
    assert memory[base + TEXT, 4].value == 0x03020100
    assert memory.fetch(base + TEXT + 4) == 0x07060504
    assert memory[base + RELRO, 8].value == 0xAAAAAAAAAAAAAAAA


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_slot_holds_what_the_loader_puts_there(builder: type[Builder]) -> None:
    memory, base = mapped(builder)
    b = memory.builder
    assert b.same(memory[base + RELRO + 8, 8], base + 0x1004)
    assert b.same(memory[base + RELRO + 16, 8], b.var(64, "&extern.malloc") + 24)
    assert memory[base + RELRO + 24, 8].value == 0xAAAAAAAAAAAAAAAA


def test_part_of_a_slot_is_part_of_the_address() -> None:
    memory, base = mapped()
    assert memory[base + RELRO + 12, 4] is (base + 0x1004)[63:32]
    across = memory[base + RELRO + 4, 8]
    assert across[31:0].value == 0xAAAAAAAA
    assert across[63:32] is (base + 0x1004)[31:0]


def test_a_slots_address_leads_into_the_image() -> None:
    memory, base = mapped()
    assert memory.fetch(memory[base + RELRO + 8, 8]) == 0x07060504


def test_nothing_is_at_the_address_of_a_symbol_of_another_object() -> None:
    memory, base = mapped()
    with pytest.raises(Undecided):
        memory[memory[base + RELRO + 16, 8], 1]


def test_writable_data_is_unknown() -> None:
    memory, base = mapped()
    assert repr(memory[base + DATA + 3, 1]) == "(image.data 0x3)"
    assert memory[base + DATA, 8].value is None


def test_an_undefined_symbol_is_a_page_of_unknown_bytes() -> None:
    memory, base = mapped()
    assert repr(memory[base + EXTERNAL + 4095, 1]) == "(extern.table 0xfff)"
    with pytest.raises(Fault) as fault:
        memory[base + EXTERNAL + 4096, 1]
    assert fault.value.kind == "out-of-bounds"


@pytest.mark.parametrize("place", [TEXT, RELRO + 8, DATA, EXTERNAL])
def test_nothing_of_the_image_may_be_written(place: int) -> None:
    memory, base = mapped()
    with pytest.raises(Fault) as fault:
        memory[base + place, 1] = memory.builder.const(8, 0)
    assert fault.value.kind == "permission"


@pytest.mark.parametrize("place", [RELRO, DATA, EXTERNAL])
def test_data_is_not_executed(place: int) -> None:
    memory, base = mapped()
    with pytest.raises(Fault) as fault:
        memory.fetch(base + place)
    assert fault.value.kind == "permission"


@pytest.mark.parametrize("place", [TEXT - 1, TEXT + 16, RELRO - 1, RELRO + 32, DATA + 32])
def test_between_the_segments_is_nothing(place: int) -> None:
    memory, base = mapped()
    with pytest.raises(Fault) as fault:
        memory[base + place, 1]
    assert fault.value.kind == "out-of-bounds"
