"""Every side condition of every rule, and an attempt that it refuses.

Run as a program, which is how Python's -O is tested, it prints those that were not refused.
"""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from armsym.bv.builder import RawBuilder
from armsym.bv.term import Term
from armsym.kernel import meaning, polynomials
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.error import KernelError
from armsym.kernel.theorem import Equation, Kernel, Theorem
from tests.kernel.toy import Pair, Spot, Toy


class Desk:
    """A kernel, and some terms and theorems to make mistakes with."""

    def __init__(self) -> None:
        self.kernel = k = Kernel()
        self.b = b = k.builder
        self.x, self.y = b.var(8, "x"), b.var(8, "y")
        self.z, self.wide = b.const(8, 0), b.var(9, "wide")
        self.p, self.q = b.var(1, "p"), b.var(1, "q")
        self.f_x = b.apply(8, "f", self.x)
        self.own = k.equality(self.x, self.x)
        self.other = Kernel()
        self.foreign = self.other.builder.var(8, "x")
        self.foreign_bit = self.other.builder.var(1, "p")
        self.strange = Spot("start", (self.foreign_bit,))
        self.alien = self.other.equality(self.foreign, self.foreign)
        self.pair, self.back = Pair(self.x, self.y), Pair(self.y, self.x)
        self.trusted = k.trusted(self.x, self.y, "me")
        self.run = k.begin(Spot("start"))
        self.assumed = k.assume(self.p)
        self.equation = Equation(self.x, self.y)
        self.impostor: Any = self.equation

    def toy(self, **changed: Any) -> Toy:
        """One instruction, and a goal that holds, but for the changes."""
        toy = Toy(edges={"start": [(None, "end")]}, pairs=[Pair(self.x, self.x)])
        return replace(toy, **changed)


def _raw(name: str, width: int = 8) -> Term:
    return RawBuilder().var(width, name)


@dataclass(frozen=True)
class Refusal:
    """An attempt that must end in a KernelError of the rule."""

    rule: str
    what: str
    attempt: Callable[[Kernel, Desk], object]

    def problem(self) -> str | None:
        """What is wrong with the kernel's answer, if anything is."""
        try:
            desk = Desk()
            made = self.attempt(desk.kernel, desk)
        except KernelError as error:
            if error.rule != self.rule or not str(error).startswith(f"{self.rule}: "):
                return f"{self}: refused by {error}"
            return None
        return f"{self}: gave {made!r}"

    def __str__(self) -> str:
        return f"{self.rule}, {self.what}"


# One turn of a loop, or none, and the return.
LOOP: dict[str, list[tuple[Term | None, str]]] = {
    "start": [(None, "head")],
    "head": [(None, "head"), (None, "end")],
}
ENDLESS = LOOP | {"head": LOOP["head"][:1]}

