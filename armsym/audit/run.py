"""The audit of the fast engine: each law is proved by the kernel, and each near miss refuted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from armsym.audit.law import Law, Leaves
from armsym.audit.laws import BITWISE, LANES, SUMS
from armsym.audit.rules import INSTANCES
from armsym.bv.assignment import RandomAssignment
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate, leaves, rebuild
from armsym.bv.normal import NormalBuilder
from armsym.bv.normal.rules import RULES, Rule
from armsym.bv.term import Term
from armsym.kernel.theorem import Equation, Kernel, KernelError, Theorem
from armsym.prove.sat import Counterexample, prove_equal
from armsym.prove.sat.search import search

FORMS: dict[str, tuple[Law, ...]] = {
    "rule": INSTANCES,
    "bitwise": BITWISE,
    "sum": SUMS,
    "lanes": LANES,
}

# A table of so many bits of leaves is quicker than clauses.
SMALL_TABLE = 12
# The time that the search for one clausal proof or counterexample is given.
SEARCH_SECONDS = 10.0
# So many random and corner values are tried to refute a near miss.
TRIES = 64


@dataclass
class Finding:
    """What became of a law: how the kernel proved it at each width, and what is wrong with it.

    `refuted` has the widths at which its near miss was shown to be none.
    """

    form: str
    law: str
    proved: dict[int, str] = field(default_factory=dict)
    refuted: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def audit(
    forms: Mapping[str, Sequence[Law]] = FORMS, engine: Sequence[Rule] = RULES
) -> Iterator[Finding]:
    """Audits laws about an engine that has these rules; a rule without a law is a fault."""
    stated = {law.rule for listed in forms.values() for law in listed if law.rule is not None}
    for form, listed in forms.items():
        for law in listed:
            finding = Finding(form, law.name)
            rules = tuple([r for r in engine if law.rule in (None, r.name)])
            for width in law.widths:
                _audit_at(finding, law, width, rules)
            yield finding
    for rule in engine:
        if rule.name not in stated:
            yield Finding("rule", rule.name, faults=["no instance is stated"])


def _audit_at(finding: Finding, law: Law, width: int, engine: tuple[Rule, ...]) -> None:
    raw, fast = RawBuilder(), NormalBuilder(engine)
    given = Leaves(raw, width)
    spelled = [spelling(given) for spelling in law.spellings]
    near_miss = law.near_miss(given)
    normal, *others = rebuild(spelled, fast)
    used = law.rule is None or fast.hits[law.rule] > 0
    (result,) = rebuild([normal], raw)
    ways = [prove(x, result) for x in spelled]
    refuted = differ(near_miss, result)
    conditions = {
        "the rule is not used": used,
        "the spellings have several normal forms": all(other is normal for other in others),
        "not proved": None not in ways,
        "the near miss is not refuted": refuted,
        "the near miss has the same normal form": rebuild([near_miss], fast) != [normal],
    }
    finding.faults += [f"{width} bits: {fault}" for fault, met in conditions.items() if not met]
    if None not in ways:
        finding.proved[width] = ", ".join(sorted({way for way in ways if way}))
    if refuted:
        finding.refuted.append(width)


def prove(x: Term, y: Term) -> str | None:
    """The rule by which the kernel shows that two raw terms are equal; None if it does not."""
    kernel = Kernel()
    left, right = rebuild([x, y], kernel.builder)
    attempts: dict[str, Callable[[], Theorem]] = {"meaning": lambda: kernel.equality(left, right)}
    if sum(leaf.width for leaf in leaves([x, y])) <= SMALL_TABLE:
        attempts["table"] = lambda: kernel.table(left, right)
    else:
        attempts["clausal"] = lambda: kernel.clausal(x, y, _refutation(x, y))
    for rule, attempt in attempts.items():
        with suppress(KernelError):
            if attempt().conclusion == Equation(left, right):
                return rule
    return None


def differ(x: Term, y: Term) -> bool:
    """Whether values of the leaves are found under which two raw terms are not equal."""
    for seed in range(TRIES):
        left, right = evaluate([x, y], RandomAssignment(seed))
        if left != right:
            return True
    return isinstance(prove_equal(x, y, SEARCH_SECONDS), Counterexample)


def _refutation(x: Term, y: Term) -> str:
    """What the search holds for a proof of x = y; no proof at all if it found none."""
    found = search(x, y, SEARCH_SECONDS)
    return found if isinstance(found, str) else ""
