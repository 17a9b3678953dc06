"""armsym knows no routine and no algorithm by name, and proof files hold no addresses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Rooms that are about routines by their names: examples in help, a table of prototypes.
NAMING = ("cli", "lockstep")

ALGORITHMS = re.compile(
    r"v?p?aes|rijndael|des|rc4|camellia|aria|sm[34]|chacha\d*|x?salsa\d*|poly1305|ecb|cbc|ctr\d+|xts"
    r"|gcm|ghash|hmac|cmac|hkdf|sha\d*|shake\d*|keccak\w*|md[245]|ripemd\w*|blake\w*|rsa|dsa|ecdh"
    r"|ecdsa|ed25519|ed448|x25519|x448|curve\d+|[pk](224|256|384|521)|montgomery|bignum|mlkem|kyber",
    re.IGNORECASE,
)
# The digest of a file, and a feature of the architecture, are no algorithms that are proved.
OTHERWISE = re.compile(r"\bSHA-256\b|\b\w*sha256\b|\bFEAT_\w+")

CONTRACT_LINES = 25


def algorithms_in(text: str) -> list[str]:
    """The words in a text that name an algorithm, or a routine by that of an algorithm."""
    words = re.findall(r"[A-Za-z]+\d*", OTHERWISE.sub(" ", text))
    return [word for word in words if ALGORITHMS.fullmatch(word)]


SOURCES = [
    path
    for path in sorted((ROOT / "armsym").rglob("*.py"))
    if path.relative_to(ROOT / "armsym").parts[0] not in NAMING
]


def test_nothing_is_named() -> None:
    assert len(SOURCES) > 100
    named = {
        str(p.relative_to(ROOT)): words for p in SOURCES if (words := algorithms_in(p.read_text()))
    }
    assert named == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('if symbol == "sha256_block_data_order_hw":', ["sha256"]),
        ("class GCM: pass", ["GCM"]),
        ("def vpaes_rounds(): ...", ["vpaes"]),
        ("# as ChaCha20 does", ["ChaCha20"]),
        ("hashlib.sha256(data)  # SHA-256 of the file; needs FEAT_SHA512", []),
        ("binary_sha256 = share(shape, description)", []),
    ],
)
def test_names_are_found(text: str, found: list[str]) -> None:
    assert algorithms_in(text) == found


def numbers(tree: ast.AST) -> Iterator[int]:
    return (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is int)


def looks_like_an_address(number: int) -> bool:
    """Large, and neither a power of two nor next to one, as bounds are."""
    near = {number - 1, number, number + 1}
    return number >= 1 << 12 and not any(n.bit_count() == 1 for n in near)


def test_addresses_are_found() -> None:
    assert looks_like_an_address(0x287F54)
    assert not any(looks_like_an_address(n) for n in (16, 128, 4096, 1 << 32, (1 << 32) - 1))


PROOFS = sorted((ROOT / "proofs").glob("*.py"))


@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.stem)
def test_a_proof_file_holds_no_addresses(path: Path) -> None:
    assert [n for n in numbers(ast.parse(path.read_text())) if looks_like_an_address(n)] == []


@pytest.mark.parametrize("path", PROOFS, ids=lambda path: path.stem)
def test_contracts_are_short(path: Path) -> None:
    functions = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]
    assert functions
    for function in functions:
        first = min([function.lineno, *[d.lineno for d in function.decorator_list]])
        assert (function.end_lineno or 0) - first + 1 < CONTRACT_LINES, function.name
