"""What an invariant says of a place must be all that is later taken from it."""

from __future__ import annotations

import pytest

from armsym.bv.builder import RawBuilder
from armsym.bv.evaluate import evaluate, leaves
from armsym.contract.induction import DONE, Loop, Place, check_invariant, instantiate
from armsym.kernel.builder import KernelBuilder
from armsym.machine.faults import Undecided
from armsym.machine.integers import Expression
from armsym.machine.memory import Memory, Region, elements
from armsym.machine.state import Progress, State
from armsym.simulate.start import unknown_state


def state_with(number: int, width: int) -> State:
    """A state in which a literal is in X1, and of `width` bits at the start of a buffer."""
    b = KernelBuilder()
    unknown = elements(b, "buffer", 8, big_endian=False)
    region = Region("buffer", b.var(64, "&buffer"), 16, "rw", unknown)
    state = unknown_state(b, b.var(64, "pc"), Memory(b, [region]))
    state.Mem.put(region, 0, b.const(width, number))
    state.X.values[1] = b.const(64, number)
    return state


def check(place: Place, width: int) -> None:
    """Checks that the place holds 5, a number of so many bits."""
    cells = {place: RawBuilder().const(width, 5)}
    loop = Loop(0x1000, frozenset([0x1010]), 1, cells, [], Expression.of(0, {}))
    state = state_with(5, 32)
    check_invariant(state, loop, Progress(state.builder.const(64, 0), ()))


@pytest.mark.parametrize("place", [Place("buffer", 0, 4), Place("x", 1)], ids=str)
def test_a_number_fills_its_place(place: Place) -> None:
    """One that is wider would say something of the bytes behind, of which nothing was checked."""
    width = 8 * place.size or 64
    check(place, width)
    for other in (width // 2, width + 8, 2 * width):
        with pytest.raises(Undecided, match="does not hold"):
            check(place, other)


def test_an_index_is_made_anew_as_a_sum() -> None:
    """Literal low bits are spelled as the number that is added to the bits above them."""
    b, made = RawBuilder(), RawBuilder()
    progress = Progress(made.const(64, 7), ())
    literal_low = b.concat(b.var(60, "base"), b.const(4, 3))
    behind = b.var(64, DONE) * 2 + literal_low
    (element,) = instantiate([b.apply(8, "in", behind)], progress, made)
    for base in (0, 1, 5, (1 << 60) - 1):
        (index,) = evaluate(element.args, lambda width, name, args, base=base: {"base": base}[name])
        assert index == (2 * 7 + 16 * base + 3) % (1 << 64)


def test_elements_within_indices_take_no_more_than_their_number() -> None:
    """Each index of an index was made anew for each that it is in: 2^60 times the innermost."""
    b, made = RawBuilder(), RawBuilder()
    nested = b.var(64, DONE)
    for _ in range(60):
        nested = b.apply(64, "in", nested + 1)
    (done,) = leaves(instantiate([nested], Progress(made.const(64, 7), ()), made))[:1]
    assert done is made.apply(64, "in", made.const(64, 7) + 1)
