"""A binary image as memory regions: at a symbolic, page-aligned base, constants only where sure."""

from __future__ import annotations

from collections.abc import Callable

from armsym.binary.image import SLOT_SIZE, Address, Image, Segment
from armsym.bv.builder import Builder
from armsym.bv.term import Term
from armsym.machine.memory import Cell, Memory, Region, elements, literal_bytes

PAGE = 4096


def image_base(builder: Builder) -> Term:
    """The address at which the image is loaded: any multiple of the page size."""
    return builder.concat(builder.var(52, "image"), builder.const(12, 0))


def link_address(memory: Memory, address: Term) -> int | None:
    """Where an address is in the image, counted from its base; None if it is elsewhere."""
    form, base = memory.forms.of(address), memory.forms.of(image_base(memory.builder))
    return form.offset if form.base == base.base else None


def image_regions(image: Image, builder: Builder, base: Term) -> list[Region]:
    """The image's regions, none of them writable to the routine that runs.

    Bytes that are never written at run time are constants; all others are unknown: `name(i)`.  An
    undefined symbol is one page of unknown bytes.  No name here is an identifier, so that none is
    that of anything which a contract declares.
    """
    regions = []
    for segment in image.segments:
        contents = _contents(segment, builder, base)
        permissions = "rx" if segment.executable else "r"
        start, size = base + segment.address, len(segment.data)
        regions.append(Region(region_name(segment), start, size, permissions, contents))
    for name, address in image.externals.items():
        contents = elements(builder, f"extern.{name}", 8, big_endian=False)
        regions.append(Region(f"extern.{name}", base + address, PAGE, "r", contents))
    return regions


def external_addresses(image: Image, builder: Builder) -> dict[str, Term]:
    """Where the symbols are that the image uses and does not define, by their names."""
    base = image_base(builder)
    placed = {name: base + address for name, address in image.externals.items()}
    return placed | {s: loaded(Address(s, 0), builder, base) for s in _imported(image)}


def _imported(image: Image) -> list[str]:
    """The symbols whose addresses the dynamic loader looks up."""
    slots = [slot.symbol for segment in image.segments for slot in segment.slots.values()]
    return list(dict.fromkeys(symbol for symbol in slots if symbol is not None))


def image_names(image: Image) -> list[str]:
    """What the terms of an image are made of: where things are loaded, and bytes not constant."""
    segments = [region_name(s) for s in image.segments if not s.constant]
    externals = [f"extern.{name}" for name in image.externals]
    return ["image", *segments, *externals, *(f"&extern.{symbol}" for symbol in _imported(image))]


def region_name(segment: Segment) -> str:
    """What the region of a segment is called."""
    return f"image.{segment.name}"


def _contents(segment: Segment, builder: Builder, base: Term) -> Callable[[int], Cell]:
    if not segment.constant:
        return elements(builder, region_name(segment), 8, big_endian=False)
    known = literal_bytes(builder, segment.data)
    if not segment.slots:
        return known

    def cell(offset: int) -> Cell:
        for byte in range(SLOT_SIZE):
            if (address := segment.slots.get(offset - byte)) is not None:
                return loaded(address, builder, base), byte
        return known(offset)

    return cell


def loaded(address: Address, builder: Builder, base: Term) -> Term:
    """The value that the dynamic loader puts into a slot."""
    target = base if address.symbol is None else builder.var(64, f"&extern.{address.symbol}")
    return target + address.addend
