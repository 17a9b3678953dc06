"""A conformance run: so many tests spread over the classes, and the report."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from armsym.binary.disassemble import text
from armsym.conform import generate
from armsym.conform.compare import Comparison, Finding, Verdict
from armsym.conform.deviations import DEVIATIONS
from armsym.conform.generate import Case
from armsym.errors import ArmsymError
from armsym.oracle import ConcreteMachine, ConcreteRegion, Unicorn
from isa import CLAUSES, Clause

ORACLES: Mapping[str, Callable[[Sequence[ConcreteRegion]], ConcreteMachine]] = {
    "unicorn": Unicorn,
}


@dataclass(frozen=True)
class Disagreement:
    """A case on which isa and the oracle disagree."""

    case: Case
    finding: Finding

    @property
    def disassembly(self) -> str:
        """The instruction as Capstone prints it."""
        return text(self.case.word, self.case.state.pc)

    @property
    def command(self) -> str:
        """What repeats this case alone."""
        case = self.case
        return f"armsym conform {case.clause.name} --seed {case.seed} --case {case.index}"

    def __str__(self) -> str:
        head = f"{self.case.word:08x}  {self.disassembly}  at {self.case.state.pc:#x}"
        body = [f"  {d.name}: isa {d.isa}, oracle {d.oracle}" for d in self.finding.differences]
        known = [f"  known: {self.finding.reason}"] if self.finding.reason else []
        return "\n".join([head, *body, *known, f"  repeat: {self.command}"])


@dataclass
class ClassReport:
    """The tests of one encoding class, counted by what they showed."""

    clause: Clause
    counts: Counter[Verdict] = field(default_factory=Counter)
    mismatches: list[Disagreement] = field(default_factory=list)
    deviations: list[Disagreement] = field(default_factory=list)

    @property
    def tests(self) -> int:
        return self.counts.total()

    @property
    def passed(self) -> bool:
        """Whether nothing differs, and at least one case was really compared."""
        return not self.mismatches and self.counts[Verdict.EXECUTED] > 0


@dataclass(frozen=True)
class Report:
    """A conformance run; the seed repeats it."""

    oracle: str
    seed: int
    classes: Sequence[ClassReport]

    @property
    def passed(self) -> bool:
        return all(c.passed for c in self.classes)

    @property
    def tests(self) -> int:
        return sum(c.tests for c in self.classes)


def clauses_named(names: Sequence[str]) -> list[Clause]:
    """The clauses of these names, all of them for no name.  Raises ArmsymError `unknown-class`."""
    known = {clause.name: clause for clause in CLAUSES}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
            hint = (
                f"did you mean {' or '.join(near)}?" if near else "without a name, all are tested"
            )
            raise ArmsymError("unknown-class", f"no encoding class is called {name!r}", hint)
    return [known[name] for name in names] if names else list(CLAUSES)


def conform(
    clauses: Sequence[Clause],
    tests: int,
    seed: int,
    oracle: str = "unicorn",
    progress: Callable[[ClassReport], None] = lambda _: None,
) -> Report:
    """Tests the clauses, `tests` cases in all, at least one each; `progress` sees each class done.

    Raises ArmsymError `unknown-oracle`.
    """
    share, rest = divmod(tests, max(1, len(clauses)))
    reports = []
    bench = _Bench(seed, oracle)
    for number, clause in enumerate(clauses):
        indices = range(max(1, share + (number < rest)))
        reports.append(bench.test(clause, indices))
        progress(reports[-1])
    return Report(oracle, seed, reports)


def conform_case(clause: Clause, seed: int, index: int, oracle: str = "unicorn") -> Report:
    """Repeats one case.  Raises ArmsymError `unknown-oracle`."""
    return Report(oracle, seed, [_Bench(seed, oracle).test(clause, range(index, index + 1))])


class _Bench:
    """An oracle with the memory of a seed."""

    def __init__(self, seed: int, oracle: str) -> None:
        if oracle not in ORACLES:
            hint = f"oracles are: {', '.join(ORACLES)}"
            raise ArmsymError("unknown-oracle", f"no oracle is called {oracle!r}", hint)
        self._seed = seed
        self._name = oracle
        self._regions = generate.regions(seed)
        self._oracle = ORACLES[oracle](self._regions)

    def test(self, clause: Clause, indices: range) -> ClassReport:
        report = ClassReport(clause)
        deviations = DEVIATIONS[self._name]
        comparison = Comparison(clause, self._regions, self._oracle, deviations)
        for index in indices:
            case = generate.case(clause, self._seed, index)
            finding = comparison.check(case)
            report.counts[finding.verdict] += 1
            if finding.verdict is Verdict.MISMATCH:
                report.mismatches.append(Disagreement(case, finding))
            elif finding.verdict is Verdict.DEVIATED:
                report.deviations.append(Disagreement(case, finding))
        return report
