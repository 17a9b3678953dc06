"""Terms as plain data, to be stored and read back by somebody who trusts nothing."""

from __future__ import annotations

from collections.abc import Sequence

from armsym.bv.builder import Builder
from armsym.bv.evaluate import walk
from armsym.bv.term import OPERATORS, Term, WidthError

# A node: the operator's name, the positions of its operands among the nodes before, parameters.
Node = tuple[str, list[int], list[int | str]]

WIDTH_LIMIT = 1 << 12
NODE_LIMIT = 1 << 20

_BY_NAME = {op.name: op for op in OPERATORS}


class BadData(ValueError):
    """The data does not describe terms; the text says where."""


def encode(roots: Sequence[Term]) -> tuple[list[Node], list[int]]:
    """The nodes below the roots, operands first, and the positions of the roots."""
    position: dict[Term, int] = {}
    nodes: list[Node] = []
    for term in walk(roots):
        position[term] = len(nodes)
        param = [p for p in term.param if isinstance(p, int | str)]
        nodes.append((term.op.name, [position[a] for a in term.args], param))
    return nodes, [position[r] for r in roots]


def decode(nodes: object, roots: object, builder: Builder) -> list[Term]:
    """The terms that `encode` gave, made by `builder`.  Raises BadData for anything else."""
    if not isinstance(nodes, list) or not isinstance(roots, list) or len(nodes) > NODE_LIMIT:
        raise BadData("nodes and roots are not lists of a sensible length")
    made: list[Term] = []
    for number, node in enumerate(nodes):
        try:
            made.append(_decode_node(node, made, builder))
        except (WidthError, ValueError, TypeError) as error:
            raise BadData(f"node {number}: {error}") from error
    return [_operand(root, made) for root in roots]


def _decode_node(node: object, made: list[Term], builder: Builder) -> Term:
    if not isinstance(node, list | tuple) or len(node) != 3:
        raise BadData("not an operator, operands and parameters")
    name, positions, param = node
    op = _BY_NAME.get(name) if isinstance(name, str) else None
    if op is None or not isinstance(positions, list) or not isinstance(param, list):
        raise BadData(f"no such operator: {name!r:.40}")
    args = tuple([_operand(p, made) for p in positions])
    if not all(type(p) in (int, str) for p in param):
        raise BadData("a parameter is neither a number nor a name")
    width = op.width(tuple(param), [a.width for a in args])
    if width > WIDTH_LIMIT:
        raise BadData(f"{width} bits are too wide")
    return builder.make(op, args, tuple(param))


def _operand(position: object, made: list[Term]) -> Term:
    if type(position) is not int or not 0 <= position < len(made):
        raise BadData(f"no such operand: {position!r:.40}")
    return made[position]
