"""The audit of the fast engine: it passes, and each kind of fault is found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from armsym.audit.law import Law, Spelling
from armsym.audit.run import FORMS, audit, differ, prove
from armsym.bv.builder import RawBuilder
from armsym.bv.normal import bitwise
from armsym.bv.normal.rules import RULES, Rule
from tests.cli.support import Armsym


def faults(law: Law, engine: Sequence[Rule] = ()) -> list[str]:
    """What is wrong with one law."""
    (finding,) = audit({"test": (law,)}, engine)
    return finding.faults


def law(
    *spellings: Spelling, near_miss: Spelling = lambda v: v.z, width: int = 64, rule: str = ""
) -> Law:
    return Law("test", spellings, near_miss, (width,), rule or None)


def test_all_laws_are_proved_at_all_their_widths(armsym: Armsym) -> None:
    outcome = armsym("audit", "rules", "--quiet", "--json")
    assert outcome.status == 0
    listed = outcome.json["laws"]
    assert [entry["faults"] for entry in listed if entry["faults"]] == []
    stated = [law for laws in FORMS.values() for law in laws]
    assert [(x["law"], tuple(map(int, x["proved"]))) for x in listed] == [
        (law.name, law.widths) for law in stated
    ]
    assert [tuple(entry["near_miss_refuted"]) for entry in listed] == [x.widths for x in stated]
    assert {rule.name for rule in RULES} <= {law.rule for law in stated}
    ways = {way for entry in listed for way in entry["proved"].values()}
    assert {"meaning", "table", "clausal"} <= ways


def test_a_true_law_has_no_fault() -> None:
    assert faults(law(lambda v: v.x + v.y, lambda v: v.y + v.x)) == []


@pytest.mark.parametrize("width", [1, 8, 64])
def test_an_unsound_rule_is_not_proved(width: int) -> None:
    b = RawBuilder()
    unsound = Rule("bad", b.ult(b.var(8, "x"), b.var(8, "y")), lambda b, f: b.const(1, 0))
    instance = law(lambda v: v.b.ult(v.x, v.y), near_miss=lambda v: v.c, width=width, rule="bad")
    assert faults(instance, [unsound]) == [f"{width} bits: not proved"]


def test_an_unsound_normal_form_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    rotation = law(lambda v: v.b.ror(v.x ^ 9, 3))
    assert faults(rotation) == []
    monkeypatch.setattr(bitwise, "rotated", lambda value, amount, width: value)
    assert faults(rotation) == ["64 bits: not proved"]


def test_spellings_that_stay_apart() -> None:
    apart = law(lambda v: (v.x + v.y) << 3, lambda v: (v.x << 3) + (v.y << 3))
    assert faults(apart) == ["64 bits: the spellings have several normal forms"]


def test_spellings_that_are_not_equal() -> None:
    different = law(lambda v: v.x + v.y, lambda v: v.x | v.y)
    assert faults(different) == [
        "64 bits: the spellings have several normal forms",
        "64 bits: not proved",
    ]


def test_a_near_miss_that_is_none() -> None:
    missing = law(lambda v: v.x + v.y, near_miss=lambda v: v.y + v.x)
    assert faults(missing) == [
        "64 bits: the near miss is not refuted",
        "64 bits: the near miss has the same normal form",
    ]


def test_a_rule_that_is_not_used_or_not_stated() -> None:
    (rule,) = [rule for rule in RULES if rule.name == "ult-same"]
    unused = law(lambda v: v.b.ult(v.x, v.y), near_miss=lambda v: v.c, rule="ult-same")
    assert faults(unused, [rule]) == ["64 bits: the rule is not used"]
    (finding,) = audit({}, [rule])
    assert (finding.law, finding.faults) == ("ult-same", ["no instance is stated"])


def test_differences_that_are_hard_to_hit_are_found() -> None:
    b = RawBuilder()
    x = b.var(64, "x")
    assert differ(b.eq(x, b.const(64, 0x1234_5678_9ABC_DEF0)), b.const(1, 0))
    assert not differ(x ^ x, b.const(64, 0))


def test_ways_to_prove() -> None:
    b = RawBuilder()
    x, y, z, short = b.var(64, "x"), b.var(64, "y"), b.var(64, "z"), b.var(4, "s")
    assert prove((x & y) ^ x, x & ~y) == "meaning"
    assert prove(short * short * short, short * (short * short)) == "table"
    assert prove(b.ult(x + y, z), ~b.ult(z - 1, x + y) & ~b.eq(z, b.const(64, 0))) == "clausal"
    assert prove(x + y, x | y) is None
