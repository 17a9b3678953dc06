"""Proofs side by side, each in a process of its own that can be killed."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import cast

from armsym.binary.image import Image
from armsym.contract.load import find
from armsym.errors import ArmsymError
from armsym.prove.prover import prove
from armsym.prove.result import PROPERTIES, Result, Verdict

Progress = Callable[[str, str], None]

# Forked children have the image and all modules already; other systems can't fork safely.
_CONTEXT = get_context("fork") if sys.platform == "linux" else get_context("spawn")


@dataclass(frozen=True)
class Task:
    """One proof to try: `proof` is its name, among those that `contract.load.find(found_by)` gives.

    It is looked up again by the process that tries it: contracts do not travel between processes.
    Unless `checked`, the kernel is not asked.
    """

    proof: str
    found_by: tuple[str, ...]
    image: Image
    symbol: str
    checked: bool = True


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

    def kill(self) -> None:
        """Ends the process and those that it has started."""
        pid = self.process.pid
        try:
            os.killpg(cast(int, pid), signal.SIGKILL)
        except ProcessLookupError:  # it is gone, or has no group of its own yet
            self.process.kill()
        self.process.join()


def run_all(
    tasks: Sequence[Task],
    jobs: int,
    budget: float | None = None,
    progress: Progress = lambda _name, _doing: None,
) -> Iterator[tuple[int, Result]]:
    """The index and the result of each task as it ends; at most `jobs` run at a time.

    A proof that takes more than `budget` seconds is TIMEOUT, one whose process dies is UNKNOWN.
    An ArmsymError of a proof is raised.  However the iteration ends, no process is left.
    """
    waiting = deque(enumerate(tasks))
    running: dict[Connection, _Child] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                connection, child = _start(*waiting.popleft())
                running[connection] = child
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
            child.kill()


def _start(index: int, task: Task) -> tuple[Connection, _Child]:
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(sender, task), name=task.proof)
    process.start()
    sender.close()
    return receiver, _Child(index, task, process, time.monotonic())


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
        reason = _death(child.process.exitcode or 0)
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
    child.kill()
    return child.index


def _death(status: int) -> str:
    if status < 0:
        return f"its process was killed by {signal.Signals(-status).name}"
    return f"its process ended with status {status} and no result"


def _work(connection: Connection, task: Task) -> None:
    """The child: tries the proof and sends what comes of it."""
    os.setpgid(0, 0)  # Ctrl-C is for the parent, which then ends the whole group
    os.dup2(2, 1)  # whatever a specification prints is no data
    sys.stdout = sys.stderr
    gc.set_threshold(100_000, 50, 50)  # terms are many, and live: this halves the time of a proof
    threading.Thread(target=_follow_parent, daemon=True).start()
    connection.send(_attempt(task, lambda doing: connection.send(_Message(doing))))


def _follow_parent() -> None:
    """Ends this process's group when the parent has died without ending it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)


def _attempt(task: Task, progress: Callable[[str], None]) -> _Message:
    started = time.monotonic()
    try:
        proof = next(p for p in find(list(task.found_by)) if p.name == task.proof)
        result = prove(proof, task.image, task.symbol, checked=task.checked, progress=progress)
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
