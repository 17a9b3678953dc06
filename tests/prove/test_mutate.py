"""Mutants: every kind occurs, each is a change of its kind, and a seed repeats them."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from armsym.prove.mutate import NOP, Mutant, mutants
from isa import decode
from tests.prove.loop_routine import ADD, LOW_BITS, looping
from tests.prove.routines import ENTRY, image_of_words

WORDS = (*looping(LOW_BITS, ADD), 0)  # and an undefined instruction
COUNTS_DOWN, BRANCHES_BACK = ENTRY + 4 * 5, ENTRY + 4 * 6
IMAGE = image_of_words(*WORDS, data=bytes(range(4)))
CODE = [
    [ENTRY, IMAGE.segments[0].data.hex(), True],
    [IMAGE.segments[1].address, IMAGE.segments[1].data.hex(), False],
]


def sample(seed: int, count: int = 400) -> list[Mutant]:
    return list(islice(mutants(CODE, seed), count))


def changed_fields(mutant: Mutant) -> dict[str, tuple[int, int]]:
    """The fields in which the words differ, which are of one class: the values before and after."""
    old, new = [decode(int.from_bytes(word, "little")) for word in (mutant.old, mutant.new)]
    assert old.clause is new.clause
    return {n: (v, new.fields[n]) for n, v in old.fields.items() if v != new.fields[n]}


def test_a_seed_repeats_them_and_none_occurs_twice() -> None:
    assert sample(1) == sample(1)
    assert sample(1) != sample(2)
    assert len({(m.address, m.new) for m in sample(1)}) == len(sample(1)) == 400


def of_kind(kind: str) -> list[Mutant]:
    found = [mutant for mutant in sample(3) if mutant.kind == kind]
    assert found
    for mutant in found:
        assert mutant.old != mutant.new
        assert IMAGE.read(mutant.address, len(mutant.old)) == mutant.old
    return found


def test_every_kind_occurs() -> None:
    kinds = Counter(mutant.kind for mutant in sample(3))
    assert set(kinds) == {"register", "swap", "immediate", "opcode", "nop", "loop", "constant"}
    assert kinds["nop"] == len(WORDS)


@pytest.mark.parametrize("kind", ["register", "immediate", "opcode"])
def test_a_change_of_one_field(kind: str) -> None:
    for mutant in of_kind(kind):
        (name,) = changed_fields(mutant)
        assert name.startswith("R") == (kind == "register")


def test_registers_change_places() -> None:
    for mutant in of_kind("swap"):
        (one, other) = changed_fields(mutant).values()
        assert one == other[::-1]


def test_what_decides_a_loop_is_off_by_one() -> None:
    found = of_kind("loop")
    assert {mutant.address for mutant in found} == {COUNTS_DOWN, BRANCHES_BACK}
    for mutant in found:
        ((name, (old, new)),) = changed_fields(mutant).items()
        assert not name.startswith("R")
        assert abs(old - new) == 1 or 0 in (old, new)  # the greatest value is next to 0
    assert (COUNTS_DOWN, "imm12") in {(m.address, *changed_fields(m)) for m in found}
    assert (BRANCHES_BACK, "imm19") in {(m.address, *changed_fields(m)) for m in found}


def test_other_changes() -> None:
    assert all(int.from_bytes(mutant.new, "little") == NOP for mutant in of_kind("nop"))
    for mutant in of_kind("constant"):
        assert mutant.address >= ENTRY + 0x1000
        assert len(mutant.new) == 1


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
