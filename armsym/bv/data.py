"""Terms as plain data, read by somebody who trusts nothing; armsym.bv.pool writes them."""

from __future__ import annotations

from collections.abc import Mapping

from armsym.bv.builder import Builder
from armsym.bv.term import OPERATORS, Operator, Param, Term

WIDTH_LIMIT = 1 << 12
NODE_LIMIT = 1 << 20

_BY_NAME = {op.name: op for op in OPERATORS}


class BadData(ValueError):
    """The data does not describe terms; the text says where."""


class Nodes:
    """Nodes, and the terms that they describe: a builder makes each once, when it is needed.

    operators: [name, parameter, ...] each; nodes: [number of an operator, number of a node before
    for each operand] each.  Raises BadData for anything else: of operators at once.
    """

    def __init__(self, operators: object, nodes: object) -> None:
        if not isinstance(operators, list) or not isinstance(nodes, list):
            raise BadData("operators and nodes are lists")
        if len(nodes) > NODE_LIMIT:
            raise BadData(f"{len(nodes)} nodes are too many")
        self._operators = [_operator(entry) for entry in operators]
        self._nodes = nodes
        self._made: dict[Builder, dict[int, Term]] = {}

    def terms(self, roots: object, builder: Builder) -> list[Term]:
        """The terms that the nodes of these numbers are, made by `builder`.  Raises BadData."""
        wanted = _numbers(roots, len(self._nodes))
        made = self._made.setdefault(builder, {})
        missing: set[int] = set()
        waiting = [*wanted]
        while waiting:
            number = waiting.pop()
            if number not in missing and number not in made:
                missing.add(number)
                waiting.extend(self._operands(number))
        for number in sorted(missing):  # operands come first
            try:
                made[number] = self._term(number, made, builder)
            except (ValueError, TypeError) as error:
                raise BadData(f"node {number}: {error}") from error
        return [made[number] for number in wanted]

    def _operands(self, number: int) -> list[int]:
        node = self._nodes[number]
        if not isinstance(node, list) or not node:
            raise BadData(f"node {number} is not an operator with operands")
        return _numbers(node[1:], number)

    def _term(self, number: int, made: Mapping[int, Term], builder: Builder) -> Term:
        first, *operands = self._nodes[number]
        ((op, param),) = [self._operators[n] for n in _numbers([first], len(self._operators))]
        args = tuple([made[operand] for operand in operands])
        width = op.width(param, [a.width for a in args])
        if width > WIDTH_LIMIT:
            raise BadData(f"{width} bits are too wide")
        return builder.make(op, args, param)


def _operator(entry: object) -> tuple[Operator, Param]:
    if not isinstance(entry, list) or not all(type(part) in (int, str) for part in entry):
        raise BadData(f"not an operator with numbers and names: {entry!r:.40}")
    op = _BY_NAME.get(entry[0]) if entry else None
    if op is None:
        raise BadData(f"no such operator: {entry!r:.40}")
    return op, tuple(entry[1:])


def _numbers(data: object, limit: int) -> list[int]:
    """Numbers of things of which there are so many."""
    if not isinstance(data, list) or not all(type(n) is int and 0 <= n < limit for n in data):
        raise BadData(f"not numbers below {limit}: {data!r:.40}")
    return data
