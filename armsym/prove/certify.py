"""Certificates: made by replaying a proof in the kernel and noting what the run depended on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from itertools import groupby
from typing import Any

from armsym.binary.image import SLOT_SIZE, Address, Image
from armsym.bv.data import BadData, Nodes
from armsym.bv.pool import Pool
from armsym.check.certificate import Certificate
from armsym.check.replay import Refused, parts, replay
from armsym.check.sources import hashes
from armsym.contract.cuts import Cut
from armsym.contract.execution import Execution
from armsym.contract.induction import Loop
from armsym.contract.language import Contract
from armsym.errors import ArmsymError
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.theorem import Theorem
from armsym.machine.integers import Bounds, Expression, Quotient, Refutation, Search, Variable
from armsym.prove.elimination import Elimination


@dataclass(frozen=True)
class Evidence:
    """Lemmas, the goals that they settle (armsym.check.evidence), and their terms."""

    lemmas: Sequence[dict[str, Any]] = ()
    uses: Sequence[list[int]] = ()
    pool: Pool = field(default_factory=Pool)


@dataclass(frozen=True)
class Certified:
    """A theorem of this process, and the certificate with which another can show it again."""

    theorem: Theorem
    certificate: Certificate


def certify(
    contract: Contract,
    image: Image,
    symbol: str,
    steps: int,
    executed: Sequence[int],
    evidence: Evidence,
    loops: Sequence[Loop] = (),
    cuts: Sequence[Cut] = (),
    search: Search | None = None,
    builder: KernelBuilder | None = None,
) -> Certified:
    """Shows in the kernel that `symbol` fulfils the contract.

    `executed` are the link addresses of the instructions, `steps` how many run on all paths.
    `search` finds refutations, by default those of armsym.prove.elimination.  `builder` is where
    the terms are made, by default one that has none.
    Raises armsym.check.replay.Refused: also where no check could read the certificate.
    """
    recorder = _Recorder(image)
    entry = image.symbol(symbol).address
    noting = NotingSearch(search or Elimination())
    made = builder or KernelBuilder()
    execution = Execution(contract, recorder.image, entry, made, loops, cuts, noting)
    theorem = replay(execution, _nodes(evidence.pool), evidence.lemmas, evidence.uses, steps)
    pool = evidence.pool
    stored = [_loop_data(loop, pool.add(list(loop.cells.values()))) for loop in loops]
    certificate = Certificate(
        symbol=symbol,
        entry=entry,
        binary_sha256=image.sha256,
        contract=contract.name,
        statement=execution.statement,
        steps=steps,
        loops=stored,
        cuts=[list(astuple(cut)) for cut in cuts],
        refutations=noting.found,
        code=recorder.code(executed),
        slots=recorder.slots(),
        operators=pool.operators,
        nodes=pool.nodes,
        lemmas=list(evidence.lemmas),
        uses=list(evidence.uses),
        sources=hashes(),
    )
    _reread(certificate)
    return Certified(theorem, certificate)


def _nodes(pool: Pool) -> Nodes:
    try:
        return Nodes(pool.operators, pool.nodes)
    except BadData as error:
        raise Refused(str(error)) from error


def _reread(certificate: Certificate) -> None:
    """Raises Refused where the certificate is beyond what a check reads: its limits are for all."""
    try:
        parts(Certificate.from_bytes(certificate.to_bytes()))
    except ArmsymError as error:
        raise Refused(error.message) from error


def _loop_data(loop: Loop, roots: list[int]) -> dict[str, Any]:
    """The loop as JSON knows it: head, turn, cells with their terms' nodes, facts, variant."""
    return {
        "head": loop.head,
        "latches": sorted(loop.latches),
        "turn": loop.turn,
        "places": [[p.kind, p.number, p.size] for p in loop.cells],
        "roots": roots,
        "facts": [_expression_data(fact) for fact in loop.facts],
        "variant": _expression_data(loop.variant),
    }


def _expression_data(expression: Expression) -> list[Any]:
    return [expression.constant, [[_variable(v), k] for v, k in expression.coefficients]]


def _variable(variable: Variable) -> Any:
    """A name, or the number and the divisor of a quotient."""
    if isinstance(variable, Quotient):
        return [_expression_data(variable.number), variable.divisor]
    return variable


class NotingSearch:
    """A search that notes what it finds, question after question."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self.found: list[Any] = []  # as a certificate stores them

    def __call__(self, inequalities: Sequence[Expression]) -> Refutation | None:
        found = self._search(inequalities)
        self.found.append(found)
        return found

    def bounds(self, inequalities: Sequence[Expression], number: Expression) -> Bounds | None:
        found = self._search.bounds(inequalities, number)
        self.found.append(None if found is None else list(found))
        return found


class _Recorder:
    """A copy of an image that notes which of its constant bytes and slots are read."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._data = [_Noting(s.data) for s in image.segments]
        self._slots = [_NotingSlots(s.slots) for s in image.segments]
        parts = zip(image.segments, self._data, self._slots, strict=True)
        segments = [replace(s, data=data, slots=slots) for s, data, slots in parts]
        self.image = replace(image, segments=tuple(segments))

    def code(self, executed: Sequence[int]) -> list[list[Any]]:
        """The bytes read, in runs of [address, bytes in hexadecimal, whether executed].

        The bytes below the slots that were read are among them: they are where the slots lie.
        """
        instructions = {address + byte for address in executed for byte in range(4)}
        pieces = []
        for segment, data, slots in zip(self._image.segments, self._data, self._slots, strict=True):
            below = {offset + byte for offset in slots.read for byte in range(SLOT_SIZE)}
            at = sorted(segment.address + offset for offset in data.read | below)
            runs = groupby(enumerate(at), key=lambda p: (p[1] - p[0], p[1] in instructions))
            for (_, is_code), run in runs:
                addresses = [address for _, address in run]
                piece = self._image.read(addresses[0], len(addresses))
                pieces.append([addresses[0], piece.hex(), is_code])
        return pieces

    def slots(self) -> list[list[Any]]:
        """The loaded addresses read, as [address, symbol or None, addend]."""
        return [
            [segment.address + offset, slots[offset].symbol, slots[offset].addend]
            for segment, slots in zip(self._image.segments, self._slots, strict=True)
            for offset in sorted(slots.read)
        ]


class _Noting(bytes):
    """Bytes that note the offsets at which they are read."""

    read: set[int]

    def __new__(cls, data: bytes) -> _Noting:
        made = super().__new__(cls, data)
        made.read = set()
        return made

    def __getitem__(self, key: Any) -> Any:
        self.read.add(key)
        return super().__getitem__(key)


class _NotingSlots(dict[int, Address]):
    """Slots that note which of them are found."""

    def __init__(self, slots: Mapping[int, Address]) -> None:
        super().__init__(slots)
        self.read: set[int] = set()

    def get(self, key: int, default: Any = None) -> Any:
        if key in self:
            self.read.add(key)
        return super().get(key, default)
