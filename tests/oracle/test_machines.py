"""Unicorn and armsym's emulator run the same code to the same end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from armsym.concrete import ConcreteRegion, ConcreteState, Machine, RunOutcome
from armsym.errors import ArmsymError
from armsym.oracle import ConcreteMachine, Unicorn
from armsym.oracle.checkpoints import Checkpoints

CODE, DATA, NOWHERE = 0x1000_0000, 0x1000_0100, 0x6660_0000

ADD_X0_X0_1 = 0x91000400
LDR_X0_X1 = 0xF9400020
STR_X0_X1_8 = 0xF9000420
LDR_Q0_X1 = 0x3DC00020
UNALLOCATED = 0x02000000
MOV_X2_2 = 0xD2800042
SUBS_X2_X2_1 = 0xF1000442
B_NE_BACK_8 = 0x54FFFFC1

Maker = Callable[[Sequence[ConcreteRegion]], ConcreteMachine]
both = pytest.mark.parametrize("make", [Unicorn, Machine])


def code(*words: int) -> ConcreteRegion:
    data = b"".join(word.to_bytes(4, "little") for word in words)
    return ConcreteRegion("code", CODE, data, "rx")


def data(size: int, permissions: str = "rw") -> ConcreteRegion:
    """On the page of the code."""
    return ConcreteRegion("data", DATA, bytes(range(size)), permissions)


def start(x1: int = DATA) -> ConcreteState:
    state = ConcreteState.zero()
    state.pc = CODE
    state.general[1] = x1
    return state


INCREMENT = (LDR_X0_X1, ADD_X0_X0_1, STR_X0_X1_8)
END = CODE + 4 * len(INCREMENT)


@both
def test_a_routine_returns(make: Maker) -> None:
    machine = make([code(*INCREMENT), data(16)])
    for _ in range(2):  # a run starts with the memory as declared
        result = machine.run(start(), END, 100)
        assert result.outcome is RunOutcome.RETURNED
        assert result.instructions == 3
        assert result.state.pc == END
        assert result.state.general[0] == 0x0706050403020101
        assert result.memory == {"data": bytes(range(8)) + bytes([1, *range(1, 8)])}


@both
def test_a_region_one_byte_too_small(make: Maker) -> None:
    result = make([code(*INCREMENT), data(15)]).run(start(), END, 100)
    assert result.outcome is RunOutcome.FAULT
    assert result.instructions == 2
    fault = result.fault
    assert fault is not None
    assert (fault.kind, fault.address, fault.size) == ("write", DATA + 8, 8)
    assert fault.pc == CODE + 8
    assert "data" in fault.place and "0xf bytes" in fault.place
    assert result.memory == {"data": bytes(range(15))}  # nothing of it was stored


@both
@pytest.mark.parametrize(
    "word, base, permissions, kind",
    [
        (LDR_X0_X1, DATA - 1, "rw", "read"),
        (LDR_X0_X1, DATA + 9, "rw", "read"),
        (LDR_X0_X1, DATA, "w", "read"),
        (LDR_X0_X1, NOWHERE, "rw", "read"),
        (LDR_X0_X1, (1 << 64) - 4, "rw", "read"),
        (LDR_Q0_X1, DATA + 1, "rw", "read"),
        (STR_X0_X1_8, DATA, "r", "write"),
        (STR_X0_X1_8, DATA + 1, "rw", "write"),
        (STR_X0_X1_8, CODE - 8, "rw", "write"),
        (STR_X0_X1_8, NOWHERE, "rw", "write"),
    ],
)
def test_a_forbidden_access(make: Maker, word: int, base: int, permissions: str, kind: str) -> None:
    machine = make([code(word), data(16, permissions)])
    result = machine.run(start(base), END, 100)
    assert result.outcome is RunOutcome.FAULT
    assert result.fault is not None and result.fault.kind == kind
    assert result.instructions == 0
    # What was forbidden has left no trace in the next run.
    assert (
        machine.run(start(), None, 1).memory
        == make([code(word), data(16, permissions)]).run(start(), None, 1).memory
    )


@both
def test_a_forbidden_store_changes_no_other_region(make: Maker) -> None:
    constant = ConcreteRegion("constant", DATA, bytes(range(16)), "r")
    machine = make([code(STR_X0_X1_8, LDR_X0_X1), constant])
    assert machine.run(start(), None, 1).outcome is RunOutcome.FAULT
    load = start(DATA + 8)
    load.pc = CODE + 4
    assert machine.run(load, None, 1).state.general[0] == int.from_bytes(range(8, 16), "little")


@both
@pytest.mark.parametrize("pc", [DATA, NOWHERE, CODE + 12])
def test_code_is_fetched_from_executable_bytes_only(make: Maker, pc: int) -> None:
    state = start()
    state.pc = pc
    result = make([code(*INCREMENT), data(16)]).run(state, None, 1)
    assert result.outcome is RunOutcome.FAULT
    assert result.fault is not None and result.fault.kind == "fetch"
    assert (result.fault.address, result.instructions) == (pc, 0)


@both
def test_running_off_the_code(make: Maker) -> None:
    result = make([code(*INCREMENT), data(16)]).run(start(), NOWHERE, 100)
    assert result.outcome is RunOutcome.FAULT
    assert result.fault is not None and result.fault.kind == "fetch"
    assert (result.fault.address, result.instructions) == (END, 3)


@both
def test_limit(make: Maker) -> None:
    machine = make([code(*INCREMENT), data(16)])
    for limit in range(3):
        result = machine.run(start(), END, limit)
        assert (result.outcome, result.instructions) == (RunOutcome.LIMIT, limit)
        assert result.state.pc == CODE + 4 * limit


@both
def test_unallocated(make: Maker) -> None:
    result = make([code(ADD_X0_X0_1, UNALLOCATED)]).run(start(), END, 100)
    assert (result.outcome, result.instructions) == (RunOutcome.UNDEFINED, 1)
    assert result.state.pc == CODE + 4
    assert result.reason


@both
def test_patch(make: Maker) -> None:
    machine = make([code(*INCREMENT), data(16)])
    machine.run(start(), END, 100)
    machine.patch(CODE + 4, (0x91000800).to_bytes(4, "little"))  # add x0, x0, #2
    machine.patch(DATA, b"\x10")
    result = machine.run(start(), END, 100)
    assert result.state.general[0] == 0x0706050403020112
    with pytest.raises(ValueError):
        machine.patch(DATA + 15, b"ab")


@both
def test_every_register_goes_in_and_out(make: Maker) -> None:
    state = ConcreteState(
        [n << 56 | n + 1 for n in range(31)], 0x8000_0000_0000_0010, CODE, 0b1010,
        [(n + 1) << 120 | n for n in range(32)],
    )  # fmt: skip
    after = make([code(ADD_X0_X0_1)]).run(state, None, 1).state
    state.general[0] += 1
    state.pc += 4
    assert after == state


@both
@pytest.mark.parametrize(
    "regions, error",
    [
        ([data(16), ConcreteRegion("late", DATA + 15, b"ab", "r")], "regions-overlap"),
        ([data(16), ConcreteRegion("data", NOWHERE, b"ab", "r")], "region-twice"),
        ([ConcreteRegion("top", (1 << 64) - 1, b"ab", "r")], "region-out-of-range"),
    ],
)
def test_impossible_regions(make: Maker, regions: list[ConcreteRegion], error: str) -> None:
    with pytest.raises(ArmsymError) as caught:
        make(regions)
    assert caught.value.code == error


@both
def test_a_loop_and_a_return(make: Maker) -> None:
    loop = code(LDR_X0_X1, ADD_X0_X0_1, 0xF9000020, 0xF1000463, 0x54FFFF81, 0xD65F03C0)
    state = start()
    state.general[3], state.general[30] = 100, NOWHERE
    result = make([loop, data(8)]).run(state, NOWHERE, 10_000)
    assert (result.outcome, result.instructions) == (RunOutcome.RETURNED, 501)
    assert int.from_bytes(result.memory["data"], "little") == 0x0706050403020100 + 100


def test_unicorn_reports_an_exception_as_unmodelled() -> None:
    result = Unicorn([code(0xD4000001)]).run(start(), None, 1)  # svc #0
    assert result.outcome is RunOutcome.UNMODELLED


def test_adjacent_regions_share_a_page_but_no_access() -> None:
    low = ConcreteRegion("low", DATA, bytes(8), "rw")
    high = ConcreteRegion("high", DATA + 8, bytes(8), "rw")
    machine = Unicorn([code(LDR_X0_X1), low, high])
    assert machine.run(start(DATA), None, 1).outcome is RunOutcome.LIMIT
    assert machine.run(start(DATA + 8), None, 1).outcome is RunOutcome.LIMIT
    assert machine.run(start(DATA + 4), None, 1).outcome is RunOutcome.FAULT


def test_slots_and_bytes_give_the_state_back() -> None:
    state = start()
    state.nzcv, state.qc, state.vectors[31] = 0b0110, 1, 1 << 127
    assert ConcreteState.from_slots(state.to_slots()) == state
    assert ConcreteState.from_bytes(state.to_bytes()) == state


def test_checkpoints_are_passed_in_order() -> None:
    """Two turns of a loop: its head, its end and what is behind it."""
    head, end, behind = CODE + 4, CODE + 12, CODE + 16
    loop = code(MOV_X2_2, ADD_X0_X0_1, SUBS_X2_X2_1, B_NE_BACK_8, ADD_X0_X0_1)
    machine = Checkpoints([loop], [behind, end, head])
    for _ in range(2):  # of the last run
        assert machine.run(start(), behind + 4, 100).state.general[0] == 3
        assert machine.passed == [head, end, head, end, behind]
