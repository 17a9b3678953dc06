"""The memory of a concrete run as it goes: bytes, and which accesses are permitted."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Sequence

from armsym.concrete.regions import ConcreteRegion, RegionMap

_KINDS = {"r": "read", "w": "write", "x": "fetch"}

# Start, end and bytes of a region as far as it permits an access; else none at all.
_Extent = tuple[int, int, bytearray]
_NONE: _Extent = (0, 0, bytearray())


class AccessError(Exception):
    """An access that is not permitted, as AccessFault tells it; the text is the place."""

    def __init__(self, kind: str, address: int, size: int, place: str) -> None:
        super().__init__(place)
        self.kind = kind
        self.address = address
        self.size = size


class ConcreteMemory:
    """The bytes of the regions: at first, and again after `reset`, those declared.

    Numbers are little-endian, sizes in bytes.  Raises ArmsymError, see RegionMap.
    """

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        self._map = RegionMap(regions)
        self._starts = [region.address for region in self._map.regions]
        self._declared = {r.name: bytearray(r.data) for r in self._map.regions}
        # What can't be written is no copy.
        self._current = {
            r.name: bytearray(r.data) if "w" in r.permissions else self._declared[r.name]
            for r in self._map.regions
        }
        # At i: for addresses from the start of region i - 1 to that of region i.
        self._readable, self._writable, self._executable = [
            [_NONE, *[self._extent(region, access) for region in self._map.regions]]
            for access in "rwx"
        ]
        self._written: set[int] = set()

    def read(self, address: int, size: int) -> int:
        """The number at an address.  Raises AccessError."""
        start, end, data = self._readable[bisect_right(self._starts, address)]
        if address + size > end:
            raise self._error("r", address, size)
        return int.from_bytes(data[address - start : address - start + size], "little")

    def write(self, address: int, size: int, value: int) -> None:
        """Stores a number.  Raises AccessError."""
        index = bisect_right(self._starts, address)
        start, end, data = self._writable[index]
        if address + size > end:
            raise self._error("w", address, size)
        self._written.add(index)
        data[address - start : address - start + size] = value.to_bytes(size, "little")

    def check_alignment(self, address: int, size: int) -> None:
        """Raises AccessError unless the address is a multiple of `size`."""
        if address % size:
            place = f"the address is not a multiple of {size}"
            raise AccessError("alignment", address, size, place)

    def fetch(self, address: int) -> int:
        """The instruction word at an address.  Raises AccessError."""
        start, end, data = self._executable[bisect_right(self._starts, address)]
        if address + 4 > end:
            raise self._error("x", address, 4)
        if address % 4:
            raise AccessError("fetch", address, 4, "the target is not a multiple of 4")
        return int.from_bytes(data[address - start : address - start + 4], "little")

    def constant_code(self, address: int, limit: int) -> list[int]:
        """The instruction words from an address on, `limit` at most, if they stay what they are."""
        index = bisect_right(self._starts, address)
        start, end, data = self._executable[index]
        if address % 4 or self._writable[index] is not _NONE:
            return []
        count = min(limit, max(0, end - address) // 4)
        return list(struct.unpack_from(f"<{count}I", data, address - start)) if count else []

    def patch(self, address: int, data: bytes) -> None:
        """Replaces declared bytes of one region, and what is there now.  ValueError if none has."""
        region = self._map.containing(address, len(data))
        place = slice(address - region.address, address - region.address + len(data))
        self._declared[region.name][place] = data
        self._current[region.name][place] = data

    def reset(self) -> None:
        """Makes all bytes what is declared."""
        for index in self._written:
            name = self._map.regions[index - 1].name
            self._current[name][:] = self._declared[name]
        self._written.clear()

    def contents(self) -> dict[str, bytes]:
        """The bytes of each region that may be written, by name."""
        regions = self._map.regions
        return {r.name: bytes(self._current[r.name]) for r in regions if "w" in r.permissions}

    def _extent(self, region: ConcreteRegion, access: str) -> _Extent:
        if access not in region.permissions:
            return _NONE
        return region.address, region.end, self._current[region.name]

    def _error(self, access: str, address: int, size: int) -> AccessError:
        place = self._map.violation(address, size, access)
        return AccessError(_KINDS[access], address, size, place)
