"""The memory of a concrete run as it is declared: disjoint regions of bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from armsym.errors import ArmsymError


@dataclass(frozen=True, slots=True)
class ConcreteRegion:
    """Bytes at an address; `permissions` is a subset of "rwx"."""

    name: str
    address: int
    data: bytes
    permissions: str

    @property
    def end(self) -> int:
        """The address after the last byte."""
        return self.address + len(self.data)


class RegionMap:
    """Disjoint regions of different names, each with exact bounds.

    Raises ArmsymError `region-twice`, `regions-overlap`, `region-out-of-range`.
    """

    def __init__(self, regions: Sequence[ConcreteRegion]) -> None:
        self.regions = sorted(regions, key=lambda region: region.address)
        self._starts = [region.address for region in self.regions]
        names = Counter(region.name for region in self.regions)
        for region in self.regions:
            if names[region.name] > 1:
                raise ArmsymError("region-twice", f"two regions are named {region.name}")
            if region.address < 0 or region.end > 1 << 64:
                raise ArmsymError("region-out-of-range", f"{_extent(region)} is not in 64 bits")
        for low, high in zip(self.regions, self.regions[1:], strict=False):
            if low.end > high.address:
                raise ArmsymError(
                    "regions-overlap", f"{_extent(low)} and {_extent(high)} share bytes"
                )

    def violation(self, address: int, size: int, access: str) -> str:
        """Why an access ("r", "w" or "x") is not permitted, with its place; "" if it is."""
        index = bisect_right(self._starts, address) - 1
        region = self.regions[index] if index >= 0 else None
        if region is not None and address + size <= region.end:
            if access in region.permissions:
                return ""
            return f"{_place(region, address)}, which is {region.permissions or 'no access'}"
        return self._outside(index, address, size)

    def parts(self, address: int, size: int) -> Iterator[tuple[int, int]]:
        """The ranges [start, end) of these bytes that belong to regions."""
        for region in self.regions:
            start, end = max(address, region.address), min(address + size, region.end)
            if start < end:
                yield start, end

    def containing(self, address: int, size: int) -> ConcreteRegion:
        """The region that has these bytes; ValueError if none has."""
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address + size > self.regions[index].end:
            raise ValueError(self._outside(index, address, size))
        return self.regions[index]

    def _outside(self, index: int, address: int, size: int) -> str:
        """Names the place by the nearest region; `index` is that of the last one not above."""
        near = self.regions[max(0, index) : index + 2]
        if not near:
            return f"address {address:#x} belongs to no region"
        region = min(near, key=lambda r: max(r.address - address, address - r.end))
        return f"{size} bytes at {_place(region, address)}, which has {len(region.data):#x} bytes"


def _extent(region: ConcreteRegion) -> str:
    return f"{region.name} ({region.address:#x} to {region.end:#x})"


def _place(region: ConcreteRegion, address: int) -> str:
    offset = address - region.address
    return f"{region.name} {'-' if offset < 0 else '+'} {abs(offset):#x}"
