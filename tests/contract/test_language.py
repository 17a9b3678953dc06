"""The contract language: what a contract says in words, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.term import Term
from armsym.contract import Buffer, Contract, Proof, contract
from armsym.contract.language import Specification
from armsym.contract.statement import statement
from armsym.errors import ArmsymError


def keep(words: list[Term], *others: Term | int) -> list[Term]:
    """A specification; contracts don't run it."""
    return words


def drop(words: list[Term], *others: Term | int) -> list[Term]:
    """Another one."""
    return words


def buffer(c: Contract, name: str = "out", access: str = "rw") -> Buffer:
    return c.buffer(name, elements=2, width=32, access=access)


STATEMENT = """\
routine copy
given
  X0 = the address of out
  X1 = the address of in
  X2 = 3
  X3 = n
  X4 = 17
  X30 = the return address; SP = a multiple of 16
  requires (bvult n 0x5)
with memory
  the image, 64 bytes of stack below SP, out, in, scratch: disjoint, none wraps around 2^64
  the image: what is not constant in it is unknown, and public
  out: 3 words of 32 bits, big-endian, aligned to 16 bytes, written
  in: 3 words of 32 bits, little-endian, read
  scratch: 4 words of 8 bits, read and written
the routine returns to X30, and then
  out = tests.contract.test_language.keep(in, 3, n)
  scratch may hold anything
  X19 to X29, D8 to D15 and SP are what they were
  nothing else in memory has changed but the stack below SP
  every access was inside one of these regions, as it permits
  the instructions and addresses depended on public values alone"""


def copy(c: Contract) -> None:
    words = 3
    n = c.scalar("n")
    out = c.buffer("out", words, 32, "w", byte_order="big", alignment=16)
    given = c.buffer("in", words, 32, "r")
    c.buffer("scratch", 4, 8, "rw")
    c.stack_bytes(64)
    c.arguments(out, given, words, n, 17)
    c.requires(c.builder.ult(n, c.builder.const(64, 5)))
    c.ensures(out, keep, given, words, n)


def test_the_statement_says_all_of_it() -> None:
    said = statement(Proof("copy", copy).contract())
    assert said == STATEMENT.replace("tests.contract.test_language", keep.__module__)


STRUCTURE = """\
routine fill
given
  X0 = the address of key
  X1 = (concat (extract[63, 32] bits) 0x80)
  X30 = the return address; SP = a multiple of 16
  requires (bvnot (= &key 0x0))
with memory
  the image, 4096 bytes of stack below SP, key, rounds: disjoint, none wraps around 2^64
  the image: what is not constant in it is unknown, and public
  key: 2 words of 32 bits, little-endian, read and written
  rounds: 1 words of 16 bits, little-endian, 12 bytes behind the start of key, read, which are 10
the routine returns to X30, and then
  key = tests.contract.test_language.keep(key)
  the low 32 bits of X0 = 0xffffffff
"""


def fill(c: Contract) -> None:
    key = buffer(c, "key")
    c.field(key, 12, "rounds", 1, 16, "r", values=[10])
    c.not_null(key)
    c.arguments(key, c.word("bits", 128))
    c.ensures(key, keep, key)
    c.returns(-1)


def test_the_statement_tells_of_structures_and_of_what_is_returned() -> None:
    said = statement(Proof("fill", fill).contract())
    assert said.startswith(STRUCTURE.replace("tests.contract.test_language", keep.__module__))


STRANDS = """\
  first = NAME(first, the 2 words of a block of in), for each block of 4 words in turn
  second = NAME(second, the 1 words of a block, n), for each block of 3 words in turn
    the words are 0x1, 0x0, 0x1f
"""


def strands(c: Contract, words: Sequence[int] = (1, 0, 31)) -> None:
    first, second = buffer(c, "first"), buffer(c, "second")
    given = c.buffer("in", 4, 32, "r")
    n = c.scalar("n")
    c.arguments(first, second, given, n)
    c.fold(first, drop, over=given, block=2)
    c.fold(second, drop, over=words, block=1, using=[n])


