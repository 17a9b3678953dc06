"""What a check loads: nothing of the prover or a solver, few lines, and all of it is hashed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from armsym.binary.image import Image
from armsym.check.certificate import Certificate
from armsym.check.sources import TRUSTED, sources
from armsym.contract.find import find
from armsym.prove.prover import prove
from tests.check import routine

ROOT = Path(__file__).parents[2]

# What it has loaded, before any certificate and after one with all kinds of evidence.  `None` in
# sys.modules makes Python refuse the import.
REPLAY = """
import sys
from pathlib import Path

for name in sys.argv[3:]:
    sys.modules[name] = None

from armsym.check.certificate import read
from armsym.check.replay import check

def tell():
    ours = [m for name, m in sys.modules.items() if name.split(".")[0] == "armsym" and m]
    print(*[module.__file__ for module in ours if module.__file__], sep="\\n")

tell()
print()
spec = Path(sys.argv[2]) if sys.argv[2] else None
theorem = check(read(Path(sys.argv[1])), None, spec)
assert not theorem.rests_on
tell()
"""

# What armsym's own contracts and standards load.
CONTRACTS = """
import sys

from armsym.contract.load import own_proofs

own_proofs()
for name, module in list(sys.modules.items()):
    if name.split(".")[0] in ("armsym", "crypto_specs", "isa") and module.__file__:
        print(module.__file__)
"""

PROVERS = (
    "armsym.bv.normal",
    "armsym.bv.smtlib",
    "armsym.concrete",
    "armsym.oracle",
    "armsym.prove",
)

# What is loaded where a certificate or a contract has what it is for.
BY_NEED = (
    "armsym.bv.concrete",
    "armsym.check.cuts",
    "armsym.check.evidence",
    "armsym.contract.cuts",
    "armsym.kernel.chains",
    "armsym.kernel.circuit",
    "armsym.kernel.clausal",
    "armsym.kernel.functions",
    "armsym.kernel.polynomials",
)

# Lines, with comments, of what is loaded of armsym but the image reader: by every check, and at
# most.
EVERY, MOST = 5730, 6200


# What of the replay is loaded for contracts of a kind that the small routine's is not.
SELDOM = {ROOT / "armsym" / room / "cuts.py" for room in ("check", "contract")}


def replay(folder: Path, *forbidden: str) -> subprocess.CompletedProcess[str]:
    """Checks the small routine's certificate where these modules can't be imported."""
    return replayed(folder, routine.certificate(), str(routine.SPEC), *forbidden)


def replayed(
    folder: Path, certificate: Certificate, spec: str, *forbidden: str
) -> subprocess.CompletedProcess[str]:
    """-S: nothing can be imported that comes neither with Python nor with armsym."""
    file = folder / "any.cert"
    file.write_bytes(certificate.to_bytes())
    command = [sys.executable, "-S", "-c", REPLAY, str(file), spec, *forbidden]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> list[set[Path]]:
    """The files of armsym that every check loads, and those that the certificate's took."""
    return parts(replay(tmp_path_factory.mktemp("replay"), *PROVERS))


def parts(done: subprocess.CompletedProcess[str]) -> list[set[Path]]:
    assert done.returncode == 0, done.stderr
    return [{Path(line) for line in part.split()} for part in done.stdout.split("\n\n")]


def lines(files: Iterable[Path]) -> Counter[str]:
    """The number of lines by room, without the image reader."""
    count: Counter[str] = Counter()
    for file in files:
        room = file.relative_to(ROOT / "armsym").parts[0]
        if room != "binary":
            count[room] += len(file.read_text().splitlines())
    return count


def test_it_is_little(loaded: list[set[Path]]) -> None:
    for files, limit in zip(loaded, (EVERY, MOST), strict=True):
        print(lines(files))
        assert lines(files).total() < limit, lines(files)


def test_sha2_takes_what_every_check_loads(aws_lc: Image, tmp_path: Path) -> None:
    """Its proofs need none of what is loaded by need."""
    (proof,) = find(["sha256_block_data_order_hw"])
    made = prove(proof, aws_lc, proof.name).certificate
    assert made is not None
    before, after = parts(replayed(tmp_path, made, "", *PROVERS, *BY_NEED))
    assert before == after


def test_it_is_what_is_hashed(loaded: list[set[Path]]) -> None:
    empty = {file for files in loaded for file in files if file.name == "__init__.py"}
    kernel, replays, image = [set(sources(group)) for group in ("kernel", "replay", "image")]
    _, files = loaded
    assert files - empty <= kernel | replays | image
    assert replays - empty - SELDOM <= files


def test_so_is_what_contracts_load() -> None:
    command = [sys.executable, "-S", "-c", CONTRACTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    files = {Path(line) for line in done.stdout.split()}
    hashed = {file for group in TRUSTED for file in sources(group)}
    assert ROOT / "crypto_specs" / "aes.py" in files
    assert {file for file in files - hashed if file.name != "__init__.py"} == set()


@pytest.mark.parametrize("needed", ["armsym.kernel.meaning", "armsym.contract", "isa"])
def test_what_can_not_be_imported_is_missed(needed: str, tmp_path: Path) -> None:
    done = replay(tmp_path, needed)
    assert done.returncode != 0
    assert needed in done.stderr
