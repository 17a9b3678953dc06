"""A binary as it lies in memory: segments, symbols, and what is known only after loading."""

from __future__ import annotations

import difflib
import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from armsym.errors import ArmsymError

PAGE = 4096  # bytes: the least page size, of which an image's base is a multiple
SLOT_SIZE = 8


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name for an address.  It bounds nothing: a `size` of 0 says nothing about a routine's end.

    `address` is relative to the image base, `size` in bytes; `kind` is "func", "object", "notype"
    or "ifunc", `binding` "local", "global", "weak" or "unique"; `section` is the section's name.
    """

    name: str
    address: int
    size: int
    kind: str
    binding: str
    section: str

    @property
    def is_mapping(self) -> bool:
        """Whether this is one of `$x` and `$d`, which mark where code and data begin (AAELF64)."""
        return re.match(r"\$[xd](\.|$)", self.name) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """A 64-bit value known only after loading: `symbol`'s address, or the image base, + `addend`.

    Nothing at all is known of a symbol's address.
    """

    symbol: str | None
    addend: int


@dataclass(frozen=True)
class Segment:
    """A run of bytes with one permission; `address` is relative to the image base.

    `data` is as long as the segment is in memory.  `constant` says that the bytes are never written
    once the program runs; only then may a proof rely on them.  `slots` maps an offset in `data` to
    the value that the loader puts into the eight bytes there, whatever `data` holds.
    """

    name: str
    address: int
    data: bytes = field(repr=False)
    writable: bool
    executable: bool
    constant: bool
    slots: Mapping[int, Address] = field(default_factory=dict, repr=False)

    @property
    def end(self) -> int:
        """The address just behind the segment."""
        return self.address + len(self.data)

    def holds_slot(self, offset: int, size: int) -> bool:
        """Whether a byte of `size` bytes at `offset` is known only after loading."""
        return any(o in self.slots for o in range(offset - SLOT_SIZE + 1, offset + size))


@dataclass(frozen=True)
class Image:
    """One binary; its addresses are relative to its base, which is a multiple of the page size.

    `path` is what `open_image` takes to open it again; `sha256` is the hash, in hexadecimal, of the
    file's bytes, or of the archive member's.  `kind` is "executable", "shared object" or
    "relocatable".  `externals` gives each undefined symbol of a relocatable object an address
    of its own behind the image.
    """

    path: str
    sha256: str
    kind: str
    segments: tuple[Segment, ...]
    symbols: tuple[Symbol, ...] = field(repr=False)
    externals: Mapping[str, int]

    @cached_property
    def _named(self) -> dict[str, list[Symbol]]:
        named: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            if not symbol.is_mapping:
                named.setdefault(symbol.name, []).append(symbol)
        return named

    @cached_property
    def _starts(self) -> list[int]:
        return [segment.address for segment in self.segments]

    @cached_property
    def mapping_symbols(self) -> list[Symbol]:
        """`$x` and `$d`, by address: where code begins, and where data."""
        marks = (symbol for symbol in self.symbols if symbol.is_mapping)
        return sorted(marks, key=lambda s: (s.address, s.name))

    def symbol(self, name: str) -> Symbol:
        """The symbol of that name; a global one goes before local ones.

        Raises missing-symbol, or ambiguous-symbol if local symbols of one name differ in address.
        """
        candidates = self._named.get(name, [])
        best = [s for s in candidates if s.binding != "local"] or candidates
        if not best:
            near = difflib.get_close_matches(name, self._named, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`armsym symbols` lists them"
            raise ArmsymError("missing-symbol", f"{self.path}: no symbol {name!r}", hint)
        if len({s.address for s in best}) > 1:
            places = ", ".join(f"{s.address:#x}" for s in best)
            raise ArmsymError("ambiguous-symbol", f"{self.path}: {name!r} is at {places}")
        return best[0]

    def find(self, pattern: str, mapping: bool = False) -> list[Symbol]:
        """The symbols in whose name the regular expression is found, by address.

        Mapping symbols are among them only if `mapping` is true.  Raises bad-pattern.
        """
        try:
            search = re.compile(pattern).search
        except re.error as error:
            raise ArmsymError("bad-pattern", f"{pattern!r}: {error}") from error
        found = (s for s in self.symbols if search(s.name) and (mapping or not s.is_mapping))
        return sorted(found, key=lambda s: (s.address, s.name))

    def segment_at(self, address: int) -> Segment | None:
        """The segment that holds the byte at an address."""
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and address < self.segments[index].end:
            return self.segments[index]
        return None

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes, all of one segment; a slot's bytes are those of the file.

        Raises address-outside-image.
        """
        segment = self._holding(address, size)
        offset = address - segment.address
        return segment.data[offset : offset + size]

    def word(self, address: int) -> int:
        """The instruction, a 32-bit little-endian word.  Raises address-outside-image."""
        segment = self._holding(address, 4)
        offset = address - segment.address
        if address % 4 or not segment.executable or segment.holds_slot(offset, 4):
            message = f"{self.path}: {address:#x} holds no instruction"
            raise ArmsymError("address-outside-image", message)
        return int.from_bytes(segment.data[offset : offset + 4], "little")

    def patched(self, address: int, data: bytes) -> Image:
        """A copy with bytes replaced: what tests and mutation run.  Its hash is its own.

        Raises address-outside-image, also where a slot would hide the new bytes.
        """
        segment = self._holding(address, len(data))
        offset = address - segment.address
        if segment.holds_slot(offset, len(data)):
            message = f"{self.path}: the bytes at {address:#x} are known only after loading"
            raise ArmsymError("address-outside-image", message)
        changed = segment.data[:offset] + data + segment.data[offset + len(data) :]
        patch = f"{address:#x}={data.hex()}"
        return replace(
            self,
            path=f"{self.path}+{patch}",
            sha256=hashlib.sha256(f"{self.sha256}+{patch}".encode()).hexdigest(),
            segments=tuple(replace(s, data=changed) if s is segment else s for s in self.segments),
        )

    def _holding(self, address: int, size: int) -> Segment:
        segment = self.segment_at(address)
        if segment is None or address + size > segment.end:
            message = f"{self.path}: {size} bytes at {address:#x} are not in one segment"
            spans = ", ".join(f"{s.name} {s.address:#x}-{s.end:#x}" for s in self.segments)
            raise ArmsymError("address-outside-image", message, f"the image has {spans}")
        return segment
