"""Loops with their invariants, as a certificate stores them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from armsym.bv.builder import RawBuilder
from armsym.bv.data import BadData, Nodes
from armsym.bv.term import Term
from armsym.contract.induction import Loop, Place
from armsym.machine.integers import Expression

# A loop has so many places and facts at most; the largest known have a tenth.
PLACES, FACTS = 4096, 256

# An expression has so many parts at most, and quotients in quotients are so deep.
PARTS, DEPTH = 64, 4


def from_data(data: Sequence[Any], nodes: Nodes) -> list[Loop]:
    """The loops that armsym.prove.certify has stored.  Raises BadData for anything else."""
    builder, cases = RawBuilder(), Counter[int]()
    try:
        loops = [_loop(entry, nodes.terms(entry["roots"], builder)) for entry in data]
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(f"a loop can't be read: {error}") from error
    for n, loop in enumerate(loops):
        loops[n] = replace(loop, case=cases[loop.head])
        cases[loop.head] += 1
    return loops


def _loop(entry: Any, terms: Sequence[Term]) -> Loop:
    if len(entry["places"]) > PLACES or len(entry["facts"]) > FACTS:
        raise BadData("a loop has too many places or facts")
    places = [Place(str(kind), _number(n), _number(size)) for kind, n, size in entry["places"]]
    if any(place.number > 31 for place in places if not place.size):
        raise BadData("there are 32 registers")
    return Loop(
        head=_number(entry["head"]),
        latches=frozenset([_number(latch) for latch in entry["latches"]]),
        turn=_number(entry["turn"]),
        cells=dict(zip(places, terms, strict=True)),
        facts=[_expression(fact) for fact in entry["facts"]],
        variant=_expression(entry["variant"]),
    )


def _expression(data: Any, depth: int = DEPTH) -> Expression:
    """The expression; quotients in it are as deep as this at most."""
    constant, parts = data
    if not depth or len(parts) > PARTS:
        raise BadData("an expression has too many parts")
    result = Expression(_integer(constant))
    for part, times in parts:
        if type(part) is str:
            number = Expression.variable(part)
        else:
            dividend, divisor = part
            number = _expression(dividend, depth - 1).quotient(_integer(divisor))
        result = result.plus(number, _integer(times))
    return result


def _number(value: Any) -> int:
    if _integer(value) < 0:
        raise BadData("a number is negative")
    return int(value)


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) >= 1 << 192:
        raise BadData("a number is expected")
    return value
