"""Bugs planted in the kernel, and in what else checks evidence from a stranger, each caught by a
check that passes on the kernel as it is.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

import pytest

from armsym.bv.term import OPERATORS
from armsym.kernel import (
    builder,
    chains,
    circuit,
    clausal,
    functions,
    meaning,
    polynomials,
    theorem,
)
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.error import KernelError
from armsym.kernel.theorem import Kernel
from armsym.machine import integers
from tests.kernel import test_clausal, test_functions, test_meaning, test_polynomials, test_rules
from tests.kernel.random_terms import RandomTerms
from tests.kernel.refusals import REFUSALS
from tests.machine import test_integers

Check = Callable[[], None]

CAUGHT = (AssertionError, pytest.fail.Exception, KernelError)


def random_terms() -> None:
    """Terms evaluate to what their bits and forms evaluate to."""
    for seed in range(40):
        limit = test_meaning.PRODUCT_LIMITS[seed % 5]
        test_meaning.check_values(RandomTerms(seed, 50).terms, KernelBuilder(limit), seed)


def laws() -> None:
    for width in (1, 2, 9, 16):
        test_meaning.test_laws(width, 16)


def near_misses() -> None:
    for limit in (0, 16):
        test_meaning.test_near_misses(9, limit)


def refusals() -> None:
    assert not [problem for refusal in REFUSALS if (problem := refusal.problem())]


def rules() -> None:
    for name, test in vars(test_rules).items():
        if name.startswith("test_") and list(inspect.signature(test).parameters) == ["k"]:
            test(Kernel())


def circuits() -> None:
    """The bits of every operator, and the miter of two terms, are what the clauses force."""
    for op in OPERATORS:
        test_clausal.test_operators(op, 8)
    test_clausal.test_miter_is_true_where_the_terms_differ()


def proofs() -> None:
    """A clausal proof is accepted, flawed and hostile ones are refused."""
    test_clausal.test_a_proof()
    for flaw in test_clausal.FLAWED:
        test_clausal.test_a_flawed_proof_is_refused(*flaw)
    with pytest.MonkeyPatch.context() as patch:
        test_clausal.test_hostile_proofs_end(patch)


def functions_of_bits() -> None:
    """Terms of exclusive or and and are shown to be equal just if they are; the work ends."""
    test_polynomials.test_functions_of_bits_are_decided(0)
    test_polynomials.test_functions_of_bits_are_decided(4)
    test_polynomials.test_what_is_no_product_stands_for_itself()
    with pytest.MonkeyPatch.context() as patch:
        test_polynomials.test_work_is_limited(patch)


def products_of_three() -> None:
    """They are shown to be equal just if they are, and no sums of others for them."""
    with pytest.MonkeyPatch.context() as patch:
        test_polynomials.test_products_of_three_words_need_not_be_multiplied_out(patch)


def tables() -> None:
    """Functions have the values of the tables; equal ones are found, others told apart."""
    for seed in range(2):
        test_functions.test_equal_functions_are_one_term(seed)
        test_functions.test_a_value_that_is_another_is_seen(seed)
    test_functions.test_a_name_is_a_function_of_a_reduced_basis()


def inequalities() -> None:
    """Refutations are accepted, and what is none is not."""
    test_integers.test_a_sum_that_is_negative()
    test_integers.test_a_step_is_rounded_for_integers()
    for wrong in test_integers.WRONG.values():
        test_integers.test_what_is_no_refutation(*wrong)
    for lie in test_integers.LIES:
        test_integers.test_searches_that_lie_are_not_believed(lie)
    test_integers.test_nothing_follows_without_a_refutation()


@dataclass(frozen=True)
class Bug:
    """A change to the text of a function of the kernel, and the check that catches it."""

    what: str
    where: str
    old: str
    new: str
    check: Check

    def plant(self, patch: pytest.MonkeyPatch) -> None:
        """Puts the changed function into the kernel's place for it."""
        module_name, *path, name = self.where.split(".")
        module = MODULES[module_name]
        owner: Any = getattr(module, path[0]) if path else module
        function = getattr(owner, name)
        source = textwrap.dedent(inspect.getsource(function))
        assert self.old in source, f"{self.where} does not say {self.old!r}"
        made: dict[str, Any] = {}
        exec(compile(source.replace(self.old, self.new), self.where, "exec"), vars(module), made)
        patch.setattr(owner, name, made[name])
        for table in (meaning._RULES, circuit._RULES):
            for op, rule in table.items():
                if rule is function:
                    patch.setitem(cast(dict[Any, Any], table), op, made[name])

    def __str__(self) -> str:
        return self.what


