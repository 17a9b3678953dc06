"""Tables and carry-less products: one meaning in every builder, in circuits and in the kernel."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from armsym.bv import term as t
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.data import BadData, Nodes
from armsym.bv.evaluate import evaluate
from armsym.bv.normal import NormalBuilder
from armsym.bv.pool import Pool
from armsym.bv.term import Term, WidthError
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.circuit import Circuit

SQUARES = [k * k % 256 for k in range(256)]


@pytest.mark.parametrize(
    ("x", "y", "product"),
    [
        (0b11, 0b11, 0b101),
        (0xFF, 0x02, 0x1FE),
        (0x80, 0x80, 0x4000),
        (0x57, 0x83, 0x2B79),  # FIPS 197, section 4.2, before the reduction
    ],
)
def test_products(x: int, y: int, product: int) -> None:
    b = ConcreteBuilder()
    found = b.clmul(b.const(8, x), b.const(8, y))
    assert (found.width, found.value) == (16, product)


def test_table() -> None:
    b = ConcreteBuilder()
    assert [b.table(8, SQUARES, b.const(8, k)).value for k in range(256)] == SQUARES


@pytest.mark.parametrize(
    "make",
    [
        lambda b, x: b.table(4, [0] * 255, x),
        lambda b, x: b.table(4, [0] * 257, x),
        lambda b, x: b.table(4, [16] * 256, x),
        lambda b, x: b.table(4, [-1] * 256, x),
        lambda b, x: b.table(0, [0] * 256, x),
        lambda b, x: b.table(4, [0] * 512, b.concat(x, x[0])),
        lambda b, x: b.make(t.TABLE, (x, x), (4, *[0] * 256)),
        lambda b, x: b.clmul(x, x[3:0]),
        lambda b, x: b.make(t.CLMUL, (x,)),
        lambda b, x: b.make(t.CLMUL, (x, x), (1,)),
    ],
)
def test_ill_formed(make: Callable[[Builder, Term], Term]) -> None:
    b = RawBuilder()
    with pytest.raises(WidthError):
        make(b, b.var(8, "x"))


def test_a_large_table_is_shown_in_part() -> None:
    b = RawBuilder()
    assert len(repr(b.table(8, SQUARES, b.var(8, "x")))) < 100


def test_stored_and_read_back() -> None:
    b = RawBuilder()
    x = b.var(8, "x")
    roots = [b.table(8, SQUARES, x), b.clmul(x, x)]
    pool = Pool()
    numbers = pool.add(roots)
    operators = pool.operators
    assert Nodes(operators, pool.nodes).terms(numbers, b) == roots
    (table,) = [operator for operator in operators if operator[0] == "table"]
    table.pop()
    with pytest.raises(BadData):
        Nodes(operators, pool.nodes).terms(numbers, b)


Sides = Callable[[Builder, Term, Term, Term], tuple[Term, Term]]

LAWS: dict[str, Sides] = {
    "commutes": lambda b, x, y, z: (b.clmul(x, y), b.clmul(y, x)),
    "by 0": lambda b, x, y, z: (b.clmul(b.const(8, 0), x), b.const(16, 0)),
    "by 1": lambda b, x, y, z: (b.clmul(x, b.const(8, 1)), b.zero_extend(x, 16)),
    "by a literal": lambda b, x, y, z: (
        b.clmul(x, b.const(8, 0x11)),
        b.zero_extend(x, 16) ^ b.concat(b.const(4, 0), x, b.const(4, 0)),
    ),
    "linear in a literal": lambda b, x, y, z: (
        b.clmul(b.const(8, 0xA5), x ^ y),
        b.clmul(x, b.const(8, 0xA5)) ^ b.clmul(y, b.const(8, 0xA5)),
    ),
    "reduction of xtime": lambda b, x, y, z: (
        (x << 1) ^ b.clmul(b.zero_extend(x[7], 8), b.const(8, 0x1B))[7:0],
        b.concat(x[6:4], x[3] ^ x[7], x[2] ^ x[7], x[1], x[0] ^ x[7], x[7]),
    ),
    "table of a literal": lambda b, x, y, z: (
        b.table(8, SQUARES, b.const(8, 15)),
        b.const(8, 225),
    ),
    "table of equals": lambda b, x, y, z: (
        b.table(8, SQUARES, x | y),
        b.table(8, SQUARES, x ^ y ^ (x & y)),
    ),
}

NEAR_MISSES: dict[str, Sides] = {
    "not a multiplication": lambda b, x, y, z: (
        b.clmul(x, b.const(8, 3)),
        b.zero_extend(x, 16) * 3,
    ),
    "another factor": lambda b, x, y, z: (b.clmul(x, y), b.clmul(x, z)),
    "a square": lambda b, x, y, z: (b.clmul(x, x), b.clmul(x, y)),
    "another width": lambda b, x, y, z: (
        b.clmul(x, y),
        b.clmul(b.zero_extend(x, 16), b.zero_extend(y, 16))[23:8],
    ),
    "another table": lambda b, x, y, z: (
        b.table(8, SQUARES, x),
        b.table(8, [*SQUARES[:-1], 2], x),
    ),
    "another index": lambda b, x, y, z: (b.table(8, SQUARES, x), b.table(8, SQUARES, y)),
}


def sides(builder: Builder, name: str) -> list[Term]:
    x, y, z = (builder.var(8, name) for name in "xyz")
    return list((LAWS | NEAR_MISSES)[name](builder, x, y, z))


@pytest.mark.parametrize("builder", [NormalBuilder, KernelBuilder])
@pytest.mark.parametrize("name", [*LAWS, *NEAR_MISSES])
def test_same(builder: type[Builder], name: str) -> None:
    left, right = sides(builder(), name)
    assert (left is right) == (name in LAWS)


@pytest.mark.parametrize("name", [*LAWS, *NEAR_MISSES])
def test_circuit(name: str) -> None:
    """The gates of each side have the bits of its value."""
    roots = sides(RawBuilder(), name)
    circuit = Circuit()
    circuit.blast(roots)
    source = random.Random(name)
    for _ in range(50):
        values = {leaf: source.getrandbits(8) for leaf in circuit.inputs}
        by_name = {leaf.param[1]: value for leaf, value in values.items()}
        expected = evaluate(roots, lambda w, n, args, given=by_name: given[n])
        true = simulated(circuit, values)
        for root, value in zip(roots, expected, strict=True):
            bits = [(bit in true) if bit > 0 else (-bit not in true) for bit in circuit.bits[root]]
            assert bits == [bool(value >> k & 1) for k in range(root.width)]


def simulated(circuit: Circuit, values: dict[Term, int]) -> set[int]:
    """The variables that are true."""
    true = {1}
    for leaf, bits in circuit.inputs.items():
        true.update(bit for k, bit in enumerate(bits) if values[leaf] >> k & 1)
    for (op, a, b), variable in circuit.gates.items():
        p, q = ((literal in true) if literal > 0 else (-literal not in true) for literal in (a, b))
        if (p and q) if op is t.AND else (p != q):
            true.add(variable)
    return true
