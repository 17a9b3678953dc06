"""A contract as the text of a theorem: equal texts say the same of a routine."""

from __future__ import annotations

from armsym.bv.evaluate import walk
from armsym.bv.term import Term, show
from armsym.contract.language import Argument, Buffer, Contract
from armsym.errors import ArmsymError

# A condition is printed whole, so that nothing hides in it; a larger one can't be stated.
CONDITION_SIZE = 2000

_ACCESS = {"r": "read", "w": "written", "rw": "read and written"}


def statement(contract: Contract) -> str:
    """What is given, and what holds afterwards.  Raises ArmsymError `bad-contract`."""
    ensured = {e.buffer.name for e in contract.postconditions}
    free = [b.name for b in contract.buffers.values() if "w" in b.access and b.name not in ensured]
    regions = ["the image", f"{contract.stack} bytes of stack below SP", *contract.buffers]
    lines = [
        f"routine {contract.name}",
        "given",
        *(f"  X{n} = {_parameter(p, contract)}" for n, p in enumerate(contract.parameters)),
        "  X30 = the return address; SP = a multiple of 16",
        *(f"  requires {_whole(c)}" for c in contract.conditions),
        "with memory",
        f"  {', '.join(regions)}: disjoint, none wraps around 2^64",
        *(f"  {_buffer(b)}" for b in contract.buffers.values()),
        "the routine returns to X30, and then",
        *(
            f"  {e.buffer.name} = {e.function.__module__}.{e.function.__qualname__}"
            f"({', '.join(_argument(a) for a in e.arguments)})"
            for e in contract.postconditions
        ),
        *(f"  {name} may hold anything" for name in free),
        "  X19 to X29, D8 to D15 and SP are what they were",
        "  nothing else in memory has changed but the stack below SP",
        "  every access was inside one of these regions, as it permits",
        "  the instructions and addresses depended on public values alone",
    ]
    return "\n".join(lines)


def _buffer(buffer: Buffer) -> str:
    order = "" if buffer.width == 8 else f", {buffer.byte_order}-endian"
    aligned = f", aligned to {buffer.alignment} bytes" if buffer.alignment > 1 else ""
    words = f"{buffer.elements} words of {buffer.width} bits"
    return f"{buffer.name}: {words}{order}{aligned}, {_ACCESS[buffer.access]}"


def _parameter(parameter: Argument, contract: Contract) -> str:
    if isinstance(parameter, Buffer):
        return f"the address of {parameter.name}"
    names = [name for name, value in contract.counts.items() if value == parameter]
    return _argument(parameter) + (f" ({names[0]})" if len(names) == 1 else "")


def _argument(argument: Argument) -> str:
    if isinstance(argument, Buffer):
        return argument.name
    return str(argument) if isinstance(argument, int) else _whole(argument)


def _whole(term: Term) -> str:
    """The term written out."""
    length: dict[Term, int] = {}
    for part in walk([term]):
        length[part] = 1 + sum(length[a] for a in part.args)
    if length[term] > CONDITION_SIZE:
        raise ArmsymError("bad-contract", f"a condition of {length[term]} parts can't be read")
    return show(term, CONDITION_SIZE)
