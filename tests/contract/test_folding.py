"""Folds: where their blocks begin and end, what they start from, and how a statement tells."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.term import Term
from armsym.contract import Buffer, Contract
from armsym.contract.language import Fold
from armsym.contract.statement import statement
from armsym.errors import ArmsymError


def step(words: list[Term], block: list[Term], *others: Term) -> tuple[list[Term], list[Term]]:
    """A specification; contracts don't run it."""
    return words, block


def first(words: list[Term]) -> list[Term]:
    """What a fold starts from."""
    return words


def folding(
    least: int = 16,
    start: bool = True,
    access: str = "r",
    minimum: int = 16,
    first_of: Callable[[Contract, Buffer], Buffer | int] = lambda c, state: state,
) -> Contract:
    c = Contract("folded")
    length = c.count("length", min=minimum)
    state = c.buffer("state", elements=16, width=8, access=access)
    data = c.buffer("data", elements=length, width=8, access="rw")
    c.arguments(state, data, length)
    begun = (first, first_of(c, state)) if start else None
    c.fold(state, step, over=data, block=16, into=data, start=begun, least=least)
    return c


@pytest.mark.parametrize(
    ("least", "words", "sizes"),
    [
        (1, 0, []),
        (1, 1, [1]),
        (1, 16, [16]),
        (1, 17, [16, 1]),
        (1, 48, [16, 16, 16]),
        (16, 16, [16]),
        (16, 31, [31]),
        (16, 32, [16, 16]),
        (16, 63, [16, 16, 31]),
        (4, 19, [19]),
        (4, 20, [16, 4]),
        (4, 35, [16, 19]),
    ],
)
def test_pieces(least: int, words: int, sizes: list[int]) -> None:
    fold = folding(least).folding
    assert isinstance(fold, Fold)
    pieces = list(fold.pieces(words))
    assert [size for _, size in pieces] == sizes
    assert [start for start, _ in pieces] == [sum(sizes[:n]) for n in range(len(sizes))]


def test_a_statement_tells_how_a_fold_begins_and_ends() -> None:
    name = f"{step.__module__}.step"
    result = f"(its first argument, the same block of data) = {name}(state, "
    said = statement(folding())
    assert result in said
    assert f"    its first argument is {first.__module__}.first(state) at first\n" in said
    assert "    where fewer than 32 words are left, the last block has all of them\n" in said
    changes = [folding(1), folding(start=False), folding(15), folding(access="rw")]
    assert len({said, *map(statement, changes)}) == 5


REFUSED: dict[str, tuple[Callable[[], Contract], str]] = {
    "no words": (lambda: folding(0), "data may have fewer than 0 words"),
    "more than a block": (lambda: folding(17, minimum=32), "or a block has"),
    "more than there are": (lambda: folding(16, minimum=15), "may have fewer than 16 words"),
    "a start of unknown size": (
        lambda: folding(first_of=lambda c, state: c.buffers["data"]),
        "starts from a buffer of unknown size",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(ArmsymError, match="contract folded: ") as error:
        make()
    assert error.value.code == "bad-contract"
    assert message in error.value.message


def test_a_start_is_of_one_buffer() -> None:
    c = folding(start=False)
    c.folding = None
    other = c.buffer("other", elements=16, width=8, access="r")
    with pytest.raises(ArmsymError, match="has not one buffer"):
        c.fold([c.buffers["state"], other], step, c.buffers["data"], 16, start=(first, other))
