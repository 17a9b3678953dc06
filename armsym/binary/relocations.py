"""AArch64 static relocations as a table: what each computes, and the bits it puts where.

Source: AAELF64, "Static AArch64 relocations", whose letters are kept: S the symbol's address, A the
addend, P the place that is relocated, G the address of the GOT entry that holds S + A.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

R_AARCH64_NONE = (0, 256)
R_AARCH64_ABS64 = 257  # computed by the loader, hence not in the table


class Field(NamedTuple):
    """Where the bits go: (lowest bit, width) in a place of `size` bytes, from the low bits up."""

    size: int
    pieces: tuple[tuple[int, int], ...]

    @property
    def width(self) -> int:
        return sum(width for _, width in self.pieces)


class Relocation(NamedTuple):
    """The bits of `expression` from `low` up go into `field`; those below must be zero.

    `limits` are the least value and the first one above that is out of range; without limits the
    value's higher bits are dropped.
    """

    name: str
    expression: str
    low: int
    field: Field
    limits: tuple[int, int] | None = None

    def apply(self, old: int, S: int, A: int, P: int, G: int) -> int:
        """The place's new contents, where it held `old`.  Raises ValueError with the reason."""
        X = EXPRESSIONS[self.expression](S, A, P, G)
        if self.limits and not self.limits[0] <= X < self.limits[1]:
            raise ValueError(f"{self.expression} = {X:#x} is out of range")
        if X % (1 << self.low):
            raise ValueError(f"{self.expression} = {X:#x} is no multiple of {1 << self.low}")
        bits = X >> self.low
        for position, width in self.field.pieces:
            mask = (1 << width) - 1
            old = old & ~(mask << position) | (bits & mask) << position
            bits >>= width
        return old


def page(address: int) -> int:
    """Page(expr) of AAELF64: the address of the 4 KiB page."""
    return address & ~0xFFF


def signed(bits: int) -> tuple[int, int]:
    """The limits of a signed number of that many bits."""
    return -(1 << bits - 1), 1 << bits - 1


EXPRESSIONS: dict[str, Callable[[int, int, int, int], int]] = {
    "S + A": lambda S, A, P, G: S + A,
    "S + A - P": lambda S, A, P, G: S + A - P,
    "Page(S + A) - Page(P)": lambda S, A, P, G: page(S + A) - page(P),
    "Page(G) - Page(P)": lambda S, A, P, G: page(G) - page(P),
    "G": lambda S, A, P, G: G,
}
GOT_EXPRESSIONS = ("Page(G) - Page(P)", "G")

DATA16, DATA32, DATA64 = (Field(size, ((0, 8 * size),)) for size in (2, 4, 8))
ADR = Field(4, ((29, 2), (5, 19)))  # immlo, immhi
IMM26 = Field(4, ((0, 26),))
IMM19 = Field(4, ((5, 19),))
IMM14 = Field(4, ((5, 14),))


def _imm12(low: int) -> Field:
    """Bits 11 to `low` of an address, in the imm12 of ADD or of a load or store."""
    return Field(4, ((10, 12 - low),))


# S + A is used only up to bit 11: the rest depends on where the image is loaded.
# fmt: off
RELOCATIONS = {
    260: Relocation("R_AARCH64_PREL64", "S + A - P", 0, DATA64),
    261: Relocation("R_AARCH64_PREL32", "S + A - P", 0, DATA32, (-(1 << 31), 1 << 32)),
    262: Relocation("R_AARCH64_PREL16", "S + A - P", 0, DATA16, (-(1 << 15), 1 << 16)),
    273: Relocation("R_AARCH64_LD_PREL_LO19", "S + A - P", 2, IMM19, signed(21)),
    274: Relocation("R_AARCH64_ADR_PREL_LO21", "S + A - P", 0, ADR, signed(21)),
    275: Relocation("R_AARCH64_ADR_PREL_PG_HI21", "Page(S + A) - Page(P)", 12, ADR, signed(33)),
    276: Relocation("R_AARCH64_ADR_PREL_PG_HI21_NC", "Page(S + A) - Page(P)", 12, ADR),
    277: Relocation("R_AARCH64_ADD_ABS_LO12_NC", "S + A", 0, _imm12(0)),
    278: Relocation("R_AARCH64_LDST8_ABS_LO12_NC", "S + A", 0, _imm12(0)),
    279: Relocation("R_AARCH64_TSTBR14", "S + A - P", 2, IMM14, signed(16)),
    280: Relocation("R_AARCH64_CONDBR19", "S + A - P", 2, IMM19, signed(21)),
    282: Relocation("R_AARCH64_JUMP26", "S + A - P", 2, IMM26, signed(28)),
    283: Relocation("R_AARCH64_CALL26", "S + A - P", 2, IMM26, signed(28)),
    284: Relocation("R_AARCH64_LDST16_ABS_LO12_NC", "S + A", 1, _imm12(1)),
    285: Relocation("R_AARCH64_LDST32_ABS_LO12_NC", "S + A", 2, _imm12(2)),
    286: Relocation("R_AARCH64_LDST64_ABS_LO12_NC", "S + A", 3, _imm12(3)),
    299: Relocation("R_AARCH64_LDST128_ABS_LO12_NC", "S + A", 4, _imm12(4)),
    311: Relocation("R_AARCH64_ADR_GOT_PAGE", "Page(G) - Page(P)", 12, ADR, signed(33)),
    312: Relocation("R_AARCH64_LD64_GOT_LO12_NC", "G", 3, _imm12(3)),
    314: Relocation("R_AARCH64_PLT32", "S + A - P", 0, DATA32, signed(32)),
}
# fmt: on

# Not applied: these need a fixed load address or thread-local storage.  Named for the error.
UNSUPPORTED = {
    258: "R_AARCH64_ABS32",
    259: "R_AARCH64_ABS16",
    263: "R_AARCH64_MOVW_UABS_G0",
    264: "R_AARCH64_MOVW_UABS_G0_NC",
    265: "R_AARCH64_MOVW_UABS_G1",
    266: "R_AARCH64_MOVW_UABS_G1_NC",
    267: "R_AARCH64_MOVW_UABS_G2",
    268: "R_AARCH64_MOVW_UABS_G2_NC",
    269: "R_AARCH64_MOVW_UABS_G3",
    309: "R_AARCH64_GOT_LD_PREL19",
    313: "R_AARCH64_LD64_GOTPAGE_LO15",
    541: "R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21",
    542: "R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC",
    549: "R_AARCH64_TLSLE_ADD_TPREL_HI12",
    551: "R_AARCH64_TLSLE_ADD_TPREL_LO12_NC",
    562: "R_AARCH64_TLSDESC_ADR_PAGE21",
    563: "R_AARCH64_TLSDESC_LD64_LO12",
    564: "R_AARCH64_TLSDESC_ADD_LO12",
    569: "R_AARCH64_TLSDESC_CALL",
}
