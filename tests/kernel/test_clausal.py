"""The circuits of terms mean what the terms mean, and only proofs pass for proofs."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pytest

from armsym.bv import term as t
from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import Assignment, evaluate
from armsym.bv.term import OPERATORS, Operator, Term
from armsym.kernel import circuit as circuits
from armsym.kernel import clausal
from armsym.kernel.circuit import Circuit, Clause
from armsym.kernel.error import KernelError
from armsym.kernel.theorem import Equation, Kernel
from tests.kernel.random_terms import RandomTerms


def propagated(circuit: Circuit, assignment: Assignment) -> set[int]:
    """The literals that are true where the leaves have these values, by the clauses alone."""
    true: set[int] = set()
    for leaf, bits in circuit.inputs.items():
        (value,) = evaluate([leaf], assignment)
        true.update(bit if value >> k & 1 else -bit for k, bit in enumerate(bits))
    for clause in circuit.clauses:  # those of operands come first, so one pass is enough
        left = [p for p in clause if -p not in true]
        if len(left) == 1:
            true.update(left)
    return true


def number(bits: Sequence[int], true: set[int]) -> int:
    return sum(1 << k for k, bit in enumerate(bits) if bit in true)


def check_bits(terms: Iterable[Term], seed: int, samples: int = 3) -> None:
    """The bits of the terms are those of their values, and no clause is violated."""
    terms = list(terms)
    circuit = Circuit()
    circuit.blast(terms)
    for sample in range(samples):
        assignment = RandomAssignment(seed + 1000 * sample)
        true = propagated(circuit, assignment)
        assert len(true) == circuit.variables
        assert all(not true.isdisjoint(clause) for clause in circuit.clauses)
        values = evaluate(terms, assignment)
        assert [number(circuit.bits[x], true) for x in terms] == values


def applied(op: Operator, w: int, b: RawBuilder, source: random.Random) -> Term:
    """The operator on leaves, and at times a literal, of `w` bits."""
    x, y, p = b.var(w, "x"), b.var(w, "y"), b.var(1, "p")
    operands = (x, b.const(w, source.getrandbits(w)) if source.random() < 0.3 else y)
    if op in (t.SHL, t.LSHR, t.ASHR) and source.random() < 0.7:
        operands = (x, y & b.const(w, 2 * w - 1))  # few amounts are as small as this
    lo, hi = sorted([source.randrange(w), source.randrange(w)])
    index = x[min(w, t.TABLE_INPUT_BITS) - 1 : 0]
    special: dict[Operator, tuple[tuple[Term, ...], t.Param]] = {
        t.CONST: ((), (w, source.getrandbits(w))),
        t.VAR: ((), (w, "x")),
        t.APPLY: (operands, (w, "f")),
        t.NOT: ((x,), ()),
        t.ROR: ((x,), (source.randrange(w),)),
        t.ITE: ((p, *operands), ()),
        t.EXTRACT: ((x,), (hi, lo)),
        t.BITWISE: (operands, tuple([source.getrandbits(w) for _ in range(3)])),
        t.SUM: (operands, tuple([source.getrandbits(w) for _ in range(3)])),
        t.TABLE: ((index,), (w, *[source.getrandbits(w) for _ in range(1 << index.width)])),
    }
    args, param = special.get(op, (operands, ()))
    return b.make(op, args, param)


@pytest.mark.parametrize("width", [1, 2, 3, 8, 13, 32])
@pytest.mark.parametrize("op", OPERATORS, ids=str)
def test_operators(op: Operator, width: int) -> None:
    source = random.Random(f"{op} {width}")
    for seed in range(6):
        check_bits([applied(op, width, RawBuilder(), source)], seed, samples=12)


@pytest.mark.parametrize("seed", range(20))
def test_random_terms(seed: int) -> None:
    terms = RandomTerms(seed, 30)
    check_bits([x for x in terms.terms if x.width <= 256][:20], seed)


def test_a_wrong_operator_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(circuits._RULES, t.LSHR, circuits._RULES[t.ASHR])
    with pytest.raises(AssertionError):
        test_operators(t.LSHR, 8)


def test_miter_is_true_where_the_terms_differ() -> None:
    b = RawBuilder()
    x, y = b.var(3, "x"), b.var(3, "y")
    circuit = circuits.miter(x & y, b.ite(b.ult(x, y), x, y))
    *definitions, differ = circuit.clauses
    circuit.clauses = definitions
    outcomes = set()
    for seed in range(50):
        assignment = RandomAssignment(seed)
        left, right = evaluate([x & y, b.ite(b.ult(x, y), x, y)], assignment)
        assert (left != right) == (not propagated(circuit, assignment).isdisjoint(differ))
        outcomes.add(left != right)
    assert outcomes == {False, True}


def test_numbers_depend_on_the_terms_alone() -> None:
    def clauses(before: int) -> list[Clause]:
        b = RawBuilder()
        for n in range(before):
            b.var(8, f"unused {n}")
        x, y = b.var(8, "x"), b.var(8, "y")
        return circuits.miter(b.udiv(x, y) * y, b.apply(8, "f", x + y)).clauses

    assert clauses(0) == clauses(5)


def test_applications_are_leaves() -> None:
    b = RawBuilder()
    x, y = b.var(8, "x"), b.var(8, "y")
    assert circuits.miter(b.apply(8, "f", x), b.apply(8, "f", x)).clauses[-1] == ()
    assert len(circuits.miter(b.apply(8, "f", x), b.apply(8, "f", y)).clauses[-1]) == 8


# Every assignment of two variables is excluded.
EXCLUDED: list[Clause] = [(1, 2), (-1, 2), (1, -2), (-1, -2)]
PROOF = "5 2 0 1 2 0\n5 d 1 2 0\n6 0 5 3 4 0\n"


def test_a_proof() -> None:
    clausal.check_lrat(EXCLUDED, PROOF)


FLAWED = [
    ("nothing", "", "does not end"),
    ("truncated", "5 2 0 1 2 0\n", "does not end"),
    ("a hint dropped", "5 2 0 1 0\n6 0 5 3 4 0\n", "does not follow"),
    ("no hints", "5 2 0 0\n6 0 5 3 4 0\n", "does not follow"),
    ("a literal changed", "5 -2 0 1 2 0\n6 0 5 3 4 0\n", "does not follow|not a unit"),
    ("a literal dropped", "5 0 1 2 0\n", "not a unit"),
    ("another order of hints", "5 2 0 1 2 0\n6 0 3 5 4 0\n", "not a unit"),
    ("another order of steps", "6 0 5 3 4 0\n5 2 0 1 2 0\n", "not known"),
    ("a clause used for itself", "5 2 0 5 0\n6 0 5 3 4 0\n", "not known"),
    ("a clause forgotten", "5 2 0 1 2 0\n5 d 3 0\n6 0 5 3 4 0\n", "not known"),
    ("forgotten twice", "5 2 0 1 2 0\n5 d 1 0\n5 d 1 0\n", "to forget"),
    ("a clause replaced", "1 2 0 1 2 0\n6 0 1 3 4 0\n", "comes after"),
    ("an empty clause for a given one", "2 0 1 2 0\n", "comes after"),
    ("a RAT step", "5 3 0 -1 1 0\n", "no step"),
    ("no end of the hints", "5 2 0 1 2\n6 0 5 3 4 0\n", "no step"),
    ("no end of the literals", "5 2\n", "no step"),
    ("no number", "\n5 2 0 1 2 0\n6 0 5 3 4 0\n", "no step"),
    ("letters", "5 x 0 1 2 0\n", "no step"),
    ("a number without an end", "5 " + "9" * 10_000 + " 0 1 2 0\n", "no step"),
]


@pytest.mark.parametrize(("flaw", "proof", "reason"), FLAWED)
def test_a_flawed_proof_is_refused(flaw: str, proof: str, reason: str) -> None:
    with pytest.raises(KernelError, match=reason) as caught:
        clausal.check_lrat(EXCLUDED, proof)
    assert caught.value.rule == "clausal", flaw


def test_no_proof_refutes_what_is_satisfiable() -> None:
    """Proofs with random changes, of clauses one of which is missing."""
    source = random.Random(1)
    for _ in range(3000):
        words = PROOF.replace("6 0", source.choice(["6 0", "6 1 0", "6 -1 0"])).split(" ")
        for _ in range(source.randint(1, 4)):
            k = source.randrange(len(words))
            words[k : k + source.randint(0, 1)] = [str(source.randint(-3, 6))]
        for missing in range(4):
            with pytest.raises(KernelError):
                clausal.check_lrat(EXCLUDED[:missing] + EXCLUDED[missing + 1 :], " ".join(words))


def test_hostile_proofs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KernelError, match="too long"):
        clausal.check_lrat(EXCLUDED, "5 " * clausal.PROOF_LIMIT)
    monkeypatch.setattr(clausal, "WORK_LIMIT", 100_000)
    wide = tuple(range(3, 10_000))
    again = " ".join(map(str, [6, *wide[1:], 0, *[1] * 1000, 0]))
    with pytest.raises(KernelError, match="too much work"):
        clausal.check_lrat([wide, *EXCLUDED], again)
    with pytest.raises(KernelError, match="too much work"):
        clausal.check_lrat(EXCLUDED, "".join(f"{n} 2 0 1 2 0\n" for n in range(5, 50_000)))


def test_hostile_terms_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that need few gates in the end."""
    monkeypatch.setattr(circuits, "CIRCUIT_LIMIT", 1 << 15)
    b = RawBuilder()
    x = b.var(1 << 10, "x")
    deep = x
    for _ in range(100):
        deep = b.not_(deep)
    zero = b.const(x.width, 0)
    shifted = b.shl(zero, b.var(x.width, "y"))
    for huge in (b.udiv(x, ~x), x * ~x, b.clmul(x, ~x)[x.width - 1 : 0], deep, x * shifted):
        with pytest.raises(KernelError, match="too large"):
            circuits.miter(huge, x)


# About the miter of x | y and ite(x, 1, y).
DISJUNCTION = """\
17 -6 0 16 14 9 10 2 5 0
18 -5 0 17 16 15 0
19 4 0 18 17 7 11 4 0
20 -2 0 19 3 0
21 0 19 20 18 8 0
"""


def test_the_rule() -> None:
    """The theorem is about the kernel's own terms, and rests on nothing."""
    raw, kernel = RawBuilder(), Kernel()
    left, right = [
        (b.or_(b.var(1, "x"), b.var(1, "y")), b.ite(b.var(1, "x"), b.const(1, 1), b.var(1, "y")))
        for b in (raw, kernel.builder)
    ]
    theorem = kernel.clausal(*left, DISJUNCTION)
    assert theorem.conclusion == Equation(*right)
    assert not theorem.hypotheses
    assert not theorem.rests_on


def test_a_proof_of_another_miter_is_refused() -> None:
    b = RawBuilder()
    x, y = b.var(1, "x"), b.var(1, "y")
    for other in (b.ite(y, b.const(1, 1), y), b.ite(x, b.const(1, 0), y), x ^ y, ~x, x):
        with pytest.raises(KernelError):
            Kernel().clausal(b.or_(x, y), other, DISJUNCTION)
