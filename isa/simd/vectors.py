"""Vectors of elements: reading and writing them, and the rows of the classes' tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from armsym.bv.term import Term
from armsym.machine.state import State
from isa.outcomes import Undefined
from isa.simd.elements import Binary

Key = TypeVar("Key", int, tuple[int, int])
Row = TypeVar("Row", bound="Operation")


@dataclass(frozen=True)
class Operation:
    """A row: the instruction, its element sizes (of "bhsd") and its function of elements.

    Where `accumulate` is given, the destination becomes accumulate(destination, function(...)).
    """

    name: str
    sizes: str
    function: Callable[..., Term]
    accumulate: Binary | None = None


def apply(cpu: State, operation: Operation, Rd: int, *operands: list[Term]) -> None:
    """V[Rd] = the operation of the operands, element by element; zeroes above."""
    b = cpu.builder
    results = [operation.function(*xs) for xs in zip(*operands, strict=True)]
    width, esize = sum(x.width for x in results), results[0].width
    if operation.accumulate is not None:
        before = b.split(cpu.V[Rd, width], esize)
        results = [operation.accumulate(d, x) for d, x in zip(before, results, strict=True)]
    cpu.V[Rd, width] = b.join(results)


def read(cpu: State, n: int, Q: int, esize: int) -> list[Term]:
    """The elements of Vn, of the 64 or 128 bits that `Q` selects."""
    return cpu.builder.split(cpu.V[n, vector_size(Q, esize)], esize)


def read_part(cpu: State, n: int, part: int, esize: int) -> list[Term]:
    """The elements of Vpart[n, part]: the low (0) or high (1) half of Vn."""
    b = cpu.builder
    return b.split(b.extract(cpu.V[n, 128], 64 * part + 63, 64 * part), esize)


def write_part(cpu: State, n: int, part: int, elements: list[Term]) -> None:
    """Vpart[n, part] = the 64 bits of elements; the high part keeps the low one, the low zeroes."""
    b = cpu.builder
    half = b.join(elements)
    if part:
        cpu.V[n, 128] = b.concat(half, cpu.V[n, 64])
    else:
        cpu.V[n, 64] = half


def select(table: Mapping[Key, Row], key: Key, size: int) -> Row:
    """The row with these opcode fields; Undefined if there is none, or none of this `size`."""
    operation = table.get(key)
    if operation is None:
        raise Undefined("no instruction of the class has this opcode")
    check_size(operation.name, operation.sizes, size)
    return operation


def check_size(name: str, sizes: str, size: int) -> int:
    """The element size in bits that the field `size` selects; Undefined if not one of `sizes`."""
    if "bhsd"[size] not in sizes:
        raise Undefined(f"{name} has no elements of {8 << size} bits")
    return 8 << size


def vector_size(Q: int, esize: int) -> int:
    """64 or 128, the bits that `Q` selects; Undefined for a vector of a single element."""
    if esize == 64 and not Q:
        raise Undefined("a vector has two elements or more")
    return 128 if Q else 64
