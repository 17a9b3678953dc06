"""One instruction on registers alone: what the tests of the integer classes share.

Xn starts as n in every byte, SP as SP, PC as PC, the flags as 0, unless a case says otherwise.  The
words are LLVM's, for the text beside.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from itertools import islice
from typing import NamedTuple

from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.concrete import ConcreteRegion, ConcreteState, Machine, RunOutcome, RunResult
from armsym.machine.faults import Fork
from armsym.machine.memory import Memory
from armsym.machine.state import Flags, State
from isa import CLAUSES, Clause
from isa.outcomes import Outcome

PC = 0x100_0000_0000
SP = 0x7F00
ONES = (1 << 64) - 1
MIN = 1 << 63


class Case(NamedTuple):
    """An instruction, registers before it, and all that it changes, PC + 4 aside.

    Registers by name: x0 to x30, sp, pc, nzcv, qc.
    """

    text: str
    word: int
    before: Mapping[str, int] = {}
    after: Mapping[str, int] = {}


def initial(registers: Mapping[str, int]) -> ConcreteState:
    state = ConcreteState([0x0101010101010101 * n for n in range(31)], SP, PC, 0, [0] * 32)
    return changed(state, registers)


def changed(state: ConcreteState, registers: Mapping[str, int]) -> ConcreteState:
    for name, value in registers.items():
        if name.startswith("x"):
            state.general[int(name[1:])] = value
        else:
            setattr(state, name, value)
    return state


def step(word: int, before: Mapping[str, int]) -> RunResult:
    state = initial(before)
    code = ConcreteRegion("code", state.pc, word.to_bytes(4, "little"), "rx")
    return Machine([code]).run(state, None, 1)


def check_effect(case: Case) -> None:
    """The instruction changes what the case says, and nothing else."""
    result = step(case.word, case.before)
    expected = initial(case.before)
    expected.pc += 4
    assert (result.outcome, result.reason) == (RunOutcome.LIMIT, "")
    assert result.state == changed(expected, case.after)


def check_refusal(outcome: RunOutcome, word: int) -> None:
    """The word has this outcome, for a reason, and changes nothing."""
    result = step(word, {})
    assert result.outcome is outcome
    assert result.reason
    assert result.state == initial({})


def classes_of(group: str) -> list[Clause]:
    """The clauses of a folder of isa."""
    return [c for c in CLAUSES if c.semantics.__module__.startswith(f"isa.{group}.")]


def check_symbolic(clause: Clause) -> None:
    """Symbolic runs of random words of the clause evaluate to the concrete ones."""
    source = random.Random(clause.name)
    runs = (agrees(clause, clause.pattern.random_word(source), seed) for seed in range(3000))
    outcomes = list(islice((agreed for agreed in runs if agreed is not None), 40))
    assert outcomes == [True] * 40


def agrees(clause: Clause, word: int, seed: int) -> bool | None:
    """Whether the symbolic run has the concrete run's values; None if the word is refused."""
    assignment, concrete, raw = RandomAssignment(seed), ConcreteBuilder(), RawBuilder()
    try:
        terms = run_on(raw, clause, word, raw.var)
    except Outcome:
        return None
    literals = run_on(concrete, clause, word, lambda w, n: concrete.const(w, assignment(w, n, ())))
    return evaluate(terms, assignment) == [term.value for term in literals]


def run_on(
    builder: Builder, clause: Clause, word: int, leaf: Callable[[int, str], Term]
) -> list[Term]:
    """Runs a word on a state of leaves: the registers after it, QC and the next PC last."""
    general = [leaf(64, f"x{n}") for n in range(32)]
    vectors = [leaf(128, f"v{n}") for n in range(32)]
    flags = Flags(*[leaf(1, name) for name in "NZCV"])
    memory = Memory(builder, [])
    before = State(builder, general, vectors, flags, leaf(64, "pc"), memory, qc=leaf(1, "qc"))
    try:
        return _after(clause, word, before)
    except Fork as fork:
        condition = fork.condition
    ways = sorted(before.fork(condition), key=lambda state: state.facts[-1] is not condition)
    taken, other = [_after(clause, word, state) for state in ways]
    return [builder.ite(condition, x, y) for x, y in zip(taken, other, strict=True)]


def _after(clause: Clause, word: int, before: State) -> list[Term]:
    cpu = before.copy()
    cpu.next_pc = cpu.PC + 4
    clause.semantics(cpu, **clause.pattern.decode(word))
    return [*cpu.X.values, *cpu.V.values, *cpu.flags, cpu.qc, cpu.next_pc]
