"""A machine whose code is translated: exact faults and limits, memory that changes, monitors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.concrete import ConcreteRegion, ConcreteState, Machine, RunOutcome
from armsym.concrete.machine import BLOCK_LIMIT, HOT
from isa import Instruction, decode

CODE, DATA, NOWHERE = 0x1000_0000, 0x2000_0000, 0x6660_0000

ADD_X0_X0_1 = 0x91000400
ADD_X2_X2_X0 = 0x8B000042
LDR_X4_X1_8 = 0xF8408424  # ldr x4, [x1], #8
STR_X4_X5_8 = 0xF80084A4  # str x4, [x5], #8
SUBS_X3_X3_1 = 0xF1000463
STR_W6_X7 = 0xB90000E6
LDXR_X0_X1 = 0xC85F7C20
STXR_W2_X3_X1 = 0xC8027C23
RET = 0xD65F03C0
UNALLOCATED = 0x02000000


def b_ne(words: int) -> int:
    """Back by so many instructions."""
    return 0x54000001 | (-words & 0x7FFFF) << 5


COPY = (LDR_X4_X1_8, ADD_X0_X0_1, STR_X4_X5_8, ADD_X2_X2_X0, SUBS_X3_X3_1, b_ne(5), RET)


def code(*words: int, permissions: str = "rx") -> ConcreteRegion:
    data = b"".join(word.to_bytes(4, "little") for word in words)
    return ConcreteRegion("code", CODE, data, permissions)


def regions(size: int = 0x1000) -> list[ConcreteRegion]:
    source = ConcreteRegion("source", DATA, bytes(n % 251 for n in range(0x1000)), "r")
    return [code(*COPY), source, ConcreteRegion("target", 2 * DATA, bytes(size), "rw")]


def start(count: int = 0) -> ConcreteState:
    state = ConcreteState.zero()
    state.pc = CODE
    state.general[1], state.general[3], state.general[5] = DATA, count, 2 * DATA
    state.general[30] = NOWHERE
    return state


def test_a_loop() -> None:
    result = Machine(regions()).run(start(512), NOWHERE, 10_000)
    assert (result.outcome, result.instructions) == (RunOutcome.RETURNED, 6 * 512 + 1)
    assert result.state.general[2] == sum(range(513))
    assert result.memory["target"] == regions()[1].data


@pytest.mark.parametrize("turns", [0, 1, HOT, 40])
def test_the_state_at_a_fault_is_exact(turns: int) -> None:
    """Whether the code is translated already or not."""
    result = Machine(regions(8 * turns + 7)).run(start(512), NOWHERE, 10_000)
    assert (result.outcome, result.instructions) == (RunOutcome.FAULT, 6 * turns + 2)
    assert result.fault is not None
    assert (result.fault.kind, result.fault.pc) == ("write", CODE + 8)
    assert (result.fault.address, result.fault.size) == (2 * DATA + 8 * turns, 8)
    assert "target" in result.fault.place
    state = result.state
    assert state.pc == CODE + 8
    assert state.general[:6] == [
        *(turns + 1, DATA + 8 * turns + 8, sum(range(turns + 1))),
        *(512 - turns, int.from_bytes(regions()[1].data[8 * turns :][:8], "little")),
        2 * DATA + 8 * turns,
    ]
    assert result.memory["target"] == regions()[1].data[: 8 * turns] + bytes(7)


@pytest.mark.parametrize("stride", [1, 2, 5, 7, 600])
def test_any_way_to_go_along_is_the_same(stride: int) -> None:
    whole = Machine(regions()).run(start(512), NOWHERE, 10_000)
    machine = Machine(regions())
    machine.load(start(512))
    total = 0
    while (halt := machine.advance(stride, NOWHERE)).outcome is RunOutcome.LIMIT:
        assert halt.instructions == stride
        total += stride
    assert halt.outcome is RunOutcome.RETURNED
    assert total + halt.instructions == whole.instructions
    assert (machine.state, machine.memory.contents()) == (whole.state, whole.memory)


def test_a_target_that_is_misaligned_stays_a_fault() -> None:
    machine = Machine(regions())
    state = start(3)
    state.pc += 2
    for _ in range(HOT + 2):
        result = machine.run(state, None, 10)
        assert result.fault is not None
        assert (result.fault.kind, result.instructions) == ("fetch", 0)


def test_code_at_the_end_of_its_region() -> None:
    machine = Machine([code(*[ADD_X0_X0_1] * 3)])
    for _ in range(HOT + 2):
        result = machine.run(start(), None, 10)
        assert (result.outcome, result.instructions) == (RunOutcome.FAULT, 3)
        assert result.fault is not None and result.fault.address == CODE + 12


def test_a_stop_inside_a_block() -> None:
    machine = Machine(regions())
    machine.run(start(100), NOWHERE, 10_000)
    result = machine.run(start(100), CODE + 12, 10_000)
    assert (result.outcome, result.instructions) == (RunOutcome.RETURNED, 3)
    assert result.state.pc == CODE + 12


def test_long_code_is_more_than_one_block() -> None:
    size = 3 * BLOCK_LIMIT + 5
    machine = Machine([code(*[ADD_X0_X0_1] * size, RET)])
    for _ in range(HOT + 2):
        result = machine.run(start(), NOWHERE, 10_000)
        assert (result.outcome, result.instructions) == (RunOutcome.RETURNED, size + 1)
        assert result.state.general[0] == size


@pytest.mark.parametrize("runs", [0, HOT + 2])
def test_patched_code_is_executed(runs: int) -> None:
    machine = Machine([code(ADD_X0_X0_1, ADD_X0_X0_1, RET)])
    for _ in range(runs):
        assert machine.run(start(), NOWHERE, 10).state.general[0] == 2
    machine.patch(CODE + 4, (0x91001400).to_bytes(4, "little"))  # add x0, x0, #5
    assert machine.run(start(), NOWHERE, 10).state.general[0] == 6


def test_code_that_writes_code() -> None:
    """It stores w6, once, where it will come to: add x0, x0, #5."""
    loop = (STR_W6_X7, SUBS_X3_X3_1, ADD_X0_X0_1, b_ne(2), RET)
    state = start(10)
    state.general[6], state.general[7] = 0x91001400, CODE + 8
    result = Machine([code(*loop, permissions="rwx")]).run(state, NOWHERE, 100)
    assert (result.outcome, result.state.general[0]) == (RunOutcome.RETURNED, 50)


