"""Calls are drawn as their prototypes say."""

from __future__ import annotations

import pytest

from armsym.concrete import ConcreteRegion
from armsym.errors import ArmsymError
from armsym.lockstep.arguments import RandomCall
from armsym.lockstep.prototype import Prototype
from armsym.oracle.call import RETURN, STACK
from armsym.oracle.loading import IMAGE
from tests.lockstep.routine import ENTRY, RET, TABLE, image

IMAGE_OF_RET = image(RET)


def drawn(text: str, seed: int = 1) -> RandomCall:
    return RandomCall(IMAGE_OF_RET, ENTRY, Prototype.parse(text), seed)


def pointed(call: RandomCall, address: int) -> ConcreteRegion:
    """The region that starts at the address."""
    return next(r for r in call.regions if r.address == address)


def u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")


def test_the_seed_determines_a_call() -> None:
    text = "u64 out[n], n = 1..100"
    assert drawn(text).state == drawn(text).state
    assert drawn(text).regions == drawn(text).regions
    assert drawn(text).state != drawn(text, 2).state


def test_where_a_call_starts() -> None:
    state = drawn("").state
    assert (state.pc, state.sp, state.general[30]) == (IMAGE + ENTRY, STACK, RETURN)


@pytest.mark.parametrize("seed", range(20))
def test_arrays_and_their_counts(seed: int) -> None:
    call = drawn("k = 2 * i, u64 z[k], const u8 x[3 + k % 4]; i = 1..4", seed)
    k, z, x = call.state.general[:3]
    assert k in (2, 4, 6, 8)
    assert (len(pointed(call, z).data), pointed(call, z).permissions) == (8 * k, "rw")
    assert (len(pointed(call, x).data), pointed(call, x).permissions) == (3 + k % 4, "r")
    assert z % 8 == 0


def test_choices_are_all_made() -> None:
    texts = "n = 0 | 7 | 10..12"
    assert {drawn(texts, seed).state.general[0] for seed in range(99)} == {0, 7, 10, 11, 12}


def test_the_rest_of_a_register_is_any() -> None:
    registers = [drawn("u32 n = 5").state.general[0], drawn("u32 n = 5", 2).state.general[0]]
    assert [r % (1 << 32) for r in registers] == [5, 5]
    assert registers[0] != registers[1]
    assert drawn("n = 5").state.general[0] == 5


def test_a_given_content_and_a_symbol() -> None:
    call = drawn("const u64 n[2] = 0x123, x5: t = table + 8")
    assert pointed(call, call.state.general[0]).data == (0x123).to_bytes(16, "little")
    assert call.state.general[5] == IMAGE + TABLE + 8
    with pytest.raises(ArmsymError) as caught:
        drawn("t = tabel")
    assert caught.value.code == "missing-symbol"


def test_a_structure_and_what_it_points_to() -> None:
    call = drawn("const AES_KEY key, BIGNUM bn; n = 3")
    key, number = [pointed(call, address) for address in call.state.general[:2]]
    assert len(key.data) == 244 and u32(key.data, 240) in (10, 12, 14)
    assert key.permissions == "r"
    digits = pointed(call, int.from_bytes(number.data[:8], "little"))
    assert len(digits.data) == 48
    assert (u32(number.data, 8), u32(number.data, 12)) == (3, 6)


def test_the_ninth_argument_is_on_the_stack() -> None:
    call = drawn(", ".join(f"a{i} = {i}" for i in range(10)))
    stack = next(r for r in call.regions if r.name == "stack")
    passed = stack.data[STACK - stack.address :][:16]
    assert passed == (8).to_bytes(8, "little") + (9).to_bytes(8, "little")
    assert call.state.general[:8] == list(range(8))