MODULES: dict[str, ModuleType] = {
    "meaning": meaning,
    "builder": builder,
    "functions": functions,
    "chains": chains,
    "polynomials": polynomials,
    "theorem": theorem,
    "circuit": circuit,
    "clausal": clausal,
    "integers": integers,
}

# By the function of the kernel and the check: what is wrong, and what the text says instead.
PLANTED: dict[tuple[str, Check], dict[str, tuple[str, str]]] = {
    ("meaning.Meaning.product", random_terms): {
        "1 * 1 is lost": (" ^ (c & d)", ""),
        "p * 1 is lost": (" ^ (p if d else ZERO)", ""),
        "literal parts stay lost": (
            "c, d = p & ONE, q & ONE",
            "c, d = ZERO, ZERO; p, q = p - ONE, q - ONE",
        ),
    },
    ("meaning._multiply", random_terms): {
        "monomials don't cancel": ("total ^= {x | y}", "total |= {x | y}"),
    },
    ("meaning.Meaning.variables", near_misses): {
        "names of two kinds are one": ("(type(name), name)", "(tuple, name)"),
    },
    ("meaning.Meaning._read_number", random_terms): {
        "-x without the 1": ("({UNIT: 1}, -1)", "({UNIT: 1}, 0)"),
    },
    ("meaning.Meaning._summands", random_terms): {
        "x - y is x + y": ("(args[1], -1)", "(args[1], 1)"),
    },
    ("meaning.Meaning._linear", random_terms): {
        "a sum's constant is lost": ("({UNIT: 1}, constant)", "({UNIT: 1}, 0)"),
    },
    ("meaning.Meaning._slice", random_terms): {
        "the high bits instead of the low": ("bits[:m]", "bits[-m:]"),
    },
    ("meaning.Meaning._shifted", random_terms): {
        "shifted the other way": ("coefficient >> low - zeros", "coefficient << low - zeros"),
    },
    ("meaning.combine", random_terms): {
        "half the modulus": ("(1 << m) - 1", "(1 << m - 1) - 1"),
    },
    ("meaning.Meaning.variables", random_terms): {
        "the names of a sum are a bit off": ("range(low, high)", "range(low + 1, high + 1)"),
    },
    ("meaning._plain", random_terms): {
        "an atom and a constant is the atom": (
            "(form[atoms[0]], constant) == (1, 0)",
            "form[atoms[0]] == 1",
        ),
        "-x is ~x": ("constant) == (minus_one, minus_one)", "minus_one) == (minus_one, minus_one)"),
    },
    ("meaning.Meaning._without_carries", random_terms): {
        "two bits have no carry": ("p and q", "p == q"),
    },
    ("meaning._or_all", random_terms): {
        "or is xor": (", tuple(map(m.product, first, bits)))", ", (ZERO,) * len(bits))"),
    },
    ("meaning._not", random_terms): {
        "not is nothing": ("p ^ ONE", "p"),
    },
    ("meaning._rotate", random_terms): {
        "the wrong way round": ("bits[amount:] + bits[:amount]", "bits[-amount:] + bits[:-amount]"),
    },
    ("meaning._shift", random_terms): {
        "shifts wrap around": ("min(amount, width)", "amount % width"),
        "an arithmetic shift is logical": ("bits[-1] if", "ZERO if"),
    },
    ("meaning._ite", random_terms): {
        "the wrong branch": ("q ^ m.product", "p ^ m.product"),
    },
    ("meaning._concat", random_terms): {
        "the lowest part first": ("reversed(term.args)", "term.args"),
    },
    ("meaning._extract", random_terms): {
        "always the lowest bits": ("[lo : hi + 1]", "[: hi - lo + 1]"),
    },
    ("meaning._bitwise", random_terms): {
        "a mask is ignored": ("if mask >> k & 1", "if mask"),
    },
    ("meaning._carry_less", random_terms): {
        "rows to the right": (
            "(ZERO,) * k + bits + (ZERO,) * (y.width - k)",
            "(ZERO,) * (y.width - k) + bits + (ZERO,) * k",
        ),
        "a row too many": ("y.value >> k & 1", "(y.value | 1) >> k & 1"),
        "a product is a square": ("map(m.bits, term.args)", "[m.bits(x)]"),
    },
    ("meaning._equal", random_terms): {
        "unequal where one bit differs": (
            "(next(iter(different)) ^ ONE,)",
            "(next(iter(different)),)",
        ),
    },
    ("meaning._equal", laws): {
        "opposites are equal": ("return (ZERO,)", "return (ONE,)"),
        "equal bits count": (" - {ZERO}", ""),
    },
    ("functions.Functions.look_up", tables): {
        "spaces are taken for each other": ("for p in s.basis]", "for p in rows.values()]"),
    },
    ("functions._planes", tables): {
        "the highest bit first": ("for k in range(width)", "for k in reversed(range(width))"),
    },
    ("functions.Functions._look_through", tables): {
        "functions stay in the rest": ("p.difference(seen)", "p"),
        "the lowest level instead": ("highest = max(", "highest = 1 or max("),
    },
    ("functions.Functions._span", tables): {
        "1 is in a basis": ("p - ONE", "p"),
        "a basis is not reduced": ("row ^ p if new in row else row", "row"),
        "three dimensions are many": ("== DIMENSIONS", "== 3"),
    },
    ("functions.Functions._polynomial", tables): {
        "what is known is forgotten": ("new ^ total", "new"),
        "a name for all that is new": (
            "Function(space.basis, values)",
            "Function(space.basis, bytes(len(values)))",
        ),
        "what is left is nothing": ("if not left", "if True"),
    },
    ("functions.Space.reduced", tables): {
        "the wrong function": ("total ^= self", "total |= self"),
    },
    ("functions.Columns.reduced", tables): {
        "answers to other questions": ("get(column)", "get(max(self._reduced, default=column))"),
    },
    ("functions.Columns._reduce", tables): {
        "the wrong ones": ("append(i)", "append(0)"),
    },
    ("functions.Columns.longer", tables): {
        "others' columns": ("get(left)", "get(max(self._longer, default=left))"),
    },
    ("functions._column", tables): {
        "1 is 0": ("total ^ one if p", "total if p"),
    },
    ("functions._sum_of_columns", tables): {
        "functions are left out": ("in functions", "in ()"),
    },
    ("functions._coordinates", tables): {
        "the highest bit first, in a point": ("n >> i & 1", "n >> (dimensions - 1 - i) & 1"),
    },
    ("functions._numbers", tables): {
        "the highest bit first, in a number": ("column << i", "column << (len(columns) - 1 - i)"),
    },
    ("builder.KernelBuilder._simplest", random_terms): {
        "a literal is read backwards": ("enumerate(bits)", "enumerate(reversed(bits))"),
    },
    ("builder.KernelBuilder._represent", random_terms): {
        "eight equal bits suffice": ("setdefault(bits", "setdefault((len(bits), bits[:8])"),
    },
    ("theorem.Kernel.equality", refusals): {
        "one equal bit suffices": ("meaning.bits(x) != meaning.bits(y)", "meaning.bits(x)[:0]"),
    },
    ("theorem.Kernel.table", refusals): {
        "the last value is left out": ("range(1 << leaf.width)", "range((1 << leaf.width) - 1)"),
    },
    ("theorem.Kernel.polynomials", functions_of_bits): {
        "anything is equal": ("if not equal(", "if equal("),
    },
    ("polynomials.equal", functions_of_bits): {
        "both must be 0": ("p ^ q", "p | q"),
        "one equal bit suffices": ("not any(", "not all("),
    },
    ("polynomials.Expansion._times", functions_of_bits): {
        "x x is x^2": ("raise NotDense", "pass"),
    },
    ("polynomials.Expansion._value", functions_of_bits): {
        "a product is a square": ("self._sum(q)", "self._sum(p)"),
        "the last row is left out": ("min(k + 1, len(x))", "min(k, len(x))"),
        "a square is nothing": ("others[0] if others else x", "(others or [[]])[0]"),
        "the neighbour's bit": ("y[k - i]", "y[i]"),
        "all leaves are one": ("self._leaves += 1", "pass"),
    },
    ("polynomials.Expansion._sum", functions_of_bits): {
        "factors are forgotten": ("p, product = product, {}", "p, product = ONE, {}"),
    },
    ("polynomials.Expansion._add", functions_of_bits): {
        "monomials don't cancel": ("total.get(monomial, 0) ^", "total.get(monomial, 0) |"),
        "x y is x ^ y": ("x | y", "x ^ y"),
        "no limit": ("self._left < 0", "False"),
    },
    ("chains._Chains.cancel", products_of_three): {
        "whatever is left": ("any(total.values())", "False"),
        "products are forgotten": ("total.get(factors, 0) ^", ""),
    },
    ("chains._Chains._of_three", products_of_three): {
        "the factor that is left out": ("_pair(inner), other", "_pair(inner),"),
    },
    ("chains._Chains._combination", products_of_three): {
        "the first of two products": ("len(products) == 1", "products"),
        "bits that are no sums": ("len(rows) == len(word)", "True"),
    },
    ("chains._coefficients", products_of_three): {
        "coefficients of one sum differ": ("row != total >> k", "False"),
        "the neighbour's bit": ("bits >> i + k & 1", "bits >> i & 1"),
    },
    ("theorem.Kernel.symmetry", rules): {
        "symmetry drops hypotheses": ("theorem.hypotheses", "frozenset()"),
    },
    ("theorem.Kernel.transitive", rules): {
        "transitive drops hypotheses": (" | second.hypotheses", ""),
        "transitive forgets whose word it took": (" | second.rests_on", ""),
    },
    ("theorem.Kernel.transitive", refusals): {
        "transitive needs nothing in common": ("if e.right is not f.left", "if False"),
    },
    ("theorem.Kernel.congruence", rules): {
        "congruence looks at one side": ("{hole: e.right}", "{hole: e.left}"),
    },
    ("theorem.Kernel.instance", rules): {
        "instance drops hypotheses": ("frozenset(rest)", "frozenset()"),
        "instance keeps hypotheses as they were": ("frozenset(rest)", "theorem.hypotheses"),
    },
    ("theorem.Kernel._substitute", refusals): {
        "any width will do": (" or variable.width != value.width", ""),
        "any term is a variable": ("variable.op is not VAR or ", ""),
    },
    ("theorem.Kernel._own", refusals): {
        "any kernel's terms": ("any(", "all("),
    },
    ("theorem.Kernel.trusted", refusals): {
        "nobody's name is a name": (" or not whose", ""),
    },
    ("theorem.Kernel.assume", rules): {
        "assume assumes nothing": ("frozenset([p])", "frozenset()"),
    },
    ("theorem.Kernel.discharge", rules): {
        "discharge drops all hypotheses": ("theorem.hypotheses - {p}", "frozenset()"),
    },
    ("theorem.Kernel.split", refusals): {
        "split shows another equation": ('!= self._equation("split", fails)', "is None"),
    },
    ("theorem.Kernel.split", rules): {
        "split drops p from both": ("- {~p}", "- {p, ~p}"),
    },
    ("theorem.Kernel.step", rules): {
        "step forgets what was taken for granted": ("theorem.rests_on", "frozenset()"),
    },
    ("theorem.Kernel.cut", refusals): {
        "a cut may change facts": ("if tuple(state.facts) != tuple(run.end.facts)", "if False"),
    },
    ("theorem.Kernel.cut", rules): {
        "a cut forgets what was taken for granted": ("theorem.rests_on", "frozenset()"),
    },
    ("theorem.Kernel.induction", refusals): {
        "any facts may be entered with": (
            "if not set(state.facts)",
            "if False and set(state.facts)",
        ),
    },
    ("theorem.Kernel.induction", rules): {
        "induction forgets what was taken for granted": ("theorem.rests_on", "frozenset()"),
    },
    ("theorem._reaches", rules): {
        "facts are forgotten": ("frozenset(end.facts)", "frozenset()"),
        "what is taken for granted is forgotten": (" | end.assumptions", ""),
    },
    ("theorem.Kernel.fulfils", refusals): {
        "any equation is the goal": ("!= Equation(goal.actual, goal.expected)", "is None"),
        "half of the goal": ("!= Equation(goal.actual, goal.expected)", ".left is not goal.actual"),
        "any hypotheses": ("if not equation.hypotheses <= theorem.hypotheses", "if False"),
        "no path is fine": ("if not returned", "if False"),
        "leaks are fine": ("for leak in call.leaks(state)", "for leak in ()"),
        "a turn has no goals": ("call.check_arrival(state, loop)", "()"),
        "what is entered has no goals": (
            "call.check_arrival(state, loop)",
            "(call.check_arrival(state, loop) if call.inside(state, loop) else ())",
        ),
        "a turn is a return": ("returned or loop is None", "True"),
        "one step too many": ("limit <= 0", "limit < 0"),
    },
    ("theorem.Kernel.fulfils", rules): {
        "trust is not told": ("rests_on |= equation.rests_on", "pass"),
        "assumptions are not told": ("rests_on |= theorem.rests_on", "pass"),
        "one path is all": ("shown += 1", "shown += 1; waiting.clear()"),
        "what is entered is not followed": ("not any(state is", "any(state is"),
        "what is joined is followed again": ("entered.append(state)", "pass"),
    },
    ("theorem.Kernel.absurd", rules): {
        "every path is absurd": ("p.value == 0", "True"),
        "no path is absurd": ("p.value == 0 or ~p in theorem.hypotheses", "False"),
    },
    ("theorem.Theorem.__init__", refusals): {
        "no seal": ("if seal is not _SEAL", "if False"),
    },
    ("theorem.Theorem.__setattr__", refusals): {
        "a theorem changes": (
            'raise KernelError("theorem", "a theorem does not change")',
            "return",
        ),
    },
    ("circuit.Circuit.and_", circuits): {
        "x & ~x is x": ("return FALSE", "return a"),
        "x & 1 is 1": ("return a if b == TRUE", "return b if b == TRUE"),
    },
    ("circuit.Circuit.xor", circuits): {
        "x ^ ~x is 0": ("return FALSE if a == b else TRUE", "return FALSE"),
        "x ^ 1 is x": ("-a * b", "a * b"),
        "complements are lost": ("gate if (a < 0) == (b < 0) else -gate", "gate"),
    },
    ("circuit.Circuit.choose", circuits): {
        "the other choice": ("self.xor(b, self", "self.xor(a, self"),
    },
    ("circuit.Circuit.add", circuits): {
        "a carry does not carry on": ("self.and_(half, carry)", "FALSE"),
    },
    ("circuit.Circuit.subtract", circuits): {
        "one too little": ("TRUE", "FALSE"),
    },
    ("circuit.Circuit.multiply", circuits): {
        "rows are not shifted": (
            "total[k:], _ = self.add(total[k:], row)",
            "total, _ = self.add(total, [*row, *[FALSE] * k])",
        ),
    },
    ("circuit.Circuit.divide", circuits): {
        "the lowest bit first": ("reversed(x)", "x"),
        "a bit of the rest is lost": ("[*y, FALSE]", "[*y[:-1], FALSE, FALSE]"),
    },
    ("circuit.Circuit.shift_right", circuits): {
        "a stage less": (".bit_length()", ".bit_length() - 1"),
        "long shifts wrap around": ("reduce(self.or_, amount[stages:], FALSE)", "FALSE"),
        "filled with zeros": ("[fill] * (1 << k)", "[FALSE] * (1 << k)"),
    },
    ("circuit.Circuit._gate", circuits): {
        "a gate is half defined": ("(-o, b), (o, -a, -b)]", "(-o, b)]"),
        "a clause has a wrong literal": ("(o, -a, b), (o, a, -b)", "(o, -a, b), (o, a, b)"),
        "gates of two kinds are one": ("(op, min", "(t.AND, min"),
    },
    ("circuit._equal", circuits): {
        "one equal bit is enough": ("c.or_, map", "c.and_, map"),
    },
    ("circuit._masked_xor", circuits): {
        "the constant is lost": ("_constant(constant,", "_constant(0,"),
    },
    ("circuit._weighted_sum", circuits): {
        "negative weights are positive": ("c.subtract(total", "c.add(total"),
    },
    ("circuit._signs_flipped", circuits): {
        "signs don't count": ("-x[-1]", "x[-1]"),
    },
    ("circuit._table", circuits): {
        "the neighbour's value": ("words[i + 1], words[i]", "words[i], words[i + 1]"),
    },
    ("circuit._carry_less", circuits): {
        "a sum is a disjunction": ("c.xor(total", "c.or_(total"),
    },
    ("circuit.miter", circuits): {
        "a term differs from itself": ("circuit.bits[y]", "circuit.bits[x]"),
        "the lowest bit does not count": ("if d != FALSE]", "if d != FALSE][1:]"),
    },
    ("clausal.check_lrat", proofs): {
        "clauses are replaced": ("number <= last", "False"),
        "any clause is empty": ("if not literals", "if True"),
        "nothing is forgotten": ("known.pop(hint, None)", "known.get(hint)"),
        "proofs of any length": ("len(proof) > PROOF_LIMIT", "False"),
        "work starts anew": ("work -= _", "_"),
    },
    ("clausal._propagate", proofs): {
        "two literals are a unit": ("len(left) > 1", "len(left) > 2"),
        "complements are confused": ("false.add(-left[0])", "false.add(left[0])"),
        "hints need no conflict": (
            'raise KernelError("clausal", f"clause {number} does not follow from its hints")',
            "return work",
        ),
        "any work": ("work > limit", "False"),
    },
    ("clausal._read", proofs): {
        "hints of RAT steps": ("hint <= 0", "False"),
        "the end is a hint": ("hints.pop() != 0", "not hints"),
    },
    ("integers.refutes", inequalities): {
        "multipliers may be negative": ("times < 0 or ", ""),
        "inequalities from behind": ("0 <= number < len", "number < len"),
        "each is added once": ("[number], times)", "[number], 1)"),
        "steps take the place of what is given": ("shown.append(", "shown.insert(0, "),
        "variables don't count": ("not shown[-1].coefficients and", "shown and"),
        "zero is below zero": ("constant < 0", "constant <= 0"),
        "any step is the last": ("shown[-1].constant", "min(s.constant for s in shown)"),
        "nothing is rounded": (".tightened()", ""),
        "nothing refutes nothing": ("bool(shown) and", "not shown or"),
    },
    ("integers.Expression.tightened", inequalities): {
        "rounded up": ("self.constant // divisor", "-(-self.constant // divisor)"),
        "divided by some coefficient": (
            "gcd(*[k for _, k in self.coefficients])",
            "max([1, *[k for _, k in self.coefficients]])",
        ),
        "the constant stays": ("self.constant // divisor", "self.constant"),
        "the coefficients stay": ("k // divisor", "k"),
    },
    ("integers.Expression.plus", inequalities): {
        "the constant once": ("times * other.constant", "other.constant"),
        "coefficients once": ("times * coefficient", "coefficient"),
        "the last coefficient alone": ("total.get(variable, 0)", "0"),
    },
    ("integers.Integers.proves", inequalities): {
        "0 is below 0": (".plus(-1)", ""),
        "the claim itself": ("expression.negated().plus(-1)", "expression"),
        "any number": ("expression.constant >= 0", "True"),
    },
    ("integers.Integers._refuted", inequalities): {
        "whatever is said": ("refutes(refutation, given)", "True"),
        "silence is consent": ("is not None and", "is None or"),
    },
}

BUGS = [
    Bug(what, where, old, new, check)
    for (where, check), changes in PLANTED.items()
    for what, (old, new) in changes.items()
]

CHECKS = (
    *(random_terms, laws, near_misses, refusals, rules, circuits, proofs, functions_of_bits),
    *(tables, inequalities, products_of_three),
)


@pytest.mark.parametrize("check", CHECKS)
def test_the_kernel_as_it_is_passes(check: Check) -> None:
    check()


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_caught(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bug.check in CHECKS
    with monkeypatch.context() as patch:
        bug.plant(patch)
        with pytest.raises(CAUGHT):
            bug.check()
