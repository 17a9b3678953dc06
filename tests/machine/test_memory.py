"""Memory: what is stored comes back, inside a region only, and copies are values."""

from __future__ import annotations

import random

import pytest

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.normal import NormalBuilder
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder
from armsym.machine.faults import Fault, Fork, Undecided
from armsym.machine.integers import Expression, Integers
from armsym.machine.memory import Memory, Region, elements, elements_at, literal_bytes
from armsym.prove.elimination import Elimination

BUILDERS: list[type[Builder]] = [RawBuilder, NormalBuilder, KernelBuilder]


def region(
    b: Builder, name: str, size: int, access: str = "rw", base: Term | None = None
) -> Region:
    """Unknown bytes at an unknown address, or at `base`."""
    place = b.var(64, f"&{name}") if base is None else base
    return Region(name, place, size, access, elements(b, name, 8, big_endian=False))


def buffer(builder: type[Builder] = NormalBuilder) -> tuple[Memory, Term]:
    """A memory of one buffer of 32 bytes, and the buffer's address."""
    b = builder()
    place = region(b, "buffer", 32)
    return Memory(b, [place]), place.base


# contents


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("size", [1, 2, 4, 8, 16])
def test_a_store_is_loaded_as_the_same_term(builder: type[Builder], size: int) -> None:
    memory, at = buffer(builder)
    x = memory.builder.var(8 * size, "x")
    memory[at + 3, size] = x
    assert memory.builder.same(memory[at + 3, size], x)


@pytest.mark.parametrize("builder", BUILDERS)
def test_neighbouring_stores_of_one_word_are_that_word(builder: type[Builder]) -> None:
    memory, at = buffer(builder)
    x = memory.builder.var(64, "x")
    for i, part in enumerate(memory.builder.split(x, 16)):
        memory[at + 2 * i, 2] = part
    loaded = memory[at, 8]
    assignment = RandomAssignment(0)
    assert evaluate([loaded], assignment) == evaluate([x], assignment)
    if builder is not RawBuilder:
        assert memory.builder.same(loaded, x)


def test_part_of_a_store_is_an_extract_of_it() -> None:
    memory, at = buffer()
    x = memory.builder.var(64, "x")
    memory[at, 8] = x
    assert memory[at + 2, 4] is x[47:16]


def test_unknown_bytes_are_elements_in_either_byte_order() -> None:
    b = RawBuilder()
    little = Region("l", b.var(64, "&l"), 8, "r", elements(b, "l", 32, big_endian=False))
    big = Region("b", b.var(64, "&b"), 8, "r", elements(b, "b", 32, big_endian=True))
    memory = Memory(b, [little, big])
    assert repr(memory[little.base + 4, 4]) == "(l 0x1)"
    word = b.apply(32, "b", b.const(64, 1))
    assert memory[big.base + 4, 4] is b.concat(*[word[8 * i + 7 : 8 * i] for i in range(4)])
    assert memory[big.base + 4, 1] is word[31:24]


def test_known_bytes_are_one_literal() -> None:
    b = RawBuilder()
    table = Region("table", b.var(64, "&t"), 4, "r", literal_bytes(b, b"\x01\x02\x03\x04"))
    assert Memory(b, [table])[table.base, 4].value == 0x04030201


def test_zero_literals_count_as_literals() -> None:
    memory, at = buffer()
    memory[at, 8] = memory.builder.const(64, 0)
    assert memory[at, 4].value == 0


