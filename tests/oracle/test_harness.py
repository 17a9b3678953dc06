"""The harness program under QEMU: every way to end, nothing left behind, its own failures."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from armsym.concrete import ConcreteRegion, ConcreteState, RunOutcome
from armsym.errors import ArmsymError
from armsym.oracle import Harness, native, qemu
from armsym.oracle.harness import build

CODE, DATA, TABLE, NOWHERE = 0x1000_0000, 0x2000_0000, 0x3000_0000, 0x6660_0000
PAGE = 4096

NOP = 0xD503201F
B_SELF = 0x14000000
BLR_X2 = 0xD63F0040
BRK = 0xD4200000
UDF = 0x00000000
LDR_X0_X1 = 0xF9400020
LDAR_X0_X1 = 0xC8DFFC20
STR_X0_X1 = 0xF9000020
STP_Q0_Q1_X1 = 0xAD000420
LDR_X0_LITERAL_8 = 0x58000040
ADR_X0_0 = 0x10000000
SVC = 0xD4000001

REGIONS = [
    ConcreteRegion("code", CODE, UDF.to_bytes(4, "little") * 1024, "rx"),
    ConcreteRegion("data", DATA, bytes(n % 251 for n in range(PAGE)), "rw"),
    ConcreteRegion("table", TABLE, bytes(PAGE), "r"),
]


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    try:
        machine = qemu(REGIONS)
    except ArmsymError as error:
        if error.code != "oracle-missing":
            raise
        pytest.skip(f"{error.message}: {error.hint}")
    yield machine
    machine.close()


def at(offset: int, x1: int = 0, x2: int = 0) -> ConcreteState:
    state = ConcreteState.zero()
    state.pc = CODE + offset
    state.general[1], state.general[2] = x1, x2
    return state


@pytest.mark.parametrize(
    "word, x1, x2, outcome, kind, pc",
    [
        (NOP, 0, 0, RunOutcome.LIMIT, "", CODE + 20),
        (B_SELF, 0, 0, RunOutcome.LIMIT, "", CODE + 16),
        (BLR_X2, 0, NOWHERE, RunOutcome.LIMIT, "", NOWHERE),
        (BLR_X2, 0, NOWHERE + 2, RunOutcome.LIMIT, "", NOWHERE + 2),
        (BLR_X2, 0, DATA, RunOutcome.LIMIT, "", DATA),
        (UDF, 0, 0, RunOutcome.UNDEFINED, "", CODE + 16),
        (BRK, 0, 0, RunOutcome.UNMODELLED, "", CODE + 16),
        (LDR_X0_X1, TABLE + PAGE - 8, 0, RunOutcome.LIMIT, "", CODE + 20),
        (LDR_X0_X1, TABLE + PAGE - 7, 0, RunOutcome.FAULT, "access", CODE + 16),
        (LDR_X0_X1, NOWHERE, 0, RunOutcome.FAULT, "access", CODE + 16),
        (STR_X0_X1, TABLE, 0, RunOutcome.FAULT, "access", CODE + 16),
        (STR_X0_X1, CODE, 0, RunOutcome.FAULT, "access", CODE + 16),
        (LDAR_X0_X1, DATA + 1, 0, RunOutcome.FAULT, "alignment", CODE + 16),
    ],
)
def test_how_an_instruction_ends(
    harness: Harness, word: int, x1: int, x2: int, outcome: RunOutcome, kind: str, pc: int
) -> None:
    (result,) = harness.execute([(word, at(16, x1, x2))])
    assert (result.outcome, result.state.pc) == (outcome, pc)
    assert (result.fault.kind if result.fault else "") == kind


@pytest.mark.parametrize("sp", [0, 1, DATA, (1 << 64) - 1])
def test_every_register_goes_in_and_out(harness: Harness, sp: int) -> None:
    state = ConcreteState(
        [n << 56 | n + 1 for n in range(31)], sp, CODE, 0b1010,
        [(n + 1) << 120 | n for n in range(32)],
    )  # fmt: skip
    (result,) = harness.execute([(NOP, state)])
    state.pc += 4
    assert result.state == state


def test_a_store_is_seen_and_undone(harness: Harness) -> None:
    store = at(0, DATA + 3)
    store.vectors[0], store.vectors[1] = (1 << 128) - 1, 0xFE << 120
    load = at(64, DATA + 3)
    stored, loaded = harness.execute([(STP_Q0_Q1_X1, store), (LDR_X0_X1, load)])
    declared = REGIONS[1].data
    written = b"\xff" * 16 + bytes(15) + b"\xfe"
    assert stored.memory == {"data": declared[:3] + written + declared[35:]}
    assert loaded.memory == {"data": declared}
    assert loaded.state.general[0] == int.from_bytes(declared[3:11], "little")


def test_an_instruction_knows_where_it_is(harness: Harness) -> None:
    for offset in (0, 12, PAGE - 16):
        (adr,) = harness.execute([(ADR_X0_0, at(offset))])
        assert adr.state.general[0] == CODE + offset


def test_what_was_executed_does_not_stay(harness: Harness) -> None:
    harness.execute([(NOP, at(8))])
    (load,) = harness.execute([(LDR_X0_LITERAL_8, at(0))])
    assert load.state.general[0] == 0


def test_neighbours_are_refused(harness: Harness) -> None:
    with pytest.raises(ValueError, match="neighbours"):
        harness.execute([(NOP, at(0)), (NOP, at(4))])
    with pytest.raises(ValueError, match="neighbours"):
        harness.execute([(NOP, at(0)), (NOP, at(0))])


def test_batch_after_batch(harness: Harness) -> None:
    tests = [(NOP, at(n % 256 * 16, x1=n)) for n in range(256)]
    for _ in range(3):
        results = harness.execute(tests)
        assert [r.state.general[1] for r in results] == list(range(256))


def test_an_instruction_that_ends_the_process(harness: Harness) -> None:
    leaving = at(160)
    leaving.general[8] = 93  # exit
    tests = [(NOP, at(16 * n)) for n in range(10)] + [(SVC, leaving), (NOP, at(176))]
    results = harness.execute(tests)
    assert [r.outcome for r in results].count(RunOutcome.LIMIT) == 11
    assert (results[10].outcome, results[10].reason) == (
        RunOutcome.UNMODELLED,
        "the oracle ended",
    )


@pytest.mark.parametrize("command", [["false"], ["/no/such/program"], [os.devnull]])
def test_a_program_that_does_not_start(command: Sequence[str]) -> None:
    with pytest.raises(ArmsymError) as caught:
        Harness(REGIONS, command, "none")
    assert caught.value.code == "oracle-failed"


def test_regions_are_whole_pages() -> None:
    with pytest.raises(ValueError, match="whole pages"):
        Harness([ConcreteRegion("odd", CODE, b"ab", "r")], ["false"], "none")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    for oracle, hint in ((qemu, "qemu-user"), (native, "--oracle qemu")):
        with pytest.raises(ArmsymError) as caught:
            oracle(REGIONS)
        assert caught.value.code == "oracle-missing"
        assert hint in caught.value.hint
    with pytest.raises(ArmsymError) as caught:
        build.built([("aarch64-linux-gnu-gcc",)])
    assert caught.value.code == "oracle-missing"
    assert "gcc-aarch64-linux-gnu" in caught.value.hint


def test_a_compiler_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path))
    with pytest.raises(ArmsymError) as caught:
        build.built([("no-such-compiler",), ("false",)])
    assert caught.value.code == "oracle-build-failed"
    assert not list(tmp_path.iterdir())


def test_the_program_is_compiled_once(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path))
    program = build.built(build.CROSS_COMPILERS)
    written = program.stat().st_mtime_ns
    assert build.built(build.CROSS_COMPILERS) == program
    assert program.stat().st_mtime_ns == written
