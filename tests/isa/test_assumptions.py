"""What instructions take for granted: it is told of just these, and of all that no oracle has."""

from __future__ import annotations

import random

import pytest

from armsym.conform.deviations import DEVIATIONS
from isa import CLAUSES, decode
from isa.assumptions import ASSUMPTIONS, CSSC, EXCLUSIVE, LRCPC3, LSE128, PAUTH, XS, assumptions
from isa.cubes import difference
from isa.encoding import Pattern

UNTESTED = (CSSC, LSE128, LRCPC3, XS)


@pytest.mark.parametrize(
    "word, taken",
    [
        (0xD503233F, {PAUTH}),  # paciasp
        (0xD50323BF, {PAUTH}),  # autiasp
        (0xD503211F, {PAUTH}),  # pacia1716
        (0xD50321DF, {PAUTH}),  # autib1716
        (0xD503201F, set()),  # nop
        (0xD503245F, set()),  # bti c
        (0xD50320FF, set()),  # xpaclri
        (0xC8027C20, {EXCLUSIVE}),  # stxr w2, x0, [x1]
        (0xC8220C20, {EXCLUSIVE}),  # stxp w2, x0, x3, [x1]
        (0xC85F7C20, set()),  # ldxr x0, [x1]
        (0xC8A27C20, set()),  # cas x2, x0, [x1]
        (0xDAC01820, {CSSC}),  # ctz x0, x1
        (0xDAC01C20, {CSSC}),  # cnt x0, x1
        (0xDAC02020, {CSSC}),  # abs x0, x1
        (0x9AC26020, {CSSC}),  # smax x0, x1, x2
        (0x91C00420, {CSSC}),  # smax x0, x1, #1
        (0x19221020, {LSE128}),  # ldclrp x0, x2, [x1]
        (0x19228020, {LSE128}),  # swpp x0, x2, [x1]
        (0x99C00A18, {LRCPC3}),  # ldapr w24, [x16], #4
        (0x99401A18, {LRCPC3}),  # ldiapp w24, w0, [x16]
        (0x0D418420, {LRCPC3}),  # ldap1 {v0.d}[0], [x1]
        (0x1D1FFBE3, {LRCPC3}),  # stlur b3, [sp, #-1]
        (0xB8BFC020, set()),  # ldapr w0, [x1]
        (0x995FC020, set()),  # ldapur w0, [x1, #-4]
        (0xDAC01020, set()),  # clz x0, x1
        (0x91000420, set()),  # add x0, x1, #1
        (0xD5033E3F, {XS}),  # dsb synxs
        (0xD5033F9F, set()),  # dsb sy
    ],
)
def test_assumptions(word: int, taken: set[str]) -> None:
    assert assumptions(word) == taken


def test_the_decoder_tells() -> None:
    assert decode(0xD503233F).assumptions == {PAUTH}
    assert not decode(0x91000420).assumptions


@pytest.mark.parametrize("assumption", ASSUMPTIONS)
def test_each_is_of_modelled_instructions(assumption: str) -> None:
    source = random.Random(assumption)
    for text in ASSUMPTIONS[assumption]:
        pattern = Pattern.parse(text)
        assert any(clause.pattern.matches(pattern.random_word(source)) for clause in CLAUSES)


def test_what_qemu_lacks_is_what_is_untested() -> None:
    lacking = [c for d in DEVIATIONS["qemu"] if d.lacking for c in d.words.cubes()]
    told = [c for name in UNTESTED for p in ASSUMPTIONS[name] for c in Pattern.parse(p).cubes()]
    assert not difference(lacking, told)
    assert not difference(told, lacking)
