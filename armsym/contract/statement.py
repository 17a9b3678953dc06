"""A contract as the text of a theorem: equal texts say the same of a routine."""

from __future__ import annotations

from armsym.bv.evaluate import walk
from armsym.bv.term import Term, show
from armsym.contract.language import (
    REGISTER_ARGUMENTS,
    Argument,
    Buffer,
    Contract,
    Count,
    Fold,
    Holds,
    Returns,
    Strand,
)
from armsym.errors import ArmsymError

# A condition is printed whole, so that nothing hides in it; a larger one can't be stated.
CONDITION_SIZE = 2000

_ORDINALS = ("first", "second", "third", "fourth")

_ACCESS = {"r": "read", "w": "written", "rw": "read and written"}


def statement(contract: Contract) -> str:
    """What is given, and what holds afterwards.  Raises ArmsymError `bad-contract`."""
    written = [b.name for b in contract.buffers.values() if "w" in b.access]
    free = [name for name in written if name not in contract.ensured]
    stack = [f"{contract.stack} bytes of stack below SP"]
    if (above := len(contract.parameters) - REGISTER_ARGUMENTS) > 0:
        stack.append(f"{8 * above} bytes from SP on, read")
    regions = ["the image", *stack, *contract.buffers]
    lines = [
        f"routine {contract.name}",
        "given",
        *(f"  {_passed(n)} = {_parameter(p)}" for n, p in enumerate(contract.parameters)),
        "  X30 = the return address; SP = a multiple of 16",
        *(f"  requires {_range(c)}" for c in contract.counts.values()),
        *(f"  requires {_whole(c)}" for c in contract.conditions),
        "with memory",
        f"  {', '.join(regions)}: disjoint, none wraps around 2^64",
        "  the image: what is not constant in it is unknown, and public",
        *(f"  {_buffer(b)}" for b in contract.buffers.values()),
        *map(_holds, contract.held.values()),
        *(f"  {name}: any secret {s.width} bits" for name, s in contract.secrets.items()),
        "the routine returns to X30, and then",
        *map(_holds, contract.postconditions),
        *(_fold(contract.folding) if contract.folding else []),
        *[line for strand in contract.strands for line in _strand(strand)],
        *([_returns(contract.returned)] if contract.returned else []),
        *(f"  {name} may hold anything" for name in free),
        "  X19 to X29, D8 to D15 and SP are what they were",
        "  nothing else in memory has changed but the stack below SP",
        "  every access was inside one of these regions, as it permits",
        "  the instructions and addresses depended on public values alone",
    ]
    return "\n".join(lines)


def _passed(n: int) -> str:
    """Where argument `n` is."""
    on_stack = n - REGISTER_ARGUMENTS
    return f"X{n}" if on_stack < 0 else f"the word at SP + {8 * on_stack}"


def _holds(holds: Holds) -> str:
    return f"  {holds.buffer.name} = {_result(holds)}"


def _result(holds: Holds) -> str:
    """The call that gives what the buffer holds."""
    name = f"{holds.function.__module__}.{holds.function.__qualname__}"
    return f"{name}({', '.join(map(_argument, holds.arguments))})"


def _returns(returned: Returns) -> str:
    low = "" if returned.width == 64 else f"the low {returned.width} bits of "
    value = returned.value
    return f"  {low}X0 = {hex(value) if isinstance(value, int) else _count(value)}"


def _fold(fold: Fold) -> list[str]:
    """What a fold does, a block at a time."""
    name = f"{fold.function.__module__}.{fold.function.__qualname__}"
    block = f"the {fold.block} words of a block of {fold.over.name}"
    state, results = [b.name for b in fold.buffers], []
    for buffer, argument in zip(fold.buffers, _ORDINALS, strict=False):
        first = f", which is {buffer.name} at first" if fold.start is None else ""
        hidden = f"its {argument} argument{first}"
        results.append(buffer.name if "w" in buffer.access else hidden)
    if fold.into is not None:
        results.append(f"the same block of {fold.into.name}")
    result = results[0] if len(results) == 1 else f"({', '.join(results)})"
    call = f"{name}({', '.join([*state, block, *map(_argument, fold.using)])})"
    lines = [f"  {result} = {call}, for each block of {_count(fold.count)} words in turn"]
    if fold.start is not None:
        lines.append(f"    its first argument is {_result(fold.start)} at first")
    if fold.least > 1:
        less = fold.block + fold.least
        lines.append(f"    where fewer than {less} words are left, the last block has all of them")
    elif fold.count.times != fold.block:
        lines.append("    the last block has the words that are left")
    return lines


def _strand(strand: Strand) -> list[str]:
    """What a fold over a known number of blocks does, a block at a time."""
    name, over = f"{strand.function.__module__}.{strand.function.__qualname__}", strand.over
    known = [] if isinstance(over, Buffer) else [f"    the words are {', '.join(map(hex, over))}"]
    of, number = (
        (f" of {over.name}", over.elements) if isinstance(over, Buffer) else ("", len(over))
    )
    words = f"the {strand.block} words of a block{of}"
    call = f"{name}({', '.join([strand.buffer.name, words, *map(_argument, strand.using)])})"
    return [f"  {strand.buffer.name} = {call}, for each block of {number} words in turn", *known]


def _range(count: Count) -> str:
    above = f" and {count.name} <= {count.maximum}" if count.maximum < (1 << 64) - 1 else ""
    return f"{count.name} >= {count.minimum}{above}"


def _count(count: Count) -> str:
    return count.name if count.times == 1 else f"{count.times} * {count.name}"


def _buffer(buffer: Buffer) -> str:
    order = "" if buffer.width == 8 else f", {buffer.byte_order}-endian"
    aligned = f", aligned to {buffer.alignment} bytes" if buffer.alignment > 1 else ""
    number = _count(buffer.elements) if isinstance(buffer.elements, Count) else buffer.elements
    words = f"{number} words of {buffer.width} bits"
    place = f", {buffer.offset} bytes behind the start of {buffer.base.name}" if buffer.base else ""
    known = f", which are {', '.join(map(str, buffer.values))}" if buffer.values else ""
    return f"{buffer.name}: {words}{order}{aligned}{place}, {_ACCESS[buffer.access]}{known}"


def _parameter(parameter: Argument) -> str:
    if isinstance(parameter, Buffer):
        return f"the address of {parameter.name}"
    exact = " < 2^64" if isinstance(parameter, Count) and parameter.times > 1 else ""
    return f"{_argument(parameter)}{exact}"


def _argument(argument: Argument) -> str:
    if isinstance(argument, Buffer):
        return argument.name
    if isinstance(argument, Count):
        return _count(argument)
    return str(argument) if isinstance(argument, int) else _whole(argument)


def _whole(term: Term) -> str:
    """The term written out."""
    length: dict[Term, int] = {}
    for part in walk([term]):
        length[part] = 1 + sum(length[a] for a in part.args)
    if length[term] > CONDITION_SIZE:
        raise ArmsymError("bad-contract", f"a condition of {length[term]} parts can't be read")
    return show(term, CONDITION_SIZE)