def test_the_monitor_goes_along_but_not_into_another_run() -> None:
    target = ConcreteRegion("target", DATA, bytes(8), "rw")
    machine = Machine([code(LDXR_X0_X1, STXR_W2_X3_X1), target])
    machine.load(start(7))
    assert machine.advance(1).outcome is machine.advance(1).outcome is RunOutcome.LIMIT
    assert (machine.state.general[2], machine.memory.read(DATA, 8)) == (0, 7)
    machine.run(start(7), None, 1)
    after = start(7)
    after.pc += 4
    result = machine.run(after, None, 1)
    assert (result.state.general[2], result.memory["target"]) == (1, bytes(8))


def test_an_unallocated_word_after_translated_code() -> None:
    machine = Machine([code(ADD_X0_X0_1, ADD_X0_X0_1, UNALLOCATED)])
    for _ in range(HOT + 2):
        result = machine.run(start(), NOWHERE, 100)
        assert (result.outcome, result.instructions) == (RunOutcome.UNDEFINED, 2)
        assert (result.state.pc, result.state.general[0]) == (CODE + 8, 2)
        assert result.reason


def doubled(word: int) -> Instruction:
    """Adds the immediate twice, as it were: a decoder with an error."""
    return decode(word + (1 << 10) if word == ADD_X0_X0_1 else word)


@pytest.mark.parametrize("decoder, expected", [(decode, 8), (doubled, 16)])
def test_the_decoder_is_asked(decoder: Callable[[int], Instruction], expected: int) -> None:
    machine = Machine([code(*[ADD_X0_X0_1] * 8, RET)], decoder)
    for _ in range(HOT + 2):
        assert machine.run(start(), NOWHERE, 100).state.general[0] == expected
