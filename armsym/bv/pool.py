"""Terms as plain data, written: equal operators and equal nodes once, whatever needs them."""

from __future__ import annotations

from collections.abc import Sequence

from armsym.bv.term import Term


class Pool:
    """Operators and nodes, as armsym.bv.data.Nodes takes them, of terms of any builders."""

    def __init__(self) -> None:
        self._operators = _Numbers()
        self._nodes = _Numbers()

    @property
    def operators(self) -> list[list[int | str]]:
        return [list(operator) for operator in self._operators]

    @property
    def nodes(self) -> list[list[int | str]]:
        return [list(node) for node in self._nodes]

    def add(self, roots: Sequence[Term], known: dict[Term, int] | None = None) -> list[int]:
        """The numbers of the roots' nodes, which are there from now on with all below them.

        `known` are the numbers of terms that were added before; those of the others come to it.
        """
        number = {} if known is None else known
        waiting = [*reversed(roots)]
        while waiting:
            term = waiting[-1]
            if missing := [a for a in term.args if a not in number]:
                waiting.extend(reversed(missing))
                continue
            waiting.pop()
            param = [p for p in term.param if isinstance(p, int | str)]
            operator = self._operators[term.op.name, *param]
            number[term] = self._nodes[operator, *[number[a] for a in term.args]]
        return [number[root] for root in roots]


class _Numbers(dict[tuple[int | str, ...], int]):
    """Things in order, each with its number: a new one gets the next."""

    def __missing__(self, key: tuple[int | str, ...]) -> int:
        self[key] = number = len(self)
        return number
