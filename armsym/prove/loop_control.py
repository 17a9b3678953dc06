"""Which instructions of a routine decide whether its loops go on, by what each reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import leaves
from armsym.bv.term import Term, signed
from armsym.machine.faults import Fault, Fork, Undecided
from armsym.machine.state import State
from armsym.simulate.alone import lone_state
from isa import decode
from isa.outcomes import Outcome


@dataclass(frozen=True)
class _Effect:
    """The registers and flags that decide a branch, and those that each one written comes from."""

    decides: frozenset[str] = frozenset()
    writes: Mapping[str, frozenset[str]] = field(default_factory=dict)


def loop_control(words: Mapping[int, int]) -> set[int]:
    """The addresses of branches back, and of what in the loop their conditions come from.

    `words` are a routine's instructions by address.  This is a guide for choosing, no analysis:
    calls and computed addresses are not followed.
    """
    found = set()
    for branch, word in words.items():
        wanted = _effect(word).decides
        start = _target(branch, word) if wanted else None
        if start is None or start > branch:
            continue
        found.add(branch)
        for address in range(branch - 4, start - 4, -4):
            writes = _effect(words[address]).writes if address in words else {}
            if written := wanted & writes.keys():
                found.add(address)
                wanted = (wanted - written).union(*[writes[name] for name in written])
    return found


def _target(address: int, word: int) -> int | None:
    """Where a conditional branch goes."""
    pattern = decode(word).clause.pattern
    offsets = [f for f in pattern.fields if f.name in ("imm14", "imm19")]
    return address + 4 * signed(offsets[0].of(word), offsets[0].width) if offsets else None


@lru_cache(maxsize=1 << 12)
def _effect(word: int) -> _Effect:
    before = lone_state(RawBuilder())
    after = before.copy()
    try:
        decode(word).execute(after)
    except Fork as fork:
        return _Effect(decides=_names(fork.condition))
    except (Outcome, Fault, Undecided):
        return _Effect()
    old, new = _registers(before), _registers(after)
    return _Effect(writes={n: _names(new[n]) for n in old if new[n] is not old[n]})


def _registers(state: State) -> dict[str, Term]:
    names = [*[f"x{n}" for n in range(31)], "sp", *"NZCV"]
    return dict(zip(names, [*state.X.values, *state.flags], strict=True))


def _names(term: Term) -> frozenset[str]:
    return frozenset([str(leaf.param[1]) for leaf in leaves([term])])
