"""What a conformance run has found: counts and disagreements for each encoding class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from armsym.binary.disassemble import text
from armsym.conform.compare import Finding, Verdict
from armsym.conform.generate import Case
from isa import Clause


@dataclass(frozen=True)
class Disagreement:
    """A case on which isa and the oracle of this name disagree."""

    case: Case
    finding: Finding
    oracle: str

    @property
    def disassembly(self) -> str:
        """The instruction as Capstone prints it."""
        return text(self.case.word, self.case.state.pc)

    @property
    def command(self) -> str:
        """What repeats this case alone."""
        case = self.case
        oracle = "" if self.oracle == "unicorn" else f" --oracle {self.oracle}"
        return f"armsym conform {case.clause.name} --seed {case.seed} --case {case.index}{oracle}"

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
        """Whether nothing differs, and a case was compared, unless the oracle can run none."""
        compared = self.counts[Verdict.EXECUTED] or self.counts[Verdict.UNTESTED]
        return not self.mismatches and compared > 0

    def count(self, case: Case, finding: Finding, oracle: str) -> None:
        """Takes in what a case showed."""
        self.counts[finding.verdict] += 1
        if finding.verdict is Verdict.MISMATCH:
            self.mismatches.append(Disagreement(case, finding, oracle))
        elif finding.verdict in (Verdict.DEVIATED, Verdict.UNTESTED):
            self.deviations.append(Disagreement(case, finding, oracle))

    def add(self, other: ClassReport) -> None:
        """Takes in other tests of the class."""
        self.counts.update(other.counts)
        self.mismatches += other.mismatches
        self.deviations += other.deviations


@dataclass(frozen=True)
class Report:
    """A conformance run; the seed repeats it."""

    oracle: str
    seed: int
    classes: Sequence[ClassReport]

    @property
    def passed(self) -> bool:
        """Whether every class has passed, and there is one."""
        return bool(self.classes) and all(c.passed for c in self.classes)

    @property
    def tests(self) -> int:
        return sum(c.tests for c in self.classes)
