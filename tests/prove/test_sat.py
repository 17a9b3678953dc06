"""The SAT prover: its proofs convince the kernel, and its counterexamples are some."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import reduce
from operator import xor

import pytest

from armsym.bv.builder import Builder, RawBuilder
from armsym.bv.concrete import ConcreteBuilder
from armsym.bv.data import Nodes
from armsym.bv.evaluate import evaluate, rebuild
from armsym.bv.pool import Pool
from armsym.bv.term import Term
from armsym.check.evidence import Evidence
from armsym.kernel.circuit import Clause, miter
from armsym.kernel.error import KernelError
from armsym.kernel.theorem import Equation, Kernel
from armsym.prove.sat import Counterexample, Undecided, cadical, prove_equal, search
from armsym.prove.sat.aig import Graph
from armsym.prove.sat.cadical import Model, Refutation
from armsym.prove.sat.derivation import Step
from armsym.prove.sat.equality import read_answer

SECONDS = 60  # far more than is needed


@pytest.fixture
def b() -> RawBuilder:
    return RawBuilder()


def words(b: Builder, width: int, names: str) -> list[Term]:
    return [b.var(width, name) for name in names]


def proof_of(x: Term, y: Term) -> str:
    proof = prove_equal(x, y, SECONDS)
    assert isinstance(proof, str)
    return proof


def shown(x: Term, y: Term) -> str:
    """A proof that the kernel accepts."""
    proof = proof_of(x, y)
    Kernel().clausal(x, y, proof)
    return proof


def refuted(x: Term, y: Term) -> Counterexample:
    found = prove_equal(x, y, SECONDS)
    assert isinstance(found, Counterexample)
    left, right = evaluate([x, y], found)
    assert left != right
    return found


def times(x: Term, y: Term) -> Term:
    """The product in GF(2^8), FIPS 197, 4.2."""
    b, total = x.builder, x.builder.const(8, 0)
    for k in range(8):
        total = total ^ b.ite(y[k], x, b.const(8, 0))
        x = x << 1 ^ b.ite(x[7], b.const(8, 0x1B), b.const(8, 0))
    return total


def inverse(x: Term) -> Term:
    """x^254: the inverse of x, and 0 for 0."""
    x2 = times(x, x)
    x3 = times(x2, x)
    x12 = reduce(lambda p, _: times(p, p), range(2), x3)
    x15 = times(x12, x3)
    x240 = reduce(lambda p, _: times(p, p), range(4), x15)
    return times(times(x240, x12), x2)


def s_box(x: Term) -> Term:
    """FIPS 197, 5.1.1: the inverse, and the affine map."""
    i = inverse(x)
    return reduce(xor, [x.builder.rol(i, k) for k in range(5)]) ^ 0x63


def s_box_table() -> list[int]:
    concrete = ConcreteBuilder()
    values = [s_box(concrete.const(8, n)).value for n in range(256)]
    table = [value for value in values if value is not None]
    assert table[:8] == [0x63, 0x7C, 0x77, 0x7B, 0xF2, 0x6B, 0x6F, 0xC5]  # FIPS 197, figure 7
    assert table[0x53] == 0xED
    return table


def looked_up(x: Term, table: Sequence[int]) -> Term:
    """The table as a tree of choices."""
    b = x.builder
    rows = [b.const(8, value) for value in table]
    for k in range(8):
        rows = [b.ite(x[k], odd, even) for even, odd in zip(rows[::2], rows[1::2], strict=True)]
    return rows[0]


def test_sums_in_another_order(b: RawBuilder) -> None:
    x, y, z = words(b, 64, "xyz")
    shown((x + y) + z, x + (y + z))
    refuted((x + y) + z, x + (y - z))


def test_products_in_another_order(b: RawBuilder) -> None:
    x, y = words(b, 6, "xy")
    shown(x * y, y * x)
    refuted(x * y, y * x + b.zero_extend(b.eq(x & y, b.const(6, 42)), 6))


def test_identities(b: RawBuilder) -> None:
    x, y = words(b, 64, "xy")
    zero = b.const(64, 0)
    shown(x, x)
    shown(b.const(64, 1), b.const(64, 1))
    shown(x - y, x + ~y + 1)
    shown(b.ite(b.ult(x, y), x, y) + b.ite(b.ult(x, y), y, x), x + y)
    shown(b.ite(b.slt(x, zero), -x, x), (x ^ b.ashr(x, 63)) - b.ashr(x, 63))
    shown(b.udiv(x, b.const(64, 8)), x >> 3)
    shown(b.apply(64, "f", x) + y, y + b.apply(64, "f", x))


def test_near_misses(b: RawBuilder) -> None:
    """Also where one value of 2^64 makes the difference, or no leaf has a say."""
    x, y = words(b, 64, "xy")
    special = 0x0123456789ABCDEF
    assert refuted(b.zero_extend(b.eq(x, b.const(64, special)), 64), b.const(64, 0)).values == {
        (64, "x", ()): special
    }
    refuted(b.const(8, 1), b.const(8, 2))
    refuted(b.shl(x, y), b.shl(x, y & 63))
    refuted(b.apply(8, "f", x), b.apply(8, "f", x + 1))


def test_applications_are_not_looked_into(b: RawBuilder) -> None:
    """They are equal, but leaves; values of such leaves that no function has refute nothing."""
    x, y = words(b, 8, "xy")
    found = prove_equal(b.apply(8, "f", x), b.apply(8, "f", x ^ (y & ~y)), SECONDS)
    assert found == Undecided("the counterexample that was found is none")


def test_s_box(b: RawBuilder) -> None:
    """The definition and the table, by the values of a byte and by clauses."""
    x, table = b.var(8, "x"), s_box_table()
    shown(s_box(x), looked_up(x, table))
    kernel = Kernel()
    byte = kernel.builder.var(8, "x")
    kernel.table(s_box(byte), looked_up(byte, table))


def test_a_wrong_s_box(b: RawBuilder) -> None:
    x, table = b.var(8, "x"), s_box_table()
    table[77] ^= 4
    assert refuted(s_box(x), looked_up(x, table)).values == {(8, "x", ()): 77}


def test_sweeping_makes_hard_miters_easy(b: RawBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The factors are equal, but the solver does not see it through the multiplier."""
    a, c, d, e = words(b, 12, "acde")
    left, right = ((a ^ c) & d) * e, ((a & d) ^ (c & d)) * e
    monkeypatch.setattr(search, "EASY", 1000)
    monkeypatch.setattr(search, "HARD", 5000)
    proof = search.search(left, right, SECONDS)
    assert isinstance(proof, str)
    Kernel().clausal(left, right, proof)
    monkeypatch.setattr(Graph, "sweep", lambda graph, deadline: None)
    assert search.search(left, right, SECONDS) is None