REFUSALS = [
    Refusal("equality", "another meaning", lambda k, d: k.equality(d.x, d.y)),
    Refusal("equality", "another width", lambda k, d: k.equality(d.x, d.b.concat(d.q, d.x))),
    Refusal("equality", "another kernel's term", lambda k, d: k.equality(d.x, d.foreign)),
    Refusal("equality", "a raw term", lambda k, d: k.equality(_raw("x"), _raw("x"))),
    Refusal("evaluation", "a leaf", lambda k, d: k.evaluation(d.x + 1)),
    Refusal("evaluation", "a raw term", lambda k, d: k.evaluation(RawBuilder().const(8, 1))),
    Refusal("table", "another function", lambda k, d: k.table(d.x & 0x80, d.z)),
    Refusal("table", "its last value", lambda k, d: k.table(d.b.udiv(d.x, d.z + 255), d.z)),
    Refusal("table", "another width", lambda k, d: k.table(d.x, d.wide)),
    Refusal("table", "too many bits", lambda k, d: k.table(d.x ^ d.y, (d.x ^ d.y) + d.wide[7:0])),
    Refusal("table", "an application", lambda k, d: k.table(d.f_x, d.x)),
    Refusal("table", "another kernel's term", lambda k, d: k.table(d.x, d.foreign)),
    Refusal("table", "too much work", lambda k, d: k.table(_long(d.x, d.y), d.x)),
    Refusal("polynomials", "another function", lambda k, d: k.polynomials(d.x & d.y, d.x)),
    Refusal("polynomials", "another width", lambda k, d: k.polynomials(d.x, d.wide)),
    Refusal("polynomials", "another kernel's term", lambda k, d: k.polynomials(d.x, d.foreign)),
    Refusal("polynomials", "too much work", lambda k, d: _powers(k, d.z)),
    Refusal("clausal", "another width", lambda k, d: k.clausal(d.x, d.wide, "")),
    Refusal("clausal", "two builders", lambda k, d: k.clausal(d.x, d.foreign, "")),
    Refusal("clausal", "no proof", lambda k, d: k.clausal(d.x, d.y, "")),
    Refusal("symmetry", "no equation", lambda k, d: k.symmetry(d.run)),
    Refusal("symmetry", "no theorem", lambda k, d: k.symmetry(d.impostor)),
    Refusal("symmetry", "another kernel's", lambda k, d: k.symmetry(d.alien)),
    Refusal("transitive", "no common term", lambda k, d: k.transitive(d.trusted, d.trusted)),
    Refusal("transitive", "another kernel's", lambda k, d: k.transitive(d.own, d.alien)),
    Refusal("transitive", "no equation", lambda k, d: k.transitive(d.own, d.run)),
    Refusal("congruence", "no variable", lambda k, d: k.congruence(d.x, d.x + d.y, d.own)),
    Refusal("congruence", "another width", lambda k, d: k.congruence(d.wide, d.wide, d.own)),
    Refusal("congruence", "another kernel's", lambda k, d: k.congruence(d.foreign, d.x, d.own)),
    Refusal("congruence", "another's theorem", lambda k, d: k.congruence(d.x, d.x, d.alien)),
    Refusal("instance", "no variable", lambda k, d: k.instance(d.own, {d.x + d.y: d.x})),
    Refusal("instance", "a literal", lambda k, d: k.instance(d.own, {d.z: d.x})),
    Refusal("instance", "an application", lambda k, d: k.instance(d.own, {d.f_x: d.x})),
    Refusal("instance", "another width", lambda k, d: k.instance(d.own, {d.x: d.wide})),
    Refusal("instance", "another kernel's", lambda k, d: k.instance(d.own, {d.x: d.foreign})),
    Refusal("instance", "no equation", lambda k, d: k.instance(d.run, {d.x: d.y})),
    Refusal("trusted", "nobody's word", lambda k, d: k.trusted(d.x, d.y, "")),
    Refusal("trusted", "another width", lambda k, d: k.trusted(d.x, d.wide, "me")),
    Refusal("trusted", "another kernel's", lambda k, d: k.trusted(d.x, d.foreign, "me")),
    Refusal("assume", "a word", lambda k, d: k.assume(d.x)),
    Refusal("assume", "another kernel's", lambda k, d: k.assume(d.foreign_bit)),
    Refusal("discharge", "a word", lambda k, d: k.discharge(d.own, d.x)),
    Refusal("discharge", "another kernel's", lambda k, d: k.discharge(d.own, d.foreign_bit)),
    Refusal("discharge", "no equation", lambda k, d: k.discharge(d.run, d.p)),
    Refusal("split", "two equations", lambda k, d: k.split(d.p, d.own, d.trusted)),
    Refusal("split", "a word", lambda k, d: k.split(d.x, d.own, d.own)),
    Refusal("split", "another kernel's", lambda k, d: k.split(d.foreign_bit, d.own, d.own)),
    Refusal("split", "no equation", lambda k, d: k.split(d.p, d.run, d.run)),
    Refusal("begin", "another kernel's fact", lambda k, d: k.begin(d.strange)),
    Refusal("step", "no run", lambda k, d: k.step(d.own, lambda s: [s])),
    Refusal("cut", "no machine", lambda k, d: k.cut(d.own, d.toy())),
    Refusal("cut", "no instance", lambda k, d: _passing("uncut", d.toy()).shown(k)),
    Refusal("cut", "other facts", lambda k, d: d.toy(cuts={"start": (d.p,)}).shown(k)),
    Refusal("cut", "fewer facts", lambda k, d: d.toy(facts=(d.p,), cuts={"start": ()}).shown(k)),
    Refusal("induction", "no machine", lambda k, d: k.induction(d.own, "loop", d.toy())),
    Refusal("induction", "further facts", lambda k, d: _joining(d.p, d.toy()).shown(k)),
    Refusal("fulfils", "a goal is false", lambda k, d: d.toy(pairs=[d.pair]).shown(k, d.own)),
    Refusal("fulfils", "another goal", lambda k, d: d.toy().shown(k, d.trusted)),
    Refusal("fulfils", "turned around", lambda k, d: d.toy(pairs=[d.back]).shown(k, d.trusted)),
    Refusal(
        "fulfils",
        "other hypotheses",
        lambda k, d: d.toy(pairs=[Pair(d.p, d.b.const(1, 1))]).shown(k, d.assumed),
    ),
    Refusal(
        "fulfils",
        "a turn's goal is false",
        lambda k, d: d.toy(edges=LOOP, loops={"head"}, turns=[d.pair]).shown(k, d.own),
    ),
    Refusal(
        "fulfils",
        "what is written before a loop is wrong",
        lambda k, d: d.toy(edges=LOOP, loops={"head"}, entries=[d.pair]).shown(k, d.own),
    ),
    Refusal(
        "fulfils",
        "a turn, and no return",
        lambda k, d: d.toy(edges=ENDLESS, loops={"head"}, turns=[Pair(d.x, d.x)]).shown(k),
    ),
    Refusal("fulfils", "no equation", lambda k, d: d.toy().shown(k, d.run)),
    Refusal("fulfils", "another kernel's", lambda k, d: d.toy().shown(k, d.alien)),
    Refusal("fulfils", "no path", lambda k, d: d.toy(facts=(d.p, ~d.p)).shown(k)),
    Refusal("fulfils", "a false fact", lambda k, d: d.toy(facts=(d.b.const(1, 0),)).shown(k)),
    Refusal("fulfils", "no goal", lambda k, d: d.toy(pairs=[]).shown(k)),
    Refusal("fulfils", "a leak", lambda k, d: d.toy(leaking=["a secret"]).shown(k)),
    Refusal("fulfils", "no step left", lambda k, d: d.toy(limit=0).shown(k)),
    Refusal("fulfils", "fewer than no steps", lambda k, d: d.toy(limit=-1).shown(k)),
    Refusal("fulfils", "no end", lambda k, d: d.toy(edges={"start": [(None, "start")]}).shown(k)),
    Refusal("meaning", "too much", lambda k, d: _prefixes()),
    Refusal("theorem", "made by hand", lambda k, d: Theorem(object(), frozenset(), d.equation)),
    Refusal("theorem", "with no seal", lambda k, d: Theorem(None, frozenset(), d.equation)),
    Refusal("theorem", "changed", lambda k, d: setattr(d.own, "conclusion", d.equation)),
    Refusal("theorem", "enlarged", lambda k, d: setattr(d.own, "more", 1)),
    Refusal("theorem", "robbed", lambda k, d: delattr(d.assumed, "hypotheses")),
    Refusal("theorem", "copied", lambda k, d: copy.copy(d.own)),
    Refusal("theorem", "copied with its parts", lambda k, d: copy.deepcopy(d.own)),
    Refusal("theorem", "pickled", lambda k, d: pickle.dumps(d.own)),
    Refusal("theorem", "of another kind", lambda k, d: type("Lie", (Theorem,), {})),
]  # fmt: skip


