"""Rules of the fast normaliser that lie: they fool the search, and nothing is PROVED by them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from armsym.binary.image import Image, Segment, Symbol
from armsym.bv import term as t
from armsym.bv.normal import builder as normal
from armsym.bv.term import Operator, Param, Term
from armsym.contract import Contract
from armsym.contract.language import Proof
from armsym.prove.prover import prove
from armsym.prove.refute import Refuter
from armsym.prove.result import Result, Verdict

LOAD = (0xF9400022, 0xF9400423)  # ldr x2, [x1]; ldr x3, [x1, #8]
STORE = (0xF9000002, 0xD65F03C0)  # str x2, [x0]; ret


@dataclass(frozen=True)
class Lie:
    """What the normaliser makes of an operator, with this parameter, on words of the input.

    `word` is the instruction that computes the result; it is not the standard's.
    """

    op: Operator
    result: Callable[..., Term]  # of the operands
    word: int
    standard: Callable[[Term, Term], Term]
    param: Param = ()

    def tell(self, patch: pytest.MonkeyPatch) -> None:
        honest = normal._FORMS[self.op]

        def form(b: normal.NormalBuilder, args: tuple[Term, ...], param: Param) -> Term:
            told = param == self.param and all(x.op is t.APPLY for x in args)
            return self.result(*args) if told else honest(b, args, param)

        patch.setitem(normal._FORMS, self.op, form)

    def proved(self, checked: bool = True) -> Result:
        """What comes of proving that the instruction does what the standard says."""

        def combined(words: Sequence[Term]) -> list[Term]:
            return [self.standard(words[0], words[1])]

        def state(c: Contract) -> None:
            out = c.buffer("out", elements=1, width=64, access="w")
            given = c.buffer("in", elements=2, width=64, access="r")
            c.arguments(out, given)
            c.ensures(out, combined, given)

        code = struct.pack("<5I", *LOAD, self.word, *STORE)
        segment = Segment("code", 0, code, writable=False, executable=True, constant=True)
        symbol = Symbol("lie", 0, len(code), "func", "global", ".text")
        sha256 = hashlib.sha256(code).hexdigest()
        image = Image("lie.o", sha256, "relocatable", (segment,), (symbol,), {})
        return prove(Proof("lie", state), image, "lie", checked=checked)


LIES = {
    # add x2, x2, x3
    "x + y is x | y": Lie(t.ADD, lambda x, y: x | y, 0x8B030042, lambda x, y: x | y),
    # eor x2, x2, x3
    "x ^ y is x | y": Lie(t.XOR, lambda x, y: x | y, 0xCA030042, lambda x, y: x | y),
    # mul x2, x2, x3
    "x * y is x": Lie(t.MUL, lambda x, y: x, 0x9B037C42, lambda x, y: x),
    # ror x2, x2, #1
    "a rotation turns the other way": Lie(
        t.ROR, lambda x: x.builder.ror(x, 1), 0x93C20442, lambda x, y: x.builder.ror(x, 63), (63,)
    ),
}


@pytest.fixture(params=list(LIES.values()), ids=list(LIES))
def lie(request: pytest.FixtureRequest) -> Lie:
    found: Lie = request.param
    return found


def silence_the_emulator(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Refuter, "_broken", lambda *_: None)


def test_the_truth(lie: Lie) -> None:
    assert lie.proved().verdict is Verdict.REFUTED


def test_a_lie_fools_the_search(lie: Lie, monkeypatch: pytest.MonkeyPatch) -> None:
    lie.tell(monkeypatch)
    silence_the_emulator(monkeypatch)
    assert lie.proved(checked=False).verdict is Verdict.UNCHECKED


def test_a_lie_does_not_fool_the_emulator(lie: Lie, monkeypatch: pytest.MonkeyPatch) -> None:
    lie.tell(monkeypatch)
    assert lie.proved().verdict in (Verdict.REFUTED, Verdict.UNKNOWN)


def test_a_lie_does_not_fool_the_kernel(lie: Lie, monkeypatch: pytest.MonkeyPatch) -> None:
    lie.tell(monkeypatch)
    silence_the_emulator(monkeypatch)
    result = lie.proved()
    assert result.verdict is Verdict.UNKNOWN
    assert "the kernel does not follow" in result.reason
    assert result.certificate is None
