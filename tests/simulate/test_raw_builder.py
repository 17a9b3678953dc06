"""A whole routine and its standard run on raw terms, where the normaliser can't be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

# `None` in sys.modules makes Python refuse the import.
SCRIPT = """
import sys

sys.modules["armsym.bv.normal"] = None
from armsym.binary.open import open_image
from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate
from armsym.bv.assignment import RandomAssignment
from armsym.contract.execution import Execution
from armsym.contract.language import Contract
from armsym.contract.paths import paths
from armsym.errors import ArmsymError
from crypto_specs import sha2

try:
    image = open_image("aws-lc")
except ArmsymError as error:
    sys.exit(f"no aws-lc: {error.message}")
c = Contract("one block")
state = c.buffer("state", elements=8, width=32, access="rw")
data = c.buffer("in", elements=16, width=32, access="r", byte_order="big")
c.arguments(state, data, 1)
c.ensures(state, sha2.sha256_blocks, state, data)
entry = image.symbol("sha256_block_data_order_hw").address
execution = Execution(c, image, entry, RawBuilder())
(path,) = paths(execution, 1000)
assert path.stop is None
goals = execution.goals(path.state)
assert sum(goal.property == "functional" for goal in goals) == 8
for seed in range(10):
    assignment = RandomAssignment(seed)
    actual = evaluate([goal.actual for goal in goals], assignment)
    assert actual == evaluate([goal.expected for goal in goals], assignment)
    assert len(set(actual[:8])) == 8
print(path.steps)
"""


def test_a_routine_runs_without_the_normaliser() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    if done.stderr.startswith("no aws-lc"):
        pytest.skip(done.stderr.strip())
    assert (done.returncode, done.stdout, done.stderr) == (0, "124\n", "")
