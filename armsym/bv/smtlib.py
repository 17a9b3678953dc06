"""Prints terms as SMT-LIB 2 scripts, each shared term once, as a definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from armsym.bv import term as t
from armsym.bv.evaluate import walk
from armsym.bv.term import Operator, Term, int_params

# Operators whose SMT-LIB spelling takes exactly two operands.
_FOLDED = (t.AND, t.OR, t.XOR, t.ADD, t.CONCAT)
# Operators that are predicates in SMT-LIB, and one-bit words here.
_PREDICATES = (t.EQ, t.ULT, t.SLT)


def script(goals: Sequence[str], terms: Sequence[Term], model: bool = False) -> str:
    """A script that asserts `goals`, formulas over the names that `name` gives to `terms`.

    With `model` it also asks for the values of the leaves, should the goals be satisfiable.
    Raises ValueError if the terms belong to several builders, whose numbers would clash.
    """
    lines = ["(set-option :produce-models true)"] if model else []
    lines.append("(set-logic QF_UFBV)")
    lines.extend(_definitions(_of_one_builder(terms)))
    lines.extend(f"(assert {goal})" for goal in goals)
    lines.append("(check-sat)")
    if model:
        lines.append("(get-model)")
    return "\n".join(lines) + "\n"


def equality_script(
    pairs: Sequence[tuple[Term, Term]], assumptions: Sequence[Term] = (), model: bool = False
) -> str:
    """A script that is unsatisfiable iff all pairs are equal wherever the assumptions hold.

    Assumptions are one-bit terms that are to be 1.
    """
    terms = [*[x for pair in pairs for x in pair], *assumptions]
    return script(_counterexample(pairs, assumptions), terms, model)


Equality = tuple[str, tuple[Term, Term], Sequence[Term]]


def incremental_script(equalities: Sequence[Equality]) -> str:
    """A script with a check-sat for each (title, pair, assumptions): unsat iff the pair is equal.

    Raises ValueError if the terms belong to several builders.
    """
    terms = [x for _, pair, assumptions in equalities for x in (*pair, *assumptions)]
    lines = ["(set-logic QF_UFBV)", *_definitions(_of_one_builder(terms))]
    for title, pair, assumptions in equalities:
        asserted = [f"(assert {goal})" for goal in _counterexample([pair], assumptions)]
        lines += [f"; {title}", "(push 1)", *asserted, "(check-sat)", "(pop 1)"]
    return "\n".join(lines) + "\n"


def _counterexample(pairs: Sequence[tuple[Term, Term]], assumptions: Sequence[Term]) -> list[str]:
    """Formulas that hold together where the assumptions do and some pair is not equal."""
    goals = [f"(= {name(term)} #b1)" for term in assumptions]
    different = [f"(not (= {name(x)} {name(y)}))" for x, y in pairs]
    return [*goals, f"(or false {' '.join(different)})" if different else "false"]


def _of_one_builder(terms: Sequence[Term]) -> Sequence[Term]:
    if len({id(term.builder) for term in terms}) > 1:
        raise ValueError("the terms of one script belong to one builder")
    return terms


def name(term: Term) -> str:
    """What a term is called in a script: a literal, a leaf or a definition."""
    if term.op is t.CONST:
        return _literal(term.width, term.value or 0)
    if term.op is t.VAR:
        return symbol(str(term.param[1]), term.width)
    return f"?{term.number}"


def symbol(text: str, *widths: int) -> str:
    """The quoted SMT-LIB symbol of a leaf: its name and widths, `|name:8|`.

    Characters that a symbol can't hold, and colons, become `%` and their hexadecimal number.
    """
    escaped = "".join(
        [c if " " <= c <= "~" and c not in "|\\%:" else f"%{ord(c):x};" for c in text]
    )
    return f"|{':'.join([escaped, *map(str, widths)])}|"


def _literal(width: int, value: int) -> str:
    return f"#b{value:0{width}b}" if width % 4 else f"#x{value:0{width // 4}x}"


def _definitions(terms: Iterable[Term]) -> Iterable[str]:
    """Declarations of the leaves and a definition of each other term, operands first."""
    declared: set[str] = set()
    for term in walk(terms):
        if term.op is t.CONST:
            continue
        if term.op in (t.VAR, t.APPLY):
            head = name(term) if term.op is t.VAR else _function(term)
            if head not in declared:
                declared.add(head)
                sorts = " ".join(_sort(a.width) for a in term.args)
                yield f"(declare-fun {head} ({sorts}) {_sort(term.width)})"
        if term.op is not t.VAR:
            yield f"(define-fun {name(term)} () {_sort(term.width)} {_expression(term)})"


def _sort(width: int) -> str:
    return f"(_ BitVec {width})"


def _function(term: Term) -> str:
    """The symbol of an uninterpreted function, told apart by name and widths."""
    return symbol(str(term.param[1]), *[a.width for a in term.args], term.width)


def _expression(term: Term) -> str:
    """The operator applied to its operands' names."""
    op, args = term.op, [name(a) for a in term.args]
    if op is t.APPLY:
        return f"({' '.join([_function(term), *args])})" if args else _function(term)
    if op is t.BITWISE:
        return _weighted(term, t.AND, t.XOR)
    if op is t.SUM:
        return _weighted(term, t.MUL, t.ADD)
    if op is t.TABLE:
        return _chosen([_literal(term.width, n) for n in int_params(term.param)[1:]], args[0])
    if op is t.CLMUL:
        return _carry_less(term.width, *args)
    if op in _FOLDED:
        return _folded(op, args)
    if op in _PREDICATES:
        return f"(ite ({op.name} {args[0]} {args[1]}) #b1 #b0)"
    if op is t.ITE:
        return f"(ite (= {args[0]} #b1) {args[1]} {args[2]})"
    if term.param:
        indices = " ".join(str(n) for n in int_params(term.param))
        return f"((_ {op.name} {indices}) {args[0]})"
    return f"({' '.join([op.name, *args])})"


def _weighted(term: Term, times: Operator, plus: Operator) -> str:
    """A BITWISE or SUM in the plain operators: c plus each weight times its operand."""
    constant, *weights = [_literal(term.width, n) for n in int_params(term.param)]
    products = [
        f"({times.name} {weight} {name(a)})" for weight, a in zip(weights, term.args, strict=True)
    ]
    return _folded(plus, [constant, *products])


def _chosen(values: Sequence[str], index: str) -> str:
    """The value with this number, by the bits of the number."""
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    low, high = _chosen(values[:half], index), _chosen(values[half:], index)
    return f"(ite {_bit_is_set(index, half.bit_length() - 1)} {high} {low})"


def _carry_less(width: int, x: str, y: str) -> str:
    """The exclusive or of the shifted x's that y selects."""
    zero, wide = _literal(width, 0), f"((_ zero_extend {width // 2}) {x})"
    rows = [
        f"(ite {_bit_is_set(y, k)} (bvshl {wide} {_literal(width, k)}) {zero})"
        for k in range(width // 2)
    ]
    return _folded(t.XOR, rows)


def _bit_is_set(name: str, k: int) -> str:
    return f"(= ((_ extract {k} {k}) {name}) #b1)"


def _folded(op: Operator, args: Sequence[str]) -> str:
    """An associative operator, two operands at a time, nested to the left."""
    return f"({op.name} " * (len(args) - 1) + args[0] + "".join(f" {a})" for a in args[1:])
