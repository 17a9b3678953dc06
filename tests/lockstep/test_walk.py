"""Two machines that differ are caught at the instruction that does, whatever it does wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.binary.image import Image
from armsym.concrete import ConcreteState, Halt, RunOutcome
from armsym.lockstep import walk as walk_module
from armsym.lockstep.arguments import RandomCall
from armsym.lockstep.machines import IsaCompanion, UnicornCompanion
from armsym.lockstep.prototype import Prototype
from armsym.lockstep.walk import LIMIT, Lockstep, Mismatch, Walk
from armsym.oracle.loading import IMAGE
from isa import Instruction, decode
from tests.lockstep.routine import (
    ADD,
    ARGUMENTS,
    B_NE,
    ENTRY,
    LDR,
    MOV,
    NOP,
    RET,
    STR,
    SUBS,
    WORDS,
    image,
)

Decoder = Callable[[int], Instruction]
LDR_BEFORE = 0xF85F8024  # ldr x4, [x1, #-8]: out of bounds when the first word is read


def walk(decoder: Decoder = decode, code: Image | None = None, limit: int = LIMIT) -> Walk:
    """The routine, on a machine of this decoder or with this code, and on Unicorn."""
    call = RandomCall(image(*WORDS), ENTRY, Prototype.parse(ARGUMENTS), 1)
    other = RandomCall(code or image(*WORDS), ENTRY, Prototype.parse(ARGUMENTS), 1)
    isa, oracle = IsaCompanion(other.regions, decoder), UnicornCompanion(call.regions)
    return Lockstep(call.regions, isa, oracle).run(call.state, limit)


def taken_for(word: int, other: int) -> Decoder:
    """Decodes a word as if it were another."""
    return lambda w: decode(other if w == word else w)


def found(walked: Walk) -> Mismatch:
    assert not walked.agreed
    assert walked.mismatch is not None
    return walked.mismatch


def test_equal_machines_agree() -> None:
    walked = walk()
    assert walked.agreed
    assert walked.halt.instructions == walked.comparisons > 16


@pytest.mark.parametrize("one_by_one", [0, 20_000])
@pytest.mark.parametrize(
    "word, other, name",
    [
        (ADD, 0x8B040463, "X3"),  # add x3, x3, x4, lsl #1
        (SUBS, 0xD1000442, "NZCV"),  # sub x2, x2, #1
        (B_NE, NOP, "PC"),
        (NOP, 0x6E361ED6, "V22"),  # eor v22.16b, v22.16b, v22.16b
        (STR, 0xF9000004, "out.0 + 0x0"),  # str x4, [x0]
        (STR, NOP, "out.0 + 0x0"),
        (NOP, 0xF81F83E4, "stack + 0xfff8"),  # stur x4, [sp, #-8]
        (LDR, LDR_BEFORE, "outcome"),
        (LDR, 0x02000000, "outcome"),  # unallocated
        (NOP, 0xD53B2402, "outcome"),  # mrs x2, rndr: not modelled
    ],
)
def test_a_wrong_instruction_is_found(
    word: int, other: int, name: str, one_by_one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_module, "ONE_BY_ONE", one_by_one)
    mismatch = found(walk(taken_for(word, other)))
    assert mismatch.pc == IMAGE + ENTRY + 4 * WORDS.index(word)
    assert mismatch.length == 1
    assert [d.name for d in mismatch.differences] == [name]


def test_a_changed_word_is_found() -> None:
    place = ENTRY + 4 * WORDS.index(ADD)
    code = image(*WORDS).patched(place, (0xCB040063).to_bytes(4, "little"))  # sub x3, x3, x4
    mismatch = found(walk(code=code))
    assert (mismatch.pc, mismatch.done) == (IMAGE + place, 2)


class LostStores(IsaCompanion):
    """A machine whose last store happens somewhere else, unnoticed."""

    def advance(self, limit: int, stop: int | None = None) -> Halt:
        halt = super().advance(limit, stop)
        if halt.outcome is RunOutcome.RETURNED:
            self.memory.write(self.state.sp, 1, self.memory.read(self.state.sp, 1) ^ 1)
            self.stores.clear()
        return halt


class WrongInBlocks(IsaCompanion):
    """A machine that is right as long as it goes by single instructions."""

    in_blocks = False

    def advance(self, limit: int, stop: int | None = None) -> Halt:
        self.in_blocks = limit > 1
        return super().advance(limit, stop)

    @property
    def state(self) -> ConcreteState:
        state = super().state
        state.general[17] ^= self.in_blocks
        return state


def walk_with(make: Callable[..., IsaCompanion]) -> Walk:
    call = RandomCall(image(*WORDS), ENTRY, Prototype.parse(ARGUMENTS), 1)
    companions = make(call.regions), UnicornCompanion(call.regions)
    return Lockstep(call.regions, *companions).run(call.state)


def test_in_the_end_all_memory_is_compared() -> None:
    mismatch = found(walk_with(LostStores))
    assert [d.name for d in mismatch.differences] == ["stack + 0x10000"]


def test_what_differs_in_blocks_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert walk_with(WrongInBlocks).agreed
    monkeypatch.setattr(walk_module, "ONE_BY_ONE", 0)
    mismatch = found(walk_with(WrongInBlocks))
    assert (mismatch.pc, mismatch.length) == (IMAGE + ENTRY, 5)
    assert [d.name for d in mismatch.differences] == ["X17"]


def test_blocks_end_where_the_path_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_module, "ONE_BY_ONE", 0)
    walked = walk()
    assert walked.agreed
    turns = (walked.halt.instructions - 4) // 4
    assert walked.comparisons == turns + 2  # nop ends a block: it is among system instructions


@pytest.mark.parametrize("one_by_one", [0, 20_000])
def test_who_does_not_return_does_not_agree(
    one_by_one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_module, "ONE_BY_ONE", one_by_one)
    walked = walk(limit=6)
    assert not walked.agreed
    assert walked.mismatch is None
    assert walked.halt.outcome is RunOutcome.LIMIT


BR_X9 = 0xD61F0120


@pytest.mark.parametrize("one_by_one", [0, 20_000])
@pytest.mark.parametrize("words", [(MOV, LDR_BEFORE, RET), (MOV, BR_X9, RET), (MOV,)])
def test_a_fault_on_both_is_no_mismatch(
    words: tuple[int, ...], one_by_one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_module, "ONE_BY_ONE", one_by_one)
    code = image(*words)
    call = RandomCall(code, ENTRY, Prototype.parse(ARGUMENTS), 1)
    machines = IsaCompanion(call.regions), UnicornCompanion(call.regions)
    walked = Lockstep(call.regions, *machines).run(call.state)
    assert not walked.agreed
    assert walked.mismatch is None
    assert walked.halt.outcome is RunOutcome.FAULT
    assert walked.halt.instructions == 1 + (BR_X9 in words)