def test_the_statement_tells_of_known_numbers_of_blocks() -> None:
    said = statement(Proof("strands", strands).contract())
    assert STRANDS.replace("NAME", f"{drop.__module__}.drop") in said
    other = statement(Proof("strands", lambda c: strands(c, (1, 0, 30))).contract())
    assert other != said


# Each changes what is said, so that no two contracts share a statement.
CHANGES: dict[str, Callable[[Contract], object]] = {
    "name": lambda c: setattr(c, "name", "other"),
    "stack": lambda c: c.stack_bytes(80),
    "precondition": lambda c: c.requires(c.builder.ult(c.scalars["n"], c.element(*word(c)))),
    "buffer": lambda c: setattr(c, "buffers", {**c.buffers, "more": buffer(c, "more")}),
    "argument": lambda c: c.arguments(*c.parameters[:-1], 18),
    "specification": lambda c: ensure_again(c, drop, 0),
    "result": lambda c: c.returns(0),
    "width of the result": lambda c: c.returns(0, width=64),
    "field": lambda c: c.field(c.buffers["out"], 12, "more", 1, 8, "r"),
    "field elsewhere": lambda c: c.field(c.buffers["out"], 13, "more", 1, 8, "r"),
    "field with a value": lambda c: c.field(c.buffers["out"], 12, "more", 1, 8, "r", [1]),
    "field with another": lambda c: c.field(c.buffers["out"], 12, "more", 1, 8, "r", [2]),
    "field of another byte order": lambda c: c.field(
        c.buffers["out"], 12, "more", 1, 16, "r", byte_order="little"
    ),
    "field of its own byte order": lambda c: c.field(c.buffers["out"], 12, "more", 1, 16, "r"),
    "its arguments": lambda c: ensure_again(c, keep, 1),
}


def ensure_again(c: Contract, function: Specification, more: int) -> None:
    """Replaces the postcondition."""
    c.postconditions.clear()
    n = c.scalars["n"]
    c.ensures(c.buffers["out"], function, c.buffers["in"], 3, n + 1 if more else n)


def word(c: Contract) -> tuple[Buffer, int]:
    return c.buffer("wide", 1, 64, "r"), 0


def test_a_change_of_the_contract_changes_the_statement() -> None:
    said = [statement(Proof("copy", copy).contract())]
    for change in CHANGES.values():
        changed = Proof("copy", copy).contract()
        change(changed)
        said.append(statement(changed))
    assert len(set(said)) == len(said)


def test_a_condition_too_large_to_read_is_refused() -> None:
    c = Contract("large")
    x = c.scalar("n")
    for _ in range(12):
        x = x + x
    c.requires(c.builder.ult(x, x))
    with pytest.raises(ArmsymError, match="can't be read") as error:
        statement(c)
    assert error.value.code == "bad-contract"


def ensure_twice(c: Contract, result: Buffer) -> None:
    for function in (keep, drop):
        c.ensures(result, function, result)


def overlap(c: Contract, base: Buffer) -> None:
    c.field(base, 16, "f", 1, 64, "r")
    c.field(base, 20, "g", 1, 8, "r")


def nested(c: Contract, base: Buffer) -> None:
    c.field(c.field(base, 8, "f", 1, 8, "r"), 16, "g", 1, 8, "r")


def fold_many(c: Contract, count: int) -> None:
    """The statement has names for four of them."""
    data = c.buffer("data", 1 * c.count("blocks"), 64, "r")
    c.fold([buffer(c, f"s{n}") for n in range(count)], keep, over=data, block=1)


def return_twice(c: Contract) -> None:
    c.returns(0)
    c.returns(0)


def folded(c: Contract, **changed: Any) -> None:
    c.fold(buffer(c), drop, **{"over": (1, 2), "block": 1, **changed})


def each(c: Contract, *states: Callable[[Contract], None]) -> None:
    for state in states:
        state(c)


def again(c: Contract) -> None:
    c.fold(c.buffers["out"], drop, over=(1,), block=1)


