"""The pool of nodes: each is stored once, and made when it is needed, by any builder."""

from __future__ import annotations

import pytest

from armsym.bv import data
from armsym.bv.builder import RawBuilder
from armsym.bv.data import BadData, Nodes
from armsym.bv.evaluate import size
from armsym.bv.pool import Pool
from armsym.bv.term import Term
from armsym.kernel.builder import KernelBuilder

RAW = RawBuilder()
X, Y = RAW.var(8, "x"), RAW.var(8, "y")


def test_equal_terms_are_stored_once_whoever_made_them() -> None:
    other, pool = RawBuilder(), Pool()
    x, y = other.var(8, "x"), other.var(8, "y")
    assert pool.add([X ^ Y, X]) == pool.add([x ^ y, x])
    assert len(pool.nodes) == size([X ^ Y])
    assert pool.operators == [["var", 8, "x"], ["var", 8, "y"], ["bvxor"]]
    assert pool.add([X, X, Y]) == [0, 0, 1]


def test_what_is_known_is_not_walked_again() -> None:
    known: dict[Term, int] = {}
    pool = Pool()
    (product,) = pool.add([X * Y], known)
    assert pool.add([~(X * Y)], known) == [product + 1]
    assert known[X * Y] == product


def test_depth_takes_no_recursion() -> None:
    deep = X
    for _ in range(5000):
        deep = ~deep
    pool = Pool()
    roots = pool.add([deep])
    assert Nodes(pool.operators, pool.nodes).terms(roots, RAW) == [deep]


def test_each_builder_makes_its_own_terms_once() -> None:
    pool, kernel = Pool(), KernelBuilder()
    roots = pool.add([X ^ Y ^ X, Y])
    nodes = Nodes(pool.operators, pool.nodes)
    spelled, found = nodes.terms(roots, RAW), nodes.terms(roots, kernel)
    assert spelled == [X ^ Y ^ X, Y]
    assert found[0] is found[1], "of terms of one meaning, the kernel has one"
    made = len(kernel)
    assert nodes.terms(roots, kernel) == found
    assert len(kernel) == made


def test_what_is_not_needed_is_not_made() -> None:
    pool, kernel = Pool(), KernelBuilder()
    (x,) = pool.add([X])
    pool.add([X * Y])
    Nodes(pool.operators, pool.nodes).terms([x], kernel)
    assert len(kernel) == 1


def test_nodes_are_limited_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool()
    pool.add([X * Y])
    monkeypatch.setattr(data, "NODE_LIMIT", len(pool.nodes))
    Nodes(pool.operators, pool.nodes)
    pool.add([X + Y])
    with pytest.raises(BadData, match="too many"):
        Nodes(pool.operators, pool.nodes)