def test_limits(b: RawBuilder) -> None:
    x, y = words(b, 32, "xy")
    assert prove_equal(x * y, y * x, 1) == Undecided("no answer after 1 s")
    too_little = prove_equal(x * y, y * x, SECONDS, memory=1 << 25)
    assert isinstance(too_little, Undecided)
    assert "died" in too_little.reason


def test_a_lemma_of_a_certificate(b: RawBuilder) -> None:
    """Shown again from its data, and used by a goal, though the kernel has its own terms."""
    x, y = words(b, 8, "xy")
    left, right = b.or_(x, y) + (x & y), x + y
    pool = Pool()
    lemma = {"by": "clausal", "roots": pool.add([left, right]), "proof": proof_of(left, right)}
    kernel = Kernel()
    k = kernel.builder
    p, q = words(k, 8, "pq")
    actual, expected = k.or_(p, q) + (p & q), p + q
    instance = {"by": "instance", "roots": pool.add([x, y, p, q]), "of": [0]}
    lemmas, operators, nodes = json.loads(
        json.dumps([[lemma, instance], pool.operators, pool.nodes])
    )
    evidence = Evidence(Nodes(operators, nodes), lemmas, [[0, 1]])
    theorem = evidence.equate(kernel, 0, actual, expected)
    assert theorem.conclusion == Equation(actual, expected)
    assert not theorem.rests_on
    with pytest.raises(KernelError, match="clausal"):
        lemmas[0]["proof"] = lemmas[0]["proof"].partition("\n")[2]
        evidence = Evidence(Nodes(operators, nodes), lemmas, [[0, 1]])
        evidence.equate(kernel, 0, actual, expected)


