"""A stepping session: a symbolic state, the way that led to it, and the way back.

Knows nothing of terminals: scripts and full-screen front ends call it alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from armsym.binary.disassemble import text
from armsym.binary.image import Image
from armsym.bv.evaluate import walk
from armsym.bv.term import Term
from armsym.errors import ArmsymError
from armsym.machine.faults import Fault, Undecided
from armsym.machine.memory import Memory, Region, elements
from armsym.machine.state import State
from armsym.simulate.mapping import link_address
from armsym.simulate.step import step
from isa.outcomes import Outcome

LINK_REGISTER = 30

REGISTERS = (*[f"x{n}" for n in range(31)], "sp", *[f"v{n}" for n in range(32)], *"nzcv", "pc")


@dataclass(frozen=True)
class Change:
    """A register or eight bytes of memory whose value is another than before."""

    place: str
    before: Term
    after: Term


class Session:
    """The current state of a run from `start`, with its history.

    Where a branch forks, `choices` holds both ways, the taken one first, and `choose` takes one.
    `stop` says why the run can't go on, or is "".
    """

    def __init__(self, image: Image, start: State) -> None:
        self.image = image
        self.builder = start.builder
        self.return_address = start.X.values[LINK_REGISTER]
        self.history = [start]
        self.choices: list[State] = []
        self.stop = ""

    @property
    def state(self) -> State:
        return self.history[-1]

    @property
    def steps(self) -> int:
        """The number of instructions from the start to the current state."""
        return len(self.history) - 1

    @property
    def address(self) -> int | None:
        """The PC, counted from the image's base; None if it is not in the image."""
        return link_address(self.state.Mem, self.state.PC)

    @property
    def returned(self) -> bool:
        """Whether PC is the return address that the routine was given."""
        return self.builder.same(self.state.PC, self.return_address)

    def instruction(self) -> str:
        """The disassembly of the instruction at PC, or "" if there is none."""
        try:
            return text(self.state.Mem.fetch(self.state.PC), self.address or 0)
        except (Fault, Undecided):
            return ""

    def step(self) -> bool:
        """Executes one instruction; False where it forks, or if there is a `stop`."""
        if self.choices or self.stop or self.returned:
            return False
        try:
            following = step(self.state)
        except (Outcome, Fault, Undecided) as error:
            kind = error.name if isinstance(error, Outcome) else type(error).__name__.lower()
            self.stop = f"{kind}: {error}"
            return False
        if len(following) == 1:
            self._enter(following[0])
            return True
        behind = self.state.PC + 4
        self.choices = sorted(following, key=lambda way: self.builder.same(way.PC, behind))
        if not following:
            self.stop = "the facts of this path contradict each other"
        return False

    def choose(self, taken: bool) -> None:
        """Goes on behind a forking branch.  Raises ArmsymError `no-fork`."""
        if not self.choices:
            raise ArmsymError("no-fork", "the current instruction is no branch that forks")
        self._enter(self.choices[0 if taken else 1])

    def until(self, address: int, limit: int) -> bool:
        """Steps, at least once, until PC is `address`; False if something stops it before that."""
        for _ in range(limit):
            if not self.step():
                return False
            if self.address == address:
                return True
        return False

    def back(self, count: int) -> None:
        """Takes back the last `count` instructions, as far as there are so many."""
        del self.history[max(1, len(self.history) - count) :]
        self.choices = []
        self.stop = ""

    def register(self, name: str) -> Term:
        """The value of one of REGISTERS.  Raises ArmsymError `no-such-register`."""
        if name not in REGISTERS:
            raise ArmsymError(
                "no-such-register",
                f"no register {name}",
                "x0 to x30, sp, v0 to v31, n, z, c, v, pc",
            )
        return _values(self.state)[name]

    def pointer(self, name: str) -> Term:
        """The value of a 64-bit register.  Raises ArmsymError `no-such-register`."""
        value = self.register(name)
        if value.width != 64:
            raise ArmsymError("no-such-register", f"{name} holds no address")
        return value

    def changes(self, before: State) -> list[Change]:
        """What in the current state differs from one before it; PC aside."""
        values = _values(before)
        changed = [
            Change(name, values[name], value)
            for name, value in _values(self.state).items()
            if name != "pc" and not self.builder.same(values[name], value)
        ]
        return [*changed, *self._stores(before)]

    def map_region(self, name: str, register: str, size: int, permissions: str) -> None:
        """Makes `size` unknown bytes, disjoint from all else, of what a register points to.

        Raises ArmsymError `bad-region`.
        """
        base = self.pointer(register)
        memory = self.state.Mem
        if size <= 0 or permissions not in ("r", "w", "rw"):
            raise ArmsymError("bad-region", f"{size} bytes with access {permissions!r}")
        if name in REGISTERS or any(region.name == name for region in memory.regions):
            raise ArmsymError("bad-region", f"the name {name} is taken")
        if _reaches(memory, base):
            raise ArmsymError("bad-region", f"{register} points into a region already: {base!r}")
        contents = elements(self.builder, name, 64, big_endian=False)
        state = self.state.copy()
        state.Mem.add(Region(name, base, size, permissions, contents))
        self.history[-1] = state
        self.choices = []
        self.stop = ""

    def locate(self, address: Term) -> tuple[Region, int]:
        """The region and the offset of a byte.  Raises ArmsymError `no-such-memory`."""
        try:
            region, offset = self.state.Mem.locate(address, 1, "r")
        except (Fault, Undecided) as error:
            raise ArmsymError("no-such-memory", str(error)) from error
        if not isinstance(offset, int):
            raise ArmsymError("no-such-memory", f"a symbolic offset of {region.name}: {address!r}")
        return region, offset

    def region(self, name: str) -> Region | None:
        """The region of that name."""
        return next((r for r in self.state.Mem.regions if r.name == name), None)

    def memory(self, region: Region, offset: int, count: int) -> Term:
        """`count` bytes, little-endian.  Raises ArmsymError `no-such-memory`."""
        if not 0 <= offset < offset + count <= region.known_size:
            place = f"{region.name} + {offset:#x}, which has {region.size} bytes"
            raise ArmsymError("no-such-memory", f"{count} bytes at {place}")
        memory = self.state.Mem
        return memory.assemble([memory.cell(region, offset + i) for i in range(count)])

    def term(self, number: int) -> Term | None:
        """The subterm with this number among all that the state holds."""
        written = [
            term
            for region in self.state.Mem.regions
            for term, _ in self.state.Mem.written(region).values()
        ]
        roots = [*_values(self.state).values(), *self.state.facts, *written]
        return next((term for term in walk(roots) if term.number == number), None)

    def _enter(self, state: State) -> None:
        self.history.append(state)
        self.choices = []

    def _stores(self, before: State) -> Iterator[Change]:
        """Memory that has changed, in aligned pieces of at most eight bytes."""
        memory, earlier = self.state.Mem, before.Mem
        for region in memory.regions:
            if region not in earlier.regions or memory.written(region) is earlier.written(region):
                continue
            for offset in sorted({o & ~7 for o in memory.written(region)}):
                cells = range(offset, min(offset + 8, region.known_size))
                was = earlier.assemble([earlier.cell(region, i) for i in cells])
                now = memory.assemble([memory.cell(region, i) for i in cells])
                if not self.builder.same(was, now):
                    yield Change(f"{region.name}+{offset:#x}", was, now)


def _reaches(memory: Memory, address: Term) -> bool:
    """Whether an address is relative to the base of some region, by a known offset or not."""
    atoms = memory.forms.of(address).base
    bases = [memory.forms.of(region.base).base for region in memory.regions]
    return any(base == atoms or (base and base < atoms) for base in bases)


def _values(state: State) -> dict[str, Term]:
    values = (*state.X.values, *state.V.values, *state.flags, state.PC)
    return dict(zip(REGISTERS, values, strict=True))
