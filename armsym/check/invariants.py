"""Loops with their invariants, as a certificate stores them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from armsym.bv.builder import RawBuilder
from armsym.bv.data import BadData, decode, encode
from armsym.contract.induction import Loop, Place
from armsym.machine.integers import Expression, Quotient, Variable

# A loop has so many places and facts at most; the largest known have a tenth.
PLACES, FACTS = 4096, 256

# An expression has so many parts at most, and quotients in quotients are so deep.
PARTS, DEPTH = 64, 4


def to_data(loop: Loop) -> dict[str, Any]:
    """The loop as JSON knows it: head, turn, cells with their terms, facts, variant."""
    nodes, roots = encode(list(loop.cells.values()))
    return {
        "head": loop.head,
        "latches": sorted(loop.latches),
        "turn": loop.turn,
        "places": [[p.kind, p.number, p.size] for p in loop.cells],
        "nodes": nodes,
        "roots": roots,
        "facts": [_expression_data(fact) for fact in loop.facts],
        "variant": _expression_data(loop.variant),
    }


def from_data(data: Sequence[Any]) -> list[Loop]:
    """The loops that `to_data` gave.  Raises BadData for anything else."""
    try:
        return [_loop(entry) for entry in data]
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(f"a loop can't be read: {error}") from error


def _loop(entry: Any) -> Loop:
    if len(entry["places"]) > PLACES or len(entry["facts"]) > FACTS:
        raise BadData("a loop has too many places or facts")
    terms = decode(entry["nodes"], entry["roots"], RawBuilder())
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


def _expression_data(expression: Expression) -> list[Any]:
    return [expression.constant, [[_variable(v), k] for v, k in expression.coefficients]]


def _variable(variable: Variable) -> Any:
    """A name, or the number and the divisor of a quotient."""
    if isinstance(variable, Quotient):
        return [_expression_data(variable.number), variable.divisor]
    return variable


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
