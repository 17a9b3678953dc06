"""A conformance run: so many tests spread over the classes and over processes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from functools import lru_cache, partial
from itertools import groupby, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from armsym.concrete import ConcreteRegion
from armsym.conform import generate
from armsym.conform.compare import Comparison
from armsym.conform.deviations import DEVIATIONS
from armsym.conform.result import ClassReport, Report
from armsym.conform.shrink import smallest
from armsym.conform.trace import Answers, Recorded, Trace, TraceHeader, TraceWriter, encode
from armsym.errors import ArmsymError
from armsym.oracle import InstructionOracle, native, qemu
from armsym.oracle.unicorn import one_at_a_time
from isa import CLAUSES, Clause

ORACLES: Mapping[str, Callable[[Sequence[ConcreteRegion]], InstructionOracle]] = {
    "unicorn": one_at_a_time,
    "qemu": qemu,
    "native": native,
}

# How many cases an oracle is given at once, and how many are a process's share of the work.
_BATCH = 512
_UNIT = 4 * _BATCH


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
    jobs: int = 1,
    record: Path | None = None,
    progress: Callable[[ClassReport], None] = lambda _: None,
) -> Report:
    """Tests the clauses, `tests` cases in all, at least one each; `progress` sees each class done.

    The cases are spread over `jobs` processes; the report does not depend on how many.  What the
    oracle answers goes to the file `record`, to be replayed.  Raises ArmsymError `unknown-oracle`,
    `trace-unwritable`, and those of the oracle.
    """
    units = list(_units(clauses, tests))
    reports = []
    with ExitStack() as stack:
        writer = None
        if record is not None:
            writer = stack.enter_context(TraceWriter(record, _bench(seed, oracle).header))
        work = partial(_test, seed, oracle, writer is not None)
        results = _results(work, units, jobs, stack)
        for clause, done in groupby(zip(units, results, strict=True), lambda pair: pair[0].clause):
            reports.append(ClassReport(clause))
            for _, result in done:
                reports[-1].add(result.report)
                if writer is not None:
                    writer.write(result.records, result.recorded)
            progress(reports[-1])
    return Report(oracle, seed, reports)


def conform_case(clause: Clause, seed: int, index: int, oracle: str = "unicorn") -> Report:
    """Repeats one case.  Raises ArmsymError `unknown-oracle` and those of the oracle."""
    unit = Unit(clause, range(index, index + 1))
    return Report(oracle, seed, [_test(seed, oracle, False, unit).report])


def replay(path: Path) -> Report:
    """Checks isa against the answers in a trace file.  Raises ArmsymError, see Trace."""
    reports: dict[Clause, ClassReport] = {}
    with closing(Trace(path)) as trace:
        header, records = trace.header, iter(trace)
        while batch := list(islice(records, _BATCH)):
            for clause, group in groupby(batch, lambda record: record.case.clause):
                answers = list(group)
                cases = [record.case for record in answers]
                report = reports.setdefault(clause, ClassReport(clause))
                comparison = _comparison(clause, header, Answers(answers))
                for case, finding in zip(cases, comparison.check(cases), strict=True):
                    report.count(case, finding, header.oracle)
    return Report(header.oracle, header.seed, list(reports.values()))


class Unit(NamedTuple):
    """The cases of a clause that are tested in one go, by their indices."""

    clause: Clause
    indices: range


class UnitResult(NamedTuple):
    """What a unit has shown; if wanted, the oracle's answers, encoded, and how many they are."""

    report: ClassReport
    records: bytes
    recorded: int


class _Bench:
    """An oracle with the memory of a seed."""

    def __init__(self, seed: int, name: str) -> None:
        if name not in ORACLES:
            hint = f"oracles are: {', '.join(ORACLES)}"
            raise ArmsymError("unknown-oracle", f"no oracle is called {name!r}", hint)
        regions = generate.regions(seed)
        self.oracle = ORACLES[name](regions)
        self.header = TraceHeader(name, self.oracle.describe(), seed, regions)


# One only: it may be a process of its own, which ends with it.
_bench = lru_cache(maxsize=1)(_Bench)


def _units(clauses: Sequence[Clause], tests: int) -> Iterator[Unit]:
    share, rest = divmod(tests, max(1, len(clauses)))
    for number, clause in enumerate(clauses):
        count = max(1, share + (number < rest))
        for start in range(0, count, _UNIT):
            yield Unit(clause, range(start, min(start + _UNIT, count)))


def _results(
    work: Callable[[Unit], UnitResult], units: Sequence[Unit], jobs: int, stack: ExitStack
) -> Iterable[UnitResult]:
    """The results in the order of the units; with `stack` end the processes that compute them."""
    if jobs == 1 or len(units) == 1:
        return map(work, units)
    # Not forked: two processes must not talk to one oracle.
    pool = ProcessPoolExecutor(min(jobs, len(units)), get_context("spawn"))
    stack.callback(pool.shutdown, cancel_futures=True)
    return pool.map(work, units)


def _test(seed: int, oracle: str, record: bool, unit: Unit) -> UnitResult:
    bench = _bench(seed, oracle)
    report = ClassReport(unit.clause)
    comparison = _comparison(unit.clause, bench.header, bench.oracle)
    shrink = partial(smallest, check=lambda case: comparison.check([case])[0])
    records = []
    for start in range(0, len(unit.indices), _BATCH):
        cases = [generate.case(unit.clause, seed, i) for i in unit.indices[start : start + _BATCH]]
        for case, finding in zip(cases, comparison.check(cases), strict=True):
            report.count(case, finding, oracle, shrink)
            if record and finding.answer is not None:
                records.append(Recorded(case, finding.answer))
    return UnitResult(report, encode(records, bench.header.regions), len(records))


def _comparison(clause: Clause, header: TraceHeader, oracle: InstructionOracle) -> Comparison:
    return Comparison(clause, header.regions, oracle, DEVIATIONS[header.oracle])
