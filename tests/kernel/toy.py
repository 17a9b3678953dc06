"""A toy machine, whose states are names and whose instructions are edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from armsym.bv.term import Term
from armsym.kernel.theorem import Kernel, KernelError, Obligation, Theorem

# From each state the states that may come next, each under a one-bit condition or under none.
Edges = Mapping[str, Sequence[tuple[Term | None, str]]]


@dataclass(frozen=True)
class Spot:
    """A state of the toy machine."""

    name: str
    facts: tuple[Term, ...] = ()
    entered: tuple[str, ...] = ()
    assumptions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pair:
    """Two terms that must be equal at the end."""

    actual: Term
    expected: Term


@dataclass
class Toy:
    """A routine that starts at "start" and returns at "end"; nothing is asked for unless stated.

    `cuts`: facts that states get by a cut.
    `taken`: what the instructions at these states take for granted.
    `joined`: what is entered at the loops of these names, whichever way a path came.
    """

    edges: Edges
    facts: tuple[Term, ...] = ()
    pairs: Sequence[Pair] = ()
    leaking: Sequence[str] = ()
    loops: frozenset[str] = frozenset()
    turns: Sequence[Pair] = ()
    cuts: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    entries: Sequence[Pair] = ()
    taken: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, Spot] = field(default_factory=dict)
    limit: int = 10
    statement: str = "the toy works"
    asked: list[int] = field(default_factory=list)

    @property
    def initial(self) -> Spot:
        return Spot("start", self.facts)

    def returned(self, state: Spot) -> bool:
        return state.name == "end"

    def goals(self, final: Spot) -> Sequence[Pair]:
        return self.pairs

    def leaks(self, final: Spot) -> Iterable[str]:
        return self.leaking

    def cut(self, state: Spot) -> Spot:
        if state.name == "uncut":
            raise KernelError("cut", "the state is no instance of another")
        return replace(state, facts=self.cuts.get(state.name, state.facts))

    def loop_at(self, state: Spot) -> str | None:
        return state.name if state.name in self.loops else None

    def inside(self, state: Spot, loop: str) -> bool:
        return loop in state.entered

    def enter(self, state: Spot, loop: str) -> Spot:
        if loop == "unfounded":
            raise KernelError("loop", "the invariant does not hold")
        return self.joined.get(loop) or replace(state, entered=(*state.entered, loop))

    def check_arrival(self, state: Spot, loop: str) -> Sequence[Pair]:
        if loop not in state.entered:
            return self.entries
        if loop == "endless":
            raise KernelError("loop", "the variant does not become less")
        return self.turns

    def advance(self, state: Spot) -> Sequence[Spot]:
        """The states after one instruction."""
        return [
            replace(
                state,
                name=name,
                facts=state.facts if condition is None else (*state.facts, condition),
                assumptions=frozenset([self.taken[state.name]] if state.name in self.taken else []),
            )
            for condition, name in self.edges[state.name]
        ]

    def shown(self, kernel: Kernel, answer: Theorem | None = None) -> Theorem:
        """That the toy fulfils its contract, its goals by equality or all by one answer."""

        def equate(number: int, goal: Obligation) -> Theorem:
            self.asked.append(number)
            return answer or kernel.equality(goal.actual, goal.expected)

        return kernel.fulfils(self, self.advance, equate, self.limit)
