"""show: a theorem in words, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.cli.support import Armsym

ProofFile = Callable[..., Path]


def test_a_theorem(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    call = ("show", proof_file("plus_one"), "--binary", tiny)
    outcome = armsym(*call)
    assert outcome.status == 0
    first, *told = outcome.out.splitlines()
    assert first == "plus_one: PROVED"
    headings = "theorem, about, size, hypotheses, properties, rests on, witnesses, certificate"
    assert [line[2:] for line in told if line[2] != " "] == headings.split(", ")
    assert "    routine plus_one" in told
    assert "    4 instructions, 4 steps on all paths" in told
    assert "    kernel, isa, crypto_specs, ELF loader, Python" in told
    assert "    a call that was run: 8 bytes of out, 8 bytes of in" in told
    (shown,) = armsym(*call, "--json").json["theorems"]
    assert shown["verdict"] == "PROVED"
    assert shown["statement"].splitlines()[0] == "routine plus_one"
    assert shown["rests_on"][0] == "kernel"
    assert 100 < shown["certificate_bytes"] < 2000


def test_no_theorem(armsym: Armsym, tiny: Path, proof_file: ProofFile) -> None:
    outcome = armsym("show", proof_file("plus_one"), "--binary", tiny, "--symbol", "plus_two")
    assert outcome.status == 1
    told = outcome.out.splitlines()
    assert told[0] == "plus_one: REFUTED"
    assert told[1] == "  claim"
    assert "  why it is no theorem" in told
    assert "  rests on" not in told
    assert "theorem\n" not in outcome.out.partition("claim")[0]


def test_a_family(armsym: Armsym, aws_lc: str) -> None:
    outcome = armsym("show", "sha256", "--binary", aws_lc, "--quiet")
    assert outcome.status == 0
    assert outcome.out.count(": PROVED\n") == 2
    assert len(re.findall(r" has ([2-9]|\d\d+) turns in it\n", outcome.out)) >= 2


def test_unknown_names(armsym: Armsym) -> None:
    assert armsym("show", "sha1024").err.startswith("error[no-such-proof]: ")
