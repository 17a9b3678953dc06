"""Refutations in a certificate: without those that are needed it is refused, as with wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from armsym.bv.data import BadData, Nodes
from armsym.check.certificate import Certificate
from armsym.check.invariants import from_data
from armsym.check.refutations import STEPS, SUMMANDS, TIMES, Recorded
from armsym.check.replay import Refused, replay
from armsym.contract.execution import Execution
from armsym.contract.language import Proof
from armsym.kernel.builder import KernelBuilder
from armsym.prove.prover import prove
from tests.prove.loop_routine import ADD, LOW_BITS, looping, sums
from tests.prove.routines import image_of_words

ROUTINE = looping(LOW_BITS, ADD)
PROOF = Proof("routine", sums)

Refutations = list[Any]


@pytest.fixture(scope="module")
def good() -> Certificate:
    made = prove(PROOF, image_of_words(*ROUTINE), "routine").certificate
    assert made is not None
    return made


def accepted(good: Certificate, refutations: Refutations) -> bool:
    """Whether the routine's theorem is shown with these refutations."""
    nodes = Nodes(good.operators, good.nodes)
    search, loops = Recorded(refutations), from_data(good.loops, nodes)
    image, contract = image_of_words(*ROUTINE), PROOF.contract()
    execution = Execution(contract, image, good.entry, KernelBuilder(), loops, search=search)
    try:
        replay(execution, nodes, good.lemmas, good.uses, good.steps)
    except Refused:
        return False
    return True


def test_as_they_are(good: Certificate) -> None:
    assert accepted(good, good.refutations)
    assert accepted(good, [*good.refutations, None, [[[0, 1]]]])


def test_without_any(good: Certificate) -> None:
    assert not accepted(good, [])
    assert not accepted(good, [None] * len(good.refutations))


def each_changed(
    refutations: Refutations, change: Callable[[Refutations], Refutations | None]
) -> Iterator[Refutations]:
    for number, entry in enumerate(refutations):
        if entry and isinstance(entry[0], list):
            yield [*refutations[:number], change(entry), *refutations[number + 1 :]]


def first(*summand: int) -> Callable[[Refutations], Refutations]:
    """Replaces the first summand of a refutation."""
    return lambda steps: [[list(summand), *steps[0][1:]], *steps[1:]]


CHANGES: dict[str, Callable[[Refutations], Refutations | None]] = {
    "none": lambda steps: None,
    "no step": lambda steps: [],
    "an empty sum": lambda steps: [[]],
    "without a summand": lambda steps: [steps[0][1:], *steps[1:]],
    "a multiplier more": lambda steps: first(steps[0][0][0], steps[0][0][1] + 1)(steps),
    "nothing of the first": lambda steps: first(steps[0][0][0], 0)(steps),
    "another inequality": lambda steps: first(steps[0][0][0] + 1, steps[0][0][1])(steps),
    "none there": first(10_000, 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_changed(good: Certificate, change: Callable[[Refutations], Refutations]) -> None:
    """Some say what is shown otherwise as well; the others are missed."""
    verdicts = [accepted(good, changed) for changed in each_changed(good.refutations, change)]
    assert verdicts.count(False) > len(verdicts) / 2, verdicts


def test_lost_or_moved(good: Certificate) -> None:
    asked = good.refutations
    verdicts = [accepted(good, asked[:n] + asked[n + 1 :]) for n in range(len(asked))]
    assert verdicts.count(False) > len(verdicts) / 2
    assert not accepted(good, asked[1:] + asked[:1])
    assert not accepted(good, asked[::-1])


@pytest.mark.parametrize(
    "entry",
    [
        7,
        "x",
        {},
        True,
        [7],
        [[7]],
        [["12"]],
        [[[1]]],
        [[[1, 2, 3]]],
        [[[1, -1]]],
        [[[-1, 1]]],
        [[[0, TIMES]]],
        [[[0, 1.0]]],
        [[[True, 1]]],
        [[[0, None]]],
        [[]] * (STEPS + 1),
        [[[0, 1]] * (SUMMANDS + 1)],
        [1, True],
        [1, 2.0],
        [1, 2, 3],
        [0, TIMES],
        [-TIMES, 0],
    ],
    ids=lambda entry: repr(entry)[:20],
)
def test_what_can_not_be_read(good: Certificate, entry: Any) -> None:
    with pytest.raises(BadData):
        Recorded([*good.refutations, entry])


def test_the_file_has_them(good: Certificate) -> None:
    again = Certificate.from_bytes(good.to_bytes())
    assert accepted(again, again.refutations)
    assert replace(again, refutations=[]).to_bytes() != good.to_bytes()
