"""Export: the goals of every path under its facts, and the lemmas of a certificate."""

from __future__ import annotations

from dataclasses import replace

from armsym.bv.builder import RawBuilder
from armsym.bv.pool import Pool
from armsym.contract import Contract
from armsym.prove.export import Claim, goals, lemmas, smtlib_script
from tests.prove.routines import ENTRY, attempt, image_of, increments
from tests.smt import answers

RIGHT = ("ldr x2, [x1]", "add x2, x2, #1", "str x2, [x0]", "ret")


def exported(*lines: str, condition: bool = False) -> list[Claim]:
    """The goals of a routine that is to increment, where n is 5 if there is a condition."""
    contract = Contract("routine")
    increments(contract)
    if condition:
        n = contract.scalars["n"]
        contract.requires(contract.builder.eq(n, contract.builder.const(64, 5)))
    return goals(contract, image_of(*lines), ENTRY)


def test_each_path_has_its_goals_under_its_facts() -> None:
    claims = exported("cbz x2, #8", "nop", *RIGHT)
    functional = [c for c in claims if "functional" in c.name]
    assert len(functional) == 2
    assert functional[0].facts != functional[1].facts
    assert len({c.name for c in claims}) == len(claims)
    assert set(answers(smtlib_script(claims))) == {"unsat"}


def test_facts_count() -> None:
    # Past the branch, x2 would be stored as it came: right only where that path is not taken.
    skipping = ("cbz x2, #0x10", *RIGHT[:3], "ret")
    wrong = [c for c in exported(*skipping) if "functional" in c.name]
    assert sorted(answers(smtlib_script(wrong))) == ["sat", "unsat"]
    assert [answers(c.smtlib()) for c in wrong] == [[v] for v in answers(smtlib_script(wrong))]
    supposed = [c for c in exported(*skipping, condition=True) if "functional" in c.name]
    assert set(answers(smtlib_script(supposed))) == {"unsat"}
    assert all("(a0 : " in c.lean() for c in supposed)


def test_lemmas_are_those_that_say_something_by_themselves() -> None:
    b = RawBuilder()
    x, y = b.var(8, "x"), b.var(8, "y")
    pool = Pool()
    true, false = pool.add([(x & y) + (x | y), x + y]), pool.add([x, y])
    certificate = attempt(*RIGHT).certificate
    assert certificate is not None
    found = lemmas(
        replace(
            certificate,
            operators=pool.operators,
            nodes=pool.nodes,
            lemmas=[
                {"by": "clausal", "roots": true, "proof": ""},
                {"by": "symmetry", "of": [0]},
                {"by": "trusted", "roots": false, "whose": "z3"},
            ],
        )
    )
    claims = list(found)
    assert [c.name for c in claims] == ["lemma 0 by clausal", "lemma 2 by trusted"]
    assert answers(smtlib_script(claims)) == ["unsat", "sat"]
