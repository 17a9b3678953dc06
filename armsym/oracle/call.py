"""A concrete call of a routine of an image: memory laid out, the loader's work done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from armsym.binary.image import PAGE, Image, Segment
from armsym.concrete import ConcreteRegion, ConcreteState
from armsym.errors import ArmsymError
from armsym.oracle.loading import IMAGE, LoadedImage

# Far apart, and below the end of 47-bit user space.
RETURN = 0x6600_0000_0000
STACK = 0x7FFF_0000_0000
BUFFERS = 0x1000_0000_0000
BETWEEN_BUFFERS = 1 << 32
STACK_SIZE = 1 << 16


class Call:
    """The memory for a call that is given these buffers, and the state at its entry.

    The buffers may be written.  An undefined symbol of a relocatable object is a page of zeros;
    that of a shared object has an address at which nothing is, so that its use is a fault.
    `imports` has those addresses.  Raises ArmsymError `bad-buffer`.
    """

    def __init__(self, image: Image, entry: int, buffers: Mapping[str, bytes]) -> None:
        self.entry = IMAGE + entry
        self.addresses = {name: BUFFERS + n * BETWEEN_BUFFERS for n, name in enumerate(buffers)}
        self._loading = LoadedImage(image)
        self.imports = self._loading.imports
        self.regions = [
            *[self._loaded(segment) for segment in image.segments],
            *[ConcreteRegion(n, IMAGE + a, bytes(PAGE), "rw") for n, a in image.externals.items()],
            *[
                ConcreteRegion(name, self.addresses[name], data, "rw")
                for name, data in buffers.items()
            ],
            ConcreteRegion("stack", STACK - STACK_SIZE, bytes(2 * STACK_SIZE), "rw"),
        ]
        (name, times), *_ = Counter(region.name for region in self.regions).most_common(1)
        if times > 1:
            raise ArmsymError("bad-buffer", f"two regions of memory are named {name}")

    def state(self, registers: Mapping[str, int]) -> ConcreteState:
        """The state at the entry: these registers (x0 to x30, v0 to v31), zero in all others."""
        state = ConcreteState.zero()
        state.pc = self.entry
        state.sp = STACK
        state.general[30] = RETURN
        for name, value in registers.items():
            bank = state.general if name[0] == "x" else state.vectors
            bank[int(name[1:])] = value
        return state

    def _loaded(self, segment: Segment) -> ConcreteRegion:
        data = self._loading.filled(segment, segment.data)
        permissions = "r" + "w" * (not segment.constant) + "x" * segment.executable
        return ConcreteRegion(segment.name, IMAGE + segment.address, data, permissions)


def changed_registers(
    before: ConcreteState, after: ConcreteState
) -> Sequence[tuple[str, int, int]]:
    """(name, before, after) of the registers and flags that differ; PC aside."""
    names = [*[f"x{n}" for n in range(31)], "sp", "nzcv", *[f"v{n}" for n in range(32)]]
    triples = zip(names, _registers(before), _registers(after), strict=True)
    return [(name, was, now) for name, was, now in triples if was != now]


def _registers(state: ConcreteState) -> list[int]:
    return [*state.general, state.sp, state.nzcv, *state.vectors]
