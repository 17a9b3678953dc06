"""A mismatch made small: the least registers and fields with which isa and the oracle differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from armsym.concrete import ConcreteState
from armsym.concrete.state import PC, SP, V0, N
from armsym.conform.compare import Finding, Verdict
from armsym.conform.generate import Case

# What is made small together: the vectors, the general registers, then each register and flag.
_TOGETHER: Sequence[Sequence[int]] = (range(V0, N), range(SP), *[(slot,) for slot in range(PC)])
_WIDEST = 128


def smallest(
    case: Case, finding: Finding, check: Callable[[Case], Finding]
) -> tuple[Case, Finding]:
    """A mismatch like that of the case, from which nothing more can be taken away, and its finding.

    Bits are cleared, of registers, flags and the fields of the word, as long as what differs is of
    the same kinds.  PC stays, and so do the seed and the index, which tell where it comes from.
    """
    kinds, before = _kinds(finding), None
    while before != case:
        before = case
        for reduce in _reductions(case):
            smaller = reduce(case)
            if smaller != case and _kinds(found := check(smaller)) == kinds:
                case, finding = smaller, found
    return case, finding


def _kinds(finding: Finding) -> set[str]:
    """Whether a mismatch is in registers, in memory, or in the outcome."""
    if finding.verdict is not Verdict.MISMATCH:
        return set()
    return {d.kind for d in finding.differences}


def _reductions(case: Case) -> Iterator[Callable[[Case], Case]]:
    """Ways to make the case smaller, those first that take away most."""
    for slots in _TOGETHER:
        for mask in _masks(_WIDEST):
            yield partial(_with_registers, slots=slots, mask=mask)
    for field in case.clause.pattern.fields:
        for mask in _masks(field.width):
            yield partial(_with_field, name=field.name, mask=mask)


def _masks(width: int) -> Iterator[int]:
    """None of the bits, fewer and fewer of the low ones, all but one."""
    yield 0
    kept = width // 2
    while kept:
        yield (1 << kept) - 1
        kept //= 2
    yield from [~(1 << bit) for bit in reversed(range(width))]


def _with_registers(case: Case, slots: Sequence[int], mask: int) -> Case:
    values = case.state.to_slots()
    for slot in slots:
        values[slot] &= mask
    return replace(case, state=ConcreteState.from_slots(values))


def _with_field(case: Case, name: str, mask: int) -> Case:
    """The case as it is, if the clause does not allow the field's smaller value."""
    pattern = case.clause.pattern
    fields = pattern.decode(case.word)
    try:
        return replace(case, word=pattern.encode({**fields, name: fields[name] & mask}))
    except ValueError:
        return case
