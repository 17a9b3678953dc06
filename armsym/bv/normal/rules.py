"""The rewrite rules for what belongs to no normal form, as data, and the matcher that applies them.

Patterns are terms: of width 8 where any width will do, of width 1 where it must be 1.  A variable
in capitals stands for a literal; the literals 0, 1 and 255 stand for 0, 1 and all ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from armsym.bv import term as t
from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.normal.forms import ones, trailing_zeros
from armsym.bv.term import Operator, Param, Term

ANY = 8  # the width in patterns that stands for any width

Bindings = dict[str, Term]
Condition = Callable[[Bindings], bool]


@dataclass(frozen=True)
class Rule:
    """`pattern` equals what `result` makes of its variables, wherever `condition` holds."""

    name: str
    pattern: Term
    result: Callable[[Builder, Bindings], Term]
    condition: Condition = lambda found: True


_p = RawBuilder()
_x, _y, _z, _K = [_p.var(ANY, name) for name in "xyzK"]
_c, _d = [_p.var(1, name) for name in "cd"]
_zero, _one, _ones = [_p.const(ANY, value) for value in (0, 1, -1)]


def _term(pattern: Term) -> Callable[[Builder, Bindings], Term]:
    """The result that is the pattern with the terms found for its variables."""
    return lambda b, found: _instance(b, pattern, found)


def _bit(value: int) -> Callable[[Builder, Bindings], Term]:
    """The one-bit literal."""
    return lambda b, found: b.const(1, value)


def _is_one_bit(found: Bindings) -> bool:
    return found["x"].width == 1


def _is_power_of_two(found: Bindings) -> bool:
    return (found["K"].value or 0).bit_count() == 1


def _is_exclusive_or(found: Bindings) -> bool:
    """Whether x is the exclusive or of two whole words and a constant."""
    x = found["x"]
    return x.op is t.BITWISE and x.width > 1 and x.param[1:] == (ones(x.width),) * 2


def _separated(b: Builder, found: Bindings) -> Term:
    x = found["x"]
    return b.eq(x.args[0], b.xor(x.args[0], x))


def _is_exclusive_or_and_literal(found: Bindings) -> bool:
    """Whether x is the sum of a literal and of the exclusive or of two whole words."""
    x = found["x"]
    return x.op is t.SUM and x.param[1:] == (1,) and _is_exclusive_or({"x": x.args[0]})


def _literal_separated(b: Builder, found: Bindings) -> Term:
    word = found["x"].args[0]
    return b.eq(b.xor(word, word - found["x"]), b.const(word.width, 0))


def _has_odd_difference(found: Bindings) -> bool:
    """Whether x is a sum of even terms and an odd literal."""
    x = found["x"]
    return x.op is t.SUM and [isinstance(k, int) and k & 1 for k in x.param] == [1] + [0] * len(
        x.args
    )


def _is_padded(found: Bindings) -> bool:
    """Whether x is a concat of one piece and of literals."""
    x = found["x"]
    return x.op is t.CONCAT and sum(piece.value is None for piece in x.args) == 1


def _unpadded(b: Builder, found: Bindings) -> Term:
    """x = 0 where x is one piece and literals: false if any of these has a one."""
    pieces = found["x"].args
    if any(piece.value for piece in pieces):
        return b.const(1, 0)
    (piece,) = [piece for piece in pieces if piece.value is None]
    return b.eq(piece, b.const(piece.width, 0))


_negated = _p.make(t.BITWISE, (_c,), (1, 1))

RULES = (
    Rule("ite-same", _p.ite(_c, _x, _x), _term(_x)),
    Rule(
        "ite-one-bit",
        _p.ite(_c, _x, _y),
        _term((_c & (_p.var(1, "x") ^ _p.var(1, "y"))) ^ _p.var(1, "y")),
        _is_one_bit,
    ),
    Rule("ite-not", _p.ite(_negated, _x, _y), _term(_p.ite(_c, _y, _x))),
    Rule("ite-then-again", _p.ite(_c, _p.ite(_c, _x, _y), _z), _term(_p.ite(_c, _x, _z))),
    Rule("ite-else-again", _p.ite(_c, _x, _p.ite(_c, _y, _z)), _term(_p.ite(_c, _x, _z))),
    Rule("eq-one-bit", _p.eq(_x, _y), lambda b, f: ~(f["x"] ^ f["y"]), _is_one_bit),
    Rule("eq-xor", _p.eq(_x, _zero), _separated, _is_exclusive_or),
    Rule("eq-xor-literal", _p.eq(_x, _zero), _literal_separated, _is_exclusive_or_and_literal),
    Rule("eq-odd", _p.eq(_x, _zero), _bit(0), _has_odd_difference),
    Rule("eq-padded", _p.eq(_x, _zero), _unpadded, _is_padded),
    Rule("ult-one-bit", _p.ult(_x, _y), lambda b, f: ~f["x"] & f["y"], _is_one_bit),
    Rule("ult-same", _p.ult(_x, _x), _bit(0)),
    Rule("ult-zero", _p.ult(_x, _zero), _bit(0)),
    Rule("ult-one", _p.ult(_x, _one), _term(_p.eq(_x, _zero))),
    Rule("ult-from-zero", _p.ult(_zero, _x), _term(~_p.eq(_x, _zero))),
    Rule("ult-ones", _p.ult(_x, _ones), _term(~_p.eq(_x, _ones))),
    Rule("ult-from-ones", _p.ult(_ones, _x), _bit(0)),
    Rule("slt-one-bit", _p.slt(_x, _y), lambda b, f: f["x"] & ~f["y"], _is_one_bit),
    Rule("slt-same", _p.slt(_x, _x), _bit(0)),
    Rule("slt-zero", _p.slt(_x, _zero), lambda b, f: f["x"][f["x"].width - 1]),
    Rule("udiv-one", _p.udiv(_x, _one), _term(_x)),
    Rule("udiv-zero", _p.udiv(_x, _zero), _term(_ones)),
    Rule(
        "udiv-power",
        _p.udiv(_x, _K),
        lambda b, f: b.lshr(f["x"], trailing_zeros(f["K"].value or 1)),
        _is_power_of_two,
    ),
    Rule("shl-of-zero", _p.shl(_zero, _x), _term(_zero)),
    Rule("lshr-of-zero", _p.lshr(_zero, _x), _term(_zero)),
    Rule("ashr-of-zero", _p.ashr(_zero, _x), _term(_zero)),
    Rule("ashr-of-ones", _p.ashr(_ones, _x), _term(_ones)),
)


def by_operator(rules: tuple[Rule, ...]) -> dict[Operator, tuple[Rule, ...]]:
    """The rules that may apply at each operator, in order."""
    return {op: tuple([r for r in rules if r.pattern.op is op]) for op in t.OPERATORS}


def match(rule: Rule, args: tuple[Term, ...], param: Param) -> Bindings | None:
    """The terms for the pattern's variables if the rule applies at these operands, else None."""
    found: Bindings = {}
    fits = rule.pattern.param == param and all(
        map(_fits, rule.pattern.args, args, [found] * len(args))
    )
    return found if fits and rule.condition(found) else None