def unknown(c: Contract) -> None:
    over = c.buffer("blocks", 1 * c.count("m"), 32, "r")
    c.fold(buffer(c, "total"), drop, over=over, block=1)


# what is refused, and how that reads
REFUSED: dict[str, tuple[Callable[[Contract], object], str]] = {
    "no elements": (lambda c: c.buffer("b", 0, 8, "r"), "b is declared with a value"),
    "odd width": (lambda c: c.buffer("b", 1, 12, "r"), "b is declared with a value"),
    "no width": (lambda c: c.buffer("b", 1, 0, "r"), "b is declared with a value"),
    "access": (lambda c: c.buffer("b", 1, 8, "rx"), "b is declared with a value"),
    "no access": (lambda c: c.buffer("b", 1, 8, ""), "b is declared with a value"),
    "alignment": (lambda c: c.buffer("b", 1, 8, "r", alignment=3), "b is declared with a value"),
    "negative count": (lambda c: c.count("n", min=-1), "a count from 0 to 2^64 - 1"),
    "twice": (lambda c: [buffer(c), c.scalar("out")], "out is declared twice"),
    "twice, a count": (lambda c: [c.count("n", 1), c.scalar("n")], "n is declared twice"),
    "no identifier": (lambda c: c.scalar("a b"), "is no identifier"),
    "an element's name": (lambda c: c.scalar("in[0]"), "is no identifier"),
    "a register": (lambda c: c.scalar("x30"), "the name of a register"),
    "a vector": (lambda c: buffer(c, "v31"), "the name of a register"),
    "a flag": (lambda c: c.scalar("Z"), "the name of a register"),
    "a region": (lambda c: buffer(c, "stack"), "the name of a register or a region"),
    "the base": (lambda c: c.scalar("image"), "the name of a register or a region"),
    "the arguments": (lambda c: buffer(c, "arguments"), "the name of a register or a region"),
    "odd stack": (lambda c: c.stack_bytes(8), "a multiple of 16"),
    "negative stack": (lambda c: c.stack_bytes(-16), "a multiple of 16"),
    "wide condition": (lambda c: c.requires(c.scalar("n")), "a one-bit term"),
    "foreign condition": (lambda c: c.requires(RawBuilder().var(1, "p")), "of this contract"),
    "no such element": (lambda c: c.element(buffer(c), 2), "out has no unknown element 2"),
    "negative element": (lambda c: c.element(buffer(c), -1), "out has no unknown element -1"),
    "read-only result": (lambda c: c.ensures(buffer(c, "b", "r"), keep), "b ensures something"),
    "a value too few": (lambda c: c.buffer("b", 2, 8, "r", values=[1]), "b is declared with a"),
    "a value too wide": (lambda c: c.buffer("b", 1, 8, "r", values=[256]), "b is declared with a"),
    "a field inside": (
        lambda c: c.field(buffer(c), 7, "f", 1, 8, "r"),
        "f does not lie behind out",
    ),
    "a field on a field": (lambda c: overlap(c, buffer(c)), "g does not lie behind out"),
    "a field's field": (lambda c: nested(c, buffer(c)), "g does not lie behind f"),
    "a field behind nobody knows what": (
        lambda c: c.field(c.buffer("b", c.count("n"), 8, "r"), 99, "f", 1, 8, "r"),
        "f does not lie behind b",
    ),
    "returns twice": (return_twice, "returns twice"),
    "returns too much": (lambda c: c.returns(0, width=65), "more than a register"),
    "too many states": (lambda c: fold_many(c, 5), "data is folded over into more than 4 buffers"),
    "no whole blocks": (lambda c: folded(c, over=(1, 2, 3), block=2), "over no whole blocks"),
    "no blocks": (lambda c: folded(c, over=(), block=1), "over no whole blocks"),
    "blocks of nothing": (lambda c: folded(c, over=(1,), block=0), "over no whole blocks"),
    "words too wide": (lambda c: folded(c, over=(1 << 32,)), "words of not 32 bits"),
    "words below zero": (lambda c: folded(c, over=(-1,)), "words of not 32 bits"),
    "known words, and made ones": (lambda c: folded(c, into=buffer(c, "b")), "not alone folded"),
    "known words, and a start": (lambda c: folded(c, start=(keep, 1)), "not alone folded"),
    "known words, and more at last": (lambda c: folded(c, least=2), "not alone folded"),
    "known words, for two": (
        lambda c: c.fold([buffer(c), buffer(c, "b")], drop, over=(1,), block=1),
        "not alone folded",
    ),
    "known words, using unknown many": (
        lambda c: folded(c, using=[c.buffer("b", c.count("n"), 32, "r")]),
        "a buffer of unknown size",
    ),
    "known words, read only": (
        lambda c: c.fold(buffer(c, "b", "r"), drop, over=(1,), block=1),
        "b ensures something of a buffer that is only read",
    ),
    "folded twice": (lambda c: each(c, folded, again), "out ensures two things"),
    "known and unknown": (lambda c: each(c, folded, unknown), "is folded over twice"),
    "unknown and known": (lambda c: each(c, unknown, folded), "or with other folds"),
    "a text for an argument": (lambda c: c.arguments(cast(Any, "x")), "argument 0 is no buffer"),
    "a short argument": (lambda c: c.arguments(1, c.scalar("n")[31:0]), "argument 1 is no buffer"),
    "another's buffer": (lambda c: c.arguments(buffer(Contract("x"))), "argument 0 is no buffer"),
    "another's scalar": (lambda c: c.arguments(Contract("x").scalar("n")), "argument 0 is no"),
    "another's count": (lambda c: c.arguments(Contract("x").count("n")), "argument 0 is no"),
    "two results": (lambda c: ensure_twice(c, buffer(c)), "out ensures two things"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    state, message = REFUSED[name]
    with pytest.raises(ArmsymError, match="contract broken: ") as error:
        state(Contract("broken"))
    assert error.value.code == "bad-contract"
    assert message in error.value.message


def test_a_contract_that_ensures_nothing_is_refused() -> None:
    with pytest.raises(ArmsymError, match="contract idle ensures nothing"):
        Proof("idle", lambda c: c.arguments(buffer(c))).contract()


def test_a_contract_may_say_that_nothing_is_written() -> None:
    def idle(c: Contract, access: str) -> None:
        c.arguments(c.buffer("out", elements=1, width=64, access=access))
        c.writes_nothing()

    assert not Proof("idle", lambda c: idle(c, "r")).contract().ensured
    with pytest.raises(ArmsymError, match="contract idle writes, and says it does not"):
        Proof("idle", lambda c: idle(c, "rw")).contract()


def test_what_a_contract_raises_is_its_own_fault() -> None:
    with pytest.raises(ArmsymError, match="contract broken: ZeroDivisionError") as error:
        Proof("broken", lambda c: c.stack_bytes(1 // 0)).contract()
    assert error.value.code == "bad-contract"


@pytest.mark.parametrize("function", [partial(keep), 5], ids=["partial", "number"])
def test_a_function_without_a_name_is_refused(function: Any) -> None:
    """The statement would have no name for it."""

    def state(c: Contract) -> None:
        c.ensures(buffer(c), function)

    with pytest.raises(ArmsymError, match="is no function that has a name"):
        Proof("unnamed", state).contract()


def test_one_contract_has_many_names() -> None:
    proofs = contract("one", "two")(copy)
    assert [proof.contract().name for proof in proofs] == ["one", "two"]


def test_a_contract_has_variants() -> None:
    def state(c: Contract, n: int) -> None:
        c.arguments(n)
        c.returns(n)

    proofs = contract("f", "g", variants={"a": (1,), "b": (2,)})(state)
    assert [(proof.name, proof.symbol) for proof in proofs] == [
        ("f_a", "f"),
        ("f_b", "f"),
        ("g_a", "g"),
        ("g_b", "g"),
    ]
    assert [proof.contract().parameters for proof in proofs] == [(1,), (2,), (1,), (2,)]
    assert {proof.state.__module__ for proof in proofs} == {__name__}
