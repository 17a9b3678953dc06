"""Mutants: every kind occurs, each is a change of its kind, and a seed repeats them."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from armsym.prove.mutate import NOP, Mutant, mutants
from isa import decode
from tests.prove.routines import ENTRY, image_of

LINES = ("ldr x2, [x1]", "add x2, x2, #1", "str x2, [x0]", "udf #0", "ret")
IMAGE = image_of(*LINES, data=bytes(range(4)))
CODE = [
    [ENTRY, IMAGE.segments[0].data.hex(), True],
    [IMAGE.segments[1].address, IMAGE.segments[1].data.hex(), False],
]


def sample(seed: int, count: int = 400) -> list[Mutant]:
    return list(islice(mutants(CODE, seed), count))


def changed_fields(mutant: Mutant) -> tuple[set[str], bool]:
    """The fields in which the words differ, and whether they are of one class."""
    old, new = [decode(int.from_bytes(word, "little")) for word in (mutant.old, mutant.new)]
    return {n for n in old.fields if old.fields[n] != new.fields.get(n)}, old.clause is new.clause


def test_a_seed_repeats_them_and_none_occurs_twice() -> None:
    assert sample(1) == sample(1)
    assert sample(1) != sample(2)
    assert len({(m.address, m.new) for m in sample(1)}) == len(sample(1)) == 400


def test_every_kind_is_a_change_of_its_kind() -> None:
    kinds: Counter[str] = Counter()
    for mutant in sample(3):
        kinds[mutant.kind] += 1
        assert mutant.old != mutant.new
        assert IMAGE.read(mutant.address, len(mutant.old)) == mutant.old
        if mutant.kind == "constant":
            assert mutant.address >= ENTRY + 0x1000
            assert len(mutant.new) == 1
        elif mutant.kind == "nop":
            assert int.from_bytes(mutant.new, "little") == NOP
        else:
            fields, same_class = changed_fields(mutant)
            assert len(fields) == 1
            assert same_class
            assert fields.pop().startswith("R") == (mutant.kind == "register")
    assert set(kinds) == {"register", "immediate", "opcode", "nop", "constant"}
    assert kinds["nop"] == len(LINES)


def test_a_mutant_is_applied() -> None:
    mutant = sample(4)[0]
    image = mutant.apply(IMAGE)
    assert image.read(mutant.address, len(mutant.new)) == mutant.new
    assert IMAGE.read(mutant.address, len(mutant.old)) == mutant.old
    assert image.sha256 != IMAGE.sha256


def test_they_end_when_none_are_left() -> None:
    nothing = [[ENTRY, "00000000", True]]  # undefined: all that can be done is to replace it
    assert [m.kind for m in mutants(nothing, 0)] == ["nop"]
    assert list(mutants([], 0)) == []
    assert len(list(mutants(CODE[1:], 0))) > 900  # of 4 * 255
