"""Fetching a pinned binary: once, whole or not at all.  A stand-in for pip serves the wheel."""

from __future__ import annotations

import hashlib
import importlib.util
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from armsym.binary import wheel
from armsym.errors import ArmsymError

CONTENT = b"\x7fELF and so on"
FAKE_PIP = """
import os, pathlib, shutil, sys
assert os.environ["TMPDIR"] == sys.argv[sys.argv.index("--dest") + 1]
with open(r"{log}", "a") as log:
    log.write("asked\\n")
behaviour = pathlib.Path(r"{behaviour}").read_text()
if behaviour:
    sys.exit(behaviour)
shutil.copy(r"{wheel}", os.environ["TMPDIR"])
"""


class Index:
    """The package index that the stand-in for pip asks."""

    def __init__(self, folder: Path) -> None:
        self.wheel = folder / "fake-1.0-py3-none-any.whl"
        self.behaviour = folder / "behaviour"
        self.log = folder / "log"
        self.says("")
        with zipfile.ZipFile(self.wheel, "w") as archive:
            archive.writestr("fake.so", CONTENT)

    def says(self, error: str) -> None:
        """What pip ends with from now on; nothing if it succeeds."""
        self.behaviour.write_text(error)

    @property
    def asked(self) -> int:
        """How often pip was run."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARMSYM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Index:
    index = Index(tmp_path)
    package = tmp_path / "path" / "pip"
    package.mkdir(parents=True)
    script = FAKE_PIP.format(log=index.log, behaviour=index.behaviour, wheel=index.wheel)
    (package / "__main__.py").write_text(script)
    (package / "__init__.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    pin = wheel.Pin(
        package="fake",
        version="1.0",
        platforms=("any",),
        python="3.11",
        abi="abi3",
        wheel_sha256=hashlib.sha256(index.wheel.read_bytes()).hexdigest(),
        member="fake.so",
        member_sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    monkeypatch.setitem(wheel.PINNED, "fake", pin)
    return index


def fails(name: str = "fake") -> ArmsymError:
    with pytest.raises(ArmsymError) as error:
        wheel.fetch(name)
    return error.value


def test_fetched_once(index: Index, cache: Path) -> None:
    lines: list[str] = []
    path = wheel.fetch("fake", lines.append)
    assert path.read_bytes() == CONTENT
    assert lines and cache in path.parents
    index.says("ERROR: no network")
    assert wheel.fetch("fake") == path
    assert index.asked == 1
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_file_is_fetched_again(index: Index) -> None:
    path = wheel.fetch("fake")
    path.write_bytes(CONTENT[:-1])
    lines: list[str] = []
    assert wheel.fetch("fake", lines.append).read_bytes() == CONTENT
    assert "damaged" in lines[0]
    assert index.asked == 2


def test_a_damaged_file_is_never_used_offline(index: Index) -> None:
    wheel.fetch("fake").write_bytes(b"something else")
    index.says("ERROR: no network")
    assert fails().code == "fetch-failed"


def test_another_wheel_is_refused(index: Index) -> None:
    with zipfile.ZipFile(index.wheel, "a") as archive:
        archive.writestr("more", b"")
    assert fails().code == "hash-mismatch"


def test_no_network(index: Index, cache: Path) -> None:
    index.says("WARNING: Retrying\nERROR: first\nERROR: No matching distribution found")
    error = fails()
    assert error.code == "fetch-failed"
    assert error.message == "fake 1.0: No matching distribution found"
    assert error.hint
    assert not list((cache / "fake-1.0").iterdir())


def test_pip_finds_no_space(index: Index) -> None:
    index.says("ERROR: [Errno 28] No space left on device")
    assert fails().code == "disk-full"


def test_no_space_to_extract(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: zipfile.ZipFile, member: str, path: str) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extract", full)
    assert fails().code == "disk-full"


def test_pip_takes_too_long(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "TIMEOUT", 0.001)
    assert fails().code == "fetch-failed"


def test_no_pip(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert fails().code == "pip-missing"


def test_a_cache_that_cannot_be_made(index: Index, cache: Path) -> None:
    cache.write_text("a file")
    assert fails().code == "cache-unwritable"


def test_a_cache_that_cannot_be_read(index: Index, cache: Path) -> None:
    (cache / "fake-1.0" / "fake.so").mkdir(parents=True)
    assert fails().code == "cache-unreadable"


def test_fetching_at_once(index: Index) -> None:
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(wheel.fetch, ["fake"] * 4))
    (path,) = paths
    assert path.read_bytes() == CONTENT
    assert list(path.parent.iterdir()) == [path]


def test_an_unknown_name() -> None:
    assert fails("openssl").code == "unknown-binary"
