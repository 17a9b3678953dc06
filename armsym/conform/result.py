"""What a conformance run has found: counts and disagreements for each encoding class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from armsym.binary.disassemble import text
from armsym.concrete.state import NAMES
from armsym.conform.compare import Finding, Verdict
from armsym.conform.coverage import Coverage
from armsym.conform.generate import Case
from isa import Clause

# How many of a class's mismatches and deviations are kept to be shown.
EXAMPLES = 4

Shrink = Callable[[Case, Finding], tuple[Case, Finding]]


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

    @property
    def registers(self) -> dict[str, str]:
        """The registers and flags before the instruction that are not 0, PC aside."""
        slots = self.case.state.to_slots()
        return {n.upper(): f"{v:#x}" for n, v in zip(NAMES, slots, strict=False) if v}

    def __str__(self) -> str:
        head = f"{self.case.word:08x}  {self.disassembly}  at {self.case.state.pc:#x}"
        values = [f"{name} {value}" for name, value in self.registers.items()]
        before = f"  before: {', '.join([*values, 'all other registers 0'])}"
        body = [f"  {d.name}: isa {d.isa}, oracle {d.oracle}" for d in self.finding.differences]
        known = [f"  known: {self.finding.reason}"] if self.finding.reason else []
        return "\n".join([head, before, *body, *known, f"  repeat: {self.command}"])


@dataclass
class ClassReport:
    """The tests of one encoding class, counted by what they showed.

    `reasons` counts the deviations; of them, and of the mismatches, the first are EXAMPLES.
    """

    clause: Clause
    counts: Counter[Verdict] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    mismatches: list[Disagreement] = field(default_factory=list)
    deviations: list[Disagreement] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def tests(self) -> int:
        return self.counts.total()

    @property
    def passed(self) -> bool:
        """Whether nothing differs, and a case was compared, unless the oracle can run none."""
        compared = self.counts[Verdict.EXECUTED] or self.counts[Verdict.UNTESTED]
        return not self.counts[Verdict.MISMATCH] and compared > 0

    def count(
        self, case: Case, finding: Finding, oracle: str, shrink: Shrink = lambda *found: found
    ) -> None:
        """Takes in what a case showed; a mismatch that is shown as an example is shrunk."""
        verdict = finding.verdict
        self.counts[verdict] += 1
        self.coverage.count(self.clause, case.word, verdict)
        if verdict is Verdict.MISMATCH and len(self.mismatches) < EXAMPLES:
            self.mismatches.append(Disagreement(*shrink(case, finding), oracle))
        elif verdict in (Verdict.DEVIATED, Verdict.UNTESTED):
            self.reasons[finding.reason] += 1
            if len(self.deviations) < EXAMPLES:
                self.deviations.append(Disagreement(case, finding, oracle))

    def add(self, other: ClassReport) -> None:
        """Takes in later tests of the class."""
        self.counts.update(other.counts)
        self.reasons.update(other.reasons)
        self.coverage.add(other.coverage)
        self.mismatches = (self.mismatches + other.mismatches)[:EXAMPLES]
        self.deviations = (self.deviations + other.deviations)[:EXAMPLES]


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
