"""Capstone, as a second opinion on which words are allocated.

capstone_disagreements.tsv explains where it differs from isa; any other difference is a failure.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import capstone
import pytest

from armsym.binary.image import Image
from isa import CLAUSES
from isa.allocation import encodings, reserved
from isa.encoding import Pattern
from tests.isa.outcome import outcome_of

# A million words take a minute on two cores.
RANDOM_WORDS = int(os.environ.get("ARMSYM_RANDOM_WORDS", "200000"))
SHARDS = 8
TABLE = Path(__file__).with_name("capstone_disagreements.tsv")
EXCUSES = [
    (Pattern.parse(bits), outcome)
    for bits, outcome, _, _ in (
        line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")
    )
]


@cache
def _capstone() -> capstone.Cs:
    return capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_LITTLE_ENDIAN)


def differs(word: int) -> str | None:
    """isa's outcome, if Capstone is of another opinion on whether the word is allocated."""
    outcome = outcome_of(word)
    printed = list(_capstone().disasm_lite(word.to_bytes(4, "little"), 0, 1))
    return outcome if (outcome == "undefined") is bool(printed) else None


def unexplained(words: Iterable[int]) -> list[str]:
    """The words on which Capstone differs for no reason of the table, with isa's outcome."""
    return [
        f"{word:08x} {outcome}"
        for word in words
        if (outcome := differs(word)) is not None
        and not any(known == outcome and pattern.matches(word) for pattern, known in EXCUSES)
    ]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_words(shard: int) -> None:
    source = random.Random(shard)
    assert unexplained(source.getrandbits(32) for _ in range(RANDOM_WORDS // SHARDS)) == []


def test_words_of_every_encoding_and_pattern() -> None:
    source = random.Random(0)
    cubes = [encoding.words for encoding in encodings()]
    patterns = [clause.pattern for clause in CLAUSES] + [rule.pattern for rule in reserved()]
    drawn = [cube.value | source.getrandbits(32) & ~cube.mask for cube in cubes for _ in range(30)]
    drawn += [pattern.random_word(source) for pattern in patterns for _ in range(200)]
    assert unexplained(drawn) == []


def test_every_word_of_the_pinned_binary(aws_lc: Image) -> None:
    code = b"".join(segment.data for segment in aws_lc.segments if segment.executable)
    words = set(memoryview(code[: len(code) // 4 * 4]).cast("I"))
    assert len(words) > 100_000
    assert unexplained(sorted(words)) == []


@pytest.mark.skipif(
    capstone.__version__.split(".")[0] != "5", reason="the table is about Capstone 5"
)
@pytest.mark.parametrize(("pattern", "outcome"), EXCUSES, ids=[p.text for p, _ in EXCUSES])
def test_no_disagreement_is_stale(pattern: Pattern, outcome: str) -> None:
    source = random.Random(0)
    assert any(differs(pattern.random_word(source)) == outcome for _ in range(5000))


def test_a_disagreement_of_a_new_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    nop, udf = 0xD503201F, 0x00000000
    monkeypatch.setattr("tests.isa.test_capstone.EXCUSES", [])
    assert unexplained([nop, udf]) == ["00000000 undefined"]
