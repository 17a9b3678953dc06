"""Work with limits: what it returns comes back, and whatever else it does, it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from armsym import limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the work here is forked, not sent")

MEMORY = 1 << 30
SECONDS = 60.0


def forever() -> None:
    while True:
        time.sleep(1)


def deep(level: int = 0) -> int:
    return deep(level + 1) + 1


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def gone() -> None:
    os._exit(3)


def alive(process: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_it_returns_comes_back() -> None:
    assert limits.call(lambda: {"a": [1, None, "x"]}, SECONDS, MEMORY) == {"a": [1, None, "x"]}
    large = limits.call(lambda: "x" * (1 << 22), SECONDS, MEMORY)
    assert len(large) == 1 << 22


# work, its seconds, and what is said of it
ENDED: dict[str, tuple[Callable[[], Any], float, str]] = {
    "time": (forever, 0.2, "not done after 0.2 s"),
    "memory": (lambda: [0] * (1 << 40), SECONDS, "more than 1,024 MiB of memory"),
    "depth": (deep, SECONDS, "nested too deeply"),
    "a signal": (killed, SECONDS, "killed by SIGKILL"),
    "no result": (gone, SECONDS, "status 3 and no result"),
}


@pytest.mark.parametrize(("work", "seconds", "said"), ENDED.values(), ids=ENDED)
def test_what_has_no_end_is_ended(work: Callable[[], Any], seconds: float, said: str) -> None:
    with pytest.raises(limits.TooCostly, match=said):
        limits.call(work, seconds, MEMORY)
    assert not multiprocessing.active_children()


def test_a_defect_is_no_limit() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: integer division"):
        limits.call(lambda: 1 // 0, SECONDS, MEMORY)


def test_what_the_work_has_started_ends_with_it(tmp_path: Path) -> None:
    file = tmp_path / "process"

    def work() -> None:
        file.write_text(str(subprocess.Popen([sys.executable, "-c", "input()"]).pid))
        forever()

    with pytest.raises(limits.TooCostly):
        limits.call(work, 2.0, 4 * MEMORY)
    for _ in range(100):
        if not alive(int(file.read_text())):
            return
        time.sleep(0.1)
    pytest.fail("a process is left")


def test_what_the_work_prints_is_no_data(capfd: pytest.CaptureFixture[str]) -> None:
    limits.call(lambda: print("told", flush=True), SECONDS, MEMORY)
    assert capfd.readouterr() == ("", "told\n")
