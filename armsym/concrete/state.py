"""The registers of a core as numbers."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import repeat
from typing import Literal

_OTHERS = 35  # than vectors
_FORMAT = struct.Struct(f"<{_OTHERS}Q{32 * '16s'}")
_ORDER: repeat[Literal["little"]] = repeat("little")
STATE_BYTES = _FORMAT.size

# The registers of a core that runs, in the order of its slots, and their widths; PC comes last.
NAMES = {
    **{f"x{n}": 64 for n in range(31)},
    "sp": 64,
    **{f"v{n}": 128 for n in range(32)},
    **dict.fromkeys(("n", "z", "c", "v", "qc"), 1),
}
SP, V0, N, QC, PC = 31, 32, 64, 68, 69
SLOTS = 70


@dataclass(slots=True)
class ConcreteState:
    """Registers as unsigned numbers: `general` X0 to X30, `vectors` V0 to V31 (128 bits).

    `nzcv` has four bits, N the highest; `qc` is FPSR.QC.
    """

    general: list[int]
    sp: int
    pc: int
    nzcv: int
    vectors: list[int]
    qc: int = 0

    @staticmethod
    def zero() -> ConcreteState:
        """Every register 0."""
        return ConcreteState([0] * 31, 0, 0, 0, [0] * 32)

    def to_bytes(self) -> bytes:
        """X0 to X30, SP, PC, NZCV, QC, 8 bytes each, and the vectors; little-endian."""
        vectors = [v.to_bytes(16, "little") for v in self.vectors]
        return _FORMAT.pack(*self.general, self.sp, self.pc, self.nzcv, self.qc, *vectors)

    @staticmethod
    def from_bytes(data: bytes) -> ConcreteState:
        """Undoes `to_bytes`; ValueError if there are not STATE_BYTES."""
        if len(data) != STATE_BYTES:
            raise ValueError(f"{len(data)} bytes are no state")
        values = _FORMAT.unpack(data)
        sp, pc, nzcv, qc = values[SP:_OTHERS]
        vectors = list(map(int.from_bytes, values[_OTHERS:], _ORDER))
        return ConcreteState(list(values[:SP]), sp, pc, nzcv, vectors, qc)

    def to_slots(self) -> list[int]:
        """X0 to X30, SP, V0 to V31, N, Z, C, V, QC, PC: a number each."""
        flags = [self.nzcv >> bit & 1 for bit in (3, 2, 1, 0)]
        return [*self.general, self.sp, *self.vectors, *flags, self.qc, self.pc]

    @staticmethod
    def from_slots(slots: list[int]) -> ConcreteState:
        """Undoes `to_slots`."""
        n, z, c, v, qc, pc = slots[N:]
        nzcv = n << 3 | z << 2 | c << 1 | v
        return ConcreteState(slots[:SP], slots[SP], pc, nzcv, slots[V0:N], qc)