@pytest.mark.parametrize("builder", BUILDERS)
def test_random_stores_and_loads_are_those_of_an_array(builder: type[Builder]) -> None:
    """Overlapping stores of all sizes, against a bytearray."""
    source = random.Random(builder.__name__)
    memory, at = buffer(builder)
    assignment = RandomAssignment(1)
    place = memory.regions[0]
    model = bytearray(evaluate([place.initial(i)[0] for i in range(32)], assignment))
    for n in range(60):
        size = source.choice((1, 2, 4, 8, 16))
        offset = source.randrange(33 - size)
        if source.random() < 0.5:
            memory[at + offset, size] = value = memory.builder.var(8 * size, f"x{n}")
            (number,) = evaluate([value], assignment)
            model[offset : offset + size] = number.to_bytes(size, "little")
        loaded = evaluate([memory[at + offset, size]], assignment)
        assert loaded == [int.from_bytes(model[offset : offset + size], "little")]


def test_a_store_of_another_width_is_refused() -> None:
    memory, at = buffer()
    with pytest.raises(ValueError, match="32 bits stored in 8 bytes"):
        memory[at, 8] = memory.builder.var(32, "x")


# bounds and permissions


@pytest.mark.parametrize(
    ("offset", "size", "inside"),
    [
        (0, 16, True),
        (16, 16, True),
        (31, 1, True),
        (32, 1, False),
        (31, 2, False),
        (17, 16, False),
        (-1, 1, False),
        (-1, 2, False),
        (-32, 16, False),
        # One region does not reach around the address space.
        (1 << 62, 1, False),
        ((1 << 64) - 1, 1, False),
        ((1 << 64) + 1, 1, True),
    ],
)
def test_bounds(offset: int, size: int, inside: bool) -> None:
    memory, at = buffer()
    address = at + memory.builder.const(64, offset)
    if inside:
        assert memory[address, size].width == 8 * size
        return
    with pytest.raises(Fault) as load:
        memory[address, size]
    with pytest.raises(Fault) as store:
        memory[address, size] = memory.builder.const(8 * size, 0)
    assert {load.value.kind, store.value.kind} == {"out-of-bounds"}
    assert str(load.value).startswith(f"reads {size} bytes at buffer ")
    assert str(store.value).startswith(f"writes {size} bytes at buffer ")
    assert memory[at, 1] is memory.regions[0].initial(0)[0]


@pytest.mark.parametrize("access", ["", "r", "w", "x", "rw", "rx"])
def test_permissions(access: str) -> None:
    b = NormalBuilder()
    place = Region("p", b.var(64, "&p"), 8, access, literal_bytes(b, bytes(8)))
    memory = Memory(b, [place])
    for kind, use in (
        ("r", lambda: memory[place.base, 4]),
        ("w", lambda: memory.__setitem__((place.base, 4), b.const(32, 1))),
        ("x", lambda: memory.fetch(place.base)),
    ):
        if kind in access:
            use()
            continue
        with pytest.raises(Fault) as fault:
            use()
        assert fault.value.kind == "permission"


def test_a_place_that_no_region_has() -> None:
    memory, at = buffer()
    b = memory.builder
    with pytest.raises(Fault, match="address 0x10 belongs to no region") as fault:
        memory[b.const(64, 16), 1]
    assert fault.value.kind == "unmapped"
    with pytest.raises(Undecided, match="belongs to no region: x"):
        memory[b.var(64, "x"), 1]
    with pytest.raises(Undecided, match="the offset in buffer is symbolic"):
        memory[at + b.var(64, "x"), 1]
    with pytest.raises(Undecided):
        memory[at + at, 1]


def test_regions_of_one_base_lie_side_by_side() -> None:
    b = NormalBuilder()
    base = b.var(64, "image")
    low, high = region(b, "low", 16, "r", base), region(b, "high", 16, "rw", base + 32)
    memory = Memory(b, [low, high])
    memory[base + 32, 8] = x = b.var(64, "x")
    assert memory[base + 32, 8] is x
    assert memory.locate(base + 15, 1, "r") == (low, 15)
    assert memory.locate(base + 47, 1, "r") == (high, 15)
    for offset, near in ((16, "low"), (31, "high"), (48, "high"), (-1, "low")):
        with pytest.raises(Fault, match=f"at {near} "):
            memory.locate(base + offset, 1, "r")
    with pytest.raises(Fault, match="writes low"):
        memory[base, 1] = b.const(8, 0)


