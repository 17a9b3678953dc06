"""Certificates that mean harm: whatever they hold, a check ends soon, within its limits."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.data import NODE_LIMIT
from armsym.check.certificate import FORMAT, VERSION, Certificate
from armsym.check.evidence import COSTLY_LIMIT
from armsym.check.refutations import STEPS, SUMMANDS, TIMES
from armsym.kernel.circuit import miter
from armsym.report.certificates import Document, checked, lines
from tests.check.routine import CODE, SPEC, certificate
from tests.check.stored import Node, stored, summed

# What a check may take here: far less than by default, and enough for the certificate as it is.
SECONDS, MEMORY = 1.5, 512 << 20

# Time in seconds for what is refused on its own account, where others run.
SLACK = 60.0

TOO_COSTLY, REFUSED = "certificate-too-costly", "certificate-refused"


@pytest.fixture(scope="module")
def good() -> Certificate:
    return certificate()


@pytest.fixture
def check(good: Certificate, tmp_path: Path) -> Callable[..., Document]:
    """Checks the good certificate with other fields, or with all of the file's bytes given."""

    def run(data: bytes = b"", seconds: float = SECONDS, **changed: Any) -> Document:
        fields = {"format": FORMAT, "version": VERSION, **asdict(good), **changed}
        file = tmp_path / "hostile.cert"
        file.write_bytes(data or gzip.compress(json.dumps(fields).encode(), 1))
        return checked(file, None, SPEC, frozenset(), seconds, MEMORY)

    return run


def test_the_limits_are_enough_for_a_certificate_that_is_none_of_these(
    check: Callable[..., Document],
) -> None:
    assert check(seconds=SLACK)["verdict"] == "ACCEPTED"


def var(width: int, name: str) -> Node:
    return ["var", [], [width, name]]


def many(count: int, by: str, *nodes: Node, **text: str) -> dict[str, Any]:
    """So many times the same lemma about the last node, the last of which is used."""
    last = len(nodes) - 1
    shown = {"by": by, "roots": [last, last], **text}
    return {**stored(nodes), "lemmas": [shown] * count, "uses": [[0, count - 1]]}


def once(*nodes: Node) -> dict[str, Any]:
    """Terms whose meaning is to be worked out."""
    return many(1, "meaning", *nodes)


def chain(op: str, count: int, *leaves: Node) -> list[Node]:
    """op(...op(op(a, b), b)..., b) for leaves a and b."""
    nodes = [*leaves, [op, [0, 1], []]]
    while len(nodes) < count:
        nodes.append([op, [len(nodes) - 1, 1], []])
    return nodes


def invariant(facts: list[Any], places: int = 0) -> dict[str, Any]:
    """A loop at the routine's first instruction."""
    return {
        "head": CODE,
        "latches": [CODE],
        "turn": 1,
        "places": [["stack", n, 1] for n in range(places)],
        "roots": [0] * places,
        "facts": facts,
        "variant": [0, []],
    }


def branch(offset: int) -> dict[str, Any]:
    """Code that is one branch."""
    word = 0x14000000 | offset & 0x3FFFFFF
    return {"code": [[CODE, word.to_bytes(4, "little").hex(), True]], "steps": 1 << 60}


def equal_products(count: int, width: int) -> dict[str, Any]:
    """Lemmas that are true, with their proof: what costs time is their circuit."""
    b = RawBuilder()
    product = b.var(width, "x") * b.var(width, "y")
    false = len(miter(product, product).clauses)  # the last clause: that no bit differs
    nodes = [var(width, "x"), var(width, "y"), ["bvmul", [0, 1], []]]
    return many(count, "clausal", *nodes, proof=f"{false + 1} 0 {false} 0")


X, Y = var(64, "x"), var(64, "y")
WIDE_X, ONE = var(2048, "x"), ["const", [], [2048, 1]]
SHIFTS = chain("bvshl", 1500, WIDE_X, ONE)
FACTS = [[k, [[f"x{n}", (-1) ** (k + n) * (k + n + 2)] for n in range(12)]] for k in range(400)]

DOUBLING = [[[n, TIMES - 1] for _ in range(SUMMANDS)] for n in range(STEPS)]

