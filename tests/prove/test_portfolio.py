"""SMT solvers in processes of their own: what they find, and what becomes of those that fail."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.check.evidence import SOLVERS
from armsym.prove.tactics import portfolio
from armsym.prove.tactics.goal import assignment
from armsym.prove.tactics.portfolio import Contradiction, Model, Unknown, satisfy

PATIENCE = 60.0


@pytest.fixture
def b() -> RawBuilder:
    return RawBuilder()


def alone(solver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(solver)
    monkeypatch.setattr(portfolio, "installed", lambda: [solver])


def instead(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    """Python programs take the place of the solvers."""
    names = [f"fake{number}" for number in range(len(programs))]
    commands = dict(zip(names, programs, strict=True))
    monkeypatch.setattr(portfolio, "installed", lambda: names)
    monkeypatch.setattr(
        portfolio, "command", lambda solver, _memory: [sys.executable, "-c", commands[solver]]
    )


def hard(b: RawBuilder) -> Term:
    """No solver says in a moment that a number this large is no product of two smaller ones."""
    x, y = [b.zero_extend(b.var(40, name), 80) for name in "xy"]
    return b.eq(x * y, b.const(80, (1 << 78) - 11)) & b.ult(b.const(80, 1), y)


@pytest.mark.parametrize("solver", SOLVERS)
def test_each_solver_gives_models_and_contradictions(
    b: RawBuilder, solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone(solver, monkeypatch)
    x, index = b.var(12, "x"), b.var(64, "i %|")
    element = b.apply(12, "in", index + 1)
    conditions = [
        b.eq(x * element, b.const(12, 0x315)),
        b.ult(b.const(64, 5), index),
        ~b.eq(b.apply(12, "in", b.const(64, 7)), element),
        b.eq(b.var(1, "bit"), b.const(1, 0)),
    ]
    answer = satisfy(conditions, PATIENCE)
    assert isinstance(answer, Model)
    assert evaluate(conditions, assignment(answer.values)) == [1, 1, 1, 1]
    assert satisfy([*conditions, b.ult(index, b.const(64, 4))], PATIENCE) == Contradiction(solver)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_solver_without_time_or_memory_does_not_know(
    b: RawBuilder, solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone(solver, monkeypatch)
    started = time.monotonic()
    assert satisfy([hard(b)], 1.0) == Unknown(f"{solver}: no answer after 1 s")
    assert time.monotonic() - started < 10
    answer = satisfy([hard(b)], PATIENCE, memory=8 << 20)
    assert isinstance(answer, Unknown)
    assert f"{solver}: died (" in answer.reason


def test_the_first_sensible_answer_counts(b: RawBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, dies, says = "import time; time.sleep(600)", "raise SystemExit(3)", "print('unsat')"
    instead(monkeypatch, hangs, dies, "print('perhaps')", says)
    started = time.monotonic()
    assert satisfy([hard(b)], 500.0) == Contradiction("fake3")
    assert time.monotonic() - started < 60


NONSENSE: dict[str, tuple[str, str]] = {
    "nothing": ("pass", "no output"),
    "death by a signal": ("import os; os.kill(os.getpid(), 9)", "died (-9): no output"),
    "an error": ("raise ValueError('oh')", "died (1): ValueError: oh"),
    "unknown": ("print('unknown')", "unknown"),
    "a model that is none": ("print('sat\\n#b1\\n#b1')", "a model that is none"),
    "half a model": ("print('sat\\n#b1')", "a model that can't be read"),
    "much": ("print('x' * 10**7)", "x" * 80),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_no_answer(b: RawBuilder, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, said = NONSENSE[name]
    instead(monkeypatch, program)
    conditions = [b.ult(b.var(1, "p"), b.var(1, "q"))]
    answer = satisfy(conditions, PATIENCE)
    assert isinstance(answer, Unknown)
    assert answer.reason.startswith(f"fake0: {said}")
    assert len(answer.reason) < 300


def test_nobody_is_left_running(b: RawBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def noted(command: list[str], **options: Any) -> subprocess.Popen[str]:
        started.append(popen(command, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    instead(monkeypatch, "import time; time.sleep(600)", "print('unsat')")
    satisfy([hard(b)], 500.0)
    assert [child.poll() is not None for child in started] == [True, True]
