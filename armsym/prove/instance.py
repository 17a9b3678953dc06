"""Concrete calls of a routine under its contract: addresses, registers and bytes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from functools import lru_cache

from armsym.bv.assignment import RandomAssignment
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.concrete import ConcreteRegion, ConcreteState
from armsym.contract.execution import Execution
from armsym.contract.language import Contract, Count
from armsym.machine.integers import Expression
from armsym.machine.memory import Cell, Region
from armsym.oracle.loading import IMAGE, LoadedImage
from armsym.simulate.mapping import region_name

# Where the symbolic addresses of a run are put: far apart, and below the 47-bit user space's end.
STACK = 0x7FFF_0000_0000
RETURN = 0x6600_0000_0000
BUFFERS = 0x1000_0000_0000
BETWEEN_BUFFERS = 1 << 36

# Bytes that a call's memory has at most.
LARGEST = 1 << 26

# So many blocks more than they must have some calls have, by their seeds modulo a number: loops may
# do four or eight in a turn, and as many before the first and behind the last.
MANY, PERIOD = {0: 5, 7: 15, 15: 39}, 16


class CallAssignment:
    """Values of the leaves of an execution: addresses laid out, all else drawn from `seed`.

    `given` fixes variables that are no addresses by name, and elements as "name[index]"; what else
    a seed draws does not depend on it, if the counts are the same.  `corner`: see RandomAssignment.
    """

    def __init__(
        self,
        contract: Contract,
        loaded: LoadedImage,
        seed: int,
        given: Mapping[str, int] | None = None,
        corner: float | None = None,
    ) -> None:
        # The first runs are corners throughout; later ones mix them with uniform values.
        share = (0.9 if seed % 4 == 0 else 0.1) if corner is None else corner
        self._drawn = RandomAssignment(seed, share)
        self._given = given or {}
        self.seed = seed
        # (width, value) of every variable and element that is no address, as far as it was asked.
        self.drawn: dict[str, tuple[int, int]] = {}
        source = random.Random(seed)
        self._fixed = {"image": IMAGE >> 12, "sp": STACK >> 4, "x30": RETURN}
        self._fixed |= {f"&extern.{name}": value for name, value in loaded.imports.items()}
        for count in contract.counts.values():
            # The first call passes loops more than once; most others meet the smallest counts.
            blocks = MANY.get(seed % PERIOD) or source.randrange(4)
            unit = _in_block(contract, count)
            part = source.choice((0, source.randrange(unit)))
            more = blocks + count.minimum if unit == 1 else blocks * unit + part
            number = min(max(count.minimum, more), count.maximum)
            self._fixed[count.name] = self._given.get(count.name, number)
            self.drawn[count.name] = 64, self._fixed[count.name]
        for n, buffer in enumerate(contract.buffers.values()):
            address = BUFFERS + n * BETWEEN_BUFFERS + source.randrange(1 << 16)
            low = buffer.alignment.bit_length() - 1
            self._fixed[f"&{buffer.name}"] = address >> low
        self.unknown_bytes = {
            region_name(s): loaded.filled(s, source.randbytes(len(s.data)))
            for s in loaded.image.segments
            if not s.constant
        }

    def __call__(self, width: int, name: str, args: tuple[int, ...]) -> int:
        place = f"{name}[{args[0]}]" if args else name
        if name in self._fixed and not args:
            return self._fixed[name]
        if name in self.unknown_bytes and args:
            return self.unknown_bytes[name][args[0]]
        # What is given is drawn as well, so that all else is what it would be without it.
        drawn = self._drawn(width, name, args)
        self.drawn[place] = width, self._given.get(place, drawn)
        return self.drawn[place][1]


def _in_block(contract: Contract, count: Count) -> int:
    """How much of a count is a block, where the contract's fold goes over parts of blocks."""
    fold = contract.folding
    return max(1, fold.block // fold.count.times) if fold and fold.count.name == count.name else 1


class Instance:
    """One concrete call: the values of `execution`'s initial state under an assignment.

    `constants` has the bytes of the image's constant segments, by region.
    """

    def __init__(
        self,
        execution: Execution,
        assignment: CallAssignment,
        constants: Mapping[str, bytes],
    ) -> None:
        self.execution = execution
        self.assignment = assignment
        self.constants = constants
        state = execution.initial
        self.general = self.values(state.X.values)
        self.vectors = self.values(state.V.values)
        self.flags = self.values(list(state.flags))
        (self.entry,) = self.values([state.PC])

    def values(self, terms: Iterable[Term]) -> list[int]:
        return evaluate(terms, self.assignment)

    def admissible(self) -> bool:
        """Whether the call meets the preconditions, and its memory can be laid out."""
        initial, counts = self.execution.initial, self.execution.contract.counts.values()
        if not all(c.minimum <= self.assignment(64, c.name, ()) <= c.maximum for c in counts):
            return False
        size = sum(self.number(region.size) for region in initial.Mem.regions)
        return size <= LARGEST and all(self.values(list(initial.facts)))

    def state(self) -> ConcreteState:
        """The registers at the call."""
        n, z, c, v = self.flags
        return ConcreteState(
            general=self.general[:31],
            sp=self.general[31],
            pc=self.entry,
            nzcv=n << 3 | z << 2 | c << 1 | v,
            vectors=self.vectors,
        )

    def inputs(self) -> tuple[dict[str, str], dict[str, str]]:
        """What a report shows: X0 to X7, arguments on the stack and the buffers, in hexadecimal."""
        registers = {f"x{n}": f"{value:#x}" for n, value in enumerate(self.general[:8])}
        shown = ["arguments", *self.execution.contract.buffers]
        return registers, {r.name: r.data.hex() for r in self.regions() if r.name in shown}

    def regions(self) -> list[ConcreteRegion]:
        """Memory at the call."""
        regions = self.execution.initial.Mem.regions
        bases = self.values([r.base for r in regions])
        return [
            ConcreteRegion(r.name, base, self._bytes(r), r.permissions)
            for r, base in zip(regions, bases, strict=True)
        ]

    def expected(self) -> dict[str, bytes]:
        """What the standard says that each buffer holds at the end of which anything is ensured."""
        execution, contract = self.execution, self.execution.contract
        words = {e.buffer.name: execution.expected(e) for e in contract.postconditions}
        if (folding := execution.folding) is not None and execution.initial.progress is not None:
            fold, start = folding.fold, execution.initial.progress
            held, made = folding.after(start, self.number(fold.count.number))
            words.update(zip([b.name for b in fold.buffers], folding.by_buffer(held), strict=True))
            words |= {fold.into.name: made} if fold.into is not None else {}
            words = {name: held for name, held in words.items() if name in contract.ensured}
        for unfolding, reached in zip(execution.unfoldings, execution.initial.strands, strict=True):
            whole = unfolding.until(reached, unfolding.length)
            words[unfolding.strand.buffer.name] = list(whole.words)
        result = {}
        for name, terms in words.items():
            buffer = contract.buffers[name]
            pieces = [v.to_bytes(buffer.width // 8, buffer.byte_order) for v in self.values(terms)]
            result[name] = b"".join(pieces)
        return result

    def number(self, expression: int | Expression) -> int:
        """The value of an integer expression over counts."""
        if isinstance(expression, int):
            return expression
        return expression.value(lambda name: self.assignment(64, name, ()))

    def _bytes(self, region: Region) -> bytes:
        known = self.constants.get(region.name) or self.assignment.unknown_bytes.get(region.name)
        if known is not None:
            return known
        words, cells = _unknown(region, self.number(region.size))
        value = dict(zip(words, self.values(words), strict=True))
        return bytes([value[term] >> 8 * index & 0xFF for term, index in cells])


@lru_cache(maxsize=64)
def _unknown(region: Region, size: int) -> tuple[list[Term], list[Cell]]:
    """The words that a region holds before anything is written, and the bytes of so many."""
    cells = [region.initial(offset) for offset in range(size)]
    return list(dict.fromkeys(term for term, _ in cells)), cells