def test_an_access_across_two_neighbours_is_in_neither() -> None:
    b = NormalBuilder()
    base = b.var(64, "image")
    memory = Memory(b, [region(b, "low", 16, base=base), region(b, "high", 16, base=base + 16)])
    with pytest.raises(Fault):
        memory[base + 12, 8]


# fetching and alignment


def test_fetch_takes_constant_aligned_words() -> None:
    b = NormalBuilder()
    code = Region("code", b.var(64, "&c"), 8, "rx", literal_bytes(b, bytes(range(8))))
    unknown = region(b, "unknown", 8, "rx")
    memory = Memory(b, [code, unknown])
    assert memory.fetch(code.base + 4) == 0x07060504
    with pytest.raises(Fault) as fault:
        memory.fetch(code.base + 2)
    assert fault.value.kind == "misaligned"
    with pytest.raises(Undecided, match="is not constant"):
        memory.fetch(unknown.base)


def test_alignment_is_known_refuted_or_undecided() -> None:
    b = NormalBuilder()
    memory = Memory(b, [])
    sp = b.concat(b.var(60, "sp"), b.const(4, 0))
    memory.check_alignment(sp - 32, 4, "SP")
    with pytest.raises(Fault, match="SP is not a multiple of 16"):
        memory.check_alignment(sp - 8, 4, "SP")
    with pytest.raises(Undecided, match="the alignment of SP is not known"):
        memory.check_alignment(sp - 32, 5, "SP")
    with pytest.raises(Undecided):
        memory.check_alignment(b.var(64, "x"), 1, "it")


# copies


def test_copies_are_independent_in_both_directions() -> None:
    memory, at = buffer()
    b = memory.builder
    first, second, third = [b.var(64, name) for name in "xyz"]
    memory[at, 8] = first
    twin = memory.copy()
    memory[at, 8] = second
    assert twin[at, 8] is first
    twin[at + 8, 8] = third
    assert memory[at + 8, 8] is not third
    grandchild = twin.copy()
    twin[at + 8, 8] = first
    grandchild[at, 8] = third
    assert [m[at, 8] for m in (memory, twin, grandchild)] == [second, first, third]
    assert grandchild[at + 8, 8] is third


def test_a_region_can_be_added_to_a_copy() -> None:
    memory, _ = buffer()
    more = region(memory.builder, "more", 8)
    wider = memory.copy()
    wider.add(more)
    wider[more.base, 8] = x = memory.builder.var(64, "x")
    assert wider[more.base, 8] is x
    with pytest.raises(Undecided):
        memory[more.base, 8]


# buffers that are gone through block after block


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("access", ["r", "rw"])
def test_a_path_forks_on_the_place_of_an_access_if_it_is_one_of_few(
    builder: type[Builder], access: str
) -> None:
    """Blocks of 16 bytes at k * 16, where k is from 0 to 5; of 0 to 9, nothing is decided."""
    b = builder()
    words = (b, "data", 128, False)
    k, n = Expression.variable("k"), Expression.variable("n")
    cells = elements(*words), elements_at(*words)
    place = Region("data", b.var(64, "&data"), Expression.of(0, {"n": 16}), access, *cells, 16)
    memory = Memory(b, [place])
    memory.public = frozenset(["k", "n"])
    inside = Integers([k, n.plus(k, -1).plus(-1)], Elimination())
    address = place.base + b.var(64, "k") * 16
    memory.known = inside.assume(k.negated().plus(5))
    with pytest.raises(Fork) as fork:
        memory[address, 16]
    values = [evaluate([fork.value.condition], lambda *_, k=k: k) for k in (0, 1)]
    assert values == [[1], [0]]
    memory.known = inside.assume(k.negated().plus(9))
    assert memory[address, 16].width == 128
