"""Blocks: the effects of consecutive instructions, fused into one Python function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from armsym.concrete.effect import Effect
from armsym.concrete.memory import ConcreteMemory
from armsym.concrete.state import NAMES, PC
from armsym.concrete.translate import Scope, Statements


@dataclass(frozen=True, slots=True)
class Block:
    """`length` instructions; `run` performs them on the slots of a core.

    After an AccessError the slots are those before the instruction at fault, PC tells which.
    """

    length: int
    run: Callable[[list[int], ConcreteMemory], None]


def compile_block(effects: Sequence[Effect], pc: int) -> Block:
    """The block of instructions from address `pc` on; only the last may be followed elsewhere."""
    scope = Scope()
    body = [f"pc = {pc:#x}"]
    for number, effect in enumerate(effects):
        if effect.accesses and number:
            body.append(f"pc = {pc + 4 * number:#x}")
        body += _statements(effect, number == len(effects) - 1, scope)
    written = {name for effect in effects for name in effect.registers}
    used = written | scope.variables
    source = [
        "def block(slots, memory):",
        " read, write, align = memory.read, memory.write, memory.check_alignment",
        *[f" {name} = slots[{slot}]" for slot, name in enumerate(NAMES) if name in used],
        " try:",
        *[f"  {line}" for line in body],
        " finally:",
        *[f"  slots[{slot}] = {name}" for slot, name in enumerate(NAMES) if name in written],
        f"  slots[{PC}] = pc",
    ]
    exec(compile("\n".join(source), f"<block at {pc:#x}>", "exec"), scope.names)
    run = scope.names["block"]
    assert callable(run)
    return Block(len(effects), run)


def _statements(effect: Effect, last: bool, scope: Scope) -> list[str]:
    """The accesses one after another; then the registers, all at once."""
    results = dict(effect.registers)
    if last:
        results["pc"] = effect.next_pc
    inputs = [term for a in effect.accesses for term in (a.address, a.value) if term is not None]
    statements = Statements([*inputs, *results.values()], scope)
    for access in effect.accesses:
        address = statements.expression(access.address)
        value = statements.expression(access.value) if access.value is not None else ""
        statements.lines.append(_CALLS[access.kind].format(address, access.size, value))
    values = [statements.expression(term) for term in results.values()]
    if results:
        statements.lines.append(f"{', '.join(results)} = {', '.join(values)}")
    return statements.lines


_CALLS = {
    "read": "{2} = read({0}, {1})",
    "write": "write({0}, {1}, {2})",
    "align": "align({0}, {1})",
}