def _passing(name: str, toy: Toy) -> Toy:
    """The toy, with this state on its way."""
    return replace(toy, edges={"start": [(None, name)], name: [(None, "end")]})


def _joining(fact: Term, toy: Toy) -> Toy:
    """The toy, with a join behind which this is a fact."""
    edges = {"start": [(None, "join")], "join": [(None, "end")]}
    behind = Spot("join", (fact,), entered=("join",))
    return replace(toy, edges=edges, loops=frozenset(["join"]), joined={"join": behind})


def _long(x: Term, y: Term) -> Term:
    """A term of a hundred parts."""
    for _ in range(50):
        x = x.builder.udiv(x, y) + 1
    return x


def _powers(k: Kernel, z: Term) -> Theorem:
    """(x0 ^ y0) (x1 ^ y1) ...: twice as many monomials with each factor."""
    sums = [k.builder.var(8, f"x{n}") ^ k.builder.var(8, f"y{n}") for n in range(12)]
    with mock.patch.object(polynomials, "WORK_LIMIT", 1000):
        return k.polynomials(k.builder.and_(*sums), z)


def _prefixes() -> None:
    """x0, x0 ^ x1, x0 ^ x1 ^ x2, ... : small terms, whose bits together are not."""
    with mock.patch.object(meaning, "SIZE_LIMIT", 1000):
        b = KernelBuilder()
    total = b.var(8, "x")
    for n in range(50):
        total ^= b.var(8, f"x{n}")


if __name__ == "__main__":
    problems = [problem for refusal in REFUSALS if (problem := refusal.problem())]
    print(f"{len(REFUSALS)} attempts", *problems, sep="\n")
    sys.exit(bool(problems))
