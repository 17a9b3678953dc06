"""What is to be proved of a routine, as equations for other solvers: a second opinion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from armsym.binary.image import Image
from armsym.bv import term as t
from armsym.bv.builder import RawBuilder
from armsym.bv.data import Nodes
from armsym.bv.evaluate import rebuild, size
from armsym.bv.lean import HEADER, theorem
from armsym.bv.normal import NormalBuilder
from armsym.bv.smtlib import equality_script, incremental_script
from armsym.bv.term import Operator, Param, Term
from armsym.check.certificate import Certificate
from armsym.contract.cuts import behind, equation
from armsym.contract.execution import Execution, Goal
from armsym.contract.induction import Loop, instantiate, read
from armsym.contract.language import Contract
from armsym.contract.paths import paths
from armsym.errors import ArmsymError
from armsym.machine.state import State
from armsym.prove.elimination import Elimination
from armsym.prove.explore import STEP_LIMIT, explore, place

# A theorem for Lean has at most so many terms.
LEAN_SIZE = 4000

# The lemmas that say by themselves that two terms are equal; others follow from these.
FIRST_LEMMAS = ("meaning", "table", "clausal", "trusted")


@dataclass(frozen=True)
class Claim:
    """That `left` = `right` wherever the one-bit facts are all 1."""

    name: str
    left: Term
    right: Term
    facts: tuple[Term, ...] = ()

    def smtlib(self) -> str:
        """A script that is unsatisfiable iff the claim holds."""
        return f"; {self.name}\n{equality_script([(self.left, self.right)], self.facts)}"

    def lean(self) -> str:
        """A theorem, or a comment in the place of one that is too large."""
        terms = size([self.left, self.right, *self.facts])
        if terms > LEAN_SIZE:
            return f"-- {self.name}: left out, it has {terms:,} terms\n"
        return theorem(self.name, self.left, self.right, self.facts)


def goals(contract: Contract, image: Image, entry: int, normalised: bool = False) -> list[Claim]:
    """What the contract asks for where the routine has returned, on every path.

    Of a loop that is gone through by induction, also that each turn keeps its invariant; of cuts,
    that what they replace is what they say.  Terms are
    as isa and the standard spell them, or `normalised`.  Raises ArmsymError `unfinished-run` if a
    path does not return, or the invariant of a loop is not found.
    """
    builder = NormalBuilder() if normalised else SpelledBuilder()
    search = Elimination()
    found = explore(Execution(contract, image, entry, NormalBuilder(), search=search)).execution
    loops, cuts = found.loops.values(), found.all_cuts
    execution = _Recording(contract, image, entry, builder, loops, cuts, search)
    claims = execution.claims
    for path in paths(execution, STEP_LIMIT):
        if path.stop is not None:
            where = place(execution, path.state)
            raise ArmsymError("unfinished-run", f"{path.stop}{where}", "`armsym prove` says more")
        for goal in execution.goals(path.state):
            name = f"goal {len(claims)} {goal.property} {goal.what}"
            claims.append(Claim(name, goal.actual, goal.expected, tuple(path.state.facts)))
    return claims


class _Recording(Execution):
    """An execution that notes what its cuts, and the turns of its loops, take to be equal."""

    @cached_property
    def claims(self) -> list[Claim]:
        return []

    def cut(self, state: State) -> State:
        for cut in self.cuts.get(state.time, ()):
            name = f"goal {len(self.claims)} {cut}"
            equal = equation(state, cut, self.unfoldings)
            self.claims.append(Claim(name, *equal, tuple(state.facts)))
            state = behind(state, cut, self.unfoldings)
        return state

    def check_arrival(self, state: State, loop: Loop) -> list[Goal]:
        goals = super().check_arrival(state, loop)
        if not self.inside(state, loop):
            for goal in goals:
                name = f"goal {len(self.claims)} {goal.property} {goal.what}"
                self.claims.append(Claim(name, goal.actual, goal.expected, tuple(state.facts)))
            return goals
        after = self.after_turn(state, loop)
        said = instantiate(loop.cells.values(), after, self.builder)
        for cell, kept in zip(loop.cells, said, strict=True):
            name = f"goal {len(self.claims)} {loop.name} {cell}"
            self.claims.append(Claim(name, read(state, cell, after), kept, tuple(state.facts)))
        return goals


def lemmas(certificate: Certificate) -> Iterator[Claim]:
    """The equations that a proof was built from, without what follows from them by rules."""
    nodes, builder = Nodes(certificate.operators, certificate.nodes), RawBuilder()
    for number, lemma in enumerate(certificate.lemmas):
        if lemma["by"] in FIRST_LEMMAS:
            left, right = nodes.terms(lemma["roots"], builder)
            yield Claim(f"lemma {number} by {lemma['by']}", left, right)


def smtlib_script(claims: Sequence[Claim]) -> str:
    """One script that checks the claims one after the other, each to be unsatisfiable."""
    terms = rebuild([x for c in claims for x in (c.left, c.right, *c.facts)], RawBuilder())
    made = iter(terms)
    return incremental_script(
        [(c.name, (next(made), next(made)), list(islice(made, len(c.facts)))) for c in claims]
    )


def lean_file(claims: Sequence[Claim]) -> str:
    """All claims as a file of Lean 4."""
    return "\n".join([HEADER, *[claim.lean() for claim in claims]])


class SpelledBuilder(RawBuilder):
    """Terms as they are spelled, but for those that the fast engine sees to be literals.

    A run needs these: its branches ask for literals.
    """

    def __init__(self) -> None:
        super().__init__()
        self._fast = NormalBuilder()
        self._normal: dict[Term, Term] = {}

    def make(self, op: Operator, args: tuple[Term, ...] = (), param: Param = ()) -> Term:
        term = self.intern(op, args, param)
        if term not in self._normal:
            operands = tuple([self._normal[a] for a in args])
            self._normal[term] = self._fast.make(op, operands, param)
        value = self._normal[term].value
        return term if value is None or op is t.CONST else self.const(term.width, value)

    def same(self, x: Term, y: Term) -> bool:
        return self._normal[x] is self._normal[y]
