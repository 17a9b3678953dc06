"""Routines whose equality needs more than meaning: PROVED, with certificates that stand alone."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from armsym.binary.disassemble import text
from armsym.binary.image import Image, Segment, Symbol
from armsym.check.certificate import Certificate
from armsym.check.replay import Refused, check
from armsym.cli.main import main
from armsym.contract.load import load
from armsym.prove.prover import prove
from armsym.prove.result import Result, Verdict
from armsym.prove.tactics import portfolio

PROOF_FILE = Path(__file__).with_name("bit_tricks.py")
ENTRY = 0x1000

# LLVM's words, as a disassembler prints them at address 0.
WORDS = {
    "add x2, x2, x2, lsr #16": 0x8B424042,
    "add x2, x2, x2, lsr #32": 0x8B428042,
    "add x2, x2, x2, lsr #4": 0x8B421042,
    "add x2, x2, x2, lsr #8": 0x8B422042,
    "add x2, x2, x3": 0x8B030042,
    "add x3, x3, #1": 0x91000463,
    "add x4, x4, x5": 0x8B050084,
    "add x4, x4, x5, lsr #1": 0x8B450484,
    "add x4, x5, x4, lsl #1": 0x8B0404A4,
    "and x2, x2, #0x3333333333333333": 0x9200E442,
    "and x2, x2, #0xf0f0f0f0f0f0f0f": 0x9200CC42,
    "and x3, x3, #0x3333333333333333": 0x9200E463,
    "and x3, x3, #0x5555555555555555": 0x9200F063,
    "and x4, x2, #0x7f": 0x92401844,
    "and x4, x2, x3": 0x8A030044,
    "b.hi #0x18": 0x540000C8,
    "cbz x2, #0x1c": 0xB40000E2,
    "cmp x2, #5": 0xF100145F,
    "cmp x2, x3": 0xEB03005F,
    "csel x4, x2, x3, hi": 0x9A838044,
    "csel x4, x2, x3, lo": 0x9A833044,
    "eor x5, x2, x3": 0xCA030045,
    "ldp x2, x3, [x1]": 0xA9400C22,
    "ldr x2, [x1]": 0xF9400022,
    "lsr x3, x2, #1": 0xD341FC43,
    "lsr x3, x2, #2": 0xD342FC43,
    "mov x4, #1": 0xD2800024,
    "mul x4, x2, x3": 0x9B037C44,
    "orr x5, x2, x3": 0xAA030045,
    "ret": 0xD65F03C0,
    "str x4, [x0]": 0xF9000004,
    "sub x2, x2, x3": 0xCB030042,
    "sub x3, x2, #1": 0xD1000443,
}

PAIR, END = ("ldp x2, x3, [x1]",), ("str x4, [x0]", "ret")
BY_OR = (*PAIR, "and x4, x2, x3", "orr x5, x2, x3", "add x4, x4, x5", *END)
BY_XOR = (*PAIR, "and x4, x2, x3", "eor x5, x2, x3", "add x4, x5, x4, lsl #1", *END)

TRICKS = {
    "average": (*PAIR, "and x4, x2, x3", "eor x5, x2, x3", "add x4, x4, x5, lsr #1", *END),
    "total": BY_OR,
    # Both paths need evidence.
    "total_on_both_paths": ("cbz x2, #0x1c", *BY_OR, *BY_XOR),
    # Nothing is stored where n > 5, which the precondition rules out.
    "total_where_n_is_small": ("cmp x2, #5", "b.hi #0x18", *BY_OR),
    "greater": (*PAIR, "cmp x2, x3", "csel x4, x2, x3, hi", *END),
    "lowest": ("ldr x2, [x1]", "sub x3, x2, #1", "and x4, x2, x3", *END),
    "population": (
        "ldr x2, [x1]",
        "lsr x3, x2, #1",
        "and x3, x3, #0x5555555555555555",
        "sub x2, x2, x3",
        "lsr x3, x2, #2",
        "and x3, x3, #0x3333333333333333",
        "and x2, x2, #0x3333333333333333",
        "add x2, x2, x3",
        "add x2, x2, x2, lsr #4",
        "and x2, x2, #0xf0f0f0f0f0f0f0f",
        "add x2, x2, x2, lsr #8",
        "add x2, x2, x2, lsr #16",
        "add x2, x2, x2, lsr #32",
        "and x4, x2, #0x7f",
        *END,
    ),
}
PRODUCT = (*PAIR, "add x3, x3, #1", "mul x4, x2, x3", *END)
QUOTIENT = ("mov x4, #1", *END)


def test_the_words_are_what_they_say() -> None:
    assert {line: text(word, 0) for line, word in WORDS.items()} == {line: line for line in WORDS}


def image_of(name: str, lines: tuple[str, ...]) -> Image:
    code = struct.pack(f"<{len(lines)}I", *[WORDS[line] for line in lines])
    segment = Segment("code", ENTRY, code, writable=False, executable=True, constant=True)
    symbol = Symbol(name, ENTRY, len(code), "func", "global", ".text")
    return Image(
        "tricks.o", hashlib.sha256(code).hexdigest(), "relocatable", (segment,), (symbol,), {}
    )


def attempt(name: str, lines: tuple[str, ...], seconds: float = 10.0) -> Result:
    (proof,) = [p for p in load(PROOF_FILE) if p.name == name]
    return prove(proof, image_of(name, lines), name, seconds)


def reread(result: Result) -> Certificate:
    assert result.certificate is not None
    return Certificate.from_bytes(result.certificate.to_bytes())


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_is_proved_and_its_certificate_holds(name: str) -> None:
    result = attempt(name, TRICKS[name])
    assert (result.verdict, result.reason, result.goal) == (Verdict.PROVED, "", "")
    assert not [word for word in result.rests_on if word.endswith("word")]
    certificate = reread(result)
    assert certificate.uses, "meaning alone shows it"
    theorem = check(certificate, image_of(name, TRICKS[name]), PROOF_FILE)
    assert not theorem.rests_on
    assert check(certificate, None, PROOF_FILE).conclusion == theorem.conclusion


def test_without_its_evidence_a_certificate_is_refused() -> None:
    certificate = reread(attempt("total", TRICKS["total"]))
    for poorer in (
        replace(certificate, uses=[]),
        replace(certificate, lemmas=certificate.lemmas[:-1]),
    ):
        with pytest.raises(Refused):
            check(poorer, None, PROOF_FILE)


# each a trick with one instruction changed
NEAR_MISSES = {
    "average": (*PAIR, "and x4, x2, x3", "orr x5, x2, x3", "add x4, x4, x5, lsr #1", *END),
    "total_on_both_paths": ("cbz x2, #0x1c", *BY_OR, *PAIR, "mul x4, x2, x3", *END),
    "total_where_n_is_small": ("cmp x2, x3", "b.hi #0x18", *BY_OR),
    "greater": (*PAIR, "cmp x2, x3", "csel x4, x2, x3, lo", *END),
    "lowest": ("ldr x2, [x1]", "lsr x3, x2, #1", "and x4, x2, x3", *END),
}


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_near_miss_is_refuted(name: str) -> None:
    assert attempt(name, NEAR_MISSES[name]).verdict is Verdict.REFUTED


@pytest.mark.parametrize("solver", ["z3", "bitwuzla", "cvc5"])
def test_what_only_a_solver_says_is_named(
    solver: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip(solver)
    monkeypatch.setattr(portfolio, "installed", lambda: [solver])
    result = attempt("product", PRODUCT, seconds=1.5)
    assert result.verdict is Verdict.PROVED
    assert f"{solver}'s word" in result.rests_on
    certificate = reread(result)
    with pytest.raises(Refused, match=f"rests on {solver}'s word"):
        check(certificate, None, PROOF_FILE)
    theorem = check(certificate, None, PROOF_FILE, frozenset([f"{solver}'s word"]))
    assert theorem.rests_on == {f"{solver}'s word"}
    file = tmp_path / "product.cert"
    file.write_bytes(certificate.to_bytes())
    call = ["check", str(file), "--spec", str(PROOF_FILE)]
    assert (main(call), main([*call, "--trust", solver])) == (1, 0)


def test_an_open_goal_is_named_and_handed_out() -> None:
    result = attempt("quotient", QUOTIENT, seconds=1.0)
    assert result.verdict is Verdict.UNKNOWN
    assert "out[0]" in result.reason
    assert "(64 bits, " in result.reason
    assert "SAT: no answer after 1 s; " in result.reason
    assert "bvudiv" in result.goal
    assert result.goal.endswith("(check-sat)\n")
