"""What memory holds before the call: a function of a secret, in the statement and in the state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.term import Term
from armsym.contract import Contract, Proof
from armsym.contract.execution import Execution
from armsym.contract.statement import statement
from armsym.errors import ArmsymError
from tests.prove.routines import ENTRY, image_of

KEY = 0x0123_4567_89AB_CDEF


def halves(key: Term) -> list[Term]:
    """The high half of the key, and the low one."""
    return [key[63:32], key[31:0]]


def whole(key: Term) -> list[Term]:
    return [key]


def keyed(c: Contract) -> None:
    """A table of a key that nobody is given, and a copy of it."""
    table = c.buffer("table", 2, 32, "r", byte_order="big")
    out = c.buffer("out", 2, 32, "w")
    c.arguments(table, out)
    key = c.secret("key", 64)
    c.holds(table, halves, key)
    c.ensures(out, halves, key)


def test_the_statement_tells_of_it() -> None:
    said = statement(Proof("keyed", keyed).contract())
    assert f"\n  table = {__name__}.halves(key)\n  key: any secret 64 bits\nthe routine" in said
    assert f"and then\n  out = {__name__}.halves(key)\n" in said


def test_the_state_is_of_it() -> None:
    """The bytes in memory are those of the function's words, in the buffer's order."""
    b = RawBuilder()
    execution = Execution(Proof("keyed", keyed).contract(), image_of("ret"), ENTRY, b)
    memory = execution.initial.Mem
    cells = [memory.cell(execution.regions["table"], offset) for offset in range(8)]
    octets = [memory.assemble([cell]) for cell in cells]
    assert evaluate(octets, lambda width, name, args: KEY) == list(KEY.to_bytes(8, "big"))
    assert not execution.initial.is_public(b.var(64, "key"))


WRONG: dict[str, Callable[[Contract], None]] = {
    "held twice": lambda c: c.holds(c.buffers["table"], whole, c.secrets["key"]),
    "known before": lambda c: c.holds(
        c.buffer("known", 1, 8, "r", values=[7]), whole, c.secrets["key"]
    ),
    "of unknown size": lambda c: c.holds(
        c.buffer("long", c.count("n"), 8, "r"), whole, c.secrets["key"]
    ),
    "another contract's secret": lambda c: c.holds(
        c.buffers["out"], whole, Contract("other").secret("key", 64)
    ),
    "an element that is none": lambda c: c.requires(c.element(c.buffers["table"], 0)[0]),
    "declared twice": lambda c: setattr(c, "name", c.scalar("key")),
    "no secret": lambda c: setattr(c, "name", c.secret("empty", 0)),
}


@pytest.mark.parametrize("name", WRONG)
def test_refused(name: str) -> None:
    c = Proof("keyed", keyed).contract()
    with pytest.raises(ArmsymError) as refusal:
        WRONG[name](c)
    assert refusal.value.code == "bad-contract"


def test_nothing_is_held_after_a_condition() -> None:
    """It might have been about an element that is unknown no longer."""
    c = Proof("keyed", keyed).contract()
    c.requires(c.element(c.buffers["out"], 0)[0])
    with pytest.raises(ArmsymError, match="said of it already"):
        c.holds(c.buffers["out"], halves, c.secrets["key"])


def test_a_function_of_other_words_is_refused() -> None:
    def states(c: Contract) -> None:
        table = c.buffer("table", 2, 32, "rw")
        c.holds(table, whole, c.secret("key", 64))
        c.ensures(table, halves, c.secrets["key"])

    with pytest.raises(ArmsymError) as refusal:
        Execution(Proof("keyed", states).contract(), image_of("ret"), ENTRY, RawBuilder())
    assert refusal.value.code == "bad-spec"
