"""What a replay loads is loaded, all of it, where the normalising builder can't be imported."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = [
    "armsym.binary",
    "armsym.check",
    "armsym.concrete",
    "armsym.contract",
    "armsym.kernel",
    "armsym.machine",
    "armsym.simulate",
    "crypto_specs",
    "isa",
]

# `None` in sys.modules makes Python refuse the import.
LOAD_EVERY_MODULE = """
import importlib, pkgutil, sys

sys.modules["armsym.bv.normal"] = None
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""


def load_without_normaliser(package: str) -> subprocess.CompletedProcess[str]:
    """Imports the package and every module in it, in a process of its own."""
    command = [sys.executable, "-c", LOAD_EVERY_MODULE, package]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("room", ROOMS)
def test_loads_without_the_normaliser(room: str) -> None:
    assert find_spec(room) is not None
    loaded = load_without_normaliser(room)
    assert loaded.returncode == 0, loaded.stderr


def test_the_prover_does_not_load_without_the_normaliser() -> None:
    loaded = load_without_normaliser("armsym.prove")
    assert loaded.returncode != 0
    assert "armsym.bv.normal" in loaded.stderr
