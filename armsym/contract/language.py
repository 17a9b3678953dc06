"""The contract language, in which a proof file states a routine's parameters and its effect.

    @contract("digest_blocks_scalar", "digest_blocks_vector")
    def digest_blocks(c: Contract) -> None:
        blocks = c.count("blocks", min=1)
        state = c.buffer("state", elements=8, width=64, access="rw")
        data = c.buffer("in", elements=16 * blocks, width=64, access="r", byte_order="big")
        c.arguments(state, data, blocks)
        c.fold(state, standard.compress, over=data, block=16)

A contract is data: it names the functions of the standard and does not run them.  What it leaves
out always holds: nothing but writable buffers and the stack below SP is written, callee-saved
registers and SP are restored, and the routine returns to its caller (AAPCS64).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Literal

from armsym.bv.builder import RawBuilder
from armsym.bv.term import Term
from armsym.errors import ArmsymError
from armsym.machine.integers import Expression

ByteOrder = Literal["little", "big"]

# What the initial state calls its own leaves: nothing declared may be one of them by accident.
_RESERVED = re.compile(r"[xv]\d+|[NZCV]|QC|sp|stack|arguments|image")

# AAPCS64: so many arguments are in registers, the others on the stack from SP on, 8 bytes each.
REGISTER_ARGUMENTS = 8

# A fold has so many buffers of state at most.
FOLDED = 4

# A function of a standard: on words (terms) and sequences of words, giving the words of a result,
# or several such results.
Specification = Callable[..., Sequence[Term] | tuple[Sequence[Term], ...]]


@dataclass(frozen=True)
class Count:
    """An unknown public number from `minimum` to `maximum`, times a literal."""

    name: str
    minimum: int
    maximum: int
    times: int = 1

    def __mul__(self, times: int) -> Count:
        return replace(self, times=self.times * times)

    __rmul__ = __mul__

    @property
    def known(self) -> bool:
        """Whether it is a number that the contract gives."""
        return self.minimum == self.maximum

    @property
    def number(self) -> Expression:
        """The number, as an integer."""
        return Expression.of(0, {self.name: self.times})


@dataclass(frozen=True)
class Buffer:
    """`elements` words of `width` bits in memory, at an address of the caller's choice.

    `access` is "r", "w" or "rw"; the address is a multiple of `alignment` bytes.  A field of a
    structure is `offset` bytes behind the start of the buffer `base`.  `values`: what the words are
    before the call, if that is known.
    """

    name: str
    elements: int | Count
    width: int
    access: str
    byte_order: ByteOrder
    alignment: int
    base: Buffer | None = None
    offset: int = 0
    values: tuple[int, ...] = ()

    @property
    def size(self) -> int | Expression:
        """The size in bytes."""
        size = self.elements * (self.width // 8)
        return size.number if isinstance(size, Count) else size

    @property
    def indices(self) -> range:
        """The indices of the elements; none if their number is unknown."""
        return range(self.elements if isinstance(self.elements, int) else 0)


# What a parameter or an argument of a specification can be: a scalar is a 64-bit raw term.
Argument = Buffer | Count | Term | int


class _Said:
    """What is said by a function of a standard, which the statement calls by its name."""

    function: Specification

    def __post_init__(self) -> None:
        if not callable(self.function) or not hasattr(self.function, "__qualname__"):
            raise TypeError(f"{self.function!r:.80} is no function that has a name")


@dataclass(frozen=True)
class Holds(_Said):
    """`buffer` holds `function(*arguments)`, of what the arguments are before the routine."""

    buffer: Buffer
    function: Specification
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Fold(_Said):
    """After the routine, `buffers` hold what `function` makes of them, block after block of `over`.

    The function takes the words of each buffer, the words of one block of `over`, and what `using`
    holds before the call.  It gives the next words of each buffer, and if there is a buffer `into`,
    a block of that: several results in this order, or just the one.  If `over` is not a number of
    whole blocks, the last one is shorter, or longer if else it had fewer than `least` words.  A
    buffer that is only read is where its words start from, and stays as it is; of the buffer of
    `start` they start from what that says.  Without buffers each block is done by itself.
    """

    buffers: tuple[Buffer, ...]
    function: Specification
    over: Buffer
    block: int
    into: Buffer | None
    using: tuple[Argument, ...]
    start: Holds | None = None
    least: int = 1

    @property
    def count(self) -> Count:
        """The number of words of `over`."""
        if not isinstance(self.over.elements, Count):
            raise TypeError(f"{self.over.name} has no unknown number of elements")
        return self.over.elements

    @property
    def step(self) -> int:
        """The bytes of a block."""
        return self.block * self.over.width // 8

    def left(self, done: Expression) -> Expression:
        """The number of words of `over` that are left when so many blocks are done."""
        return self.count.number.plus(done, -self.block)

    def pieces(self, words: int) -> Iterator[tuple[int, int]]:
        """Where each block begins, and its size, when so many words are left."""
        start = 0
        while start < words:
            whole = words - start >= self.block + self.least
            size = self.block if whole else words - start
            yield start, size
            start += size


@dataclass(frozen=True)
class Strand(_Said):
    """After the routine, `buffer` holds what `function` makes of it, block after block of `over`.

    As a fold, but over a known number of blocks: of a buffer, or of words that are known
    themselves.
    """

    buffer: Buffer
    function: Specification
    over: Buffer | tuple[int, ...]
    block: int
    using: tuple[Argument, ...]


@dataclass(frozen=True)
class Law:
    """`left` = `right` for all words of these widths."""

    left: Callable[..., Term]
    right: Callable[..., Term]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Returns:
    """After the routine, the low `width` bits of X0 are those of `value`."""

    value: int | Count
    width: int


class Contract:
    """The statement of one routine's contract; proof files fill it in through its methods."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.builder = RawBuilder()
        self.buffers: dict[str, Buffer] = {}
        self.scalars: dict[str, Term] = {}
        self.secrets: dict[str, Term] = {}
        self.counts: dict[str, Count] = {}
        self.parameters: tuple[Argument, ...] = ()
        self.conditions: list[Term] = []
        self.held: dict[str, Holds] = {}
        self.postconditions: list[Holds] = []
        self.folding: Fold | None = None
        self.strands: list[Strand] = []
        self.returned: Returns | None = None
        self.idle = False
        self.laws: list[Law] = []
        self.stack = 4096

    def count(self, name: str, min: int = 0, max: int = (1 << 64) - 1) -> Count:
        """An unknown number of blocks, from `min` to `max`; `16 * count` is 16 times it."""
        self._declare(name, 0 <= min <= max < 1 << 64, "a count from 0 to 2^64 - 1")
        self.counts[name] = Count(name, min, max)
        return self.counts[name]

    def scalar(self, name: str) -> Term:
        """An unknown 64-bit number, to be passed as an argument or used in `requires`."""
        self._declare(name, True, "")
        self.scalars[name] = self.builder.var(64, name)
        return self.scalars[name]

    def secret(self, name: str, width: int) -> Term:
        """An unknown secret of `width` bits, of which memory holds what `holds` says."""
        self._declare(name, width > 0, "a width")
        self.secrets[name] = self.builder.var(width, name)
        return self.secrets[name]

    def word(self, name: str, value: int) -> Term:
        """A 32-bit argument; the upper half of its register holds anything (AAPCS64)."""
        upper = self.scalar(name)[63:32]
        return self.builder.concat(upper, self.builder.const(32, value))

    def buffer(
        self,
        name: str,
        elements: int | Count,
        width: int,
        access: str,
        byte_order: ByteOrder = "little",
        alignment: int = 1,
        values: Sequence[int] = (),
    ) -> Buffer:
        """`elements` words of `width` bits (a multiple of 8), disjoint from every other region.

        `values`: what the words are before the call, which makes them public; else they are unknown
        and secret.
        """
        usable = (
            (isinstance(elements, Count) or elements > 0)
            and width > 0
            and width % 8 == 0
            and access in ("r", "w", "rw")
            and byte_order in ("little", "big")
            and alignment in (1, 2, 4, 8, 16, 32, 64, 128)
            and len(values) in (0, elements)
            and all(0 <= value < 1 << width for value in values)
        )
        self._declare(name, usable, "elements, width, access, byte order, alignment or values")
        made = Buffer(name, elements, width, access, byte_order, alignment, values=tuple(values))
        self.buffers[name] = made
        return made

    def field(
        self,
        base: Buffer,
        offset: int,
        name: str,
        elements: int,
        width: int,
        access: str,
        values: Sequence[int] = (),
        byte_order: ByteOrder | None = None,
    ) -> Buffer:
        """Another buffer of the structure that begins with `base`: `offset` bytes behind its start.

        The bytes between its buffers are as out of bounds as those around them.  Its byte order is
        that of `base` unless stated.
        """
        others = [b for b in self.buffers.values() if base in (b, b.base)]
        ends = [b.offset + b.size if isinstance(b.size, int) else offset + 1 for b in others]
        if base.base or max(ends) > offset:
            raise self._wrong(name, f"does not lie behind {base.name} and its other fields")
        order = byte_order or base.byte_order
        made = self.buffer(name, elements, width, access, order, values=values)
        self.buffers[name] = replace(made, base=base, offset=offset)
        return self.buffers[name]

    def address(self, buffer: Buffer) -> Term:
        """The buffer's address, for `requires`."""
        if buffer.base is not None:
            return self.address(buffer.base) + buffer.offset
        low = buffer.alignment.bit_length() - 1
        address = self.builder.var(64 - low, f"&{buffer.name}")
        return self.builder.concat(address, self.builder.const(low, 0)) if low else address

    def last(self, buffer: Buffer) -> Term:
        """The address of the buffer's last byte, for `requires`."""
        elements, size = buffer.elements, buffer.width // 8
        if isinstance(elements, int):
            return self.address(buffer) + (elements * size - 1)
        number = self.builder.var(64, elements.name) * (elements.times * size)
        return self.address(buffer) + number - 1

    def not_null(self, *buffers: Buffer) -> None:
        """A precondition: none of these buffers is at address 0."""
        for buffer in buffers:
            self.requires(~self.builder.eq(self.address(buffer), self.builder.const(64, 0)))

    def element(self, buffer: Buffer, index: int) -> Term:
        """Word `index` of the buffer before the call, for `requires`."""
        if index not in buffer.indices or buffer.name in self.held:
            raise self._wrong(buffer.name, f"has no unknown element {index}")
        return self.builder.apply(buffer.width, buffer.name, self.builder.const(64, index))

    def number(self, count: Count) -> Term:
        """The count as a 64-bit term, for `requires`."""
        return self.builder.var(64, count.name) * count.times

    def arguments(self, *parameters: Argument) -> None:
        """What X0 to X7 and then 8 bytes each from SP on, which may be read, hold at the call.

        That is a buffer's address, a scalar, or a number.
        """
        for n, parameter in enumerate(parameters):
            if not self._can_be_passed(parameter):
                raise self._wrong(f"argument {n}", "is no buffer, scalar, count or number of it")
        self.parameters = parameters

    def _can_be_passed(self, parameter: Argument) -> bool:
        if isinstance(parameter, Buffer):
            return parameter in self.buffers.values()
        if isinstance(parameter, Count):
            return parameter.name in self.counts
        if isinstance(parameter, Term):
            return parameter.width == 64 and parameter.builder is self.builder
        return isinstance(parameter, int)

    def stack_bytes(self, size: int) -> None:
        """The routine may use this many bytes below SP; 4096 unless stated."""
        if size < 0 or size % 16:
            raise self._wrong(self.name, "a stack is a multiple of 16 bytes")
        self.stack = size

    def requires(self, condition: Term) -> None:
        """A precondition: a one-bit term over scalars, elements, addresses and counts."""
        if condition.width != 1 or condition.builder is not self.builder:
            raise self._wrong(self.name, "requires takes a one-bit term of this contract")
        self.conditions.append(condition)

    def law(self, left: Callable[..., Term], right: Callable[..., Term], *widths: int) -> None:
        """A hint: how the standard's functions may be rewritten, the first that applies first.

        It is shown before it is used, for all words of these widths, and is no part of what the
        contract says.
        """
        self.laws.append(Law(left, right, widths))

    def holds(self, buffer: Buffer, function: Specification, *arguments: Term) -> None:
        """A precondition: the buffer holds `function` of scalars and secrets; said before others.

        It is as secret as what it is a function of.
        """
        if not buffer.indices or buffer.values or buffer.name in self.held or self.conditions:
            raise self._wrong(buffer.name, "is of unknown size, or something is said of it already")
        if any(argument.builder is not self.builder for argument in arguments):
            raise self._wrong(buffer.name, "holds takes terms of this contract")
        self.held[buffer.name] = Holds(buffer, function, arguments)

    def ensures(self, buffer: Buffer, function: Specification, *arguments: Argument) -> None:
        """A postcondition: `buffer` becomes `function` of the arguments' values before the call."""
        self._ensure(buffer)
        if any(isinstance(a, Buffer) and not a.indices for a in arguments):
            raise self._wrong(buffer.name, "is ensured something of a buffer of unknown size")
        self.postconditions.append(Holds(buffer, function, arguments))

    def returns(self, value: int | Count, width: int = 32) -> None:
        """A postcondition: the low `width` bits of X0 are the value, modulo 2^width."""
        if not 0 < width <= 64 or self.returned is not None:
            raise self._wrong(self.name, "returns twice, or more than a register")
        literal = value % (1 << width) if isinstance(value, int) else value
        self.returned = Returns(literal, width)

    def writes_nothing(self) -> None:
        """Says that all it says is what holds always: nothing is written but the stack below SP."""
        self.idle = True

    def map(
        self,
        function: Specification,
        over: Buffer,
        block: int,
        into: Buffer,
        using: Sequence[Argument] = (),
    ) -> None:
        """A postcondition: each block of `into` is `function(the block of over, *using)`."""
        self._fold((), function, over, block, into, using)

    def fold(
        self,
        buffers: Buffer | Sequence[Buffer],
        function: Specification,
        over: Buffer | Sequence[int],
        block: int,
        into: Buffer | None = None,
        using: Sequence[Argument] = (),
        start: tuple[Specification, *tuple[Argument, ...]] | None = None,
        least: int = 1,
    ) -> None:
        """A postcondition: `function(buffer's words, a block of over)`, once for each block.

        Of several buffers the function takes and gives the words of each.  With `into`, it also
        gives the words of a block of that buffer, which may be `over` itself; `using` are further
        arguments.

        `start`: what the first call of the function takes as the words of the one buffer is what a
        function of arguments gives.  `least`: no block has fewer words; what would be a last block
        of fewer belongs to the one before.

        Where `over` has a known number of words, or is words themselves, there may be several
        folds, each of one buffer, and with nothing but `using`.
        """
        states = (buffers,) if isinstance(buffers, Buffer) else tuple(buffers)
        if not isinstance(over, Buffer) or over.indices:
            if len(states) != 1 or into is not None or start is not None or least != 1:
                raise self._wrong(
                    states[0].name, "is not alone folded over a known number of words"
                )
            self._strand(states[0], function, over, block, using)
            return
        self._fold(states, function, over, block, into, using)
        if start is not None or least != 1:
            self._begin_and_end(start, least)

    def _strand(
        self,
        buffer: Buffer,
        function: Specification,
        over: Buffer | Sequence[int],
        block: int,
        using: Sequence[Argument],
    ) -> None:
        words = over if isinstance(over, Buffer) else tuple(over)
        number = len(words.indices) if isinstance(words, Buffer) else len(words)
        if block < 1 or not number or number % block or self.folding is not None:
            raise self._wrong(buffer.name, "is folded over no whole blocks, or with other folds")
        if not isinstance(words, Buffer) and not all(0 <= x < 1 << buffer.width for x in words):
            raise self._wrong(buffer.name, f"is folded over words of not {buffer.width} bits")
        if any(isinstance(a, Buffer) and not a.indices for a in using):
            raise self._wrong(buffer.name, "is folded with a buffer of unknown size")
        self._ensure(buffer)
        self.strands.append(Strand(buffer, function, words, block, tuple(using)))

    def _begin_and_end(
        self, start: tuple[Specification, *tuple[Argument, ...]] | None, least: int
    ) -> None:
        """How the fold begins, and how short its last block may be."""
        if (fold := self.folding) is None:
            return
        if start is not None and len(fold.buffers) != 1:
            raise self._wrong(fold.over.name, "starts from a function, but has not one buffer")
        if any(isinstance(a, Buffer) and not a.indices for a in (start or ())[1:]):
            raise self._wrong(fold.over.name, "starts from a buffer of unknown size")
        if not 1 <= least <= min(fold.block, fold.count.minimum * fold.count.times):
            raise self._wrong(fold.over.name, f"may have fewer than {least} words, or a block has")
        self.folding = replace(
            fold, start=start and Holds(fold.buffers[0], start[0], start[1:]), least=least
        )

    def _fold(
        self,
        buffers: tuple[Buffer, ...],
        function: Specification,
        over: Buffer,
        block: int,
        into: Buffer | None,
        using: Sequence[Argument],
    ) -> None:
        if not isinstance(over.elements, Count) or self.folding is not None or self.strands:
            raise self._wrong(over.name, "has a known number of words, or is folded over twice")
        if over.elements.times not in (1, block):
            raise self._wrong(over.name, "is not counted in words or in blocks")
        if into is not None and (into.elements, into.width) != (over.elements, over.width):
            raise self._wrong(into.name, f"has not the shape of {over.name}")
        if any(isinstance(a, Buffer) and not a.indices for a in using):
            raise self._wrong(over.name, "is folded over with a buffer of unknown size")
        if len(buffers) > FOLDED:
            raise self._wrong(over.name, f"is folded over into more than {FOLDED} buffers")
        if len({b.name for b in buffers}) < len(buffers) or not all(b.indices for b in buffers):
            raise self._wrong(over.name, "is folded over into a buffer twice, or of unknown size")
        for buffer in buffers:
            if "w" in buffer.access:
                self._ensure(buffer)
        if into is not None:
            self._ensure_written(into)
        self.folding = Fold(buffers, function, over, block, into, tuple(using))

    @property
    def ensured(self) -> set[str]:
        """The names of the buffers of which something is ensured."""
        names = {e.buffer.name for e in self.postconditions}
        return names | {b.name for b in self.folded} | {s.buffer.name for s in self.strands}

    @property
    def folded(self) -> list[Buffer]:
        """The buffers that the fold changes."""
        fold = self.folding
        if fold is None:
            return []
        return [b for b in (*fold.buffers, fold.into) if b is not None and "w" in b.access]

    def _ensure(self, buffer: Buffer) -> None:
        if not buffer.indices:
            raise self._wrong(buffer.name, "ensures something of a buffer of unknown size")
        self._ensure_written(buffer)

    def _ensure_written(self, buffer: Buffer) -> None:
        if "w" not in buffer.access:
            raise self._wrong(buffer.name, "ensures something of a buffer that is only read")
        if buffer.name in self.ensured:
            raise self._wrong(buffer.name, "ensures two things of one buffer")

    def _declare(self, name: str, usable: bool, what: str) -> None:
        if not usable:
            raise self._wrong(name, f"is declared with a value that can't be used: {what}")
        if not name.isidentifier() or _RESERVED.fullmatch(name):
            raise self._wrong(name, "is no identifier, or the name of a register or a region")
        if any(name in d for d in (self.buffers, self.scalars, self.secrets, self.counts)):
            raise self._wrong(name, "is declared twice")

    def _wrong(self, name: str, what: str) -> ArmsymError:
        return ArmsymError("bad-contract", f"contract {self.name}: {name} {what}")


