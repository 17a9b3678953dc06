"""Theorems, and the rules that alone make them.

    equality    terms of one meaning are equal
    evaluation  a term without leaves equals its value
    table       terms over few bits of leaves are equal if they are for all their values
    polynomials terms whose bits are one polynomial over GF(2), multiplied out, are equal
    clausal     terms whose difference, as clauses, an LRAT proof refutes are equal
    assume      p |- p = 1
    discharge   H, p |- x = y                         gives  H |- ite(p, x, y) = y
    split       H, p |- x = y  and  H, ~p |- x = y    give   H |- x = y
    symmetry    H |- x = y                            gives  H |- y = x
    transitive  H |- x = y  and  I |- y = z           give   H, I |- x = z
    congruence  H |- x = y                            gives  H |- c[v := x] = c[v := y]
    instance    H |- x = y                            gives  H[s] |- x[s] = y[s]
    trusted     somebody's word for x = y, by name
    begin       f |- s reaches s, f the facts of the state s
    step        f |- s reaches t                      gives  g |- s reaches u
                for each state u after t's instruction, g its facts
    cut         f |- s reaches t, and t is u with terms for variables
                                                      gives  f |- s reaches u
    induction   f |- s reaches t, where a loop's invariant holds
                                                      gives  f |- s reaches u
                for any state u at the loop's head that the invariant allows, if `fulfils` shows
                that it holds again after each turn from u, with less of its variant left; a u
                that has been followed from another t is not followed again
    absurd      H, p, ~p are never all 1: a path on which they hold is no path
    fulfils     f |- s reaches t for the ends t of all paths, and the goals in each t follow from
                its facts                             gives  |- the routine fulfils its contract

A theorem holds for all values of the leaves that make its hypotheses 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

from armsym.bv.evaluate import evaluate, leaves, rebuild, size
from armsym.bv.term import VAR, Term
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.error import KernelError as KernelError

# A table has so many bits of leaves, and its check evaluates so many terms, at most.
TABLE_BITS = 16
TABLE_WORK = 1 << 22

# A loop with its invariant, which the kernel does not look into.
Loop = Any

# A state of the machine.  The kernel looks only at its `facts`, one-bit terms that are 1 where the
# machine is in this state, and at its `assumptions`: what was taken for granted on the way there.
State = Any


@dataclass(frozen=True)
class Equation:
    left: Term
    right: Term


@dataclass(frozen=True)
class Reaches:
    """From `start`, the machine comes to `end`."""

    start: State
    end: State


@dataclass(frozen=True)
class Fulfils:
    """The routine does what this statement says."""

    statement: str


Conclusion = Equation | Reaches | Fulfils


class Theorem:
    """What the kernel has shown; `rests_on` names what it took for granted, or whose word."""

    __slots__ = ("conclusion", "hypotheses", "rests_on")

    def __init__(
        self,
        seal: object,
        hypotheses: frozenset[Term],
        conclusion: Conclusion,
        rests_on: frozenset[str] = frozenset(),
    ) -> None:
        if seal is not _SEAL:
            raise KernelError("theorem", "only the rules of the kernel make theorems")
        object.__setattr__(self, "hypotheses", hypotheses)
        object.__setattr__(self, "conclusion", conclusion)
        object.__setattr__(self, "rests_on", rests_on)

    hypotheses: frozenset[Term]
    conclusion: Conclusion
    rests_on: frozenset[str]

    def __init_subclass__(cls) -> None:
        raise KernelError("theorem", "there is one kind of theorem")

    def __setattr__(self, name: str, value: object) -> None:
        raise KernelError("theorem", "a theorem does not change")

    def __delattr__(self, name: str) -> None:
        raise KernelError("theorem", "a theorem does not change")

    def __reduce__(self) -> str:
        raise KernelError("theorem", "theorems do not leave the process; certificates do")


_SEAL = object()


class Obligation(Protocol):
    """Two terms that must be equal where a routine has returned."""

    @property
    def actual(self) -> Term: ...

    @property
    def expected(self) -> Term: ...


class Call(Protocol):
    """A routine at the moment of the call, and what its contract asks for."""

    @property
    def initial(self) -> State: ...

    @property
    def statement(self) -> str:
        """The contract in words."""

    def returned(self, state: State) -> bool:
        """Whether the state is at the return address."""

    def goals(self, final: State) -> Sequence[Obligation]:
        """What must be equal in a state that has returned."""

    def leaks(self, final: State) -> Iterable[str]:
        """In what the path to a state depended on anything that is not public."""

    def cut(self, state: State) -> State:
        """A state of which this one is an instance, with the same facts; raises if there is none.

        It may be the state itself.
        """

    def loop_at(self, state: State) -> Loop | None:
        """The loop at whose head the state is, if it is to be shown by induction."""

    def inside(self, state: State, loop: Loop) -> bool:
        """Whether the path to the state began at this loop's head, with its invariant."""

    def enter(self, state: State, loop: Loop) -> State:
        """Any state at the loop's head that its invariant allows; raises if this one is not.

        It is inside the loop, as whatever comes from it is: no path enters a loop twice.
        """

    def check_arrival(self, state: State, loop: Loop) -> Sequence[Obligation]:
        """What must be equal at a loop's head for the specification to have come as far as it says.

        After a turn, for the invariant to hold again as well: raises unless that is all that it
        takes, the turn was in constant time, and the invariant's variant, which is never negative,
        is less.
        """


