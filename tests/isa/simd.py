"""One Advanced SIMD instruction: what the tests of these classes share.

Xn starts as n in each byte, Vn as 0x10 + n in each byte, unless a case says otherwise; the flags
are Z and C.  The words are LLVM's, for the text beside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from armsym.bv.builder import Builder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.term import Term
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State
from isa import decode


def vector(width: int, *elements: int) -> int:
    """The vector of these elements of `width` bits, element 0 first, modulo 2^width."""
    return sum((x & ((1 << width) - 1)) << width * i for i, x in enumerate(elements))


B, H, S, D = [partial(vector, width) for width in (8, 16, 32, 64)]


class Case(NamedTuple):
    """An instruction, the registers it meets, and all that it changes."""

    text: str
    word: int
    before: Mapping[str, int]
    after: Mapping[str, int]


def initial(before: Mapping[str, int]) -> dict[str, int]:
    """Every register, by name."""
    general = {f"x{n}": n * 0x0101010101010101 for n in range(32)}
    vectors = {f"v{n}": B(*[0x10 + n] * 16) for n in range(32)}
    return general | vectors | dict(before)


def run_on(builder: Builder, word: int, leaf: Callable[[int, str], Term]) -> State:
    """The state after a word, from one whose registers are leaves."""
    general = [leaf(64, f"x{n}") for n in range(32)]
    vectors = [leaf(128, f"v{n}") for n in range(32)]
    flags = Flags(*[leaf(1, name) for name in "NZCV"])
    cpu = State(
        builder,
        general,
        vectors,
        flags,
        builder.const(64, 0),
        Memory(builder, []),
        qc=leaf(1, "QC"),
    )
    decode(word).execute(cpu)
    return cpu


def registers(cpu: State) -> list[Term]:
    return [*cpu.X.values, *cpu.V.values, *cpu.flags, cpu.qc]


def check_effect(case: Case) -> None:
    """The instruction changes what the case says, and nothing else."""
    before = initial({"N": 0, "Z": 1, "C": 1, "V": 0, "QC": 0} | dict(case.before))
    builder = ConcreteBuilder()
    cpu = run_on(builder, case.word, lambda width, name: builder.const(width, before[name]))
    after = dict(zip(before, [term.value for term in registers(cpu)], strict=True))
    assert after == before | dict(case.after)