@dataclass(frozen=True)
class Proof:
    """A name under which a contract can be proved, of the routine `of`: by default of that name."""

    name: str
    state: Callable[[Contract], None]
    of: str = ""

    @property
    def symbol(self) -> str:
        """The symbol of the routine, unless another is asked for."""
        return self.of or self.name

    def contract(self) -> Contract:
        """The contract that the proof file states.  Raises ArmsymError `bad-contract`."""
        made = Contract(self.name)
        try:
            self.state(made)
        except ArmsymError:
            raise
        except Exception as error:  # whatever a user's function raises is the function's fault
            what = f"contract {self.name}: {type(error).__name__}: {error}"
            raise ArmsymError("bad-contract", what) from error
        if made.idle and any("w" in buffer.access for buffer in made.buffers.values()):
            raise ArmsymError("bad-contract", f"contract {self.name} writes, and says it does not")
        if not made.ensured and made.returned is None and not made.idle:
            raise ArmsymError("bad-contract", f"contract {self.name} ensures nothing")
        return made


def contract(
    *names: str, variants: Mapping[str, tuple[Any, ...]] | None = None
) -> Callable[[Callable[..., None]], tuple[Proof, ...]]:
    """Declares, in a proof file, the contract of the routines with these names.

    With `variants`, each routine has several: the function also takes the variant's values, and the
    proof is called NAME_VARIANT.
    """

    def declare(state: Callable[..., None]) -> tuple[Proof, ...]:
        if variants is None:
            return tuple([Proof(name, state) for name in names])
        return tuple(
            [
                Proof(f"{name}_{variant}", _variant(state, values), name)
                for name in names
                for variant, values in variants.items()
            ]
        )

    return declare


def _variant(state: Callable[..., None], values: tuple[Any, ...]) -> Callable[[Contract], None]:
    """The contract with these values; `wraps` keeps the name of its proof file."""

    @wraps(state)
    def stated(c: Contract) -> None:
        state(c, *values)

    return stated
