"""An image as a loader leaves it in memory, at an address of its own."""

from __future__ import annotations

from functools import cached_property

from armsym.binary.image import PAGE, SLOT_SIZE, Address, Image, Segment

# Far apart, and below the end of 47-bit user space.
IMAGE = 0x5500_0000_0000
EXTERNALS = 0x5600_0000_0000


class LoadedImage:
    """The image at the address IMAGE.

    `imports`: the addresses of the symbols that the dynamic loader looks up; nothing is there.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        needed = {a.symbol for s in image.segments for a in s.slots.values() if a.symbol}
        self.imports = {name: EXTERNALS + n * PAGE for n, name in enumerate(sorted(needed))}

    @cached_property
    def external(self) -> frozenset[int]:
        """The addresses of all symbols that the image uses and does not define."""
        placed = [IMAGE + address for address in self.image.externals.values()]
        return frozenset([*placed, *self.imports.values()])

    def filled(self, segment: Segment, data: bytes) -> bytes:
        """A segment's bytes, with the addresses that the loader writes among them."""
        result = bytearray(data)
        for offset, value in self._slots[segment.address]:
            result[offset : offset + SLOT_SIZE] = value
        return bytes(result)

    @cached_property
    def _slots(self) -> dict[int, list[tuple[int, bytes]]]:
        return {
            s.address: [(offset, self._value(a)) for offset, a in s.slots.items()]
            for s in self.image.segments
        }

    def _value(self, address: Address) -> bytes:
        base = IMAGE if address.symbol is None else self.imports[address.symbol]
        return ((base + address.addend) % (1 << 64)).to_bytes(SLOT_SIZE, "little")
