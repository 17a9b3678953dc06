"""What the tests of the command line share: outcomes, a tiny object file, a proof file for it."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.binary.elf_builder import Elf, Section, Symbol

STT_FUNC = 2

# A64 words, as the Arm manual encodes them.
LDR_X2_X1 = 0xF9400022
ADD_X2_X2_1 = 0x91000442
ADD_X2_X2_2 = 0x91000842
STR_X2_X0 = 0xF9000002
CBZ_X0_8 = 0xB4000040
FADD_D0_D1_D2 = 0x1E622820
B_SELF = 0x14000000
RET = 0xD65F03C0

ROUTINES = {
    "plus_one": (LDR_X2_X1, ADD_X2_X2_1, STR_X2_X0, RET),
    "plus_two": (LDR_X2_X1, ADD_X2_X2_2, STR_X2_X0, RET),
    "forks": (CBZ_X0_8, ADD_X2_X2_1, RET),
    "forks_twice": (CBZ_X0_8, RET, CBZ_X0_8, RET, RET),
    "hangs": (B_SELF,),
    "floats": (FADD_D0_D1_D2, RET),
}

PROOF_FILE = """
import os, signal, time
from pathlib import Path
from armsym.contract import Contract, contract

def plus_one(words):
    {before}
    return [words[0] + 1]

@contract({names})
def states(c: Contract) -> None:
    out = c.buffer("out", elements=1, width=64, access="w")
    given = c.buffer("in", elements=1, width=64, access="r")
    c.arguments(out, given)
    c.ensures(out, plus_one, given)
"""


@dataclass(frozen=True)
class Outcome:
    """The exit status of a command and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Armsym = Callable[..., Outcome]


def tiny_object() -> bytes:
    """A relocatable object with ROUTINES one after the other."""
    code, symbols = b"", []
    for name, words in ROUTINES.items():
        symbols.append(Symbol(name, 1, len(code), 4 * len(words), STT_FUNC))
        code += struct.pack(f"<{len(words)}I", *words)
    return Elf(sections=[Section(".text", code)], symbols=symbols).build()


def command(*arguments: object) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "armsym", *[str(a) for a in arguments]]


def run_apart(*arguments: object, **environment: str) -> Outcome:
    """Runs a command line in a process of its own."""
    done = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | environment,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
