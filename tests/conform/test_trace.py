"""Traces: what is recorded is replayed; what was tampered with is a mismatch or an error."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from armsym.concrete import ConcreteRegion, RunOutcome, RunResult
from armsym.conform import generate
from armsym.conform.compare import Verdict
from armsym.conform.run import clauses_named, conform, replay
from armsym.conform.trace import MAGIC, Recorded, Trace, TraceHeader, TraceWriter, encode
from armsym.errors import ArmsymError

CLASSES = clauses_named(["add_sub_immediate", "load_store_unsigned_immediate", "barriers"])

# Small, for tests that read it often.
CODE = ConcreteRegion("code", generate.CODE_ADDRESS, bytes(64), "rx")
DATA = ConcreteRegion("data", generate.DATA_ADDRESS, bytes(64), "rw")
ADD_X0_X0_1, STR_X0_X1 = 0x91000400, 0xF9000020


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traces") / "trace"
    assert conform(CLASSES, 300, seed=5, record=path).passed
    return path


def small(path: Path, answer: Callable[[RunResult], RunResult] = lambda a: a) -> Path:
    """A trace of two cases, which the oracle answered so."""
    add, store = clauses_named(["add_sub_immediate", "load_store_unsigned_immediate"])
    regions = [CODE, DATA]
    before = replace(generate.case(add, 1, 0).state, pc=CODE.address)
    before.general[0], before.general[1] = 7, DATA.address + 8
    after = replace(before, general=[8, *before.general[1:]], pc=before.pc + 4)
    added = RunResult(RunOutcome.LIMIT, after, {"data": DATA.data}, 1)
    memory = {"data": bytes(8) + b"\x07" + bytes(55)}
    stored = RunResult(RunOutcome.LIMIT, replace(before, pc=before.pc + 4), memory, 1)
    records = [
        Recorded(generate.Case(add, 1, 0, ADD_X0_X0_1, before), answer(added)),
        Recorded(generate.Case(store, 1, 0, STR_X0_X1, before), answer(stored)),
    ]
    with TraceWriter(path, TraceHeader("unicorn", "by hand", 1, regions)) as writer:
        writer.write(encode(records, regions), len(records))
    return path


def test_a_replay_counts_what_was_recorded(recorded: Path) -> None:
    was, now = conform(CLASSES, 300, seed=5), replay(recorded)
    assert now.passed
    assert (now.oracle, now.seed) == ("unicorn", 5)
    asked = set(Verdict) - {Verdict.UNPREDICTABLE, Verdict.UNMODELLED}
    for before, after in zip(was.classes, now.classes, strict=True):
        assert after.clause is before.clause
        assert after.counts == {v: n for v, n in before.counts.items() if v in asked}
        assert [d.case for d in after.deviations] == [d.case for d in before.deviations]


def test_the_header_says_who_answered(recorded: Path) -> None:
    header = Trace(recorded).header
    assert header.description.startswith("unicorn ")
    assert header.regions == generate.regions(5)


def test_a_trace_is_the_same_bytes_again(recorded: Path, tmp_path: Path) -> None:
    conform(CLASSES, 300, seed=5, record=tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == recorded.read_bytes()


def x9_changed(answer: RunResult) -> RunResult:
    general = [value ^ (n == 9) for n, value in enumerate(answer.state.general)]
    return replace(answer, state=replace(answer.state, general=general))


def byte_63_changed(answer: RunResult) -> RunResult:
    return replace(answer, memory={"data": answer.memory["data"][:63] + b"\x01"})


def refused(answer: RunResult) -> RunResult:
    return replace(answer, outcome=RunOutcome.UNDEFINED)


@pytest.mark.parametrize(
    "answer, name", [(x9_changed, "X9"), (byte_63_changed, "data + 0x3f"), (refused, "outcome")]
)
def test_another_answer_is_a_mismatch(
    answer: Callable[[RunResult], RunResult], name: str, tmp_path: Path
) -> None:
    assert replay(small(tmp_path / "good")).passed
    report = replay(small(tmp_path / "bad", answer))
    assert not report.passed
    found = [d.name for c in report.classes for m in c.mismatches for d in m.finding.differences]
    assert found == [name, name]


def test_a_trace_of_nothing_does_not_pass(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "empty", TraceHeader("unicorn", "by hand", 1, [CODE])):
        pass
    assert not replay(tmp_path / "empty").passed


def test_an_interrupted_recording_is_no_trace(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        conform(CLASSES, 300, seed=5, record=tmp_path / "trace", progress=interrupt)
    refuses(tmp_path / "trace")


def refuses(path: Path) -> None:
    with pytest.raises(ArmsymError) as caught:
        replay(path)
    assert caught.value.code == "bad-trace"
    assert str(path) in caught.value.message


def test_a_cut_trace_is_refused(tmp_path: Path) -> None:
    whole = small(tmp_path / "whole").read_bytes()
    for size in range(0, len(whole), 7):
        (tmp_path / "cut").write_bytes(whole[:size])
        refuses(tmp_path / "cut")


@pytest.mark.parametrize(
    "old, new",
    [
        (MAGIC, MAGIC.replace(b"1", b"2")),
        (b'"size": 64', b'"size": 1e9'),
        (b'"size": 64', b'"size": 99999999999'),
        (b'"size": 64', b'"size": -1'),
        (b'"size": 64', b'"size": true'),
        (b'"name"', b'"mane"'),
        (b'"rx"', b'"w"'),
        (b'"unicorn"', b"[]"),
        (b'"unicorn"', b'"another"'),
        (b'"code"', b'"\\u001b[2J"'),
        (b"{", b"[" * 60_000),
        (b'"seed": 1', b'"seed": null'),
        (b'"regions": [', b'"regions": [[],'),
        (b"{", b"["),
        (ADD_X0_X0_1.to_bytes(4, "little"), b"\x00\x00\x00\x02"),  # unallocated
        (CODE.address.to_bytes(8, "little"), (CODE.address + 2).to_bytes(8, "little")),
    ],
)
def test_a_malformed_trace_is_refused(old: bytes, new: bytes, tmp_path: Path) -> None:
    content = gzip.decompress(small(tmp_path / "trace").read_bytes())
    assert old in content
    (tmp_path / "bad").write_bytes(gzip.compress(content.replace(old, new, 1)))
    refuses(tmp_path / "bad")


def test_damage_is_found_or_changes_an_answer(tmp_path: Path) -> None:
    """No byte of a trace makes a replay fail otherwise than by an ArmsymError."""
    content = gzip.decompress(small(tmp_path / "trace").read_bytes())
    source = random.Random(1)
    for _ in range(300):
        damaged = bytearray(content)
        damaged[source.randrange(len(content))] ^= 1 << source.randrange(8)
        (tmp_path / "bad").write_bytes(gzip.compress(bytes(damaged), 1))
        try:
            replay(tmp_path / "bad")
        except ArmsymError as error:
            assert error.code in ("bad-trace", "region-out-of-range", "regions-overlap")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(ArmsymError) as caught:
        replay(tmp_path / "none")
    assert caught.value.code == "trace-unreadable"
    with pytest.raises(ArmsymError) as caught:
        conform(CLASSES, 3, seed=1, record=tmp_path / "no" / "directory")
    assert caught.value.code == "trace-unwritable"


def test_cases_keep_apart() -> None:
    """Hundreds can be in memory at once, since what follows each is none of them."""
    slots = sorted(generate.case(CLASSES[0], 1, index).state.pc for index in range(2048))
    assert all(high - low >= 8 for low, high in pairwise(slots))
