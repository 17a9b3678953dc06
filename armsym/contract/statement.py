"""A contract as plain data, and as the text of the theorem that a reader compares with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armsym.bv.data import BadData, decode, encode
from armsym.bv.evaluate import walk
from armsym.bv.term import Term, show
from armsym.contract.language import Argument, Buffer, Contract, Specification
from armsym.errors import ArmsymError

# Finds a function of a standard by "module:name".
Resolve = Callable[[str], Specification]

# A condition is printed whole, so that nothing hides in it; a larger one can't be stated.
CONDITION_SIZE = 2000


def to_data(contract: Contract) -> dict[str, Any]:
    """The contract as JSON knows it: buffers, parameters, conditions, postconditions, stack."""
    nodes, roots = encode(contract.conditions)
    return {
        "name": contract.name,
        "counts": contract.counts,
        "scalars": list(contract.scalars),
        "buffers": [
            [b.name, b.elements, b.width, b.access, b.byte_order, b.alignment]
            for b in contract.buffers.values()
        ],
        "parameters": [_argument_data(p) for p in contract.parameters],
        "requires": {"nodes": nodes, "roots": roots},
        "ensures": [
            [
                e.buffer.name,
                specification_name(e.function),
                [_argument_data(a) for a in e.arguments],
            ]
            for e in contract.postconditions
        ],
        "stack": contract.stack,
    }


def from_data(data: Mapping[str, Any], resolve: Resolve) -> Contract:
    """The contract that `to_data` gave.  Raises ArmsymError `bad-contract` for anything else."""
    try:
        contract = Contract(_name(data["name"]))
        for name, value in data["counts"].items():
            contract.count(_name(name), exactly=_number(value))
        for name in data["scalars"]:
            contract.scalar(_name(name))
        for name, elements, width, access, order, alignment in data["buffers"]:
            numbers = _number(elements), _number(width)
            contract.buffer(_name(name), *numbers, _name(access), _name(order), _number(alignment))
        contract.arguments(*[_argument(p, contract) for p in data["parameters"]])
        requires = data["requires"]
        for condition in decode(requires["nodes"], requires["roots"], contract.builder):
            contract.requires(condition)
        for target, function, arguments in data["ensures"]:
            given = [_argument(a, contract) for a in arguments]
            contract.ensures(contract.buffers[target], resolve(_name(function)), *given)
        contract.stack_bytes(_number(data["stack"]))
    except (KeyError, TypeError, ValueError, AttributeError, BadData) as error:
        raise ArmsymError("bad-contract", f"the contract can't be read: {error}") from error
    return contract


def specification_name(function: Specification) -> str:
    """ "module:name" of a function of a standard."""
    return f"{function.__module__}:{function.__qualname__}"


def statement(contract: Contract) -> str:
    """The theorem in words: what is given, what holds afterwards.  The same for equal contracts."""
    lines = [f"routine {contract.name}", "given"]
    for n, parameter in enumerate(contract.parameters):
        lines.append(f"  X{n} = {_parameter_text(parameter, contract)}")
    lines.append("  X30 = the return address; SP = a multiple of 16")
    lines.extend(f"  requires {_whole(c)}" for c in contract.conditions)
    regions = ["the image", f"{contract.stack} bytes of stack below SP", *contract.buffers]
    lines += ["with memory", f"  {', '.join(regions)}: disjoint, none wraps around 2^64"]
    lines += [f"  {_buffer_text(b)}" for b in contract.buffers.values()]
    lines.append("the routine returns to X30, and then")
    for e in contract.postconditions:
        given = ", ".join(_argument_text(a) for a in e.arguments)
        lines.append(f"  {e.buffer.name} = {specification_name(e.function)}({given})")
    free = [b.name for b in contract.buffers.values() if "w" in b.access]
    free = [n for n in free if n not in {e.buffer.name for e in contract.postconditions}]
    if free:
        lines.append(f"  {', '.join(free)} may hold anything")
    lines += [
        "  X19 to X29, D8 to D15 and SP are what they were",
        "  nothing else in memory has changed but the stack below SP",
        "  every access was inside one of these regions, as it permits",
        "  the instructions and addresses depended on public values alone",
    ]
    return "\n".join(lines)


def _buffer_text(buffer: Buffer) -> str:
    access = {"r": "read", "w": "written", "rw": "read and written"}[buffer.access]
    order = "" if buffer.width == 8 else f", {buffer.byte_order}-endian"
    aligned = f", aligned to {buffer.alignment} bytes" if buffer.alignment > 1 else ""
    return (
        f"{buffer.name}: {buffer.elements} words of {buffer.width} bits{order}{aligned}, {access}"
    )


def _parameter_text(parameter: Argument, contract: Contract) -> str:
    if isinstance(parameter, Buffer):
        return f"the address of {parameter.name}"
    if isinstance(parameter, int):
        names = [name for name, value in contract.counts.items() if value == parameter]
        return f"{parameter}" + (f" ({names[0]})" if len(names) == 1 else "")
    return _whole(parameter)


def _argument_text(argument: Argument) -> str:
    if isinstance(argument, Buffer):
        return argument.name
    return str(argument) if isinstance(argument, int) else _whole(argument)


def _whole(term: Term) -> str:
    """The term written out.  Raises ArmsymError `bad-contract` if it is too large to be read."""
    length: dict[Term, int] = {}
    for part in walk([term]):
        length[part] = 1 + sum(length[a] for a in part.args)
    if length[term] > CONDITION_SIZE:
        raise ArmsymError("bad-contract", f"a condition of {length[term]} parts can't be read")
    return show(term, CONDITION_SIZE)


def _argument_data(argument: Argument) -> list[Any]:
    if isinstance(argument, Buffer):
        return ["buffer", argument.name]
    if isinstance(argument, int):
        return ["number", argument]
    nodes, roots = encode([argument])
    return ["term", nodes, roots]


def _argument(data: Any, contract: Contract) -> Argument:
    kind, *rest = data
    if kind == "buffer":
        return contract.buffers[rest[0]]
    if kind == "number":
        return _number(rest[0])
    if kind != "term":
        raise BadData(f"no such argument: {kind!r:.40}")
    term: Term
    (term,) = decode(rest[0], rest[1], contract.builder)
    return term


def _name(value: Any) -> str:
    if type(value) is not str or len(value) > 200:
        raise BadData(f"not a name: {value!r:.40}")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 64:
        raise BadData(f"not a number: {value!r:.40}")
    return value