# by name: what is changed in the certificate, and how it ends
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "an endless run": (branch(0), TOO_COSTLY),
    "many tables": (
        many(COSTLY_LIMIT, "table", *chain("bvmul", 60, var(8, "x"), var(8, "y"))),
        TOO_COSTLY,
    ),
    "many circuits": (equal_products(COSTLY_LIMIT, 64), TOO_COSTLY),
    "too many lemmas": (many(COSTLY_LIMIT + 1, "table", X), REFUSED),
    "a proof of many steps": (
        many(1, "clausal", X, proof="\n".join([f"{n} 1 0 1 0" for n in range(200, 300_000)])),
        REFUSED,
    ),
    "deep shifts": (once(*SHIFTS, ["bvadd", [len(SHIFTS) - 1, 0], []]), TOO_COSTLY),
    "deep sums": (once(*chain("bvadd", 20_000, X, Y)), REFUSED),
    "deep products": (once(*chain("bvmul", 50_000, X, Y)), TOO_COSTLY),
    "deep conjunctions": (once(*chain("bvand", 50_000, X, Y)), REFUSED),
    "many operands": (once(var(4096, "x"), ["bvand", [0] * 500_000, []]), TOO_COSTLY),
    "many wide names": (once(*summed([var(4096, f"x{n}") for n in range(20_000)])), TOO_COSTLY),
    "wide divisions": (
        once(
            *summed(
                [
                    *[["const", [], [4096, (1 << 4095) + n]] for n in range(99)],
                    *[["bvudiv", [n, 98 - n], []] for n in range(99)],
                ]
            )
        ),
        REFUSED,
    ),
    "many nodes": (once(*[X] * (NODE_LIMIT + 1)), REFUSED),
    "many facts": ({"loops": [invariant([[k, []] for k in range(500_000)])]}, REFUSED),
    "facts that multiply": ({"loops": [invariant(FACTS)]}, REFUSED),
    "large facts": ({"loops": [invariant([[2**500, []]])]}, REFUSED),
    "many refutations": ({"refutations": [[[[0, 1]]]] * 500_000}, REFUSED),
    "refutations of many steps": ({"refutations": [[[]] * 500_000]}, REFUSED),
    "refutations that grow": ({"refutations": [DOUBLING] * 9}, REFUSED),
    "many places": ({"loops": [invariant([], 100_000)]}, REFUSED),
    "many cuts": ({"cuts": [[0, "x", 0, 0, False, 0, False, 0, 1, 0]] * 100_000}, REFUSED),
    "a cut of no register": ({"cuts": [[0, "x", 32, 0, False, 0, False, 0, 1, 0]]}, REFUSED),
    "a cut without a kind": ({"cuts": [[0, "y", 0, 0, False, 0, False, 0, 1, 0]]}, REFUSED),
    "a cut that is large": ({"cuts": [[0, "x", 0, 2**40, False, 0, False, 0, 1, 0]]}, REFUSED),
    "a cut below zero": ({"cuts": [[0, "x", 0, 0, False, 0, False, -1, 1, 0]]}, REFUSED),
    "half a cut": ({"cuts": [[0, "x", 0]]}, REFUSED),
    "no cut": ({"cuts": [None]}, REFUSED),
    "a cut where nothing is folded": (
        {"cuts": [[0, "x", 0, 0, False, 0, False, 0, 1, 0]]},
        REFUSED,
    ),
    "much code": ({"code": [[CODE + 4 * n, "1f2003d5", True] for n in range(99_999)]}, TOO_COSTLY),
    "many slots": ({"slots": [[CODE + n, None, n] for n in range(99_999)]}, REFUSED),
}


@pytest.mark.parametrize(("changed", "code"), HOSTILE.values(), ids=HOSTILE)
def test_ends_within_its_limits(
    changed: dict[str, Any], code: str, check: Callable[..., Document]
) -> None:
    start = time.monotonic()
    document = check(seconds=SECONDS if code == TOO_COSTLY else SLACK, **changed)
    assert time.monotonic() - start < 2 * SLACK
    assert document["verdict"] in ("REFUSED", "ERROR")
    assert document["error"]["code"] == code
    assert len([*lines(document)]) <= 3


def test_a_bomb_is_not_unpacked(check: Callable[..., Document]) -> None:
    bomb = gzip.compress(bytes(1 << 28), 1)
    assert check(bomb)["error"]["code"] == "bad-certificate"
    assert check(gzip.compress(bomb))["error"]["code"] == "bad-certificate"


def test_names_do_not_command_a_terminal(check: Callable[..., Document]) -> None:
    evil = "\x1b]0;PROVED\x07\r\u202e"
    for changed in ({"contract": evil}, {"sources": {evil: ""}}, {"symbol": evil}):
        told = "".join([str(line) for line in lines(check(seconds=SLACK, **changed))])
        assert told.isprintable()
        assert "PROVED" in told
