"""Steps and runs: both ways of a fork, facts, limits, and why a path stops."""

from __future__ import annotations

import struct

import pytest

from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.normal import NormalBuilder
from armsym.kernel.builder import KernelBuilder
from armsym.machine.faults import Fault, Undecided
from armsym.machine.memory import Memory, Region, literal_bytes
from armsym.machine.state import State
from armsym.simulate.paths import OutOfSteps, Path, run
from armsym.simulate.start import unknown_state
from armsym.simulate.step import fetch, step
from isa.outcomes import ConstrainedUnpredictable, Undefined, Unmodelled

BUILDERS: list[type[Builder]] = [RawBuilder, NormalBuilder, KernelBuilder]

NOP, RET = 0xD503201F, 0xD65F03C0
ADD_X2_X2_1, SUBS_X2_X2_1 = 0x91000442, 0xF1000442
CBZ_X2_8, CBNZ_X2_8, CBZ_X3_8 = 0xB4000042, 0xB5000042, 0xB4000043
B_SELF, B_NE_BACK_4 = 0x14000000, 0x54FFFFE1
MOV_X2_3 = 0xD2800062
BR_X1 = 0xD61F0020


def start(*words: int, builder: type[Builder] = NormalBuilder) -> State:
    """The unknown state before these instructions."""
    b = builder()
    code = struct.pack(f"<{len(words)}I", *words)
    base = b.concat(b.var(52, "image"), b.const(12, 0))
    region = Region("code", base, len(code), "rx", literal_bytes(b, code))
    return unknown_state(b, base, Memory(b, [region]))


def paths(state: State, limit: int = 100) -> list[Path]:
    """Every path to the address in x30."""
    return list(run(state, state.X.values[30], limit))


def test_fetch_decodes_the_word_at_pc() -> None:
    assert fetch(start(NOP)).word == NOP


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_straight_line_is_one_path(builder: type[Builder]) -> None:
    state = start(ADD_X2_X2_1, NOP, RET, builder=builder)
    expected = state.X.values[2] + 1
    (path,) = paths(state)
    assert (path.steps, path.stop, path.state.facts) == (3, None, ())
    assert path.state.builder.same(path.state.X.values[2], expected)


def test_a_step_leaves_the_state_as_it_was() -> None:
    state = start(ADD_X2_X2_1, RET)
    before, pc = list(state.X.values), state.PC
    (after,) = step(state)
    assert state.X.values == before
    assert state.PC is pc
    assert after.PC is pc + 4
    assert after.X.values[2] is before[2] + 1


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_fork_gives_both_ways_with_their_facts(builder: type[Builder]) -> None:
    state = start(CBZ_X2_8, ADD_X2_X2_1, RET, builder=builder)
    b, x2, entry = state.builder, state.X.values[2], state.PC
    zero = b.eq(x2, b.const(64, 0))
    taken, not_taken = sorted(step(state), key=lambda way: b.same(way.facts[0], ~zero))
    assert b.same(taken.PC, entry + 8)
    assert b.same(not_taken.PC, entry + 4)
    assert b.same(taken.facts[0], zero)
    assert b.same(not_taken.facts[0], ~zero)
    assert taken.observed == not_taken.observed != ()
    first, second = paths(state)
    assert sorted((first.steps, second.steps)) == [2, 3]


def test_the_ways_of_a_fork_do_not_share_registers() -> None:
    state = start(CBZ_X2_8, ADD_X2_X2_1, RET)
    x2 = state.X.values[2]
    results = {p.steps: p.state.X.values[2] for p in paths(state)}
    assert results == {2: x2, 3: x2 + 1}


@pytest.mark.parametrize("builder", [NormalBuilder, KernelBuilder])
def test_a_fact_settles_a_later_branch(builder: type[Builder]) -> None:
    """Paths whose facts contradict each other are no paths: raw terms don't see all of them."""
    same = start(CBZ_X2_8, NOP, CBZ_X2_8, NOP, RET, builder=builder)
    assert sorted(p.steps for p in paths(same)) == [3, 5]
    opposite = start(CBZ_X2_8, NOP, CBNZ_X2_8, NOP, RET, builder=builder)
    assert sorted(p.steps for p in paths(opposite)) == [4, 4]


