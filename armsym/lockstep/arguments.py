"""Random calls that a prototype allows: registers, memory, and the stack's arguments."""

from __future__ import annotations

import random
from collections.abc import Iterable

from armsym.binary.image import Image
from armsym.concrete import ConcreteRegion, ConcreteState
from armsym.lockstep.imports import function
from armsym.lockstep.prototype import SIZES, Parameter, Prototype, structures
from armsym.oracle.call import BETWEEN_BUFFERS, BUFFERS, RETURN, STACK, Call
from armsym.oracle.loading import IMAGE

_CORNERS = (0, 1, 2, 1 << 63, (1 << 63) - 1, (1 << 64) - 2, (1 << 64) - 1)


class RandomCall:
    """The memory and the state at the entry of a call; `seed` determines all that is drawn.

    What no parameter says is random too: other registers, flags, the bytes of the stack.  A
    function of another library returns 0.  Raises ArmsymError missing-symbol, bad-prototype.
    """

    def __init__(self, image: Image, entry: int, prototype: Prototype, seed: int) -> None:
        self._image = image
        self._source = random.Random(seed)
        self._numbers: dict[str, int] = {}
        self._buffers: list[ConcreteRegion] = []
        self.state = self._any_state()
        stack = list(self._arguments(prototype))
        self.state.sp, self.state.pc, self.state.general[30] = STACK, IMAGE + entry, RETURN
        call = Call(image, entry, {})
        self.regions = [
            *[self._initial(region, stack) for region in call.regions],
            *[function(name, address) for name, address in call.imports.items()],
            *self._buffers,
        ]

    def _any_state(self) -> ConcreteState:
        bits = self._source.getrandbits
        vectors = [bits(128) for _ in range(32)]
        return ConcreteState([bits(64) for _ in range(31)], 0, 0, bits(4), vectors, bits(1))

    def _arguments(self, prototype: Prototype) -> Iterable[int]:
        """Puts the arguments into their registers; yields those that go to the stack."""
        for parameter in (*prototype.drawn, *prototype.parameters):
            if parameter.is_number:
                self._numbers[parameter.name] = self._number(parameter)
        free = iter(range(8))
        for parameter in prototype.parameters:
            value = self._passed(parameter)
            register = int(parameter.register[1:]) if parameter.register else next(free, None)
            if register is None:
                yield value
            else:
                self.state.general[register] = value

    def _passed(self, parameter: Parameter) -> int:
        """What a register holds: an address, or a number below bits that mean nothing."""
        if not parameter.is_number:
            return self._place(parameter, self._contents(parameter))
        bits = 8 * SIZES[parameter.type]
        unused = self._source.getrandbits(64) >> bits << bits
        return unused | self._numbers[parameter.name]

    def _number(self, parameter: Parameter) -> int:
        bits = 8 * SIZES[parameter.type]
        if not parameter.choices:
            return self._source.getrandbits(bits)
        low, high = [e.value(self._named) for e in self._source.choice(parameter.choices)]
        return self._source.randint(low, high) % (1 << bits)

    def _named(self, name: str) -> int:
        if name in self._numbers:
            return self._numbers[name]
        return IMAGE + self._image.symbol(name).address

    def _contents(self, parameter: Parameter) -> bytes:
        """The bytes of an array, a structure, or a number in a structure."""
        if parameter.type not in SIZES:
            fields = structures()[parameter.type]
            return b"".join([self._field(field) for field in fields])
        size = SIZES[parameter.type]
        if parameter.count is None:
            return self._number(parameter).to_bytes(size, "little")
        size *= parameter.count.value(self._named)
        if parameter.choices:
            return parameter.choices[0][0].value(self._named).to_bytes(size, "little")
        return self._any_bytes(size)

    def _field(self, field: Parameter) -> bytes:
        contents = self._contents(field)
        return self._place(field, contents).to_bytes(8, "little") if field.pointer else contents

    def _any_bytes(self, size: int) -> bytes:
        """Uniform, or now and then words that are corners of arithmetic."""
        if self._source.random() < 0.75:
            return self._source.randbytes(size)
        words = self._source.choices(_CORNERS, k=-(-size // 8))
        return b"".join([word.to_bytes(8, "little") for word in words])[:size]

    def _place(self, parameter: Parameter, contents: bytes) -> int:
        """Makes a buffer of the bytes, aligned as its elements have to be; its address."""
        alignment = SIZES.get(parameter.type, 16)
        number = len(self._buffers)
        offset = self._source.randrange(0, 4096, alignment)
        address = BUFFERS + number * BETWEEN_BUFFERS + offset
        name = f"{parameter.name}.{number}"
        access = "r" if parameter.constant else "rw"
        self._buffers.append(ConcreteRegion(name, address, contents, access))
        return address

    def _initial(self, region: ConcreteRegion, arguments: list[int]) -> ConcreteRegion:
        """The region; the stack with random bytes, and arguments from SP on."""
        if region.name != "stack":
            return region
        data = bytearray(self._source.randbytes(len(region.data)))
        start = STACK - region.address
        passed = b"".join([a.to_bytes(8, "little") for a in arguments])
        data[start : start + len(passed)] = passed
        return ConcreteRegion(region.name, region.address, bytes(data), region.permissions)
