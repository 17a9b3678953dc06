"""Memory: disjoint regions with a base, a size and permissions, whose bytes are pieces of terms.

Regions that share a base (the segments of an image, the two sides of the stack pointer) lie at
fixed distances; others are disjoint by hypothesis, and none wraps around the address space.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from armsym.bv.builder import Builder
from armsym.bv.term import Term, signed
from armsym.machine.address import SIZE, Linear, LinearForms
from armsym.machine.carries import without_carry
from armsym.machine.faults import Fault, Fork, Undecided
from armsym.machine.integers import Expression, Integers
from armsym.machine.numbers import Numbers

# An offset is compared with the end of what is finished if it is at most so many blocks away.
NEAR = 64

# A path forks on the place of an access in a buffer if it is one of so few blocks.
FEW = 8

# A byte of memory: byte `index` (0 is the lowest) of a term.
Cell = tuple[Term, int]


@dataclass(frozen=True, eq=False)
class Region:
    """`size` bytes from `base` on; `permissions` is a subset of "rwx".

    `initial(offset)` is the byte there before anything is written.  The size may be symbolic; then
    `at(offset)` is the byte at an offset that may be so as well.  Of a region that is gone through
    block after block, `step` is the size of a block.
    """

    name: str
    base: Term
    size: int | Expression
    permissions: str
    initial: Callable[[int], Cell]
    at: Callable[[Linear], Cell] | None = None
    step: int = 0

    @property
    def known_size(self) -> int:
        """The size if it is a number, else 0."""
        return self.size if isinstance(self.size, int) else 0


class Memory:
    """The regions of one run and what has been written to them.  `copy` is a value of its own."""

    def __init__(self, builder: Builder, regions: list[Region]) -> None:
        self.builder = builder
        self.regions: list[Region] = []
        self.forms = LinearForms()
        self.known = Integers()
        self.public: frozenset[str] = frozenset()  # names of variables that addresses may depend on
        self._numbers: tuple[Integers, frozenset[str], Numbers] | None = None
        self.writes = 0
        self._written: dict[Region, dict[int, Cell]] = {}
        self._shared: set[Region] = set()
        self._contents: dict[Region, Callable[[int], Cell]] = {}  # of regions forgotten
        self._finished: dict[Region, Linear] = {}  # where what is not yet gone through begins
        self._groups: dict[frozenset[tuple[Term, int]], list[tuple[int, Region]]] = {}
        for region in regions:
            self.add(region)

    def add(self, region: Region) -> None:
        """One more region, disjoint from all others by hypothesis."""
        self.regions = [*self.regions, region]
        self._written[region] = {}
        form = self.forms.of(region.base)
        group = [*self._groups.get(form.base, []), (form.offset, region)]
        self._groups = {**self._groups, form.base: group}

    @property
    def numbers(self) -> Numbers:
        """Reads terms as integers, under what is known, over the variables that are public."""
        if self._numbers is None or self._numbers[:2] != (self.known, self.public):
            self._numbers = self.known, self.public, Numbers(self.forms, self.known, self.public)
        return self._numbers[2]

    def number(self, term: Term) -> Expression | None:
        """The integer that a 64-bit term denotes up to a multiple of 2^64, if it is public."""
        return self.numbers.modular(term)

    def without_carry(self, term: Term) -> Term | None:
        """A sum told as parts side by side, if it is known not to carry from one to the other."""
        return without_carry(term, self.forms, self.numbers, self.known)

    def copy(self) -> Memory:
        """The same memory, to be written on its own; regions are copied when first written."""
        twin = object.__new__(Memory)
        twin.__dict__.update(self.__dict__)
        twin._written = dict(self._written)
        self._shared = set(self.regions)
        twin._shared = set(self.regions)
        return twin

    def __getitem__(self, access: tuple[Term, int]) -> Term:
        """`Mem[address, size]`: `size` bytes, little-endian.  Raises Fault, Fork, Undecided.

        Whatever an instruction accesses in one region is equally far from what it accesses first:
        only its first access can fork.
        """
        address, size = access
        region, offset = self.locate(address, size, "r")
        if region.at is None and isinstance(offset, int):
            return self.assemble([self.cell(region, offset + i) for i in range(size)])
        place = _linear(offset)
        distance = self._distance(region, place)
        if "w" not in region.permissions or self._is_untouched(region):
            if distance is not None:
                place = self._end(region).plus(Linear(distance % SIZE, {}))
            return self.assemble(_originals(region, place, size))
        return self.assemble(self.ahead(region, self._ahead(region, distance), size))

    def __setitem__(self, access: tuple[Term, int], value: Term) -> None:
        """`Mem[address, size] = value`, little-endian.  Raises Fault, Fork, Undecided."""
        address, size = access
        if value.width != 8 * size:
            raise ValueError(f"{value.width} bits stored in {size} bytes")
        region, offset = self.locate(address, size, "w")
        if region.at is None and isinstance(offset, int):
            self.put(region, offset, value)
        else:
            distance = self._distance(region, _linear(offset))
            self.put(region, self._ahead(region, distance), value)

    def put(self, region: Region, offset: int, value: Term) -> None:
        """Stores whole bytes at an offset of a region, permissions aside."""
        self.writes += 1
        if region in self._shared:
            self._shared.discard(region)
            self._written[region] = dict(self._written[region])
        written = self._written[region]
        for i in range(value.width // 8):
            written[offset + i] = (value, i)

    def _is_untouched(self, region: Region) -> bool:
        return not self._written[region] and region not in self._finished

    def _end(self, region: Region) -> Linear:
        """Where what is finished of a region ends."""
        return self._finished.get(region, Linear(0, {}))

    def _distance(self, region: Region, offset: Linear) -> int | None:
        """How far an offset is behind the end of what is finished, if that is known."""
        distance = offset.plus(self._end(region), -1)
        if not distance.atoms:
            return signed(distance.constant, 64)
        number = self.numbers.of(distance)
        reach = NEAR * region.step
        if number is None or not reach:
            return None
        low, high = self.known.bounds(number, -reach, reach)
        if low < high <= low + FEW * region.step:
            form = offset.plus(distance, -1).plus(Linear(low % SIZE, {}))
            raise Fork(self.builder.eq(self._term(offset), self._term(form)))
        return low if low == high else None

    def _term(self, form: Linear) -> Term:
        """The 64-bit term of which this is the form."""
        total = self.builder.const(64, form.constant)
        for atom, coefficient in form.atoms.items():
            total = total + atom * coefficient
        return total

    def _ahead(self, region: Region, distance: int | None) -> int:
        """The distance, where what is there is known."""
        if distance is None or distance < 0:
            raise Undecided(f"what is at a symbolic offset of {region.name} is not known")
        return distance

    def ahead(self, region: Region, distance: int, size: int) -> list[Cell]:
        """The bytes so far behind where what is finished of a region of symbolic size ends."""
        written = self._written[region]
        original = _originals(region, self._end(region).plus(Linear(distance, {})), size)
        return [written.get(distance + i) or cell for i, cell in enumerate(original)]

    def behind(self, region: Region, blocks: Term) -> int:
        """How far so many blocks end behind what is finished of the region.  Raises Undecided."""
        end = Linear(0, {}).plus(self.forms.of(blocks), region.step).plus(self._end(region), -1)
        if end.atoms:
            raise Undecided(f"how much of {region.name} is finished is not known")
        return signed(end.constant, 64)

    def finish(self, region: Region, blocks: Term) -> None:
        """So many blocks of the region are finished, and nothing behind them is written.

        What is finished is not to be read or written any more.
        """
        done = self.forms.of(blocks)
        self._shared.discard(region)
        self._written[region] = {}
        self._finished = {**self._finished, region: Linear(0, {}).plus(done, region.step)}

    def forget(self, region: Region, contents: Callable[[int], Cell]) -> None:
        """What the region held is replaced by these contents."""
        if region.at is not None:
            raise Undecided(f"{region.name}, whose size is symbolic, is written in a loop")
        self._shared.discard(region)
        self._written[region] = {}
        self._contents = {**self._contents, region: contents}

    def fetch(self, address: Term) -> int:
        """The instruction word at an address.  Raises Fault, Undecided."""
        region, offset = self.locate(address, 4, "x")
        if not isinstance(offset, int):
            raise Undecided(f"the next instruction is at a symbolic address: {address!r}")
        if offset % 4:
            raise Fault("misaligned", f"instruction fetch from {region.name} + {offset:#x}")
        word = self.assemble([self.cell(region, offset + i) for i in range(4)]).value
        if word is None:
            raise Undecided(f"the instruction at {region.name} + {offset:#x} is not constant")
        return word

    def cell(self, region: Region, offset: int) -> Cell:
        """The byte at an offset within the region, permissions aside."""
        found = self._written[region].get(offset)
        return found or self._contents.get(region, region.initial)(offset)

    def written(self, region: Region) -> dict[int, Cell]:
        """What has been written to the region, by offset: not to be changed.

        Offsets in a region of symbolic size count from where what is finished of it ends.
        """
        return self._written[region]

    def locate(self, address: Term, size: int, access: str) -> tuple[Region, int | Linear]:
        """The region, and the offset in it, of an access of `size` bytes that it permits."""
        form = self.forms.of(address)
        group = self._groups.get(form.base)
        if group is None:
            region, place = self._symbolic(form, address, size)
            return self._permitted(region, place, access)
        for start, region in group:
            offset = form.offset - start
            if isinstance(region.size, Expression):
                self._check_bounds(region, Expression(offset), size)
                return self._permitted(region, offset, access)
            if offset >= 0 and offset + size <= region.size:
                return self._permitted(region, offset, access)
        start, near = min(group, key=lambda g: _distance(form.offset - g[0], g[1]))
        raise Fault(
            "out-of-bounds",
            f"{_NAMES[access]} {size} bytes at {near.name} {form.offset - start:+#x},"
            f" which has {near.size:#x} bytes",
        )

    def _permitted(
        self, region: Region, offset: int | Linear, access: str
    ) -> tuple[Region, int | Linear]:
        if access not in region.permissions:
            place = f"{offset:#x}" if isinstance(offset, int) else "a symbolic offset"
            raise Fault("permission", f"{_NAMES[access]} {region.name} + {place}")
        return region, offset

    def _symbolic(self, form: Linear, address: Term, size: int) -> tuple[Region, Linear]:
        """The region, and the offset in it, of an address whose offset has a symbolic part."""
        for base, group in self._groups.items():
            if base and base < form.base and len(group) == 1:
                start, region = group[0]
                offset = form.plus(Linear(start, dict(base)), -1)
                number = self.numbers.of(offset)
                if number is not None and not self.public.issuperset(number.names()):
                    raise Undecided(f"an address depends on what is not public: {address!r}")
                if region.at is not None and number is not None:
                    self._check_bounds(region, number, size)
                    return region, offset
        raise self._stray(form, address)

    def _check_bounds(self, region: Region, offset: Expression, size: int) -> None:
        """Raises Undecided unless `size` bytes at the offset are shown to be in the region."""
        behind = offset.negated().plus(-size).plus(region.size)
        if not self.known.proves(offset) or not self.known.proves(behind):
            raise Undecided(
                f"{size} bytes at {region.name} + {offset} are not shown to be inside its"
                f" {region.size} bytes"
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


def _linear(offset: int | Linear) -> Linear:
    return Linear(offset, {}) if isinstance(offset, int) else offset


def _originals(region: Region, offset: Linear, size: int) -> list[Cell]:
    """Bytes of a region of symbolic size before anything is written."""
    if region.at is None:
        raise Undecided(f"what is at a symbolic offset of {region.name} is not known")
    return [region.at(Linear(offset.constant + i, offset.atoms)) for i in range(size)]


_NAMES = {"r": "reads", "w": "writes", "x": "executes"}


def _distance(offset: int, region: Region) -> int:
    return -offset if offset < 0 else max(0, offset - region.known_size + 1)


def literal_bytes(builder: Builder, data: bytes) -> Callable[[int], Cell]:
    """Initial contents that are known: these bytes."""
    bytes_of = [builder.const(8, value) for value in range(256)]
    return lambda offset: (bytes_of[data[offset]], 0)


def elements(builder: Builder, name: str, width: int, big_endian: bool) -> Callable[[int], Cell]:
    """Initial contents that are unknown: `name(i)`, `width` bits each, i a 64-bit index."""
    at = elements_at(builder, name, width, big_endian)
    return lambda offset: at(Linear(offset, {}))


def elements_at(
    builder: Builder, name: str, width: int, big_endian: bool
) -> Callable[[Linear], Cell]:
    """The same, by an offset that may have a symbolic part: a multiple of the elements' size."""
    size = width // 8

    def cell(offset: Linear) -> Cell:
        quotient, byte = divmod(offset.offset, size)
        index = builder.const(64, quotient)
        for atom, coefficient in offset.atoms.items():
            times, rest = divmod(signed(coefficient, 64), size)
            if rest:
                raise Undecided(f"an offset in {name} is no multiple of {size} bytes")
            index = index + atom * times
        element = builder.apply(width, name, index)
        return element, size - 1 - byte if big_endian else byte

    return cell
