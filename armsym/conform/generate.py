"""Test cases: words drawn from a clause's pattern, and states that make them do something.

A case is determined by the seed, the clause's name and its index, whatever else is tested.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

from armsym.bv.assignment import random_value
from armsym.concrete import AccessError, ConcreteMemory, ConcreteRegion, ConcreteState
from armsym.concrete.interpreter import Interpreter
from isa import Clause, Instruction
from isa.outcomes import Outcome

# Literal loads reach 1 MB to either side of the instruction, which lies in the middle half.
CODE_ADDRESS, CODE_SIZE = 0x1000_0000, 4 << 20
# What aimed accesses meet: a page to write and one to read, nothing mapped around them.
DATA_ADDRESS, TABLE_ADDRESS, PAGE = 0x2000_0000, 0x3000_0000, 0x1000

# Linux gives a process addresses below this, and ignores the highest byte of others.
_USER_SPACE = 1 << 47

# An odd multiplier near 2^32 over the golden ratio: its multiples modulo 2^k visit every number.
_GOLDEN = 0x9E3779B1
_REDRAWS = 16
_TRAP_PERIOD = 4093
# The values that a state's registers are drawn from, so that some are equal.
_POOL = 12


Element = TypeVar("Element")


@dataclass(frozen=True)
class Case:
    """One test: `word`, an instruction of `clause`, to be executed at `state.pc`."""

    clause: Clause
    seed: int
    index: int
    word: int
    state: ConcreteState


def regions(seed: int) -> list[ConcreteRegion]:
    """The memory of every case of a seed; the word of the case is yet to be put there."""
    source = random.Random(f"{seed} memory")
    return [
        ConcreteRegion("code", CODE_ADDRESS, _traps(source), "rx"),
        ConcreteRegion("data", DATA_ADDRESS, source.randbytes(PAGE), "rw"),
        ConcreteRegion("table", TABLE_ADDRESS, source.randbytes(PAGE), "r"),
    ]


def _traps(source: random.Random) -> bytes:
    """Random words, each BRK or UDF: whatever follows an instruction, it ends the run.

    They are repeated with a period that is no distance between addresses that are easily confused,
    and that a compressor sees.
    """
    period = [
        source.choice((0xD420_0000 | source.getrandbits(16) << 5, source.getrandbits(16)))
        for _ in range(_TRAP_PERIOD)
    ]
    data = b"".join(word.to_bytes(4, "little") for word in period)
    return (data * (CODE_SIZE // len(data) + 1))[:CODE_SIZE]


def case(clause: Clause, seed: int, index: int) -> Case:
    """The test of a clause with this index."""
    source = random.Random(f"{seed} {clause.name} {index}")
    fields = _meaningful_fields(clause, index, source)
    state = _state(source, _slot(index))
    if _is_load_or_store(clause):
        # The architecture faults on a misaligned base SP; QEMU does not check it.
        state.sp &= -16
        if "Rn" in fields and source.random() < 0.95:
            _aim(clause, fields, state, _target(source))
    elif _is_branch(clause) and fields.get("Rn", 31) != 31 and source.random() < 0.9:
        state.general[fields["Rn"]] %= _USER_SPACE
    return Case(clause, seed, index, clause.pattern.encode(fields), state)


def _meaningful_fields(clause: Clause, index: int, source: random.Random) -> dict[str, int]:
    """Field values with which the word mostly is an instruction that comes to an end."""
    fields = _fields(clause, index * _GOLDEN, source)
    if source.random() < 0.8:
        for _ in range(_REDRAWS):
            if not (_refused(clause, fields) or _is_branch_to_itself(clause, fields)):
                break
            fields = _fields(clause, source.getrandbits(32), source)
    return fields


def _refused(clause: Clause, fields: dict[str, int]) -> bool:
    """Whether the clause gives the word no meaning.

    Mostly that depends on the narrow fields alone, for which it is remembered.
    """
    narrow = tuple([fields[name] for name in _narrow(clause)])
    known = _refused_by_narrow_fields(clause, narrow)
    return _raises_outcome(clause, fields) if known is None else known


@lru_cache(maxsize=1 << 16)
def _refused_by_narrow_fields(clause: Clause, values: tuple[int, ...]) -> bool | None:
    """Whether words of these narrow fields are refused, judged by a few choices of registers.

    None if it depends on the registers: different ones are refused, and even ones or 31 are not.
    """
    narrow = dict(zip(_narrow(clause), values, strict=True))
    different = {f.name: number for number, f in enumerate(clause.pattern.fields, 1)}
    if not _raises_outcome(clause, different | narrow):
        return False
    even = {name: 2 * number for name, number in different.items()}
    others = (even, dict.fromkeys(different, 31))
    return all(_raises_outcome(clause, registers | narrow) for registers in others) or None


def _raises_outcome(clause: Clause, fields: dict[str, int]) -> bool:
    return isinstance(_stop(clause, fields, _ZEROES), Outcome)


_ZEROES = tuple(ConcreteState.zero().to_slots())


def _stop(clause: Clause, fields: dict[str, int], registers: Sequence[int]) -> Exception | None:
    """What stops the instruction where there is no memory; `registers` are those of `to_slots`."""
    slots, core = _core()
    slots[:] = registers
    try:
        core.execute(Instruction(0, clause, fields))
    except Exception as error:  # a clause that breaks down, too: the comparison will show it
        return error
    return None


@cache
def _core() -> tuple[list[int], Interpreter]:
    slots = list(_ZEROES)
    return slots, Interpreter(slots, ConcreteMemory([]))


def _fields(clause: Clause, count: int, source: random.Random) -> dict[str, int]:
    """Field values: the small ones from `count`, registers in odd roles, the rest at random."""
    values = {}
    for field in clause.pattern.fields:
        if field.width <= 4:
            value, count = count & ((1 << field.width) - 1), count >> field.width
        elif field.is_register:
            value = source.getrandbits(5)
        else:
            value = random_value(source, field.width, corner=0.25)
        while value in field.excluded:
            value = source.getrandbits(field.width)
        values[field.name] = value
    registers = _registers(clause)
    role = source.randrange(len(registers) + 4)
    if role < len(registers):
        values[registers[role]] = 31
    elif role == len(registers):
        values.update(dict.fromkeys(registers, source.getrandbits(5)))
    elif role == len(registers) + 1:
        values.update({name: 31 for name in registers if source.random() < 0.5})
    return values


@cache
def _registers(clause: Clause) -> tuple[str, ...]:
    return tuple(f.name for f in clause.pattern.fields if f.is_register)


@cache
def _narrow(clause: Clause) -> tuple[str, ...]:
    """The fields, not of registers, that select what the instruction does."""
    return tuple(f.name for f in clause.pattern.fields if f.width <= 8 and not f.is_register)


def _is_load_or_store(clause: Clause) -> bool:
    """Whether bits 28 to 25 are x1x0: the manual's group "Loads and stores"."""
    return clause.pattern.value >> 25 & 0b0101 == 0b0100


