"""The run of a routine under its contract: the state at the call, the paths, and what must hold.

Used alike by the prover, with a builder that simplifies, and by whoever checks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from armsym.binary.image import Image
from armsym.bv.builder import Builder
from armsym.bv.evaluate import leaves, rebuild
from armsym.bv.term import VAR, Term
from armsym.contract.language import Argument, Buffer, Contract, Ensures
from armsym.contract.statement import statement
from armsym.errors import ArmsymError
from armsym.machine.memory import Cell, Memory, Region, elements
from armsym.machine.state import State
from armsym.simulate.mapping import image_base, image_regions, link_address
from armsym.simulate.start import stack_pointer, unknown_state
from armsym.simulate.step import Path, run

# AAPCS64: the callee restores X19 to X29 and the low 64 bits of V8 to V15.
CALLEE_SAVED_GENERAL = range(19, 30)
CALLEE_SAVED_VECTOR = range(8, 16)
LINK_REGISTER = 30
STACK_POINTER = 31


@dataclass(frozen=True)
class Goal:
    """What must be equal at the end of a path for the property to hold."""

    property: str
    what: str
    actual: Term
    expected: Term


class Execution:
    """A routine at the moment of the call, in some builder's terms."""

    def __init__(self, contract: Contract, image: Image, entry: int, builder: Builder) -> None:
        self.contract = contract
        self.builder = builder
        base = image_base(builder)
        regions = image_regions(image, builder, base)
        self.regions = {b.name: self._region(b) for b in contract.buffers.values()}
        self.initial = self._initial_state(base + entry, [*regions, *self.regions.values()])
        self.return_address = self.initial.X.values[LINK_REGISTER]

    def paths(self, limit: int, watch: Callable[[State], None] = lambda _: None) -> Iterator[Path]:
        """Every path from the call to the return, of at most `limit` steps in all."""
        return run(self.initial.copy(), self.return_address, limit, watch)

    def link_address(self, address: Term) -> int | None:
        """Where an address is in the image, counted from its base; None if it is elsewhere."""
        return link_address(self.initial.Mem, address)

    @property
    def statement(self) -> str:
        """The contract in words."""
        return statement(self.contract)

    def returned(self, state: State) -> bool:
        """Whether the routine is back at the address that it was called from."""
        return self.builder.same(state.PC, self.return_address)

    def leaks(self, final: State) -> Iterator[str]:
        """What the instructions on the path to a state depended on that is not public.

        Addresses are public: they are sums of region bases and literals, or the run would have
        stopped.  So are scalars, and where the regions lie.
        """
        public = {*self.contract.scalars, *[f"&{name}" for name in self.contract.buffers]}
        public |= {"image", "sp"}
        for leaf in leaves(final.observed):
            if leaf.op is not VAR or leaf.param[1] not in public:
                yield f"an instruction, or its time, depends on {leaf!r}, which is not public"

    def goals(self, final: State) -> list[Goal]:
        """What must hold where the routine has returned.  Raises ArmsymError `bad-spec`."""
        return [
            *(goal for e in self.contract.postconditions for goal in self._functional(e, final)),
            *self._restored(final),
        ]

    def buffer_words(self, buffer: Buffer, state: State) -> list[Term]:
        """The buffer's words in a state."""
        size = buffer.width // 8
        words = []
        for start in range(0, buffer.size, size):
            region = self.regions[buffer.name]
            cells = [state.Mem.cell(region, start + i) for i in range(size)]
            words.append(state.Mem.assemble(_in_order(cells, buffer)))
        return words

    def expected(self, ensures: Ensures) -> list[Term]:
        """The words that the standard asks for.  Raises ArmsymError `bad-spec`."""
        name = f"{ensures.function.__module__}.{ensures.function.__qualname__}"
        try:
            words = list(ensures.function(*[self._argument(a) for a in ensures.arguments]))
        except (TypeError, ValueError, LookupError) as error:
            raise ArmsymError("bad-spec", f"{name} fails: {error}") from error
        wanted = [ensures.buffer.width] * ensures.buffer.elements
        if [w.width for w in words] != wanted:
            raise ArmsymError(
                "bad-spec",
                f"{name} gives words of {[w.width for w in words]} bits;"
                f" buffer {ensures.buffer.name} has {wanted}",
            )
        return words

    def _region(self, buffer: Buffer) -> Region:
        low = buffer.alignment.bit_length() - 1
        address = self.builder.var(64 - low, f"&{buffer.name}")
        if low:
            address = self.builder.concat(address, self.builder.const(low, 0))
        contents = elements(self.builder, buffer.name, buffer.width, buffer.byte_order == "big")
        return Region(buffer.name, address, buffer.size, buffer.access, contents)

    def _initial_state(self, entry: Term, regions: list[Region]) -> State:
        b, size = self.builder, self.contract.stack
        contents = elements(b, "stack", 64, big_endian=False)
        below = Region("stack", stack_pointer(b) - size, size, "rw", contents)
        state = unknown_state(b, entry, Memory(b, [below, *regions]))
        for n, parameter in enumerate(self.contract.parameters):
            state.X.values[n] = self._value(parameter)
        state.facts = tuple(rebuild(self.contract.conditions, b))
        return state

    def _value(self, argument: Argument) -> Term:
        """An argument as a register holds it."""
        if isinstance(argument, Buffer):
            return self.regions[argument.name].base
        if isinstance(argument, int):
            return self.builder.const(64, argument)
        return rebuild([argument], self.builder)[0]

    def _argument(self, argument: Argument) -> list[Term] | Term:
        """An argument as a specification takes it."""
        if isinstance(argument, Buffer):
            return self.buffer_words(argument, self.initial)
        return self._value(argument)

    def _functional(self, ensures: Ensures, final: State) -> Iterator[Goal]:
        words = zip(self.buffer_words(ensures.buffer, final), self.expected(ensures), strict=True)
        for i, (actual, expected) in enumerate(words):
            yield Goal("functional", f"{ensures.buffer.name}[{i}]", actual, expected)

    def _restored(self, final: State) -> Iterator[Goal]:
        """Callee-saved registers and the stack pointer."""
        for n in (*CALLEE_SAVED_GENERAL, STACK_POINTER):
            name = "sp" if n == STACK_POINTER else f"x{n}"
            yield Goal("abi", name, final.X.values[n], self.initial.X.values[n])
        for n in CALLEE_SAVED_VECTOR:
            yield Goal("abi", f"d{n}", final.V[n, 64], self.initial.V[n, 64])


def _in_order(cells: list[Cell], buffer: Buffer) -> list[Cell]:
    """The bytes of a word, the lowest first."""
    return cells[::-1] if buffer.byte_order == "big" else cells
