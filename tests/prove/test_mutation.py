"""Mutation testing: what is said of survivors, and that a wrong theorem is called wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from armsym.contract.language import Proof
from armsym.prove.mutate import Mutant
from armsym.prove.mutation import Campaign, Tried, same_effect
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from armsym.prove.schedule import Task
from tests.prove.loop_routine import ADD, LOW_BITS, looping, sums, word
from tests.prove.routines import ENTRY, image_of_words

IMAGE = image_of_words(*looping(LOW_BITS, ADD), data=bytes(range(8)))
SEED, COUNT = 1, 24
PROOF_FILE = """
from armsym.contract import contract
from tests.prove.loop_routine import sums

routines = contract("routine")(sums)
"""


def ldr(clause: str, **fields: int) -> int:
    return word(clause, size=3, opc=1, Rn=1, **fields)


def add(**fields: int) -> int:
    return word("add_sub_shifted_register", sf=1, Rn=1, **fields)


# words that do the same, and words that nearly do
SAME = {
    "add x0, x1, x2; x0, x2, x1": (add(Rm=2), word("add_sub_shifted_register", sf=1, Rn=2, Rm=1)),
    "ret; br x30": [word("unconditional_branch_register", op=op, Rn=30) for op in (2, 0)],
    "nop; yield": (word("hints"), word("hints", op2=1)),
    "ldr x0, [x1]; ldur x0, [x1]": (
        ldr("load_store_unsigned_immediate"),
        ldr("load_store_unscaled"),
    ),
}
DIFFERENT = {
    "add x0, x1, x2; adds x0, x1, x2": (add(Rm=2), add(Rm=2, S=1)),
    "add x0, x1, x2; add x0, x1, x3": (add(Rm=2), add(Rm=3)),
    "ret; blr x30": [word("unconditional_branch_register", op=op, Rn=30) for op in (2, 1)],
    "ldr x0, [x1]; ldr x0, [x1, #1]": (
        ldr("load_store_unscaled"),
        ldr("load_store_unscaled", imm9=1),
    ),
    "nop; cbz x1, #4": (word("hints"), word("compare_and_branch", sf=1, imm19=1, Rt=1)),
    "undefined; undefined": (0, 0),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_in_every_state(name: str) -> None:
    one, other = [w.to_bytes(4, "little") for w in SAME[name]]
    assert same_effect(one, other)


@pytest.mark.parametrize("name", DIFFERENT)
def test_not_shown_to_be_the_same(name: str) -> None:
    one, other = [w.to_bytes(4, "little") for w in DIFFERENT[name]]
    assert not same_effect(one, other)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Mutants of the loop routine."""
    path = tmp_path_factory.mktemp("proofs") / "loops.py"
    path.write_text(PROOF_FILE)
    certificate = prove(Proof("routine", sums), IMAGE, "routine").certificate
    assert certificate is not None
    task = Task("routine", (str(path),), IMAGE, "routine")
    return Campaign(task, certificate.code, SEED, COUNT, jobs=2, budget=60, calls=50)


@pytest.fixture(scope="module")
def tried(campaign: Campaign) -> Mapping[int, Tried]:
    """What becomes of them, by number."""
    return {t.number: t for t in campaign.results({})}


def test_mutants_of_a_loop(tried: Mapping[int, Tried]) -> None:
    assert sorted(tried) == list(range(1, COUNT + 1))
    assert sum(t.verdict is Verdict.REFUTED for t in tried.values()) >= COUNT // 2
    assert any(t.mutant.kind == "loop" and t.property == "memory" for t in tried.values())
    for result in tried.values():
        assert "WRONG" not in result.shown
        assert (result.verdict is Verdict.PROVED) == bool(result.shown)
        assert (result.verdict is Verdict.REFUTED) == bool(result.property)
        assert Tried.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_what_is_known_is_not_tried_again(campaign: Campaign, tried: Mapping[int, Tried]) -> None:
    said: list[str] = []
    assert {t.number: t for t in campaign.results(tried, said.append)} == tried
    assert said == []
    of_another_seed = {**tried, 1: replace(tried[2], number=1)}
    again = {t.number: t for t in campaign.results(of_another_seed, said.append)}
    assert again[1].mutant == tried[1].mutant
    assert len(said) == 1


def survivor(campaign: Campaign, index: int, new: int) -> Tried:
    """What is said of a mutant with another instruction, if it is taken to prove."""
    address = ENTRY + 4 * index
    mutant = Mutant("opcode", address, IMAGE.read(address, 4), new.to_bytes(4, "little"))
    return campaign.tried(1, mutant, Result("routine", "", "", "routine", Verdict.PROVED))


def test_a_wrong_theorem_is_called_wrong(campaign: Campaign) -> None:
    counts_by_two = word("add_sub_immediate", sf=1, op=1, S=1, imm12=2, Rn=2, Rd=2)
    found = survivor(campaign, 5, counts_by_two)
    assert "WRONG" in found.shown
    assert not found.equivalent


def test_a_difference_that_the_contract_does_not_see(campaign: Campaign) -> None:
    sets_flags_too = word("add_sub_shifted_register", sf=1, S=1, Rm=3, Rn=5, Rd=5)
    found = survivor(campaign, 4, sets_flags_too)
    assert found.shown.endswith("50 random calls on the emulator")
    assert not found.equivalent


def test_no_difference(campaign: Campaign) -> None:
    other_way_round = word("add_sub_shifted_register", sf=1, Rm=5, Rn=3, Rd=5)
    found = survivor(campaign, 4, other_way_round)
    assert found.shown.startswith("in every state")
    assert found.equivalent
