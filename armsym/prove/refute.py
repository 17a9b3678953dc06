"""Refutation: concrete runs on an emulator that break the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from armsym.binary.image import Image
from armsym.contract.execution import (
    CALLEE_SAVED_GENERAL,
    CALLEE_SAVED_VECTOR,
    STACK_POINTER,
    Execution,
)
from armsym.prove.instance import CallAssignment, Instance
from armsym.prove.result import Counterexample
