"""Verdicts on tiny routines: each property holds, or is broken in one place, or can't be told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NoReturn

import pytest

from armsym.binary.disassemble import text
from armsym.bv.term import Term
from armsym.check.replay import Refused
from armsym.contract import Contract
from armsym.kernel.error import KernelError
from armsym.prove import prover, refute
from armsym.prove.explore import explore
from armsym.prove.result import PROPERTIES, Verdict
from tests.prove.routines import ENTRY, WORDS, attempt, increments

RIGHT = ("ldr x2, [x1]", "add x2, x2, #1", "str x2, [x0]")
SAVED = ("str x19, [sp, #-0x10]!", "mov x19, x2", *RIGHT, "ldr x19, [sp], #0x10", "ret")


def test_the_words_are_what_they_say() -> None:
    assert {line: text(word, 0) for line, word in WORDS.items()} == {line: line for line in WORDS}


@pytest.mark.parametrize(
    "lines",
    [
        (*RIGHT, "ret"),
        SAVED,
        (*RIGHT, "sub sp, sp, #0x10", "add sp, sp, #0x10", "ret"),
        # Of V8 to V15 the low halves alone are the caller's.
        (*RIGHT, "mov v8.d[1], x2", "ret"),
        (*RIGHT, "str x2, [x0]", "nop", "ret"),
    ],
)
def test_proved(lines: tuple[str, ...]) -> None:
    result = attempt(*lines)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
    assert result.properties == dict.fromkeys(PROPERTIES, Verdict.PROVED)
    assert (result.instructions, result.steps) == (len(lines), len(lines))
    assert result.certificate is not None
    assert result.counterexample is None


# the lines; the property; what is wrong
BROKEN = {
    "another sum": (
        ("ldr x2, [x1]", "add x2, x2, #2", "str x2, [x0]", "ret"),
        "functional",
        "out[0] is ",
    ),
    "nothing stored": (("ret",), "functional", "out[0] is "),
    "what the stack held": (("ldr x2, [sp, #-8]!", *RIGHT[1:], "ret"), "functional", "out[0] is "),
    "x19 not restored": ((*RIGHT, "mov x19, x2", "ret"), "abi", "x19 is not restored"),
    "x19 saved alone": ((*SAVED[:-2], "ret"), "abi", "x19 is not restored"),
    "d8 not restored": ((*RIGHT, "fmov d8, x2", "ret"), "abi", "d8 is not restored"),
    "sp not restored": ((*RIGHT, "sub sp, sp, #0x10", "ret"), "abi", "sp is not restored"),
    "writes behind": (
        (*RIGHT, "str x2, [x0, #8]", "ret"),
        "memory",
        f"out + 0x8, which has 0x8 bytes at {ENTRY + 12:#x}: str x2, [x0, #8]",
    ),
    "writes what is read-only": (
        (*RIGHT, "str x2, [x1]", "ret"),
        "memory",
        f"in + 0x0, which is r at {ENTRY + 12:#x}: str x2, [x1]",
    ),
    "reads one byte beyond": (
        ("ldr x2, [x1]", "ldrb w2, [x1, #8]", *RIGHT, "ret"),
        "memory",
        f"in + 0x8, which has 0x8 bytes at {ENTRY + 4:#x}: ldrb w2, [x1, #8]",
    ),
    "reads across the end": (
        ("ldur x2, [x1, #1]", *RIGHT, "ret"),
        "memory",
        f"in + 0x1, which has 0x8 bytes at {ENTRY:#x}: ldur x2, [x1, #1]",
    ),
    "reads what is only written": (
        ("ldr x2, [x0]", *RIGHT, "ret"),
        "memory",
        f"out + 0x0, which is w at {ENTRY:#x}: ldr x2, [x0]",
    ),
    "reads its caller's stack": (("ldr x2, [sp]", *RIGHT, "ret"), "memory", "stack + 0x1000"),
    "returns elsewhere": ((*RIGHT, "mov x30, x1", "ret"), "memory", "fetch of "),
    "branches into data": (("br x1",), "memory", "fetch of "),
    "falls off its end": (RIGHT, "memory", "fetch of "),
    "an undefined instruction": (
        (*RIGHT, "udf #0", "ret"),
        "functional",
        f"no such encoding at {ENTRY + 12:#x}: udf #0",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_refuted(name: str) -> None:
    lines, broken, violation = BROKEN[name]
    result = attempt(*lines)
    assert result.verdict is Verdict.REFUTED
    assert violation in result.reason
    assert result.counterexample is not None
    assert result.counterexample.property == broken
    assert result.properties[broken] is Verdict.REFUTED
    assert result.certificate is None


def test_a_counterexample_holds_the_inputs_and_the_outcome() -> None:
    found = attempt("ldr x2, [x1]", "add x2, x2, #2", "str x2, [x0]", "ret").counterexample
    assert found is not None
    given = int.from_bytes(bytes.fromhex(found.buffers["in"]), "little")
    wanted, got = [f"{(given + k) % (1 << 64):#018x}" for k in (1, 2)]
    assert found.differences == [("out[0]", wanted, got)]
    assert found.violation == f"out[0] is {got}, the standard says {wanted}"
    assert set(found.registers) == {f"x{n}" for n in range(8)}


def test_a_difference_for_one_input_alone_is_found_by_z3() -> None:
    trap = ("ldr x2, [x1]", "mov x4, #0x1234", "cmp x2, x4", "cset x3, eq", "add x2, x2, x3")
    result = attempt(*trap, *RIGHT[1:], "ret")
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.buffers["in"] == (0x1234).to_bytes(8, "little").hex()


def test_running_away_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "explore", partial(explore, limit=100))
    monkeypatch.setattr(refute, "STEP_LIMIT", 100)
    result = attempt("b #0")
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == f"no end after 100 steps at {ENTRY:#x}: b #{ENTRY:#x}"
    assert set(result.properties.values()) == {Verdict.UNKNOWN}


def test_an_unmodelled_instruction_is_named() -> None:
    result = attempt(*RIGHT, "fadd d0, d1, d2", "ret")
    assert result.verdict is Verdict.UNMODELLED
    assert f"at {ENTRY + 12:#x}: fadd d0, d1, d2" in result.reason
    wrong = attempt(*RIGHT, "add x2, x2, #1", "str x2, [x0]", "fadd d0, d1, d2", "ret")
    assert wrong.verdict is Verdict.REFUTED


def test_constrained_unpredictable_is_unknown() -> None:
    """Unicorn makes something of it, and finds nothing wrong."""
    result = attempt(*RIGHT, ".inst 0xf8408421", "ret")
    assert result.verdict is Verdict.UNKNOWN
    assert "written back at 0x100c: .inst 0xf8408421" in result.reason


def test_terms_that_are_too_large_for_the_kernel_are_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_large(*_: object) -> NoReturn:
        raise KernelError("meaning", "the terms have too many monomials")

    def refused(*_: object) -> NoReturn:
        raise Refused("the terms have too many monomials")

    monkeypatch.setattr(prover, "certify", refused)
    monkeypatch.setattr(prover, "settle", too_large)
    result = attempt(*RIGHT, "ret")
    assert result.verdict is Verdict.UNKNOWN
    assert "too many monomials" in result.reason


# constant time


def test_time_may_depend_on_public_values() -> None:
    assert attempt("udiv x3, x2, x2", *RIGHT, "ret").verdict is Verdict.PROVED


def test_a_fork_on_a_public_scalar_is_followed_along_both_paths() -> None:
    result = attempt("cbz x2, #8", "nop", *RIGHT, "ret")
    assert result.verdict is Verdict.PROVED
    assert (result.instructions, result.steps) == (6, 10)


def test_one_wrong_path_of_two_is_refuted() -> None:
    """Random calls hardly take it; z3 finds the one that does."""
    result = attempt("cbz x2, #0x10", *RIGHT, "ret")
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.registers["x2"] == "0x0"


# preconditions


Condition = Callable[[Term, Term], Term]


def of(x: Term, value: int) -> Term:
    """A literal as wide as x."""
    return x.builder.const(x.width, value)


def requiring(condition: Condition) -> Callable[[Contract], None]:
    """The contract with a precondition on n and on the word that is read."""

    def state(c: Contract) -> None:
        increments(c)
        c.requires(condition(c.scalars["n"], c.element(c.buffers["in"], 0)))

    return state


# Random calls meet none of these; z3 says whether any call does.
PRECONDITIONS: dict[str, tuple[Condition, Verdict]] = {
    "opposites": (lambda n, x: n.builder.eq(n, x) & ~n.builder.eq(n, x), Verdict.VACUOUS),
    "no square": (lambda n, x: n.builder.eq(n * n & 7, of(n, 5)), Verdict.VACUOUS),
    "below zero": (lambda n, x: n.builder.ult(x, of(x, 0)), Verdict.VACUOUS),
    "one scalar": (lambda n, x: n.builder.eq(n, of(n, 0x123456789)), Verdict.PROVED),
    "one element": (lambda n, x: n.builder.eq(x ^ n, of(x, 0x123456789)), Verdict.PROVED),
}


@pytest.mark.parametrize("name", PRECONDITIONS)
def test_preconditions_that_random_calls_do_not_meet(name: str) -> None:
    condition, verdict = PRECONDITIONS[name]
    result = attempt(*RIGHT, "ret", state=requiring(condition))
    assert result.verdict is verdict
    assert set(result.properties.values()) == {verdict}


def test_a_vacuous_contract_is_vacuous_for_a_wrong_routine_too() -> None:
    condition, _ = PRECONDITIONS["no square"]
    result = attempt("ret", state=requiring(condition))
    assert (result.verdict, result.reason) == (
        Verdict.VACUOUS,
        "no input meets the preconditions",
    )


def test_no_witness_in_time_is_unknown() -> None:
    condition, _ = PRECONDITIONS["no square"]
    result = attempt(*RIGHT, "ret", state=requiring(condition), solver_seconds=0.001)
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "no input is known that meets the preconditions"


def test_a_precondition_is_used() -> None:
    """Where n = 0 the routine stores nothing."""
    routine = ("cbz x2, #0x10", *RIGHT, "ret")
    positive = requiring(lambda n, x: ~n.builder.eq(n, of(n, 0)))
    assert attempt(*routine, state=positive).verdict is Verdict.PROVED
