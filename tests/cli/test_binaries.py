"""symbols, disasm, fetch, coverage and run; and what is said of files that are no such binaries."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from armsym.simulate.coverage import refusal
from tests.cli.support import ROUTINES, Armsym, run_apart


def test_symbols(armsym: Armsym, tiny: Path) -> None:
    shown = armsym("symbols", tiny, "^plus")
    assert shown.status == 0
    assert [line.split()[-1] for line in shown.out.splitlines()] == ["plus_one", "plus_two"]
    listed = armsym("symbols", tiny, "--json").json["symbols"]
    assert [(s["name"], s["address"], s["size"], s["kind"]) for s in listed[:2]] == [
        ("plus_one", 0, 16, "func"),
        ("plus_two", 16, 16, "func"),
    ]
    assert armsym("symbols", tiny, "^none$").status == 1


def test_disasm(armsym: Armsym, tiny: Path) -> None:
    shown = armsym("disasm", tiny, "forks").out.splitlines()
    assert shown[0].split() == ["20", "b4000040", "cbz", "x0,", "#0x28"]
    words = armsym("disasm", tiny, "forks", "--json").json["instructions"]
    assert tuple(w["word"] for w in words) == ROUTINES["forks"]


def test_coverage_counts_what_is_missing(armsym: Armsym, tiny: Path) -> None:
    assert armsym("coverage", tiny, "^plus").status == 0
    partial = armsym("coverage", tiny)
    assert partial.status == 1
    assert "fadd" in partial.out
    document = armsym("coverage", tiny, "--json").json
    assert (document["words"], document["modelled"]) == (19, 18)
    assert [(m["mnemonic"], m["count"]) for m in document["missing"]] == [("fadd", 1)]


def test_coverage_asks_the_semantics_too() -> None:
    add_shifted_by_ror = 0x8BC20020  # matches a pattern, but shift = 11 is reserved
    assert refusal(add_shifted_by_ror).startswith("UNALLOCATED")
    assert refusal(0x8B020020) == ""
    assert refusal(0xF9400022) == ""


def test_coverage_of_the_sha2_routines_is_complete(armsym: Armsym, aws_lc: str) -> None:
    shown = armsym("coverage", aws_lc, "^sha(256|512)_block")
    assert shown.status == 0
    assert shown.out.splitlines()[-1].split() == ["total", "2440", "100", "%"]


@pytest.mark.parametrize("emulator", ["armsym", "unicorn"])
def test_run(armsym: Armsym, tiny: Path, tmp_path: Path, emulator: str) -> None:
    (tmp_path / "in").write_bytes(bytes([255, *bytes(7)]))
    buffers = ("--buffer", "out:8*00", "--buffer", f"in:@{tmp_path / 'in'}")
    call = ("run", tiny, "plus_one", *buffers, "--emulator", emulator)
    document = armsym(*call, "--arg", "out", "--x1", "in", "--json").json
    assert document["outcome"] == "returned"
    assert document["buffers"] == {"out": "0001" + "00" * 6, "in": "ff" + "00" * 7}
    assert document["registers"] == {"x2": "0x100"}
    fault = armsym(*call, "--arg", "out", "--arg", "0x10")
    assert fault.status == 1
    assert "fault after 0 instructions at 0x0: ldr x2, [x1]" in fault.out


@pytest.mark.parametrize("emulator", ["armsym", "unicorn"])
def test_run_computes_a_sha512_block(armsym: Armsym, aws_lc: str, emulator: str) -> None:
    message = b"abc"
    block = message + b"\x80" + bytes(123 - len(message)) + (8 * len(message)).to_bytes(4, "big")
    initial = [
        *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
        *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
    ]
    state = b"".join([h.to_bytes(8, "little") for h in initial]).hex()
    buffers = ("--buffer", f"state:{state}", "--buffer", f"in:{block.hex()}")
    arguments = ("--arg", "state", "--arg", "in", "--arg", "1", "--emulator", emulator)
    ran = armsym("run", aws_lc, "sha512_block_data_order_hw", *buffers, *arguments, "--json")
    words = bytes.fromhex(ran.json["buffers"]["state"])
    digest = b"".join([words[i : i + 8][::-1] for i in range(0, 64, 8)])
    assert digest == hashlib.sha512(message).digest()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda data: data[:100], "elf-truncated"),
        (lambda data: data[:18] + b"\x3e" + data[19:], "wrong-architecture"),
        (lambda data: b"#!/bin/sh\n" + data, "not-an-elf"),
    ],
)
@pytest.mark.parametrize("verb", ["disasm", "run", "step", "symbols", "coverage"])
def test_spoiled_files(armsym: Armsym, tiny: Path, spoil: object, code: str, verb: str) -> None:
    assert callable(spoil)
    tiny.write_bytes(spoil(tiny.read_bytes()))
    symbol = () if verb in ("symbols", "coverage") else ("plus_one",)
    script = ("--script", "/dev/null") if verb == "step" else ()
    outcome = armsym(verb, tiny, *symbol, *script)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{code}]: {tiny}: ")
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("disasm", "no/such/file", "f"), "no-such-file"),
        (("disasm", "{tiny}", "plus_on"), "missing-symbol"),
        (("symbols", "{tiny}", "("), "bad-pattern"),
        (("coverage", "{tiny}", "^none$"), "missing-symbol"),
        (("fetch", "windows"), "unknown-binary"),
        (("run", "{tiny}", "plus_one", "--x0", "abc"), "bad-argument"),
        (("run", "{tiny}", "plus_one", "--x0", str(1 << 64)), "bad-argument"),
        (("run", "{tiny}", "plus_one", "--buffer", "in:xyz"), "bad-argument"),
        (("run", "{tiny}", "plus_one", "--buffer", "in"), "bad-argument"),
        (("run", "{tiny}", "plus_one", "--buffer", "in:@no/such/file"), "no-such-file"),
        (("run", "{tiny}", "plus_one", "--buffer", "stack:00"), "bad-buffer"),
        (("run", "{tiny}", "plus_one", *("--arg", "1") * 9), "usage"),
    ],
)
def test_errors(armsym: Armsym, tiny: Path, arguments: tuple[str, ...], code: str) -> None:
    given = [a.format(tiny=tiny) for a in arguments]
    outcome = armsym(*given)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{code}]: ")
    assert outcome.out == ""
    document = armsym(*given, "--json").json
    assert document["schema"] == 1
    assert document["error"]["code"] == code


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"ARMSYM_CACHE": "/dev/null"}, "cache-unwritable"),
        ({"ARMSYM_CACHE": "{empty}", "PIP_INDEX_URL": "http://127.0.0.1:9/"}, "fetch-failed"),
    ],
)
def test_no_binary_to_be_had(tmp_path: Path, environment: dict[str, str], code: str) -> None:
    filled = {name: value.format(empty=tmp_path) for name, value in environment.items()}
    outcome = run_apart("prove", "--quiet", **filled)
    assert outcome.status == 2
    assert outcome.err.startswith(f"error[{code}]: ")
    assert "\n\nhint: " in outcome.err
    assert "Traceback" not in outcome.err
