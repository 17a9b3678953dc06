"""Prints equations as Lean 4 theorems for `bv_decide`; each shared term is a hypothesis of its own.

Uninterpreted functions become variables, one for each application: a theorem in Lean then implies
the equation, and the equation may hold where Lean finds a counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from armsym.bv import term as t
from armsym.bv.evaluate import walk
from armsym.bv.smtlib import symbol
from armsym.bv.term import Operator, Term, int_params

HEADER = "import Std.Tactic.BVDecide\n"


def theorem(title: str, left: Term, right: Term, assumptions: Sequence[Term] = ()) -> str:
    """The theorem that two terms of one builder are equal where the one-bit assumptions are 1."""
    binders = list(_binders([left, right, *assumptions]))
    binders += [f"(a{n} : {name(p)} = 1#1)" for n, p in enumerate(assumptions)]
    lines = [f"theorem {_quoted(title)}", *[f"    {binder}" for binder in binders]]
    return "\n".join(lines) + f" :\n    {name(left)} = {name(right)} := by bv_decide\n"


def name(term: Term) -> str:
    """What a term is called in a theorem: a literal, a leaf or a definition."""
    if term.op is t.CONST:
        return _literal(term.width, term.value or 0)
    if term.op is t.VAR:
        return _leaf(term)
    if term.op is t.APPLY:
        arguments = [f"#{a.number}" if a.value is None else f"{a.value:#x}" for a in term.args]
        return _quoted(f"{_plain(term)}({', '.join(arguments)})")
    return f"t{term.number}"


def _binders(terms: Sequence[Term]) -> Iterator[str]:
    """Each leaf, and each other term with the equation that defines it, operands first."""
    for term in walk(terms):
        if term.op is not t.CONST:
            yield f"({name(term)} : BitVec {term.width})"
            if term.op not in (t.VAR, t.APPLY):
                yield f"(h{term.number} : {name(term)} = {_expression(term)})"


def _leaf(term: Term) -> str:
    return _quoted(_plain(term))


def _plain(term: Term) -> str:
    """The name and width of a leaf, in characters that any identifier in quotes can hold."""
    return symbol(str(term.param[1]), term.width).strip("|")


def _quoted(text: str) -> str:
    return f"«{text.replace('»', '%bb;')}»"


def _literal(width: int, value: int) -> str:
    return f"{value:#x}#{width}"


def _expression(term: Term) -> str:
    return _SPELLED[term.op](term, [name(a) for a in term.args])


Spelling = Callable[[Term, list[str]], str]


def _between(symbol: str) -> Spelling:
    """An operator written between its operands, nested to the left."""
    return lambda term, xs: f" {symbol} ".join(xs)


def _predicate(function: str) -> Spelling:
    return lambda term, xs: f"BitVec.ofBool ({function} {xs[0]} {xs[1]})"


def _weighted(times: str, plus: str) -> Spelling:
    """A BITWISE or SUM: the constant, and each weight with its operand."""

    def spelled(term: Term, xs: list[str]) -> str:
        constant, *weights = [_literal(term.width, n) for n in int_params(term.param)]
        products = [f"({weight} {times} {x})" for weight, x in zip(weights, xs, strict=True)]
        return f" {plus} ".join([constant, *products])

    return spelled


def _divided(term: Term, xs: list[str]) -> str:
    """As in SMT-LIB, x / 0 is all ones; in Lean it is 0."""
    zero, ones = _literal(term.width, 0), _literal(term.width, (1 << term.width) - 1)
    return f"bif {xs[1]} == {zero} then {ones} else {xs[0]} / {xs[1]}"


def _extracted(term: Term, xs: list[str]) -> str:
    hi, lo = int_params(term.param)
    return f"BitVec.extractLsb' {lo} {hi - lo + 1} {xs[0]}"


def _chosen(values: Sequence[str], index: str) -> str:
    """The value with this number, by the bits of the number."""
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    low, high = _chosen(values[:half], index), _chosen(values[half:], index)
    return f"(bif BitVec.getLsbD {index} {half.bit_length() - 1} then {high} else {low})"


def _looked_up(term: Term, xs: list[str]) -> str:
    return _chosen([_literal(term.width, n) for n in int_params(term.param)[1:]], xs[0])


def _carry_less(term: Term, xs: list[str]) -> str:
    """The exclusive or of the shifted x's that y selects."""
    x, y = xs
    wide, zero = f"BitVec.setWidth {term.width} {x}", _literal(term.width, 0)
    rows = [
        f"(bif BitVec.getLsbD {y} {k} then ({wide}) <<< {k} else {zero})"
        for k in range(term.width // 2)
    ]
    return " ^^^ ".join(rows)


_SPELLED: dict[Operator, Spelling] = {
    t.NOT: lambda term, xs: f"~~~{xs[0]}",
    t.AND: _between("&&&"),
    t.OR: _between("|||"),
    t.XOR: _between("^^^"),
    t.ADD: _between("+"),
    t.SUB: _between("-"),
    t.MUL: _between("*"),
    t.UDIV: _divided,
    t.SHL: _between("<<<"),
    t.LSHR: _between(">>>"),
    t.ASHR: lambda term, xs: f"BitVec.sshiftRight' {xs[0]} {xs[1]}",
    t.ROR: lambda term, xs: f"BitVec.rotateRight {xs[0]} {int_params(term.param)[0]}",
    t.EQ: lambda term, xs: f"BitVec.ofBool ({xs[0]} == {xs[1]})",
    t.ULT: _predicate("BitVec.ult"),
    t.SLT: _predicate("BitVec.slt"),
    t.ITE: lambda term, xs: f"bif {xs[0]} == 1#1 then {xs[1]} else {xs[2]}",
    t.EXTRACT: _extracted,
    t.CONCAT: _between("++"),
    t.BITWISE: _weighted("&&&", "^^^"),
    t.SUM: _weighted("*", "+"),
    t.TABLE: _looked_up,
    t.CLMUL: _carry_less,
}
