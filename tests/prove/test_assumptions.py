"""A proof says what the instructions of its routine take for granted, and its check says it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from armsym.binary.image import Image
from armsym.bv.data import Nodes
from armsym.check.replay import FOUNDATIONS, check, replay
from armsym.contract.execution import Execution
from armsym.contract.language import Proof
from armsym.kernel.builder import KernelBuilder
from armsym.prove.prover import prove
from armsym.prove.result import Verdict
from isa.assumptions import CSSC, PAUTH, XS
from tests.prove.routines import ENTRY, image_of_words, increments

PACIASP, AUTIASP = 0xD503233F, 0xD50323BF
BTI_C = 0xD503245F
CNT_X3_X2 = 0xDAC01C43
DSB_SYNXS = 0xD5033E3F
LDR_X2_X1, ADD_X2_X2_1, STR_X2_X0, RET = 0xF9400022, 0x91000442, 0xF9000002, 0xD65F03C0

SPEC = """
from armsym.contract import contract
from tests.prove.routines import increments


@contract("routine")
def routine(c):
    increments(c)
"""


def image(*words: int) -> Image:
    """The words in front of a routine that fulfils its contract."""
    return image_of_words(*words, LDR_X2_X1, ADD_X2_X2_1, STR_X2_X0, RET)


@pytest.mark.parametrize(
    "words, taken",
    [((BTI_C,), ()), ((PACIASP, AUTIASP), (PAUTH,)), ((CNT_X3_X2, PACIASP), (CSSC, PAUTH))],
)
def test_a_proof_tells(words: tuple[int, ...], taken: tuple[str, ...], tmp_path: Path) -> None:
    result = prove(Proof("routine", increments), image(*words), "routine", 1)
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
    assert result.rests_on == (*FOUNDATIONS, *taken)
    spec = tmp_path / "proof.py"
    spec.write_text(SPEC)
    assert result.certificate is not None
    assert check(result.certificate, image(*words), spec).rests_on == set(taken)


def test_what_unicorn_lacks_runs_on_isa() -> None:
    result = prove(Proof("routine", increments), image(CNT_X3_X2, ADD_X2_X2_1), "routine", 1)
    assert result.verdict is Verdict.PROVED
    wrong = image_of_words(CNT_X3_X2, LDR_X2_X1, STR_X2_X0, RET)
    assert prove(Proof("routine", increments), wrong, "routine", 1).verdict is Verdict.REFUTED
    unallocated = image_of_words(0x02000000, LDR_X2_X1, ADD_X2_X2_1, STR_X2_X0, RET)
    found = prove(Proof("routine", increments), unallocated, "routine", 1)
    assert found.verdict is not Verdict.PROVED


def test_what_no_oracle_has_tested_is_told() -> None:
    contract = Proof("routine", increments).contract()
    routine = image(PACIASP, CNT_X3_X2, DSB_SYNXS)
    theorem = replay(
        Execution(contract, routine, ENTRY, KernelBuilder()), Nodes([], []), [], [], 10
    )
    assert theorem.rests_on == {PAUTH, CSSC, XS}
