"""Replay: the theorem of a certificate, shown again by the kernel from the code itself."""

from __future__ import annotations

import importlib
import re
import types
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from armsym.binary.image import Address, Image, Segment
from armsym.bv.data import BadData
from armsym.check.certificate import Certificate
from armsym.check.evidence import Evidence
from armsym.contract.execution import Execution
from armsym.contract.files import load_module
from armsym.contract.language import Specification
from armsym.contract.statement import from_data, statement
from armsym.errors import ArmsymError
from armsym.kernel.builder import KernelBuilder
from armsym.kernel.theorem import Kernel, KernelError, Theorem
from armsym.machine.faults import Fault, Undecided
from armsym.simulate.step import step
from isa.outcomes import Outcome

# No run is followed further than this, whatever a certificate says.
STEP_LIMIT = 1 << 20

# What each theorem rests on that the kernel does not show.
FOUNDATIONS = ("kernel", "isa", "crypto_specs", "ELF loader", "Python")


class Refused(ArmsymError):
    """The certificate does not show its theorem."""

    def __init__(self, reason: str) -> None:
        super().__init__("certificate-refused", reason)


def check(certificate: Certificate, image: Image | None, spec: Path | None = None) -> Theorem:
    """Replays a certificate on `image`, or without one on the bytes that it holds itself.

    Functions of the standards come from the installed crypto_specs, or from the file `spec`.
    Raises Refused.
    """
    contract = from_data(certificate.contract, _resolver(spec))
    if statement(contract) != certificate.statement:
        raise Refused("its contract is not what its text says")
    if image is None:
        image, entry = recorded_image(certificate), certificate.entry
    else:
        entry = image.symbol(certificate.symbol).address
        _compare(certificate, image, entry)
    execution = Execution(contract, image, entry, KernelBuilder())
    return replay(execution, Evidence(certificate.lemmas, certificate.uses), certificate.steps)


def replay(execution: Execution, evidence: Evidence, steps: int) -> Theorem:
    """The theorem that a routine fulfils its contract, on all paths in so many steps.

    The execution's terms are the kernel's.  Raises Refused.
    """
    builder = execution.builder
    if not isinstance(builder, KernelBuilder):
        raise Refused("its terms are not the kernel's")
    kernel = Kernel(builder)
    try:
        return kernel.fulfils(
            execution,
            step,
            lambda number, goal: evidence.equate(kernel, number, goal.actual, goal.expected),
            min(steps, STEP_LIMIT),
        )
    except (KernelError, Outcome, Fault, Undecided, BadData) as error:
        raise Refused(str(error)) from error


def recorded_image(certificate: Certificate) -> Image:
    """The image that has just the bytes that the certificate holds.  Raises Refused."""
    try:
        slots = {int(at): Address(symbol, int(addend)) for at, symbol, addend in certificate.slots}
        segments = [
            _segment(int(at), bytes.fromhex(data), bool(executed), slots)
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
    inside = {a - at: slot for a, slot in slots.items() if at <= a < at + len(data)}
    return Segment(f"code at {at:#x}", at, data, False, executed, True, inside)


def _compare(certificate: Certificate, image: Image, entry: int) -> None:
    """Refuses a binary whose routine lies elsewhere or has other bytes than the certificate's."""
    if entry != certificate.entry:
        raise Refused(f"{certificate.symbol} is at {entry:#x}, not at {certificate.entry:#x}")
    for segment in recorded_image(certificate).segments:
        found = image.read(segment.address, len(segment.data))
        for offset, (has, wanted) in enumerate(zip(found, segment.data, strict=True)):
            if has != wanted:
                at = segment.address + offset
                raise Refused(
                    f"{image.path} has {has:02x} at {at:#x}, where {wanted:02x} was proved"
                )


def _resolver(spec: Path | None) -> Callable[[str], Specification]:
    """Finds functions of the installed standards, or of one file that the user names."""
    given = None if spec is None else load_module(spec)

    def resolve(name: str) -> Specification:
        module_name, _, function_name = name.partition(":")
        if given is not None and module_name == given.__name__:
            module = given
        elif re.fullmatch(r"crypto_specs\.[a-z0-9_]+", module_name):
            try:
                module = importlib.import_module(module_name)
            except ImportError as error:
                raise Refused(f"no standard is called {module_name}") from error
        else:
            raise Refused(f"{name:.100} is in no installed standard; --spec FILE names others")
        function = vars(module).get(function_name)
        if not isinstance(function, types.FunctionType) or function.__module__ != module.__name__:
            raise Refused(f"{module_name} defines no function {function_name:.100}")
        found: Specification = function
        return found

    return resolve
