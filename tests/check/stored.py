"""Nodes as a certificate stores them, from a spelling that also tells what can't be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# [operator, numbers of operands, parameters]
Node = list[Any]


def stored(nodes: Iterable[Node]) -> dict[str, Any]:
    """The certificate's fields `operators` and `nodes` for these nodes."""
    numbers: dict[tuple[Any, ...], int] = {}
    made = []
    for name, operands, param in nodes:
        made.append([numbers.setdefault((name, *param), len(numbers)), *operands])
    return {"operators": [list(operator) for operator in numbers], "nodes": made}


def summed(nodes: list[Node]) -> list[Node]:
    """The nodes, and the sum of all without carries: who makes that makes them all."""
    return [*nodes, ["bvxor", [*range(len(nodes))], []]]
