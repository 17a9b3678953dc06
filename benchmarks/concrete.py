"""Routines on numbers: armsym's own machine beside Unicorn, bare and as armsym uses it.

python -m benchmarks.concrete

Each hashes the same 64 KiB, and then again: what has been translated stays translated.  As armsym
uses it, Unicorn checks bounds to the byte and counts instructions, as armsym's own machine does.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from unicorn import Uc
from unicorn import arm64_const as arm64
from unicorn import unicorn_const as uc

from armsym.binary.open import open_image
from armsym.concrete import ConcreteRegion, ConcreteState, Machine
from armsym.errors import ArmsymError
from armsym.oracle import Unicorn
from armsym.oracle.call import RETURN, Call
from crypto_specs.sha2 import H_SHA512

ROUTINES = ("sha512_block_data_order_hw", "sha512_block_data_order_nohw")
# With its padding (FIPS 180-4, section 5.1.2) it is 64 KiB long.
SIZE, BLOCK = 1 << 16, 128
MESSAGE = bytes(n % 251 for n in range(SIZE - 17))
PADDED = MESSAGE + b"\x80" + (8 * len(MESSAGE)).to_bytes(16, "big")
LIMIT = 10_000_000  # instructions
PAGE = 4096

# Runs a call: what is then in its region "state".
Run = Callable[[], bytes]
Maker = Callable[[Sequence[ConcreteRegion], ConcreteState], Run]


def bare(regions: Sequence[ConcreteRegion], state: ConcreteState) -> Run:
    """Unicorn without hooks."""
    engine = Uc(uc.UC_ARCH_ARM64, uc.UC_MODE_ARM)
    engine.ctl_set_cpu_model(arm64.UC_CPU_ARM64_MAX)
    for page in sorted({p for r in regions for p in range(r.address & -PAGE, r.end, PAGE)}):
        engine.mem_map(page, PAGE)
    (result,) = [r for r in regions if r.name == "state"]

    def run() -> bytes:
        for region in regions:
            engine.mem_write(region.address, region.data)
        for n in range(3):
            engine.reg_write(arm64.UC_ARM64_REG_X0 + n, state.general[n])
        engine.reg_write(arm64.UC_ARM64_REG_X30, RETURN)
        engine.reg_write(arm64.UC_ARM64_REG_SP, state.sp)
        engine.emu_start(state.pc, RETURN)
        return bytes(engine.mem_read(result.address, len(result.data)))

    return run


def checked(regions: Sequence[ConcreteRegion], state: ConcreteState) -> Run:
    """Unicorn as armsym uses it."""
    machine = Unicorn(regions)
    return lambda: machine.run(state, RETURN, LIMIT).memory["state"]


def armsym(regions: Sequence[ConcreteRegion], state: ConcreteState) -> Run:
    """armsym's own machine."""
    machine = Machine(regions)
    return lambda: machine.run(state, RETURN, LIMIT).memory["state"]


MACHINES: Mapping[str, Maker] = {
    "armsym": armsym,
    "Unicorn, as armsym uses it": checked,
    "Unicorn, bare": bare,
}


def measure(make: Maker, call: Call, state: ConcreteState) -> list[float]:
    """Seconds for the machine's making and first run, and for a second run."""
    expected = hashlib.sha512(MESSAGE).digest()
    start = time.perf_counter()
    run, seconds = make(call.regions, state), []
    for _ in range(2):
        words = struct.unpack("<8Q", run())
        seconds.append(time.perf_counter() - start)
        if struct.pack(">8Q", *words) != expected:
            sys.exit("the digest is wrong")
        start = time.perf_counter()
    return seconds


def rows(routine: str) -> list[list[str]]:
    """A row for each machine."""
    image = open_image("aws-lc")
    buffers = {"state": struct.pack("<8Q", *H_SHA512), "in": PADDED}
    call = Call(image, image.symbol(routine).address, buffers)
    blocks = {"x0": call.addresses["state"], "x1": call.addresses["in"], "x2": SIZE // BLOCK}
    state = call.state(blocks)
    count = Machine(call.regions).run(state, RETURN, LIMIT).instructions
    measured = {name: measure(make, call, state) for name, make in MACHINES.items()}
    own = measured["armsym"]
    return [
        [routine, name, *[f"{count / s:,.0f}" for s in both], f"{both[1] / own[1]:.3g}"]
        for name, both in measured.items()
    ]


def main() -> None:
    table = Table(title="64 KiB: instructions per second; ratio: time to armsym's", box=box.SIMPLE)
    for heading in ("routine", "machine"):
        table.add_column(heading, no_wrap=True)
    for heading in ("first run", "second run", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    for routine in ROUTINES:
        for row in rows(routine):
            table.add_row(*row)
    Console(width=max(110, Console().width)).print(table)


if __name__ == "__main__":
    try:
        main()
    except ArmsymError as error:
        sys.exit(f"{error.message}\n{error.hint}".strip())
