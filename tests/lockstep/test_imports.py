"""The stand-ins for functions of other libraries do what C says of them."""

from __future__ import annotations

from armsym.concrete import ConcreteRegion, ConcreteState, Machine, RunOutcome, RunResult
from armsym.lockstep.imports import function
from armsym.oracle.call import RETURN, STACK

CODE, DATA = 0x1000_0000, 0x2000_0000
CALLED = b"\xe7\x03\x00\xaa\xc0\x03\x5f\xd6"  # mov x7, x0; ret


def called(name: str, *arguments: int) -> RunResult:
    """The run of a function, with 16 bytes at DATA, and a function behind it."""
    state = ConcreteState.zero()
    state.pc, state.sp, state.general[30] = CODE, STACK, RETURN
    state.general[: len(arguments)] = arguments
    regions = [
        function(name, CODE),
        ConcreteRegion("called", CODE + 0x1000, CALLED, "rx"),
        ConcreteRegion("data", DATA, bytes(range(16)), "rw"),
        ConcreteRegion("stack", STACK - 64, bytes(64), "rw"),
    ]
    result = Machine(regions).run(state, RETURN, 1000)
    assert result.outcome is RunOutcome.RETURNED
    return result


def test_memory_is_copied_and_set() -> None:
    copied = called("memcpy", DATA + 8, DATA, 5)
    assert copied.memory["data"] == bytes([*range(8), *range(5), 13, 14, 15])
    assert copied.state.general[0] == DATA + 8
    filled = called("memset", DATA + 1, 0x1AB, 3)
    assert filled.memory["data"] == bytes([0, 0xAB, 0xAB, 0xAB, *range(4, 16)])
    assert filled.state.general[0] == DATA + 1


def test_nothing_is_copied_or_set() -> None:
    for name in ("memcpy", "memmove", "memset"):
        assert called(name, DATA, DATA + 8, 0).memory["data"] == bytes(range(16))


def test_once_calls_its_argument() -> None:
    result = called("pthread_once", DATA, CODE + 0x1000)
    assert (result.state.general[7], result.state.general[0]) == (DATA, 0)


def test_others_return_0() -> None:
    assert called("malloc", 100).state.general[0] == 0
