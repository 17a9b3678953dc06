"""One SHA-512 block run symbolically by armsym, Triton and angr, each in a process of its own.

python -m benchmarks.peers

What each runs is the same call: registers and addresses are numbers, the state and the block are
symbolic.  The peers only run it; armsym also proves it, which is the last line.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from rich import box
from rich.console import Console
from rich.table import Table

from armsym.binary.open import open_image
from armsym.bv.normal import NormalBuilder
from armsym.check.replay import recorded_image
from armsym.contract.execution import Execution
from armsym.contract.find import find
from armsym.contract.paths import paths
from armsym.prove.elimination import Elimination
from armsym.prove.instance import RETURN
from armsym.prove.prover import prove
from armsym.prove.refute import STEP_LIMIT, Refuter

ROUTINE = "sha512_block_data_order_nohw"
SYMBOLIC = ("state", "in")
TIMEOUT = 600


@dataclass(frozen=True)
class Call:
    """A call: where it starts, X0 to X30 and SP, the regions, and the state that it should leave.

    regions: name, address and bytes of what the routine reads or writes.
    """

    entry: int
    general: list[int]
    regions: list[tuple[str, int, bytes]]
    expected: bytes

    def region(self, name: str) -> tuple[int, bytes]:
        return next((address, data) for n, address, data in self.regions if n == name)


@dataclass(frozen=True)
class Outcome:
    """Seconds for the run, and whether the result has the right value for the call's inputs."""

    seconds: float
    right: bool


def the_call() -> tuple[Call, float, float]:
    """The call, and the seconds that armsym takes to run it and to prove it."""
    image = open_image("aws-lc")
    (proof,) = find([ROUTINE])
    contract, entry = proof.contract(), image.symbol(ROUTINE).address
    result = prove(proof, image, ROUTINE)
    if result.certificate is None:
        sys.exit(f"{ROUTINE} is {result.verdict}: {result.reason}")
    start = time.perf_counter()
    run = Execution(contract, image, entry, NormalBuilder(), search=Elimination())
    list(paths(run, STEP_LIMIT))
    seconds = time.perf_counter() - start
    made = Refuter(contract, recorded_image(result.certificate), entry).call(5)
    regions = [(r.name, r.address, r.data) for r in made.regions()]
    return (
        Call(made.entry, made.general, regions, made.expected()["state"]),
        seconds,
        result.seconds,
    )


def triton(call: Call) -> Outcome:
    """Triton keeps the numbers beside the terms."""
    from triton import ARCH, CPUSIZE, Instruction, MemoryAccess, TritonContext

    context = TritonContext(ARCH.AARCH64)
    for name, address, data in call.regions:
        context.setConcreteMemoryAreaValue(address, data)
        if name in SYMBOLIC:
            for offset in range(0, len(data), CPUSIZE.QWORD):
                context.symbolizeMemory(MemoryAccess(address + offset, CPUSIZE.QWORD))
    names = [*[f"x{n}" for n in range(31)], "sp"]
    for register, value in zip(names, call.general, strict=True):
        context.setConcreteRegisterValue(getattr(context.registers, register), value)
    pc = call.entry
    start = time.perf_counter()
    while pc != RETURN:
        context.processing(Instruction(pc, context.getConcreteMemoryAreaValue(pc, 4)))
        pc = context.getConcreteRegisterValue(context.registers.pc)
    seconds = time.perf_counter() - start
    address, data = call.region("state")
    return Outcome(seconds, context.getConcreteMemoryAreaValue(address, len(data)) == call.expected)


def angr(call: Call) -> Outcome:
    """angr's terms get their numbers afterwards, by substitution.

    Its simplification of whatever is written is off: with it, the block does not end in minutes.
    """
    import angr as library
    import claripy

    (code,) = [r for r in call.regions if r[1] <= call.entry < r[1] + len(r[2])]
    project = library.load_shellcode(code[2], arch="AARCH64", load_address=code[1])
    options = library.options.simplification
    state = project.factory.blank_state(addr=call.entry, remove_options=options)
    inputs = []
    for name, address, data in call.regions:
        value = claripy.BVV(data)
        if name in SYMBOLIC:
            variable = claripy.BVS(name, 8 * len(data))
            inputs.append((variable, value))
            value = variable
        state.memory.store(address, value)
    names = [*[f"x{n}" for n in range(31)], "sp"]
    for register, held in zip(names, call.general, strict=True):
        setattr(state.regs, register, held)
    manager = project.factory.simulation_manager(state)
    start = time.perf_counter()
    manager.explore(find=RETURN)
    seconds = time.perf_counter() - start
    address, data = call.region("state")
    result = manager.found[0].memory.load(address, len(data))
    for variable, value in inputs:
        result = claripy.replace(result, variable, value)
    return Outcome(seconds, claripy.simplify(result).concrete_value == number(call.expected))


def number(data: bytes) -> int:
    """Bytes as angr counts them: the first is the highest."""
    return int.from_bytes(data, "big")


PEERS: dict[str, Callable[[Call], Outcome]] = {"triton": triton, "angr": angr}


def measure(peer: str, call: Call) -> Outcome | str:
    """What a peer makes of the call, or why nothing."""
    if find_spec(peer) is None:
        return "not installed"
    command = [sys.executable, "-m", "benchmarks.peers", peer]
    try:
        done = subprocess.run(
            command, input=pickle.dumps(call), capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end after {TIMEOUT} s"
    if done.returncode:
        return f"failed: {done.stderr.decode().strip().splitlines()[-1]}"
    outcome: Outcome = pickle.loads(done.stdout)
    return outcome


def main() -> None:
    """Prints the table."""
    call, run, proof = the_call()
    table = Table(title=f"{ROUTINE}, one symbolic block", box=box.SIMPLE)
    for heading in ("", "seconds", "ratio", "result"):
        table.add_column(heading, justify="right" if heading in ("seconds", "ratio") else "left")
    table.add_row("armsym", f"{run:.2f}", "1.0", "right for all inputs")
    for peer in PEERS:
        outcome = measure(peer, call)
        if isinstance(outcome, str):
            table.add_row(peer, "", "", outcome)
        else:
            verdict = "right for one input" if outcome.right else "wrong"
            ratio = outcome.seconds / run
            table.add_row(peer, f"{outcome.seconds:.2f}", f"{ratio:.1f}", verdict)
    table.add_row("armsym, proof", f"{proof:.2f}", f"{proof / run:.1f}", "theorem of the kernel")
    Console().print(table)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        result = PEERS[sys.argv[1]](pickle.load(sys.stdin.buffer))
        sys.stdout.buffer.write(pickle.dumps(result))
    else:
        main()