def _fits(pattern: Term, term: Term, found: Bindings) -> bool:
    """Whether the term is an instance of the pattern; notes what the variables stand for."""
    if pattern.width == 1 and term.width != 1:
        return False
    if pattern.value is not None:
        return term.value == _literal(pattern, term.width)
    if pattern.op is t.VAR:
        name = str(pattern.param[1])
        if name.isupper() and term.value is None:
            return False
        return found.setdefault(name, term) is term
    if (pattern.op, pattern.param, len(pattern.args)) != (term.op, term.param, len(term.args)):
        return False
    return all(map(_fits, pattern.args, term.args, [found] * len(term.args)))


def _literal(pattern: Term, width: int) -> int:
    """The value of a pattern's literal at a width: all ones stay all ones."""
    return ones(width) if pattern is _ones else (pattern.value or 0)


def _instance(b: Builder, pattern: Term, found: Bindings) -> Term:
    """The pattern with its variables replaced."""
    if pattern.op is t.VAR:
        return found[str(pattern.param[1])]
    if pattern.value is not None:
        width = next(iter(found.values())).width if pattern.width == ANY else pattern.width
        return b.const(width, _literal(pattern, width))
    return b.make(pattern.op, tuple([_instance(b, a, found) for a in pattern.args]), pattern.param)
