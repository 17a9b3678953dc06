"""Every proof of armsym's own, stage by stage, and the same call run by Unicorn for scale.

python -m benchmarks.proofs [NAME...]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from armsym.binary.image import Image
from armsym.binary.open import open_image
from armsym.contract.find import find
from armsym.contract.language import Proof
from armsym.errors import ArmsymError
from armsym.oracle import Unicorn
from armsym.prove.instance import RETURN
from armsym.prove.prover import prove
from armsym.prove.refute import STEP_LIMIT, Refuter
from armsym.prove.result import Result

BINARY = "aws-lc"
UNICORN_RUNS = 50


@dataclass
class Stages:
    """Seconds by what the prover said that it was doing."""

    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = ""
    _since: float = 0.0

    def enter(self, stage: str) -> None:
        """The prover starts another stage; "" is none."""
        now = time.perf_counter()
        if self._stage:
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now


@dataclass(frozen=True)
class Measurement:
    """One proof: the result, seconds by stage, and seconds of Unicorn for the same call."""

    result: Result
    stages: dict[str, float]
    unicorn: float

    @property
    def kernel(self) -> float:
        """Seconds for the replay in the kernel."""
        return self.stages.get("replaying the proof in the kernel", 0.0)

    @property
    def search(self) -> float:
        """Seconds for all else: the symbolic run, the comparison, the witness."""
        return self.result.seconds - self.kernel


def measure(name: str) -> Measurement:
    """Proves one routine in a process that has done nothing else.  Raises ArmsymError."""
    (proof,) = find([name])
    image = open_image(BINARY)
    stages = Stages()
    result = prove(proof, image, proof.symbol, progress=stages.enter)
    stages.enter("")
    return Measurement(result, stages.seconds, unicorn_seconds(proof, image))


def unicorn_seconds(proof: Proof, image: Image) -> float:
    """The median of the seconds that Unicorn takes for a call, its translation done before."""
    call = Refuter(proof.contract(), image, image.symbol(proof.symbol).address).call(0)
    machine, state = Unicorn(call.regions()), call.state()
    return median(
        seconds(lambda: machine.run(state, RETURN, STEP_LIMIT)) for _ in range(UNICORN_RUNS)
    )


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


# the heading of a column and what stands in it
COLUMNS: dict[str, Callable[[Measurement], str]] = {
    "routine": lambda m: m.result.name,
    "verdict": lambda m: m.result.verdict,
    "steps": lambda m: f"{m.result.steps:,}",
    "search s": lambda m: f"{m.search:.2f}",
    "kernel s": lambda m: f"{m.kernel:.2f}",
    "total s": lambda m: f"{m.result.seconds:.2f}",
    "steps/s": lambda m: f"{m.result.steps / m.result.seconds:,.0f}",
    "terms": lambda m: f"{m.result.terms:,}",
    "peak MB": lambda m: f"{m.result.peak_memory / 1e6:.0f}",
    "Unicorn ms": lambda m: f"{1e3 * m.unicorn:.2f}",
    "ratio": lambda m: f"{m.result.seconds / m.unicorn:,.0f}",
}


def table(measurements: Iterable[Measurement]) -> Table:
    made = Table(title=f"{BINARY}: all inputs symbolic; ratio: total to Unicorn", box=box.SIMPLE)
    for heading in COLUMNS:
        is_text = heading in ("routine", "verdict")
        made.add_column(heading, justify="left" if is_text else "right", no_wrap=True)
    for measurement in measurements:
        made.add_row(*[show(measurement) for show in COLUMNS.values()])
    return made


def main(names: Sequence[str]) -> None:
    """Measures the proofs that the names mean, one after the other."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        measurements = pool.imap(measure, [proof.name for proof in find(list(names))])
        Console(width=max(130, Console().width)).print(table(measurements))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ArmsymError as error:
        sys.exit(f"{error.message}\n{error.hint}".strip())
