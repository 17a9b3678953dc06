"""Loops of which no proof can come, and those that never end, are not run for long."""

from __future__ import annotations

from collections import Counter

import pytest

from armsym.bv.normal import NormalBuilder
from armsym.contract.execution import Execution
from armsym.contract.language import Proof
from armsym.prove import explore as explore_module
from armsym.prove import leaks, refute
from armsym.prove.explore import explore
from armsym.prove.prover import prove
from armsym.prove.refute import UNENDED, Refuter
from armsym.prove.result import Result, Verdict
from tests.prove.loop_routine import RET, word
from tests.prove.routines import ENTRY, WORDS, image_of_words, increments

LOAD, PLUS_ONE, STORE = [WORDS[s] for s in ("ldr x2, [x1]", "add x2, x2, #1", "str x2, [x0]")]
COUNT_DOWN = word("add_sub_immediate", sf=1, op=1, S=1, imm12=1, Rn=2, Rd=2)
TIMES_PLUS_X3 = word("multiply_add", sf=1, Ra=3, Rm=3, Rn=2, Rd=2)  # x3 + x2 * x3
UNTIL_ZERO = word("conditional_branch", cond=1, imm19=(1 << 19) - 1)  # b.ne, one back
BACK = word("unconditional_branch_immediate", imm26=(1 << 26) - 1)


def attempt(*words: int) -> Result:
    return prove(Proof("routine", increments), image_of_words(*words), "routine")


def test_a_loop_whose_turns_a_secret_decides_is_not_gone_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random values would count down for ages; a solver's tell that time depends on them."""
    monkeypatch.setattr(refute, "STEP_LIMIT", 1000)
    monkeypatch.setattr(leaks, "TRACE_LIMIT", 1000)
    words = (LOAD, COUNT_DOWN, UNTIL_ZERO, LOAD, PLUS_ONE, STORE, RET)
    image = image_of_words(*words)
    contract = Proof("routine", increments).contract()
    found = explore(Execution(contract, image, ENTRY, NormalBuilder()))
    reason = "(in 0x0), which is not public, decides on another turn"
    assert [str(stop) for stop in found.stops] == [reason]
    assert found.steps < 20
    assert found.reasons["termination"].startswith(f"{reason} at {ENTRY + 4:#x}: subs x2, x2, #1")
    result = attempt(*words)
    assert result.verdict is Verdict.REFUTED
    assert result.properties["constant_time"] is Verdict.REFUTED


def test_terms_that_grow_for_ever_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore_module, "SIZE_LIMIT", 10_000)
    monkeypatch.setattr(refute, "STEP_LIMIT", 100)
    result = attempt(LOAD, TIMES_PLUS_X3, BACK)
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason.startswith("no end after terms with 10,000 operands at ")
    assert result.steps < 10_000


def test_calls_that_do_not_end_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refute, "STEP_LIMIT", 100)
    calls: Counter[str] = Counter()
    run = Refuter._run

    def counted(*given: object) -> object:
        calls["run"] += 1
        return run(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Refuter, "_run", counted)
    image = image_of_words(WORDS["b #0"])
    refuter = Refuter(Proof("routine", increments).contract(), image, ENTRY)
    assert refuter.search(24, 24) is None
    assert calls["run"] == UNENDED
