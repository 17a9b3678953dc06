"""Work in processes of its own, which end when their time or memory is used up."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

# Where Linux tells the size of a process's address space, in pages.
STATM = Path("/proc/self/statm")

# Forked children have all modules already; other systems can't fork safely.
CONTEXT = get_context("fork") if sys.platform == "linux" else get_context("spawn")


class TooCostly(Exception):
    """Work that was not done within its limits; the text says which it met."""


def call(work: Callable[[], Any], seconds: float, memory: int) -> Any:
    """What `work` returns, from a process that has so many seconds, and bytes of memory.

    It must be what JSON can hold: nothing else comes back.  Raises TooCostly; RuntimeError where
    `work` raised anything but MemoryError and RecursionError, which are limits too.
    """
    receiver, sender = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_work, args=(sender, work, memory))
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise TooCostly(f"not done after {seconds:g} s")
        answer = json.loads(receiver.recv_bytes())
    except (EOFError, OSError) as error:
        process.join()
        raise TooCostly(death(process)) from error
    finally:
        kill(process)
        receiver.close()
    if "limit" in answer:
        raise TooCostly(answer["limit"])
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["result"]


def limit_memory(memory: int) -> None:
    """From here on, this process can have so many bytes more: beyond is MemoryError.

    What a fork has taken over from its parent does not count, where that is known.
    """
    limit = memory + _held()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _held() -> int:
    """The bytes of this process's address space; 0 where the system does not tell."""
    try:
        return int(STATM.read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def enter() -> None:
    """What a child does first: it leads a group of its own, and ends when its parent does.

    So Ctrl-C is for the parent, which then ends the group; and whatever the child's work prints
    goes to standard error, as it is no data.
    """
    os.setpgid(0, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    threading.Thread(target=_follow_parent, daemon=True).start()


def kill(process: BaseProcess) -> None:
    """Ends a child and those that it has started."""
    try:
        os.killpg(cast(int, process.pid), signal.SIGKILL)
    except ProcessLookupError:  # it is gone, or has no group of its own yet
        process.kill()
    process.join()


def death(process: BaseProcess) -> str:
    """How a child ended that said nothing before it did."""
    status = process.exitcode or 0
    if status < 0:
        return f"its process was killed by {signal.Signals(-status).name}"
    return f"its process ended with status {status} and no result"


def _work(connection: Connection, work: Callable[[], Any], memory: int) -> None:
    enter()
    limit_memory(memory)
    sys.unraisablehook = lambda _: None  # memory ends anywhere, also where nobody can be told
    too_large = json.dumps({"limit": f"more than {memory >> 20:,} MiB of memory"}).encode()
    try:
        answer = json.dumps({"result": work()}).encode()
    except (MemoryError, SystemError):  # which CPython raises where it forgets the former
        answer = too_large
    except RecursionError:
        answer = json.dumps({"limit": "nested too deeply"}).encode()
    except Exception as error:
        if os.environ.get("ARMSYM_DEBUG"):
            traceback.print_exc()
        answer = json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()
    connection.send_bytes(answer)


def _follow_parent() -> None:
    """Ends this process's group when the parent has died without ending it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)
