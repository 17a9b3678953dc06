"""What a check loads: nothing of the prover or a solver, and few enough lines to read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.check import routine

ROOT = Path(__file__).parents[2]

# `None` in sys.modules makes Python refuse the import.
REPLAY = """
import sys
from pathlib import Path

for name in sys.argv[3:]:
    sys.modules[name] = None

from armsym.check.certificate import read
from armsym.check.replay import check

theorem = check(read(Path(sys.argv[1])), None, Path(sys.argv[2]))
assert not theorem.rests_on
ours = [module for name, module in sys.modules.items() if name.split(".")[0] == "armsym" and module]
print(*[module.__file__ for module in ours], sep="\\n")
"""

PROVERS = (
    "armsym.bv.normal",
    "armsym.bv.smtlib",
    "armsym.concrete",
    "armsym.oracle",
    "armsym.prove",
    *("bitwuzla", "capstone", "click", "cvc5", "pysat", "rich", "unicorn", "z3"),
)

# Lines, with comments: of all that is loaded of armsym but the image reader.
LINES = 4600


def loaded(tmp_path: Path, *forbidden: str) -> subprocess.CompletedProcess[str]:
    """Checks the small routine's certificate where these modules can't be imported."""
    file = tmp_path / "mixed.cert"
    file.write_bytes(routine.certificate().to_bytes())
    command = [sys.executable, "-c", REPLAY, str(file), str(routine.SPEC), *forbidden]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_neither_prover_nor_solver(tmp_path: Path) -> None:
    done = loaded(tmp_path, *PROVERS)
    assert done.returncode == 0, done.stderr
    names = [Path(line).relative_to(ROOT) for line in done.stdout.splitlines()]
    rooms = {str(name.parent) for name in names}
    assert rooms == {"armsym", *[f"armsym/{room}" for room in ROOMS]}
    read = [name for name in names if name.parts[1] != "binary"]
    lines = {str(name): len((ROOT / name).read_text().splitlines()) for name in read}
    assert sum(lines.values()) < LINES, lines


ROOMS = ("binary", "bv", "check", "contract", "kernel", "machine", "simulate")


@pytest.mark.parametrize("needed", ["armsym.kernel.meaning", "armsym.contract", "isa"])
def test_what_can_not_be_imported_is_missed(needed: str, tmp_path: Path) -> None:
    done = loaded(tmp_path, needed)
    assert done.returncode != 0
    assert needed in done.stderr
