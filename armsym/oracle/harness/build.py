"""Compiles the harness program, once for each version of it, into the user's cache."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from armsym.binary.wheel import cache_directory, writing_to_cache
from armsym.errors import ArmsymError

# The ways to call a C compiler whose programs run on AArch64 Linux, the first found is taken.
_ZIG = (sys.executable, "-m", "ziglang", "cc", "-target", "aarch64-linux-musl")
CROSS_COMPILERS = (("aarch64-linux-gnu-gcc",), _ZIG)
NATIVE_COMPILERS = (("cc",), ("gcc",), _ZIG)

_FLAGS = (
    *("-std=gnu11", "-O2", "-ffreestanding", "-nostdlib", "-fno-stack-protector"),
    *("-fno-sanitize=undefined", "-static-pie", "-fPIE"),
)
_TIMEOUT = 300  # seconds; ziglang compiles its own libraries first


def built(compilers: Sequence[Sequence[str]]) -> Path:
    """The path of the program, compiled by the first of these compilers that is installed.

    Raises ArmsymError `oracle-missing`, `oracle-build-failed`, and those of the cache.
    """
    source = resources.files("armsym.oracle.harness").joinpath("program.c").read_bytes()
    compiler = next((c for c in compilers if _installed(c)), None)
    if compiler is None:
        hint = "Debian's gcc-aarch64-linux-gnu is one; so is `pip install ziglang`"
        raise ArmsymError("oracle-missing", "no C compiler for AArch64 was found", hint)
    key = hashlib.sha256(source + repr((compiler, _FLAGS)).encode()).hexdigest()
    target = cache_directory() / f"harness-{key[:16]}"
    if not target.exists():
        with writing_to_cache(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix="harness-") as temporary:
                program = Path(temporary) / "harness"
                _compile(compiler, source, program)
                program.replace(target)
    return target


def _installed(compiler: Sequence[str]) -> bool:
    if "-m" in compiler:
        return importlib.util.find_spec("ziglang") is not None
    return shutil.which(compiler[0]) is not None


def _compile(compiler: Sequence[str], source: bytes, program: Path) -> None:
    command = [*compiler, *_FLAGS, "-o", str(program), "-x", "c", "-"]
    try:
        done = subprocess.run(
            command, input=source, capture_output=True, timeout=_TIMEOUT, check=False
        )
        message = done.stderr.decode(errors="replace").strip()
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        message, failed = str(error), True
    if failed:
        lines = message.splitlines() or ["it says nothing"]
        first = next((line for line in lines if "error" in line), lines[0])
        hint = f"the command is: {' '.join(command)}"
        raise ArmsymError("oracle-build-failed", f"{compiler[0]}: {first}", hint)
