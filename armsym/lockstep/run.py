"""Lockstep of whole routines: each called with random arguments, on isa and on Unicorn."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from armsym import limits
from armsym.binary.image import Image
from armsym.binary.open import open_image
from armsym.errors import ArmsymError
from armsym.lockstep.arguments import RandomCall
from armsym.lockstep.machines import IsaCompanion, UnicornCompanion
from armsym.lockstep.prototype import Prototype, prototype_of
from armsym.lockstep.walk import LIMIT, Lockstep, Walk
from armsym.simulate.coverage import routines_named


@dataclass(frozen=True)
class Task:
    """One call: `arguments` is a prototype's text, None for what the table says of the routine."""

    binary: str
    symbol: str
    seed: int
    arguments: str | None = None
    limit: int = LIMIT

    @property
    def command(self) -> str:
        """The command that repeats it."""
        words = [
            "armsym",
            "lockstep",
            self.binary,
            re.escape(self.symbol),
            "--seed",
            f"{self.seed}",
        ]
        if self.arguments is not None:
            words += ["--args", self.arguments]
        if self.limit != LIMIT:
            words += ["--limit", f"{self.limit}"]
        return shlex.join(words)


@dataclass(frozen=True)
class Outcome:
    """What came of a task."""

    task: Task
    walk: Walk


def tasks_for(
    image: Image, pattern: str, arguments: str | None, seed: int, runs: int, limit: int = LIMIT
) -> list[Task]:
    """`runs` calls of each routine whose whole name the pattern matches, from `seed` on.

    Unless `arguments` says how they are called, those that the table does not know are left out.
    Raises ArmsymError missing-symbol, no-prototype, bad-pattern, bad-prototype.
    """
    found = routines_named(image, f"^(?:{pattern})$")
    if not found:
        image.symbol(pattern)
    names = list(dict.fromkeys(symbol.name for symbol in found))
    if arguments is None:
        names = [name for name in names if prototype_of(name) is not None]
    else:
        Prototype.parse(arguments)
    if not names:
        raise ArmsymError(
            "no-prototype",
            f"{image.path}: it is not known what {pattern} is called with",
            "tell it, such as --args 'u64 out[4], const u64 in[n], n = 1..8'",
        )
    return [
        Task(image.path, name, seed + run, arguments, limit)
        for name in names
        for run in range(runs)
    ]


def run_all(
    tasks: Sequence[Task], jobs: int, progress: Callable[[str, str], None]
) -> Iterator[Outcome]:
    """What comes of the tasks, in their order, by so many processes."""
    if jobs == 1 or len(tasks) == 1:
        for task in tasks:
            yield run(task, _image(task.binary), partial(_report, progress, task.symbol))
        return
    with limits.CONTEXT.Pool(min(jobs, len(tasks)), limits.enter) as pool:
        yield from pool.imap(_run, tasks)


def run(task: Task, image: Image, progress: Callable[[int], None] = lambda done: None) -> Outcome:
    """Makes the call on both; `progress` is told how many instructions are done.

    Raises ArmsymError missing-symbol, no-prototype, bad-prototype.
    """
    given = task.arguments
    prototype = prototype_of(task.symbol) if given is None else Prototype.parse(given)
    if prototype is None:
        raise ArmsymError("no-prototype", f"it is not known what {task.symbol} is called with")
    call = RandomCall(image, image.symbol(task.symbol).address, prototype, task.seed)
    isa, oracle = IsaCompanion(call.regions), UnicornCompanion(call.regions)
    walk = Lockstep(call.regions, isa, oracle, progress).run(call.state, task.limit)
    return Outcome(task, walk)


_image = lru_cache(maxsize=1)(open_image)


def _run(task: Task) -> Outcome:
    return run(task, _image(task.binary))


def _report(progress: Callable[[str, str], None], symbol: str, done: int) -> None:
    progress(symbol, f"{done:,} instructions")
