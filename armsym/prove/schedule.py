"""Proofs side by side, each in a process of its own that can be killed."""

from __future__ import annotations

import gc
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from armsym import limits
from armsym.binary.image import Image
from armsym.contract.find import find
from armsym.errors import ArmsymError
from armsym.prove.prover import FIRST_CALLS, SOLVER_SECONDS, prove
from armsym.prove.result import PROPERTIES, Result, Verdict

Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class Task:
    """One proof to try: `proof` is its name, among those that `contract.load.find(found_by)` gives.

    It is looked up again by the process that tries it: contracts do not travel between processes.
    Unless `checked`, the kernel is not asked.  A solver has so many seconds for a question.
    `first_calls`: random calls that are made before a proof is tried.
    """

    proof: str
    found_by: tuple[str, ...]
    image: Image
    symbol: str
    checked: bool = True
    solver_seconds: float = SOLVER_SECONDS
    first_calls: int = FIRST_CALLS


@dataclass(frozen=True)
class _Message:
    """From a child: what it is doing, or its last word, which is a result or an error."""

    doing: str = ""
    result: Result | None = None
    error: tuple[str, str, str] | None = None


@dataclass
class _Child:
    index: int
    task: Task
    process: BaseProcess
    started: float


def run_all(
    tasks: Iterable[Task],
    jobs: int,
    budget: float | None = None,
    progress: Progress = lambda _name, _doing: None,
) -> Iterator[tuple[int, Result]]:
    """The index and the result of each task as it ends; at most `jobs` are held at a time.

    A proof that takes more than `budget` seconds is TIMEOUT, one whose process dies is UNKNOWN.
    An ArmsymError of a proof is raised.  However the iteration ends, no process is left.
    """
    waiting = enumerate(tasks)
    running: dict[Connection, _Child] = {}
    try:
        while True:
            for index, task in islice(waiting, jobs - len(running)):
                connection, child = _start(index, task)
                running[connection] = child
            if not running:
                return
            ready = wait(list(running), _patience(running, budget))
            for pipe in [pipe for pipe in running if pipe in ready]:
                if result := _heard(pipe, running[pipe], progress):
                    yield _finished(pipe, running), result
            for pipe, child in list(running.items()):
                if budget is not None and time.monotonic() - child.started > budget:
                    reason = f"the budget of {budget:g} s was used up"
                    yield (
                        _finished(pipe, running),
                        _ended(child.task, child.started, Verdict.TIMEOUT, reason),
                    )
    finally:
        for child in running.values():
            limits.kill(child.process)


def _start(index: int, task: Task) -> tuple[Connection, _Child]:
    receiver, sender = limits.CONTEXT.Pipe(duplex=False)
    process = limits.CONTEXT.Process(target=_work, args=(sender, task), name=task.proof)
    with _interrupts_later():
        process.start()
    sender.close()
    return receiver, _Child(index, task, process, time.monotonic())


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Ctrl-C takes effect only afterwards: in what Python calls around a fork it would be lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _patience(running: dict[Connection, _Child], budget: float | None) -> float | None:
    """How many seconds remain until some child is over its budget."""
    if budget is None:
        return None
    first = min(child.started for child in running.values())
    return max(0.0, first + budget - time.monotonic()) + 0.001


def _heard(connection: Connection, child: _Child, progress: Progress) -> Result | None:
    """Takes in one message of a child; its result if that was the last."""
    try:
        message: _Message = connection.recv()
    except (EOFError, OSError):
        child.process.join()
        reason = limits.death(child.process)
        return _ended(child.task, child.started, Verdict.UNKNOWN, reason)
    if message.error is not None:
        raise ArmsymError(*message.error)
    if message.result is None:
        progress(child.task.proof, message.doing)
    return message.result


def _finished(connection: Connection, running: dict[Connection, _Child]) -> int:
    """Clears away a child that has nothing more to say; its task's index."""
    child = running.pop(connection)
    connection.close()
    limits.kill(child.process)
    return child.index


def _work(connection: Connection, task: Task) -> None:
    """The child: tries the proof and sends what comes of it."""
    limits.enter()
    gc.set_threshold(100_000, 50, 50)  # terms are many, and live: this halves the time of a proof
    connection.send(_attempt(task, lambda doing: connection.send(_Message(doing))))


def _attempt(task: Task, progress: Callable[[str], None]) -> _Message:
    started = time.monotonic()
    try:
        proof = next(p for p in find(list(task.found_by)) if p.name == task.proof)
        how = task.solver_seconds, task.checked, progress, task.first_calls
        result = prove(proof, task.image, task.symbol, *how)
        return _Message(result=result)
    except ArmsymError as error:
        return _Message(error=(error.code, error.message, error.hint))
    except Exception as error:  # a defect of armsym's or of a specification; it proves nothing
        if os.environ.get("ARMSYM_DEBUG"):
            traceback.print_exc()
        text = " ".join(f"internal error: {type(error).__name__}: {error}".split())
        return _Message(result=_ended(task, started, Verdict.UNKNOWN, text))


def _ended(task: Task, started: float, verdict: Verdict, reason: str) -> Result:
    """The result of a proof that could not give its own."""
    return Result(
        name=task.proof,
        binary=task.image.path,
        binary_sha256=task.image.sha256,
        symbol=task.symbol,
        verdict=verdict,
        reason=reason,
        properties=dict.fromkeys(PROPERTIES, verdict),
        seconds=time.monotonic() - started,
    )
