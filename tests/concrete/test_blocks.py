"""Translated code does what its clauses do on literals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from armsym.concrete import AccessError, ConcreteMemory
from armsym.concrete.block import Block, compile_block
from armsym.concrete.effect import Effect, Symbols, Untranslatable
from armsym.concrete.interpreter import Interpreter
from armsym.concrete.state import SLOTS
from armsym.conform import generate
from armsym.conform.generate import Case
from isa import CLAUSES, Clause, Instruction
from isa.outcomes import Outcome

SEED = 11
CASES = 12
REGIONS = generate.regions(SEED)[1:]

# Those that mind the exclusive monitor.
INTERPRETED = {
    *("load_exclusive_register", "load_exclusive_pair"),
    *("store_exclusive_register", "store_exclusive_pair"),
}


class Core:
    """Registers and memory for one run."""

    def __init__(self, case: Case) -> None:
        self.slots = case.state.to_slots()
        self.memory = ConcreteMemory(REGIONS)

    def after(self, error: str) -> tuple[str, list[int], dict[str, bytes]]:
        return error, self.slots, self.memory.contents()


def interpreted(case: Case) -> tuple[str, list[int], dict[str, bytes]]:
    core = Core(case)
    try:
        Interpreter(core.slots, core.memory).execute(instruction(case))
    except (AccessError, Outcome) as error:
        return core.after(f"{error!r} {error}")
    return core.after("")


def translated(case: Case, block: Block) -> tuple[str, list[int], dict[str, bytes]]:
    core = Core(case)
    try:
        block.run(core.slots, core.memory)
    except AccessError as error:
        return core.after(f"{error!r} {error}")
    return core.after("")


def instruction(case: Case) -> Instruction:
    return Instruction(case.word, case.clause, case.clause.pattern.decode(case.word))


def effect(case: Case) -> Effect | None:
    try:
        return Symbols().effect(instruction(case), case.state.pc)
    except Untranslatable:
        return None


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.name)
def test_translated_is_interpreted(clause: Clause) -> None:
    count = 0
    for index in range(CASES):
        case = generate.case(clause, SEED, index)
        found, expected = effect(case), interpreted(case)
        if found is not None:
            count += 1
            assert translated(case, compile_block([found], case.state.pc)) == expected
        else:
            assert expected[0] or clause.name in INTERPRETED | {"barriers"}
    assert (count == 0) == (clause.name in INTERPRETED)


def test_a_wrong_effect_is_seen() -> None:
    (clause,) = [c for c in CLAUSES if c.name == "add_sub_immediate"]
    case = generate.case(clause, SEED, 0)
    found = effect(case)
    assert found is not None
    (name, value), *_ = found.registers.items()
    wrong = replace(found, registers={**found.registers, name: value + 1})
    assert translated(case, compile_block([wrong], case.state.pc)) != interpreted(case)


def test_a_core_has_all_registers() -> None:
    with pytest.raises(ValueError):
        Interpreter([0] * (SLOTS - 1), ConcreteMemory([]))
