"""Prototypes of routines: what each is called with, as the table `prototypes.toml` says.

A prototype is a list of parameters, which are passed in x0, x1 and so on, then on the stack:

    k = 0..12             a number between 0 and 12, of 64 bits
    u32 enc = 0 | 1       one of these, in 32 bits; the register's other bits are any
    u64 w                 any number of 64 bits
    u64 z[k]              the address of k words of 64 bits, which may be written
    const u8 in[16 * n]   the address of bytes that are only read
    u64 n[4] = 0x1b4f     the same, with this number in them, the least significant byte first
    AES_KEY key           the address of a structure, whose fields are such parameters
    x2: AES_KEY key       the same, in x2 instead of the next argument's register

Numbers are computed from those that come before, and from the addresses of the image's symbols.
Behind a semicolon are numbers that are drawn before all others, and passed nowhere.  In a structure
an array is the array itself, and `u64 *d[n]` its address.
"""

from __future__ import annotations

import ast
import operator
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from armsym.errors import ArmsymError

# The sizes of numbers in bytes.
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "u128": 16}

_PARAMETER = re.compile(
    r"(?:(?P<register>x[12]?\d|x30): *)?(?P<constant>const +)?(?:(?P<type>\w+) +)?(?P<pointer>\*)?"
    r"(?P<name>[a-z_]\w*)(?:\[(?P<count>[^]]+)\])?(?: *= *(?P<values>.+))?",
    re.IGNORECASE,
)
_OPERATORS: Mapping[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


@dataclass(frozen=True)
class Expression:
    """A number computed from named ones with + - * // and %."""

    text: str

    def __post_init__(self) -> None:
        self.value(lambda name: 1)

    def value(self, named: Callable[[str], int]) -> int:
        """Its value, where `named` gives those of names.  Raises ArmsymError bad-prototype."""
        try:
            return _value(ast.parse(self.text.strip(), mode="eval").body, named)
        except (SyntaxError, KeyError, TypeError, ZeroDivisionError) as error:
            raise _bad(self.text, "a sum, product or the like of numbers") from error


def _value(node: ast.expr, named: Callable[[str], int]) -> int:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Name(id=name):
            return named(name)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, named), _value(right, named))
    raise TypeError(type(node).__name__)


@dataclass(frozen=True)
class Parameter:
    """One parameter, or a field of a structure, or a number that is only drawn.

    `type` is one of SIZES or a structure; `count` is an array's number of elements; `choices` are
    ranges, both ends included, one of which gives the value; there are none if it can be any.
    `register` is "" for the next argument's.
    """

    name: str
    type: str
    register: str = ""
    constant: bool = False
    pointer: bool = False
    count: Expression | None = None
    choices: tuple[tuple[Expression, Expression], ...] = ()

    @staticmethod
    def parse(text: str) -> Parameter:
        """The parameter that a text spells.  Raises ArmsymError bad-prototype."""
        match = _PARAMETER.fullmatch(text.strip())
        if match is None or not (match["type"] or match["values"]):
            raise _bad(text, "a parameter, such as `const u8 in[16 * n]` or `n = 1..4`")
        count, values = match["count"], match["values"]
        return Parameter(
            name=match["name"],
            type=match["type"] or "u64",
            register=match["register"] or "",
            constant=match["constant"] is not None,
            pointer=match["pointer"] is not None,
            count=Expression(count) if count else None,
            choices=tuple(_choice(v) for v in values.split("|")) if values else (),
        )

    @property
    def is_number(self) -> bool:
        """Whether it is a number, not an array or structure."""
        return self.type in SIZES and self.count is None


def _choice(text: str) -> tuple[Expression, Expression]:
    low, dots, high = text.partition("..")
    return Expression(low), Expression(high if dots else low)


@dataclass(frozen=True)
class Prototype:
    """What a routine is called with: its parameters, and the numbers that are drawn before."""

    parameters: tuple[Parameter, ...]
    drawn: tuple[Parameter, ...]

    @staticmethod
    def parse(text: str) -> Prototype:
        """The prototype that a text spells.  Raises ArmsymError bad-prototype."""
        passed, _, drawn = text.partition(";")
        prototype = Prototype(_parameters(passed), _parameters(drawn))
        known = {*SIZES, *structures()}
        for parameter in (*prototype.parameters, *prototype.drawn):
            if parameter.type not in known:
                raise _bad(parameter.type, f"a type: {', '.join(sorted(known))}")
        return prototype


def _parameters(text: str) -> tuple[Parameter, ...]:
    return tuple([Parameter.parse(part) for part in text.split(",")]) if text.strip() else ()


@cache
def structures() -> Mapping[str, tuple[Parameter, ...]]:
    """The fields of each structure, which follow each other without gaps."""
    return {name: _parameters(text) for name, text in _table()["structures"].items()}


def prototype_of(symbol: str) -> Prototype | None:
    """What the table says of a routine; None if it says nothing."""
    for pattern, text in _table()["routines"].items():
        if match := re.fullmatch(pattern, symbol):
            return Prototype.parse(match.expand(text))
    return None


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    text = files("armsym.lockstep").joinpath("prototypes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _bad(text: str, expected: str) -> ArmsymError:
    hint = "armsym/lockstep/prototypes.toml has examples"
    return ArmsymError("bad-prototype", f"{text.strip()!r} is not {expected}", hint)