class Kernel:
    """The rules, over the terms of one builder."""

    def __init__(self, builder: KernelBuilder | None = None) -> None:
        self.builder = builder or KernelBuilder()

    # equality

    def equality(self, x: Term, y: Term) -> Theorem:
        self._own("equality", x, y)
        meaning = self.builder.meaning
        if x.width != y.width or meaning.bits(x) != meaning.bits(y):
            raise KernelError("equality", f"the terms differ in meaning: {x!r} and {y!r}")
        return _theorem(Equation(x, y))

    def evaluation(self, x: Term) -> Theorem:
        self._own("evaluation", x)
        if leaves([x]):
            raise KernelError("evaluation", f"the term has leaves: {x!r}")
        (value,) = evaluate([x], _no_leaf)
        return _theorem(Equation(x, self.builder.const(x.width, value)))

    def table(self, x: Term, y: Term) -> Theorem:
        self._own("table", x, y)
        inputs = leaves([x, y])
        if x.width != y.width or any(leaf.args for leaf in inputs):
            raise KernelError("table", "terms of one width over variables are expected")
        bits = sum(leaf.width for leaf in inputs)
        if bits > TABLE_BITS:
            raise KernelError("table", f"the leaves have more than {TABLE_BITS} bits")
        if size([x, y]) << bits > TABLE_WORK:
            raise KernelError("table", "the table takes too much work")
        names = [(leaf.width, leaf.param[1]) for leaf in inputs]
        for values in product(*[range(1 << leaf.width) for leaf in inputs]):
            given = dict(zip(names, values, strict=True))
            left, right = evaluate([x, y], lambda w, n, _, given=given: given[w, n])
            if left != right:
                raise KernelError("table", f"{left:#x} is not {right:#x} for {given}")
        return _theorem(Equation(x, y))

    def polynomials(self, x: Term, y: Term) -> Theorem:
        self._own("polynomials", x, y)
        if x.width != y.width:
            raise KernelError("polynomials", "terms of one width are expected")
        from armsym.kernel.polynomials import equal  # few proofs need to load it

        if not equal(self.builder.meaning, x, y):
            raise KernelError("polynomials", f"the terms are different: {x!r} and {y!r}")
        return _theorem(Equation(x, y))

    def clausal(self, x: Term, y: Term, proof: str) -> Theorem:
        """x and y may be of any one builder: the proof is about them exactly as they are spelled.

        The theorem is about the same terms, made by the kernel's builder.
        """
        from armsym.kernel.circuit import miter  # few proofs need to load these
        from armsym.kernel.clausal import check_lrat

        check_lrat(miter(x, y).clauses, proof)
        return _theorem(Equation(*rebuild([x, y], self.builder)))

    def symmetry(self, theorem: Theorem) -> Theorem:
        e = self._equation("symmetry", theorem)
        return _theorem(Equation(e.right, e.left), theorem.hypotheses, theorem.rests_on)

    def transitive(self, first: Theorem, second: Theorem) -> Theorem:
        e, f = self._equation("transitive", first), self._equation("transitive", second)
        if e.right is not f.left:
            raise KernelError("transitive", "the equations have no term in common")
        hypotheses = first.hypotheses | second.hypotheses
        return _theorem(Equation(e.left, f.right), hypotheses, first.rests_on | second.rests_on)

    def congruence(self, context: Term, hole: Term, theorem: Theorem) -> Theorem:
        e = self._equation("congruence", theorem)
        self._own("congruence", context, hole)
        left = self._substitute("congruence", [context], {hole: e.left})
        right = self._substitute("congruence", [context], {hole: e.right})
        return _theorem(Equation(left[0], right[0]), theorem.hypotheses, theorem.rests_on)

    def instance(self, theorem: Theorem, values: Mapping[Term, Term]) -> Theorem:
        e = self._equation("instance", theorem)
        hypotheses = list(theorem.hypotheses)
        left, right, *rest = self._substitute("instance", [e.left, e.right, *hypotheses], values)
        return _theorem(Equation(left, right), frozenset(rest), theorem.rests_on)

    def trusted(self, x: Term, y: Term, whose: str) -> Theorem:
        self._own("trusted", x, y)
        if x.width != y.width or not whose:
            raise KernelError("trusted", "terms of one width, and a name, are expected")
        return _theorem(Equation(x, y), rests_on=frozenset([whose]))

    # hypotheses

    def assume(self, p: Term) -> Theorem:
        self._proposition("assume", p)
        return _theorem(Equation(p, self.builder.const(1, 1)), frozenset([p]))

    def discharge(self, theorem: Theorem, p: Term) -> Theorem:
        self._proposition("discharge", p)
        e = self._equation("discharge", theorem)
        left = self.builder.ite(p, e.left, e.right)
        hypotheses = theorem.hypotheses - {p}
        return _theorem(Equation(left, e.right), hypotheses, theorem.rests_on)

    def split(self, p: Term, holds: Theorem, fails: Theorem) -> Theorem:
        self._proposition("split", p)
        if self._equation("split", holds) != self._equation("split", fails):
            raise KernelError("split", "the two cases show different equations")
        hypotheses = holds.hypotheses - {p} | fails.hypotheses - {~p}
        return _theorem(holds.conclusion, hypotheses, holds.rests_on | fails.rests_on)

    # the machine

    def begin(self, state: State) -> Theorem:
        self._own("begin", *state.facts)
        return _reaches(state, state, frozenset())

    def step(self, theorem: Theorem, advance: Callable[[State], Sequence[State]]) -> list[Theorem]:
        """`advance` is the machine: it gives the states after one instruction, or raises."""
        run = self._run("step", theorem)
        following = advance(run.end)
        return [_reaches(run.start, s, theorem.rests_on) for s in following]

    def fulfils(
        self,
        call: Call,
        advance: Callable[[State], Sequence[State]],
        equate: Callable[[int, Obligation], Theorem],
        limit: int,
    ) -> Theorem:
        """`equate` shows goal number n, counted over all paths, a step's first way first.

        The run may take `limit` steps in all.
        """
        rests_on: frozenset[str] = frozenset()
        waiting = [self.begin(call.initial)]
        entered: list[State] = []
        shown, returned = 0, False
        while waiting:
            theorem = self.cut(waiting.pop(), call)
            state = self._run("fulfils", theorem).end
            if self.absurd(theorem):
                continue
            rests_on |= theorem.rests_on
            loop = call.loop_at(state)
            if loop is None and not call.returned(state):
                if limit <= 0:
                    raise KernelError("fulfils", "the run does not end within the limit")
                limit -= 1
                waiting.extend(reversed(self.step(theorem, advance)))
                continue
            for leak in call.leaks(state):
                raise KernelError("fulfils", f"not in constant time: {leak}")
            for goal in call.goals(state) if loop is None else call.check_arrival(state, loop):
                equation = equate(shown, goal)
                if self._equation("fulfils", equation) != Equation(goal.actual, goal.expected):
                    raise KernelError("fulfils", f"goal {shown} is not what was shown")
                if not equation.hypotheses <= theorem.hypotheses:
                    raise KernelError("fulfils", f"goal {shown} was shown under other hypotheses")
                rests_on |= equation.rests_on
                shown += 1
                returned = returned or loop is None
            if loop is not None and not call.inside(state, loop):
                theorem = self.induction(theorem, loop, call)
                state = self._run("fulfils", theorem).end
                if not any(state is other for other in entered):
                    entered.append(state)
                    waiting.extend(self.step(theorem, advance))
        if not returned:
            raise KernelError("fulfils", "no path returns: the preconditions contradict each other")
        return _theorem(Fulfils(call.statement), rests_on=rests_on)

    def induction(self, theorem: Theorem, loop: Loop, call: Call) -> Theorem:
        run = self._run("induction", theorem)
        state = call.enter(run.end, loop)
        if not set(state.facts) <= set(run.end.facts):
            raise KernelError("induction", "a state that is entered has further facts")
        return _reaches(run.start, state, theorem.rests_on)

    def cut(self, theorem: Theorem, call: Call) -> Theorem:
        run = self._run("cut", theorem)
        state = call.cut(run.end)
        if tuple(state.facts) != tuple(run.end.facts):
            raise KernelError("cut", "another state has other facts")
        return _reaches(run.start, state, theorem.rests_on)

    def absurd(self, theorem: Theorem) -> bool:
        """Whether no values of the leaves meet the hypotheses, as two of them show."""
        return any(p.value == 0 or ~p in theorem.hypotheses for p in theorem.hypotheses)

    # side conditions

    def _own(self, rule: str, *terms: Term) -> None:
        if any(x.builder is not self.builder for x in terms):
            raise KernelError(rule, "a term is not of this kernel")

    def _proposition(self, rule: str, p: Term) -> None:
        self._own(rule, p)
        if p.width != 1:
            raise KernelError(rule, f"a hypothesis has one bit, not {p.width}")

    def _equation(self, rule: str, theorem: Theorem) -> Equation:
        if not isinstance(theorem, Theorem) or not isinstance(theorem.conclusion, Equation):
            raise KernelError(rule, "a theorem that is an equation is expected")
        self._own(rule, theorem.conclusion.left)
        return theorem.conclusion

    def _run(self, rule: str, theorem: Theorem) -> Reaches:
        if not isinstance(theorem, Theorem) or not isinstance(theorem.conclusion, Reaches):
            raise KernelError(rule, "a theorem about the machine is expected")
        return theorem.conclusion

    def _substitute(
        self, rule: str, terms: Sequence[Term], values: Mapping[Term, Term]
    ) -> list[Term]:
        """The terms with variables replaced."""
        self._own(rule, *values, *values.values())
        for variable, value in values.items():
            if variable.op is not VAR or variable.width != value.width:
                raise KernelError(rule, f"{variable!r} is no variable of {value.width} bits")
        return rebuild(terms, self.builder, values.get)


def _reaches(start: State, end: State, rests_on: frozenset[str]) -> Theorem:
    return _theorem(Reaches(start, end), frozenset(end.facts), rests_on | end.assumptions)


def _theorem(
    conclusion: Conclusion,
    hypotheses: frozenset[Term] = frozenset(),
    rests_on: frozenset[str] = frozenset(),
) -> Theorem:
    return Theorem(_SEAL, hypotheses, conclusion, rests_on)


def _no_leaf(width: int, name: str, args: tuple[int, ...]) -> int:
    raise KernelError("evaluation", f"the term has the leaf {name}")
