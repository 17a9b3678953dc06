"""Memory: disjoint regions with a base, a size and permissions, whose bytes are pieces of terms.

Regions that share a base (the segments of an image, the two sides of the stack pointer) lie at
fixed distances; others are disjoint by hypothesis, and none wraps around the address space.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from armsym.bv.builder import Builder
from armsym.bv.term import Term
from armsym.machine.address import Linear, LinearForms
from armsym.machine.faults import Fault, Undecided

# A byte of memory: byte `index` (0 is the lowest) of a term.
Cell = tuple[Term, int]


@dataclass(frozen=True, eq=False)
class Region:
    """`size` bytes from `base` on; `permissions` is a subset of "rwx".

    `initial(offset)` is the byte there before anything is written.
    """

    name: str
    base: Term
    size: int
    permissions: str
    initial: Callable[[int], Cell]


class Memory:
    """The regions of one run and what has been written to them.  `copy` is a value of its own."""

    def __init__(self, builder: Builder, regions: list[Region]) -> None:
        self.builder = builder
        self.regions = regions
        self.forms = LinearForms()
        self._written: dict[Region, dict[int, Cell]] = {r: {} for r in regions}
        self._shared: set[Region] = set()
        self._groups: dict[frozenset[tuple[Term, int]], list[tuple[int, Region]]] = {}
        for region in regions:
            form = self.forms.of(region.base)
            self._groups.setdefault(form.base, []).append((form.offset, region))

    def copy(self) -> Memory:
        """The same memory, to be written on its own; regions are copied when first written."""
        twin = object.__new__(Memory)
        twin.__dict__.update(self.__dict__)
        twin._written = dict(self._written)
        self._shared = set(self.regions)
        twin._shared = set(self.regions)
        return twin

    def with_region(self, region: Region) -> Memory:
        """The same memory and one more region, disjoint from all others by hypothesis."""
        twin = self.copy()
        twin.regions = [*self.regions, region]
        twin._written[region] = {}
        form = self.forms.of(region.base)
        twin._groups = {**self._groups, form.base: [(form.offset, region)]}
        return twin

    def reaches(self, address: Term) -> bool:
        """Whether an address is relative to the base of some region, by a known offset or not."""
        atoms = self.forms.of(address).base
        return atoms in self._groups or any(base and base < atoms for base in self._groups)

    def __getitem__(self, access: tuple[Term, int]) -> Term:
        """`Mem[address, size]`: `size` bytes, little-endian.  Raises Fault, Undecided."""
        address, size = access
        region, offset = self.locate(address, size, "r")
        return self.assemble([self.cell(region, offset + i) for i in range(size)])

    def __setitem__(self, access: tuple[Term, int], value: Term) -> None:
        """`Mem[address, size] = value`, little-endian.  Raises Fault, Undecided."""
        address, size = access
        if value.width != 8 * size:
            raise ValueError(f"{value.width} bits stored in {size} bytes")
        region, offset = self.locate(address, size, "w")
        if region in self._shared:
            self._shared.discard(region)
            self._written[region] = dict(self._written[region])
        written = self._written[region]
        for i in range(size):
            written[offset + i] = (value, i)

    def fetch(self, address: Term) -> int:
        """The instruction word at an address.  Raises Fault, Undecided."""
        region, offset = self.locate(address, 4, "x")
        if offset % 4:
            raise Fault("misaligned", f"instruction fetch from {region.name} + {offset:#x}")
        word = self.assemble([self.cell(region, offset + i) for i in range(4)]).value
        if word is None:
            raise Undecided(f"the instruction at {region.name} + {offset:#x} is not constant")
        return word

    def cell(self, region: Region, offset: int) -> Cell:
        """The byte at an offset within the region, permissions aside."""
        return self._written[region].get(offset) or region.initial(offset)

    def written(self, region: Region) -> dict[int, Cell]:
        """What has been written to the region, by offset: not to be changed."""
        return self._written[region]

    def locate(self, address: Term, size: int, access: str) -> tuple[Region, int]:
        """The region, and the offset in it, of an access of `size` bytes that it permits."""
        form = self.forms.of(address)
        group = self._groups.get(form.base)
        if group is None:
            raise self._stray(form, address)
        for start, region in group:
            offset = form.offset - start
            if offset >= 0 and offset + size <= region.size:
                if access not in region.permissions:
                    raise Fault("permission", f"{_NAMES[access]} {region.name} + {offset:#x}")
                return region, offset
        start, near = min(group, key=lambda g: _distance(form.offset - g[0], g[1].size))
        raise Fault(
            "out-of-bounds",
            f"{_NAMES[access]} {size} bytes at {near.name} {form.offset - start:+#x},"
            f" which has {near.size:#x} bytes",
        )

    def check_alignment(self, address: Term, bits: int, what: str) -> None:
        """Raises Fault or Undecided unless the `bits` low bits of the address are zero."""
        form = self.forms.of(address)
        if form.alignment() < bits:
            raise Undecided(f"the alignment of {what} is not known: {address!r}")
        if form.constant % (1 << bits):
            raise Fault("misaligned", f"{what} is not a multiple of {1 << bits}")

    def assemble(self, cells: list[Cell]) -> Term:
        """The bytes as one term, the first byte lowest; neighbours of one term are joined."""
        parts: list[Term] = []
        index = 0
        while index < len(cells):
            end = index + 1
            if cells[index][0].value is not None:
                while end < len(cells) and cells[end][0].value is not None:
                    end += 1
                parts.append(self._literal(cells[index:end]))
            else:
                term, first = cells[index]
                while end < len(cells) and cells[end] == (term, first + end - index):
                    end += 1
                parts.append(term[8 * (first + end - index) - 1 : 8 * first])
            index = end
        return self.builder.join(parts)

    def _literal(self, cells: list[Cell]) -> Term:
        values = bytes([(term.value or 0) >> 8 * index & 0xFF for term, index in cells])
        return self.builder.const(8 * len(cells), int.from_bytes(values, "little"))

    def _stray(self, form: Linear, address: Term) -> Exception:
        """The complaint about an address whose symbolic part is no region's base."""
        for base, group in self._groups.items():
            if base and base < form.base:
                return Undecided(f"the offset in {group[0][1].name} is symbolic: {address!r}")
        if form.atoms:
            return Undecided(f"the address belongs to no region: {address!r}")
        return Fault("unmapped", f"address {form.constant:#x} belongs to no region")


_NAMES = {"r": "reads", "w": "writes", "x": "executes"}


def _distance(offset: int, size: int) -> int:
    return -offset if offset < 0 else max(0, offset - size + 1)


def literal_bytes(builder: Builder, data: bytes) -> Callable[[int], Cell]:
    """Initial contents that are known: these bytes."""
    bytes_of = [builder.const(8, value) for value in range(256)]
    return lambda offset: (bytes_of[data[offset]], 0)


def elements(builder: Builder, name: str, width: int, big_endian: bool) -> Callable[[int], Cell]:
    """Initial contents that are unknown: `name(i)`, `width` bits each, i a 64-bit index."""
    size = width // 8

    def cell(offset: int) -> Cell:
        index, byte = divmod(offset, size)
        element = builder.apply(width, name, builder.const(64, index))
        return element, size - 1 - byte if big_endian else byte

    return cell
