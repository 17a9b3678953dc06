"""Replay: the theorem of a certificate, shown again by the kernel from the code itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from armsym.binary.image import Address, Image, Segment
from armsym.bv.data import BadData, Nodes
from armsym.bv.term import WidthError
from armsym.check.certificate import Certificate
from armsym.check.invariants import from_data
from armsym.check.refutations import Recorded
from armsym.contract.execution import Execution
from armsym.contract.language import Contract
from armsym.contract.load import load, own_proofs
from armsym.contract.statement import statement
from armsym.errors import ArmsymError
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.theorem import Kernel, KernelError, Obligation, Theorem
from armsym.machine.faults import Fault, Undecided
from armsym.simulate.step import step
from isa.assumptions import ASSUMPTIONS
from isa.outcomes import Outcome

if TYPE_CHECKING:
    from armsym.contract.cuts import Cut
    from armsym.contract.induction import Loop

# No run is followed further than this, whatever a certificate says.
STEP_LIMIT = 1 << 20

# What each theorem rests on that the kernel does not show.
FOUNDATIONS = ("kernel", "isa", "crypto_specs", "ELF loader", "Python")


class Refused(ArmsymError):
    """The certificate does not show its theorem."""

    def __init__(self, reason: str) -> None:
        super().__init__("certificate-refused", reason)


def check(
    certificate: Certificate,
    image: Image | None,
    spec: Path | None = None,
    trust: frozenset[str] = frozenset(),
) -> Theorem:
    """Replays a certificate on `image`, or without one on the bytes that it holds itself.

    The contract is the installed one of that name, or that of the proof file `spec`.  The theorem
    may rest on the words in `trust`, such as "z3's word", on nobody else's, and on what isa takes
    for granted.
    Raises Refused.
    """
    contract = _contract(certificate, spec)
    if image is None:
        image, entry = recorded_image(certificate), certificate.entry
    else:
        entry = image.symbol(certificate.symbol).address
        _compare(certificate, image, entry)
    nodes, loops, cuts, search = parts(certificate)
    execution = Execution(contract, image, entry, KernelBuilder(), loops, cuts, search)
    theorem = replay(execution, nodes, certificate.lemmas, certificate.uses, certificate.steps)
    if untrusted := sorted(theorem.rests_on - trust - ASSUMPTIONS.keys()):
        raise Refused(f"it rests on {', '.join(untrusted)}")
    return theorem


def parts(certificate: Certificate) -> tuple[Nodes, Sequence[Loop], Sequence[Cut], Recorded]:
    """What a replay takes of a certificate, read.  Raises Refused."""
    try:
        nodes = Nodes(certificate.operators, certificate.nodes)
        loops = from_data(certificate.loops, nodes)
        return nodes, loops, _cuts(certificate.cuts), Recorded(certificate.refutations)
    except BadData as error:
        raise Refused(str(error)) from error


def replay(
    execution: Execution, nodes: Nodes, lemmas: Sequence[Any], uses: Sequence[Any], steps: int
) -> Theorem:
    """The theorem that a routine fulfils its contract, on all paths in so many steps.

    `lemmas`, of terms that `nodes` has, and `uses` are what armsym.check.evidence describes.

    The execution's terms are the kernel's.  Raises Refused.
    """
    builder = execution.builder
    if not isinstance(builder, KernelBuilder):
        raise Refused("its terms are not the kernel's")
    kernel = Kernel(builder)
    try:
        equate = _equate(kernel, nodes, lemmas, uses)
        return kernel.fulfils(execution, step, equate, min(steps, STEP_LIMIT))
    except (KernelError, Outcome, Fault, Undecided, BadData, WidthError) as error:
        raise Refused(str(error)) from error


def _equate(
    kernel: Kernel, nodes: Nodes, lemmas: Sequence[Any], uses: Sequence[Any]
) -> Callable[[int, Obligation], Theorem]:
    """How each goal is shown: by meaning, or by evidence.  Raises BadData."""
    if not lemmas and not uses:
        return lambda _, goal: kernel.equality(goal.actual, goal.expected)
    from armsym.check.evidence import Evidence  # many certificates have none

    evidence = Evidence(nodes, lemmas, uses)
    return lambda number, goal: evidence.equate(kernel, number, goal.actual, goal.expected)


def _cuts(data: Sequence[Any]) -> Sequence[Cut]:
    """The cuts of a certificate.  Raises BadData."""
    if not data:
        return ()
    from armsym.check.cuts import from_data  # few certificates have any

    return from_data(data)


def recorded_image(certificate: Certificate) -> Image:
    """The image that has just the bytes that the certificate holds.  Raises Refused."""
    try:
        slots = {_number(at): _slot(symbol, addend) for at, symbol, addend in certificate.slots}
        segments = [
            _segment(_number(at), bytes.fromhex(data), bool(executed), slots)
            for at, data, executed in certificate.code
        ]
    except (TypeError, ValueError) as error:
        raise Refused(f"its code can't be read: {error}") from error
    segments.sort(key=lambda s: s.address)
    if any(low.end > high.address for low, high in pairwise(segments)):
        raise Refused("pieces of its code overlap")
    return Image("", certificate.binary_sha256, "", tuple(segments), (), {})


def _segment(at: int, data: bytes, executed: bool, slots: dict[int, Address]) -> Segment:
    if not 0 <= at < 1 << 48:
        raise ValueError(f"address {at:#x}")
    inside = {offset: slots[at + offset] for offset in range(len(data)) if at + offset in slots}
    return Segment(f"code at {at:#x}", at, data, False, executed, True, inside)


def _slot(symbol: object, addend: object) -> Address:
    if not (symbol is None or isinstance(symbol, str)):
        raise TypeError(f"{symbol!r:.40} is no symbol")
    return Address(symbol, _number(addend))


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r:.40} is no number")
    return value


def _compare(certificate: Certificate, image: Image, entry: int) -> None:
    """Refuses a binary whose routine lies elsewhere or has other bytes than the certificate's."""
    if entry != certificate.entry:
        raise Refused(f"{certificate.symbol} is at {entry:#x}, not at {certificate.entry:#x}")
    for segment in recorded_image(certificate).segments:
        try:
            found = image.read(segment.address, len(segment.data))
        except ArmsymError as error:
            raise Refused(error.message) from error
        for offset, (has, wanted) in enumerate(zip(found, segment.data, strict=True)):
            if has != wanted:
                at = segment.address + offset
                raise Refused(
                    f"{image.path} has {has:02x} at {at:#x}, where {wanted:02x} was proved"
                )


def _contract(certificate: Certificate, spec: Path | None) -> Contract:
    """The contract that the certificate names, if it says what the certificate says."""
    proofs = own_proofs() if spec is None else load(spec)
    named = [p for p in proofs if p.name == certificate.contract]
    if not named:
        raise Refused(
            f"no contract is called {certificate.contract:.100}; --spec FILE names others"
        )
    contract = named[0].contract()
    if statement(contract) != certificate.statement:
        raise Refused(f"contract {contract.name} says something else here")
    return contract