def _is_branch(clause: Clause) -> bool:
    """Whether bits 28 to 26 are 101: the manual's group "Branches, exceptions and system"."""
    return clause.pattern.value >> 26 & 0b111 == 0b101


def _is_branch_to_itself(clause: Clause, fields: dict[str, int]) -> bool:
    """Whether it can go on for ever, which an oracle takes as long to see as a hundred others."""
    return _is_branch(clause) and any(
        f.width > 8 and not fields[f.name] for f in clause.pattern.fields
    )


def _slot(index: int) -> int:
    """Where the instruction lies: 8 bytes or more from those of the next and previous 2^17 cases.

    So an oracle can hold many at once: what follows each is a trap.
    """
    places = CODE_SIZE // 2 // 16
    return CODE_ADDRESS + CODE_SIZE // 4 + index * _GOLDEN % places * 16 + index % 3 * 4


def _state(source: random.Random, pc: int) -> ConcreteState:
    general = source.choice(_STYLES)(source, 64, 32)
    vectors = source.choice(_STYLES)(source, 128, 32)
    nzcv, qc = source.getrandbits(4), source.getrandbits(1)
    return ConcreteState(general[:31], general[31], pc, nzcv, vectors, qc)


def _uniform(source: random.Random, width: int, count: int) -> list[int]:
    return _split(source.randbytes(width // 8 * count), width)


def _corners(source: random.Random, width: int, count: int) -> list[int]:
    """Mostly corners."""
    pool = [random_value(source, width, corner=0.9) for _ in range(_POOL)]
    return _picked(source, pool, count)


def _equal(source: random.Random, width: int, count: int) -> list[int]:
    return [random_value(source, width, corner=0.5)] * count


def _small(source: random.Random, width: int, count: int) -> list[int]:
    """Shift amounts, lengths, indices; and their negatives."""
    return [n % (1 << width) for n in _picked(source, range(-4, width + 4), count)]


def _lanes(source: random.Random, width: int, count: int) -> list[int]:
    """Vectors of corner values: 0, 1, the largest and the smallest, random."""
    lane = source.choice((8, 16, 32, 64))
    high = 1 << (lane - 1)
    corners = (0, 1, high - 1, high, 2 * high - 1, source.getrandbits(lane))
    parts = [value.to_bytes(lane // 8, "little") for value in corners]
    pool = _split(b"".join(_picked(source, parts, width // lane * _POOL)), width)
    return _picked(source, pool, count)


def _picked(source: random.Random, pool: Sequence[Element], count: int) -> list[Element]:
    """Elements of the pool, of at most 256, any number of times each."""
    return [pool[n % len(pool)] for n in source.randbytes(count)]


def _split(data: bytes, width: int) -> list[int]:
    step = width // 8
    return [int.from_bytes(data[i : i + step], "little") for i in range(0, len(data), step)]


_STYLES: tuple[Callable[[random.Random, int, int], list[int]], ...] = (
    *(_uniform, _uniform, _corners, _equal, _small, _lanes),
)


def _target(source: random.Random) -> int:
    """Where an access should go: mostly into the page to write, or about the edges of a page."""
    page = source.choice((DATA_ADDRESS, DATA_ADDRESS, DATA_ADDRESS, TABLE_ADDRESS))
    edge = source.choice((None, None, None, page, page + PAGE))
    address = page + source.randrange(PAGE - 64) if edge is None else edge + source.randint(-64, 16)
    return address & source.choice((-1, -8, -16))


def _aim(clause: Clause, fields: dict[str, int], state: ConcreteState, target: int) -> None:
    """Moves the base register so that the first access goes to `target`, if it depends on it so."""
    accessed = _first_access(clause, fields, state)
    if accessed is None:
        return
    n, distance = fields["Rn"], target - accessed
    if n == 31:
        state.sp = (state.sp + distance) % (1 << 64) & -16
    else:
        state.general[n] = (state.general[n] + distance) % (1 << 64)


def _first_access(clause: Clause, fields: dict[str, int], state: ConcreteState) -> int | None:
    """The address of the first access."""
    stop = _stop(clause, fields, state.to_slots())
    return stop.address if isinstance(stop, AccessError) else None