def test_other_facts_settle_nothing() -> None:
    assert len(paths(start(CBZ_X2_8, NOP, CBZ_X3_8, NOP, RET))) == 4


def test_contradictory_preconditions_of_a_branch_leave_no_path() -> None:
    state = start(CBZ_X2_8, NOP, RET)
    zero = state.builder.eq(state.X.values[2], state.builder.const(64, 0))
    state.facts = (zero, ~zero)
    assert paths(state) == []


def test_a_literal_condition_does_not_fork() -> None:
    state = start(MOV_X2_3, SUBS_X2_X2_1, B_NE_BACK_4, RET)
    (path,) = paths(state)
    assert (path.steps, path.state.facts, path.state.observed) == (8, (), ())
    assert path.state.X.values[2].value == 0


# limits


def test_the_limit_is_of_all_paths_together() -> None:
    assert [p.stop for p in paths(start(CBZ_X2_8, NOP, RET), limit=4)] == [None, None]
    stops = [p.stop for p in paths(start(CBZ_X2_8, NOP, RET), limit=3)]
    assert [type(stop) for stop in stops] == [type(None), OutOfSteps]


@pytest.mark.parametrize("limit", [0, 1, 50])
def test_a_run_without_an_end_stops_at_its_limit(limit: int) -> None:
    (path,) = paths(start(B_SELF), limit)
    assert path.steps == limit
    assert isinstance(path.stop, OutOfSteps)
    assert str(path.stop) == f"no end after {limit} steps"


def test_a_loop_that_forks_at_each_turn_stops_at_its_limit() -> None:
    found = paths(start(SUBS_X2_X2_1, B_NE_BACK_4, RET), limit=30)
    assert len(found) > 3
    assert any(isinstance(p.stop, OutOfSteps) for p in found)
    assert {p.steps for p in found if p.stop is None} <= set(range(3, 30, 2))


def test_watch_sees_each_state_before_its_step() -> None:
    state = start(CBZ_X2_8, NOP, RET)
    entry, seen = state.PC, []
    list(run(state, state.X.values[30], 100, lambda s: seen.append(s.PC)))
    assert sorted(pc.number for pc in seen) == sorted(
        pc.number for pc in (entry, entry + 4, entry + 8, entry + 8)
    )


def test_a_run_to_where_it_is_takes_no_step() -> None:
    state = start(B_SELF)
    (path,) = run(state, state.PC, 10)
    assert (path.steps, path.stop) == (0, None)


# why a path stops, and where: the offset of the instruction that is at fault


@pytest.mark.parametrize(
    ("words", "kind", "text", "offset"),
    [
        ((NOP, 0x00000000), Undefined, "", 4),  # udf #0
        ((NOP, 0x1E622820), Unmodelled, "", 4),  # fadd d0, d1, d2
        ((NOP, 0xF8408421), ConstrainedUnpredictable, "", 4),  # ldr x1, [x1], #8
        ((NOP, NOP), Fault, "executes 4 bytes at code +0x8", 8),
        ((NOP, 0xF9400022), Undecided, "belongs to no region: x1", 4),  # ldr x2, [x1]
        ((NOP, BR_X1), Undecided, "belongs to no region: x1", None),
    ],
)
def test_why_it_stops(
    words: tuple[int, ...], kind: type[Exception], text: str, offset: int | None
) -> None:
    state = start(*words)
    entry = state.PC
    (path,) = paths(state)
    assert type(path.stop) is kind
    assert text in str(path.stop)
    assert path.state.PC is (entry + offset if offset is not None else state.X.values[1])


def test_one_path_stops_and_the_other_goes_on() -> None:
    stops = [p.stop for p in paths(start(CBZ_X2_8, 0x00000000, RET))]
    assert sorted(type(stop).__name__ for stop in stops) == ["NoneType", "Undefined"]


class WritesAndForks:
    """An instruction that writes before it decides: executed again, it would write twice."""

    def execute(self, state: State) -> None:
        state.X[0, 64] = state.X[0, 64] + 1
        state.decide(state.builder.eq(state.X[1, 64], state.builder.const(64, 0)))


def test_an_instruction_that_has_written_does_not_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armsym.simulate.step.fetch", lambda state: WritesAndForks())
    with pytest.raises(Undecided, match="forks after it has written"):
        step(start(NOP))