def test_clauses_do_not_depend_on_when_terms_were_made(b: RawBuilder) -> None:
    """A certificate's lemmas share terms: the first that needs one makes it."""
    x, y = words(b, 4, "xy")
    left, right = x * y + (x & y), (y & x) + y * x
    other = RawBuilder()
    p, q = reversed(words(other, 4, "yx"))
    made = [q * p, p & q, q & p, p * q]  # in another order
    assert (made[3] + made[1], made[2] + made[0]) == tuple(rebuild([left, right], other))
    swapped = miter(made[3] + made[1], made[2] + made[0])
    assert swapped.clauses == miter(left, right).clauses
    Kernel().clausal(made[3] + made[1], made[2] + made[0], proof_of(left, right))


def test_no_proof_shows_what_is_false(b: RawBuilder) -> None:
    """A proof, and many made from it by changes, for a miter that it does not belong to."""
    x, y = words(b, 4, "xy")
    lines = proof_of(x * y, y * x).splitlines()
    false = y * x + b.zero_extend(b.eq(x & y, b.const(4, 5)), 4)
    source = random.Random(1)
    for _ in range(300):
        changed = list(lines)
        k = source.randrange(len(changed))
        tokens = changed[k].split()
        tokens[source.randrange(1, len(tokens))] = str(source.randint(-150, 150))
        changed[k] = " ".join(tokens)
        with pytest.raises(KernelError):
            Kernel().clausal(x * y, false, "\n".join(changed))


def test_every_step_is_needed(b: RawBuilder) -> None:
    """The proof is trimmed, and without any of its steps it is refused."""
    x, y = words(b, 4, "xy")
    lines = proof_of(x * y, y * x).splitlines()
    for k in range(len(lines)):
        with pytest.raises(KernelError):
            Kernel().clausal(x * y, y * x, "\n".join(lines[:k] + lines[k + 1 :]))


LIES: dict[str, list[Step]] = {
    "the last clause is empty": [((), [1])],
    "the first three refute each other": [((), [1, 2, 3])],
    "a literal and its complement": [((2,), [1]), ((-2,), [1]), ((), [4, 5])],
}


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("lie", LIES)
def test_a_solver_that_refutes_what_is_satisfiable(
    b: RawBuilder, monkeypatch: pytest.MonkeyPatch, lie: str, swept: bool
) -> None:
    """The kernel does not believe it; with `swept` it lies about small neighbourhoods first."""
    x = b.var(8, "x")
    left, right = x + b.zero_extend(b.eq(x, b.const(8, 3)), 8), x
    simulate = Graph.simulate

    def solve(clauses: Sequence[Clause], conflicts: int) -> Refutation | None:
        return None if swept and conflicts == search.EASY else Refutation(LIES[lie])

    def see_nothing(graph: Graph) -> None:
        simulate(graph)

    monkeypatch.setattr(Graph, "simulate", see_nothing)
    monkeypatch.setattr(cadical, "solve", solve)
    found = search.search(left, right, SECONDS)
    assert isinstance(found, str)
    with pytest.raises(KernelError):
        Kernel().clausal(left, right, found)


def test_a_solver_that_finds_a_model_of_nothing(
    b: RawBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = words(b, 8, "xy")
    left, right = b.or_(x, y) + (x & y), x + y
    monkeypatch.setattr(cadical, "solve", lambda clauses, conflicts: Model(frozenset([3])))
    values = search.search(left, right, SECONDS)
    assert isinstance(values, dict)
    answer = json.dumps({"values": [[8, "x", [], values[x]], [8, "y", [], values[y]]]})
    assert isinstance(read_answer(answer, left, right), Undecided)
