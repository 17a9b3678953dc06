"""Loads and stores: their whole effect, their refusals, their faults.

The bytes of memory count up from 0 at DATA; X1 is DATA + 0x40, SP is DATA + 0x80.  The bytes of
another Xn are all n, those of Vn count up from 16n.  The words are LLVM's, for the text beside.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.concrete import ConcreteRegion, ConcreteState, Machine, RunOutcome, RunResult
from armsym.machine.faults import Fault
from armsym.machine.memory import Memory, Region
from armsym.machine.state import Flags, State
from isa import CLAUSES, Clause, decode
from isa.outcomes import Outcome

DATA = 0x8000
PC = DATA + 0xC0


class Case(NamedTuple):
    """An instruction, and all that it changes: registers by name, bytes of memory by offset.

    `before` has the registers that are not as ever when it starts.
    """

    text: str
    word: int
    registers: Mapping[str, int] = {}
    memory: Mapping[int, bytes] = {}
    before: Mapping[str, int] = {}


def le(values: Iterable[int]) -> int:
    """These bytes, the first lowest."""
    return int.from_bytes(bytes(values), "little")


def mem(offset: int, size: int) -> int:
    """`size` bytes of memory."""
    return le(range(offset, offset + size))


def every(first: int, ebytes: int, stride: int, count: int) -> int:
    """The vector of `count` elements of `ebytes` bytes that lie `stride` bytes apart in memory."""
    return le([first + stride * e + i for e in range(count) for i in range(ebytes)])


def vector(n: int, start: int = 16, new: Iterable[int] = ()) -> int:
    """Vn, but for new bytes from `start` on."""
    values = [(16 * n + i) % 256 for i in range(16)]
    for i, value in enumerate(new):
        values[start + i] = value
    return le(values)


def initial(before: Mapping[str, int]) -> ConcreteState:
    state = ConcreteState(
        [0x0101010101010101 * n for n in range(31)],
        DATA + 0x80,
        PC,
        0b0110,
        [vector(n) for n in range(32)],
    )
    state.general[1] = DATA + 0x40
    change(state, before)
    return state


def change(state: ConcreteState, registers: Mapping[str, int]) -> None:
    for name, value in registers.items():
        if name == "sp":
            state.sp = value
        else:
            file = state.general if name[0] == "x" else state.vectors
            file[int(name[1:])] = value


def execute(word: int, before: Mapping[str, int], permissions: str = "rwx") -> RunResult:
    region = ConcreteRegion("data", DATA, bytes(range(256)), permissions)
    machine = Machine([region])
    machine.patch(PC, word.to_bytes(4, "little"))
    return machine.run(initial(before), PC + 4, 1)


LOADS_AND_STORES = [
    Case("ldrb w0, [x1, #1]", 0x39400420, {"x0": 0x41}),
    Case("ldrsb x0, [x1, #80]", 0x39814020, {"x0": 0xFFFFFFFFFFFFFF90}),
    Case("ldrsb w0, [x1, #80]", 0x39C14020, {"x0": 0xFFFFFF90}),
    Case("ldrsh w0, [x1, #80]", 0x79C0A020, {"x0": 0xFFFF9190}),
    Case("ldrsw x0, [x1, #80]", 0xB9805020, {"x0": 0xFFFFFFFF93929190}),
    Case("ldr w0, [x1]", 0xB9400020, {"x0": 0x43424140}),
    Case("ldr x1, [x1]", 0xF9400021, {"x1": 0x4746454443424140}),
    Case("strb w3, [x1, #2]", 0x39000823, memory={0x42: b"\3"}),
    Case("ldur x0, [x1, #-48]", 0xF85D0020, {"x0": mem(0x10, 8)}),
    Case("sturh w3, [x1, #-1]", 0x781FF023, memory={0x3F: b"\3\3"}),
    Case("ldtr w0, [x1, #-4]", 0xB85FC820, {"x0": mem(0x3C, 4)}),
    Case("ldr x0, [x1], #-8", 0xF85F8420, {"x0": mem(0x40, 8), "x1": DATA + 0x38}),
    Case("ldr x0, [x1, #24]!", 0xF8418C20, {"x0": mem(0x58, 8), "x1": DATA + 0x58}),
    Case("str x3, [x1], #255", 0xF80FF423, {"x1": DATA + 0x13F}, memory={0x40: b"\3" * 8}),
    Case(
        "str d1, [x1, #-8]!",
        0xFC1F8C21,
        {"x1": DATA + 0x38},
        memory={0x38: bytes(range(0x10, 0x18))},
    ),
]

REGISTER_31 = [
    Case("ldr x0, [sp, #8]", 0xF94007E0, {"x0": mem(0x88, 8)}),
    Case("ldr xzr, [x1]", 0xF940003F),
    Case("str xzr, [x1]", 0xF900003F, memory={0x40: bytes(8)}),
    Case("str wzr, [sp]", 0xB90003FF, memory={0x80: bytes(4)}),
    Case("ldr xzr, [sp], #16", 0xF84107FF, {"sp": DATA + 0x90}),
    Case("str xzr, [sp, #-16]!", 0xF81F0FFF, {"sp": DATA + 0x70}, memory={0x70: bytes(8)}),
    Case("ldr x0, [sp, xzr, lsl #3]", 0xF87F7BE0, {"x0": mem(0x80, 8)}),
    Case("ldr q31, [sp, #16]", 0x3DC007FF, {"v31": mem(0x90, 16)}),
    Case("ldp x0, xzr, [sp], #32", 0xA8C27FE0, {"x0": mem(0x80, 8), "sp": DATA + 0xA0}),
    Case("stp wzr, w3, [x1, #-8]", 0x293F0C3F, memory={0x38: b"\0\0\0\0\3\3\3\3"}),
    Case("ldar x0, [sp]", 0xC8DFFFE0, {"x0": mem(0x80, 8)}),
    Case("stlrh wzr, [x1]", 0x489FFC3F, memory={0x40: bytes(2)}),
]

REGISTER_OFFSETS = [
    Case(
        "ldr x0, [x1, w2, uxtw #3]",
        0xF8625820,
        {"x0": mem(0x48, 8)},
        before={"x1": DATA + 0x48 - (0x80000000 << 3) + 2**64, "x2": 0xFFFFFFFF80000000},
    ),
    Case("ldr x0, [x1, w2, sxtw #3]", 0xF862D820, {"x0": mem(0x38, 8)}, before={"x2": 0xFFFFFFFF}),
    Case("ldrb w0, [x1, w2, sxtw]", 0x3862C820, {"x0": 0x3F}, before={"x2": 0xFFFFFFFF}),
    Case("ldr w0, [x1, x2, sxtx #2]", 0xB862F820, {"x0": mem(0x3C, 4)}, before={"x2": 2**64 - 1}),
    Case("ldr x0, [x1, x2]", 0xF8626820, {"x0": mem(0x20, 8)}, before={"x2": 2**64 - 32}),
    Case(
        "str q3, [x1, x2, lsl #4]",
        0x3CA27823,
        memory={0x60: bytes(range(0x30, 0x40))},
        before={"x2": 2},
    ),
]

VECTORS = [
    Case("ldr b0, [x1]", 0x3D400020, {"v0": 0x40}),
    Case("ldr h0, [x1, #2]", 0x7D400420, {"v0": mem(0x42, 2)}),
    Case("ldr s0, [x1, #4]", 0xBD400420, {"v0": mem(0x44, 4)}),
    Case("ldur d0, [x1, #3]", 0xFC403020, {"v0": mem(0x43, 8)}),
    Case("str h3, [x1]", 0x7D000023, memory={0x40: b"\x30\x31"}),
]

LITERALS = [
    Case("ldr x0, .-64", 0x58FFFE00, {"x0": mem(0x80, 8)}),
    Case("ldrsw x0, .+16", 0x98000080, {"x0": 0xFFFFFFFFD3D2D1D0}),
    Case("ldr q0, .-48", 0x9CFFFE80, {"v0": mem(0x90, 16)}),
]

# Hints, which touch no memory, not even where there is none.
PREFETCHES = [
    Case("prfm pldl1keep, [x5]", 0xF98000A0),
    Case("prfm pldl1keep, [sp]", 0xF98003E0, before={"sp": 3}),
    Case("prfum pldl1keep, [x5, #-1]", 0xF89FF0A0),
    Case("prfm pldl1keep, [x5, x6]", 0xF8A668A0),
    Case("prfm pldl1keep, .-0x100000", 0xD8800000),
]

PAIRS = [
    Case("ldp x0, x1, [x1, #16]", 0xA9410420, {"x0": mem(0x50, 8), "x1": mem(0x58, 8)}),
    Case(
        "ldp w0, w2, [x1], #8",
        0x28C10820,
        {"x0": mem(0x40, 4), "x2": mem(0x44, 4), "x1": DATA + 0x48},
    ),
    Case(
        "ldpsw x0, x2, [x1, #72]!",
        0x69C90820,
        {"x0": 0xFFFFFFFF8B8A8988, "x2": 0xFFFFFFFF8F8E8D8C, "x1": DATA + 0x88},
    ),
    Case(
        "stp x29, x30, [sp, #-16]!",
        0xA9BF7BFD,
        {"sp": DATA + 0x70},
        memory={0x70: b"\x1d" * 8 + b"\x1e" * 8},
    ),
    Case("ldnp q0, q1, [sp, #-32]", 0xAC7F07E0, {"v0": mem(0x60, 16), "v1": mem(0x70, 16)}),
    Case("stnp s3, s4, [x1, #4]", 0x2C009023, memory={0x44: b"\x30\x31\x32\x33\x40\x41\x42\x43"}),
    Case(
        "ldp d0, d1, [x1, #-16]!",
        0x6DFF0420,
        {"v0": mem(0x30, 8), "v1": mem(0x38, 8), "x1": DATA + 0x30},
    ),
]

STRUCTURES = [
    Case("ld1 {v0.16b, v1.16b}, [x1]", 0x4C40A020, {"v0": mem(0x40, 16), "v1": mem(0x50, 16)}),
    Case(
        "ld1 {v31.1d, v0.1d}, [x1], #16",
        0x0CDFAC3F,
        {"v31": mem(0x40, 8), "v0": mem(0x48, 8), "x1": DATA + 0x50},
    ),
    Case(
        "ld2 {v0.8b, v1.8b}, [x1]", 0x0C408020, {"v0": 0x4E4C4A4846444240, "v1": 0x4F4D4B4947454341}
    ),
    Case(
        "ld3 {v30.8h, v31.8h, v0.8h}, [x1], #48",
        0x4CDF443E,
        {f"v{n}": every(0x40 + 2 * i, 2, 6, 8) for i, n in enumerate((30, 31, 0))}
        | {"x1": DATA + 0x70},
    ),
    Case(
        "ld4 {v0.2s, v1.2s, v2.2s, v3.2s}, [sp], x2",
        0x0CC20BE0,
        {f"v{n}": every(0x80 + 4 * n, 4, 16, 2) for n in range(4)} | {"sp": DATA + 0x87},
        before={"x2": 7},
    ),
    Case(
        "st1 {v3.2d, v4.2d, v5.2d}, [x1], x2",
        0x4C826C23,
        {"x1": DATA + 0x30},
        memory={0x40: bytes(range(0x30, 0x60))},
        before={"x2": 2**64 - 16},
    ),
    Case(
        "st2 {v3.2d, v4.2d}, [x1]",
        0x4C008C23,
        memory={
            0x40: bytes(
                [*range(0x30, 0x38), *range(0x40, 0x48), *range(0x38, 0x40), *range(0x48, 0x50)]
            )
        },
    ),
    Case(
        "st4 {v3.4h, v4.4h, v5.4h, v6.4h}, [x1]",
        0x0C000423,
        memory={
            0x40: bytes(
                [16 * n + 2 * e + i for e in range(4) for n in (3, 4, 5, 6) for i in (0, 1)]
            )
        },
    ),
    Case("ld1 {v3.b}[13], [x1], #1", 0x4DDF1423, {"v3": vector(3, 13, b"\x40"), "x1": DATA + 0x41}),
    Case(
        "ld2 {v3.h, v4.h}[5], [x1]",
        0x4D604823,
        {"v3": vector(3, 10, b"\x40\x41"), "v4": vector(4, 10, b"\x42\x43")},
    ),
    Case(
        "ld3 {v3.s, v4.s, v5.s}[1], [x1]",
        0x0D40B023,
        {f"v{n}": vector(n, 4, range(0x34 + 4 * n, 0x38 + 4 * n)) for n in (3, 4, 5)},
    ),
    Case(
        "ld4 {v31.d, v0.d, v1.d, v2.d}[1], [sp], #32",
        0x4DFFA7FF,
        {
            f"v{n}": vector(n, 8, range(0x80 + 8 * i, 0x88 + 8 * i))
            for i, n in enumerate((31, 0, 1, 2))
        }
        | {"sp": DATA + 0xA0},
    ),
    Case(
        "st1 {v3.s}[3], [x1], x2",
        0x4D829023,
        {"x1": DATA + 0x41},
        memory={0x40: b"\x3c\x3d\x3e\x3f"},
        before={"x2": 1},
    ),
    Case("st2 {v3.b, v4.b}[8], [x1]", 0x4D200023, memory={0x40: b"\x38\x48"}),
    Case("ld1r {v0.4h}, [x1]", 0x0D40C420, {"v0": 0x4140414041404140}),
    Case(
        "ld4r {v0.2d, v1.2d, v2.2d, v3.2d}, [x1], #32",
        0x4DFFEC20,
        {f"v{n}": mem(0x40 + 8 * n, 8) * (1 + 2**64) for n in range(4)} | {"x1": DATA + 0x60},
    ),
]

CASES = [
    *(*LOADS_AND_STORES, *REGISTER_31, *REGISTER_OFFSETS, *VECTORS),
    *(*LITERALS, *PREFETCHES, *PAIRS, *STRUCTURES),
]


def check_effect(case: Case) -> None:
    """The instruction changes what the case says, and nothing else."""
    result = execute(case.word, case.before)
    state = initial(case.before)
    state.pc += 4
    change(state, case.registers)
    memory = bytearray(range(256))
    memory[PC - DATA : PC - DATA + 4] = case.word.to_bytes(4, "little")
    for offset, data in case.memory.items():
        memory[offset : offset + len(data)] = data
    assert (result.outcome, result.reason) == (RunOutcome.RETURNED, "")
    assert result.state == state
    assert result.memory["data"] == memory


@pytest.mark.parametrize("case", CASES, ids=[case.text for case in CASES])
def test_effect(case: Case) -> None:
    check_effect(case)


@pytest.mark.parametrize(
    ("word", "distance"), [(0x587FFFE0, (1 << 20) - 4), (0x58800000, -(1 << 20))]
)
def test_literal_at_the_ends_of_its_range(word: int, distance: int) -> None:
    code = ConcreteRegion("code", 0x200000, word.to_bytes(4, "little"), "rx")
    literal = ConcreteRegion("literal", code.address + distance, bytes(range(8)), "r")
    state = ConcreteState.zero()
    state.pc = code.address
    assert Machine([code, literal]).run(state, None, 1).state.general[0] == mem(0, 8)


UNPREDICTABLE = [
    ("ldr x1, [x1], #8", 0xF8408421),
    ("str x1, [x1, #8]!", 0xF8008C21),
    ("ldp x0, x0, [x1]", 0xA9400020),
    ("ldp xzr, xzr, [x1]", 0xA9407C3F),
    ("ldpsw x0, x0, [x1]", 0x69400020),
    ("ldp q0, q0, [x1]", 0xAD400020),
    ("ldnp x0, x0, [x1]", 0xA8400020),
    ("ldp x0, x1, [x1], #16", 0xA8C10420),
    ("stp x1, x0, [x1, #16]!", 0xA9810021),
    ("ldarb w0, [x1] with Rt2 = 30", 0x08DFF820),
    ("stlr x0, [x1] with Rs = 30", 0xC89EFC20),
]

UNDEFINED = [
    ("size 10, opc 11", 0xB9C00020),
    ("size 11, opc 11", 0xF9C00020),
    ("SIMD&FP of 256 bits", 0x7D800020),
    ("post-indexed prefetch", 0xF8808420),
    ("pre-indexed prefetch", 0xF8808C20),
    ("unprivileged prefetch", 0xF8808820),
    ("unprivileged SIMD&FP", 0x3C400820),
    ("index extended from a byte", 0xF8620820),
    ("index extended from a signed halfword", 0xF862A820),
    ("SIMD&FP literal with opc 11", 0xDC000000),
    ("pair with opc 11", 0xE9400420),
    ("SIMD&FP pair with opc 11", 0xED400420),
    ("no-allocate LDPSW", 0x68400420),
    ("ld2 of .1d", 0x0C408C20),
    ("multiple structures with opcode 0001", 0x0C401020),
    ("element of 16 bits with size 01", 0x0D404420),
    ("element of 32 bits with size 10", 0x0D408820),
    ("element of 64 bits with S = 1", 0x0D409420),
    ("replicating store", 0x0D00C020),
    ("replicating load with S = 1", 0x0D40D020),
]

UNMODELLED = [
    ("stgp x0, x1, [x1]", 0x69000420),
    ("ldraa x0, [x1]", 0xF8200420),
]

REFUSALS = [
    *[(RunOutcome.UNPREDICTABLE, *case) for case in UNPREDICTABLE],
    *[(RunOutcome.UNDEFINED, *case) for case in UNDEFINED],
    *[(RunOutcome.UNMODELLED, *case) for case in UNMODELLED],
]


@pytest.mark.parametrize(("outcome", "text", "word"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(outcome: RunOutcome, text: str, word: int) -> None:
    result = execute(word, {})
    assert result.outcome is outcome
    assert result.reason
    assert result.state == initial({})


@pytest.mark.parametrize(
    ("text", "word", "before", "permissions", "kind"),
    [
        ("ldr x0, [sp]", 0xF94003E0, {"sp": DATA + 0x88}, "rwx", "alignment"),
        ("ld1 {v0.16b}, [sp]", 0x4C4073E0, {"sp": DATA + 0x88}, "rwx", "alignment"),
        ("ldar x0, [x1]", 0xC8DFFC20, {"x1": DATA + 0x44}, "rwx", "alignment"),
        ("ldr x0, [x1]", 0xF9400020, {"x1": DATA + 0xF9}, "rwx", "read"),
        ("ldp x0, x2, [x1, #-8]", 0xA97F8820, {"x1": DATA + 0x100}, "rwx", "read"),
        ("stp x0, x2, [x1, #-8]", 0xA93F8820, {"x1": DATA + 0x100}, "rwx", "write"),
        ("ldrb w0, [x1, #-1]!", 0x385FFC20, {"x1": DATA}, "rwx", "read"),
        ("st2 {v3.b, v4.b}[8], [x1]", 0x4D200023, {"x1": DATA + 0xFF}, "rwx", "write"),
        ("str x3, [x1]", 0xF9000023, {}, "rx", "write"),
    ],
)
def test_fault(
    text: str, word: int, before: Mapping[str, int], permissions: str, kind: str
) -> None:
    fault = execute(word, before, permissions).fault
    assert fault is not None
    assert fault.kind == kind


def run_on(builder: Builder, word: int, leaf: Callable[[int, str], Term]) -> list[Term]:
    """Runs a word where nothing but addresses is literal: the registers, then what was written."""
    size = 1 << 22
    region = Region("data", builder.const(64, 0), size, "rw", lambda i: (leaf(8, f"m{i}"), 0))
    memory = Memory(builder, [region])
    general = [leaf(64, f"x{n}") for n in range(32)]
    fields = decode(word).fields
    if fields.get("Rm", 31) != 31:
        general[fields["Rm"]] = builder.const(64, 0x1238)
    if "Rn" in fields:
        general[fields["Rn"]] = builder.const(64, size // 2)
    flags = Flags(*[leaf(1, name) for name in "NZCV"])
    vectors = [leaf(128, f"v{n}") for n in range(32)]
    cpu = State(builder, general, vectors, flags, builder.const(64, size // 2), memory)
    decode(word).execute(cpu)
    cells = [cell for _, cell in sorted(memory.written(region).items())]
    written = [term[8 * i + 7 : 8 * i] for term, i in cells]
    return [*cpu.X.values, *cpu.V.values, *cpu.flags, *written]


CLASSES = [c for c in CLAUSES if c.semantics.__module__.startswith("isa.loads_stores.")]


@pytest.mark.parametrize("clause", CLASSES, ids=[c.name for c in CLASSES])
def test_symbolic_run_evaluates_to_the_concrete_one(clause: Clause) -> None:
    source = random.Random(clause.name)
    outcomes = [agrees(clause.pattern.random_word(source), seed) for seed in range(60)]
    if clause.name == "load_store_ordered":
        # Its random words are all CONSTRAINED UNPREDICTABLE.
        outcomes = [agrees(0xC8DFFC20, 0), agrees(0x489FFFE3, 1)]
    assert False not in outcomes
    assert True in outcomes


def agrees(word: int, seed: int) -> bool | None:
    """Whether the symbolic run has the concrete run's values; None if the word can't run."""
    assignment, concrete, raw = RandomAssignment(seed), ConcreteBuilder(), RawBuilder()
    try:
        terms = run_on(raw, word, raw.var)
    except (Outcome, Fault):
        return None
    literals = run_on(concrete, word, lambda w, n: concrete.const(w, assignment(w, n, ())))
    return evaluate(terms, assignment) == [term.value for term in literals]
