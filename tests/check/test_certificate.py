"""Certificates as files: what is written is read, and whatever else is read is refused."""

from __future__ import annotations

import gzip
import json
import random
import time
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

from armsym.binary.image import Image
from armsym.check.certificate import FORMAT, SIZE_LIMIT, VERSION, Certificate, read
from armsym.check.replay import Refused, check, recorded_image
from armsym.check.sources import hashes
from armsym.errors import ArmsymError
from armsym.kernel.theorem import Fulfils
from tests.check.routine import CODE, DATA, LINES, SPEC, STEPS, certificate, image
from tests.check.stored import Node, stored, summed

# However hostile the file, it is refused after so many seconds of a busy processor, mostly of 0.1.
SECONDS = 20.0


@pytest.fixture(scope="module")
def good() -> Certificate:
    return certificate()


def refused(document: object, code: str = "bad-certificate", packed: bool = True) -> str:
    """The message with which a document, or bytes, are refused: by the reader or by the check."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    start = time.process_time()
    with pytest.raises(ArmsymError) as error:
        check(Certificate.from_bytes(gzip.compress(data) if packed else data), None, SPEC)
    assert time.process_time() - start < SECONDS
    assert error.value.code == code, error.value
    return error.value.message


def document(certificate: Certificate, **changed: Any) -> dict[str, Any]:
    return {"format": FORMAT, "version": VERSION, **asdict(certificate), **changed}


def test_accepted(good: Certificate) -> None:
    theorem = check(good, None, SPEC)
    assert theorem.conclusion == Fulfils(good.statement)
    assert theorem.hypotheses | theorem.rests_on == frozenset()
    assert check(good, image(), SPEC).conclusion == theorem.conclusion


def test_what_it_holds(good: Certificate) -> None:
    assert (good.symbol, good.entry, good.steps) == ("mixed", CODE, STEPS)
    code = b"".join([word.to_bytes(4, "little") for word, _ in LINES])
    slot = [DATA + 8, bytes(8).hex(), False]
    assert good.code == [[CODE, code.hex(), True], [DATA, "07", False], slot]
    assert good.slots == [[DATA + 8, None, DATA]]
    assert good.sources == hashes()


def test_round_trip(good: Certificate, tmp_path: Path) -> None:
    data = good.to_bytes()
    again = Certificate.from_bytes(data)
    assert again.to_bytes() == data == certificate().to_bytes()
    file = tmp_path / "mixed.cert"
    file.write_bytes(data)
    assert read(file).to_bytes() == data


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArmsymError) as error:
        read(tmp_path / "none.cert")
    assert error.value.code == "unreadable-file"


def test_what_no_check_could_read_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armsym.check.certificate.SIZE_LIMIT", 1000)
    with pytest.raises(Refused, match="too large"):
        certificate()
    monkeypatch.undo()
    monkeypatch.setattr("armsym.bv.data.NODE_LIMIT", 3)
    with pytest.raises(Refused, match="nodes are too many"):
        certificate()


# Files that are no certificates.


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes(seed: int, good: Certificate) -> None:
    source = random.Random(seed)
    refused(source.randbytes(source.randrange(2000)), packed=False)
    refused(source.randbytes(source.randrange(2000)))
    refused(b"\x1f\x8b\x08" + source.randbytes(source.randrange(2000)), packed=False)


def test_every_end_and_many_bits(good: Certificate) -> None:
    data = good.to_bytes()
    for end in range(len(data)):
        refused(data[:end], packed=False)
    for bit in range(0, 8 * len(data), 97):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:  # some bits, of the time or of padding, mean nothing
            assert Certificate.from_bytes(bytes(changed)) == Certificate.from_bytes(data)
        except ArmsymError as error:
            assert error.code == "bad-certificate"


def test_a_bomb() -> None:
    assert "too large" in refused(b" " * (SIZE_LIMIT + 1))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 99_999 + "]" * 99_999])
def test_deep_nesting(text: str) -> None:
    refused(text.encode())


@pytest.mark.parametrize("text", ["1" * 10_000, "NaN", "Infinity", "null", '"x"', "[]", "{}", ""])
def test_other_documents(text: str) -> None:
    refused(text.encode())


@pytest.mark.parametrize("version", [None, 0, VERSION + 1, str(VERSION), 10**100, [], {}])
def test_other_versions(good: Certificate, version: object) -> None:
    assert "version" in refused(document(good, version=version))


def test_another_format(good: Certificate) -> None:
    refused(document(good, format="another"))


@pytest.mark.parametrize("field", [f.name for f in fields(Certificate)])
def test_each_field_is_there_and_of_its_type(good: Certificate, field: str) -> None:
    without = document(good)
    del without[field]
    assert field in refused(without)
    kind = type(getattr(good, field))
    others: tuple[object, ...] = (None, True, 1.5, 7, "x", [], {})
    for other in others:
        if type(other) is not kind:
            assert field in refused(document(good, **{field: other}))
    assert "more" in refused(document(good, more=1))


# Files that are certificates by their shape alone.  {} stands for what is put inside.

HUGE = 10**4000
NONSENSE: tuple[object, ...] = (
    None,
    True,
    -1,
    HUGE,
    1e300,
    float("inf"),
    float("nan"),
    "x",
    "",
    [],
    {},
)


def _bomb(by: str, nodes: list[Node], roots: list[int], **text: object) -> dict[str, Any]:
    """The certificate's fields that are changed: a lemma goes before the others."""
    return {**stored(nodes), "lemma": {"by": by, "roots": roots, "proof": "", **text}}


def _roots(root: int) -> dict[str, Any]:
    """A lemma about this root."""
    return {"lemma": {"by": "meaning", "roots": [root, root]}}


def _table_of_large_terms() -> dict[str, Any]:
    """A table of 16 bits over terms of a thousand parts."""
    nodes: list[Any] = [["var", [], [16, "x"]]]
    nodes += [["bvmul", [n, n], []] for n in range(1000)]
    return _bomb("table", nodes, [1000, 1000])


def _prefixes(count: int) -> dict[str, Any]:
    """x0, x0 ^ x1, x0 ^ x1 ^ x2, ...: as many monomials as its square."""
    nodes: list[Any] = [["var", [], [64, f"x{n}"]] for n in range(count)]
    nodes += [["bvxor", [n + 1, n + count if n else 0], []] for n in range(count - 1)]
    return _bomb("meaning", nodes, [2 * count - 2] * 2)


LEMMAS: dict[str, Any] = {
    "a wide variable": _bomb("meaning", [["var", [], [1 << 60, "x"]]], [0, 0]),
    "a wide literal": _bomb("meaning", [["const", [], [1 << 60, 1]]], [0, 0]),
    "a huge literal": _bomb("meaning", [["const", [], [64, HUGE]]], [0, 0]),
    "a negative width": _bomb("meaning", [["var", [], [-1, "x"]]], [0, 0]),
    "a width that grows": _bomb(
        "meaning",
        [["var", [], [1, "x"]], *[["concat", [n, n], []] for n in range(64)]],
        [64, 64],
    ),
    "a large table": _table_of_large_terms(),
    "many monomials": _prefixes(1200),
    "many wide literals": _bomb(
        "meaning", summed([["const", [], [4096, n]] for n in range(20_000)]), [20_000] * 2
    ),
    "a long proof": _bomb(
        "clausal", [["var", [], [1, "x"]]], [0, 0], proof="9 d 0\n" * 100_000
    ),
    "a proof that is none": _bomb("clausal", [["var", [], [1, "x"]]], [0, 0], proof=7),
    "nobody's word": _bomb("trusted", [["var", [], [1, "x"]]], [0, 0], whose="me"),
    "no such rule": _bomb("__class__", [["var", [], [1, "x"]]], [0, 0]),
    "no such operator": _bomb("meaning", [["__class__", [], [1, "x"]]], [0, 0]),
    "another leaf": _bomb("meaning", [["apply", [], [1, "x"]]], [0, 0]),
    "no node": _bomb("meaning", [], [0, 0]),
    "no root": _bomb("meaning", [["var", [], [1, "x"]]], []),
    "a node after": _bomb("meaning", [["bvnot", [0], []]], [0, 0]),
    "a node before the first": _bomb("meaning", [["bvnot", [-1], []]], [0, 0]),
    "a root before the first": _bomb("meaning", [["var", [], [1, "x"]]], [-1, -1]),
    "a root that is true": _bomb("meaning", [["var", [], [1, "x"]]] * 2, [True, True]),
    "an operand that is false": _bomb(
        "meaning", [["var", [], [1, "x"]], ["bvnot", [False], []]], [1, 1]
    ),
    "a parameter that is true": _bomb("meaning", [["var", [], [True, "x"]]], [0, 0]),
    "a parameter in a list": _bomb("meaning", [["var", [], [1, "x", ()]]], [0, 0]),
    "nodes that are none": {"nodes": [[]] * 2, **_roots(1)},
    "an operator that is none": {"operators": [[]], "nodes": [[0]], **_roots(0)},
    "no operator": {"operators": [], "nodes": [[0]], **_roots(0)},
    "the last operator": {"nodes": [[-1]], **_roots(0)},
    "an operator by name": {"nodes": [["bvnot"]], **_roots(0)},
    "a number for a node": {"nodes": [0], **_roots(0)},
}  # fmt: skip


@pytest.mark.parametrize("changed", LEMMAS.values(), ids=LEMMAS)
def test_hostile_lemmas(good: Certificate, changed: dict[str, Any]) -> None:
    fields = {**changed}
    lemma = fields.pop("lemma")
    refused(document(good, lemmas=[lemma, *good.lemmas], **fields), "certificate-refused")


def test_operators_without_a_name_are_refused_wherever_they_are(good: Certificate) -> None:
    refused(document(good, operators=[*good.operators, ["__class__"]]), "certificate-refused")


def test_what_nothing_needs_is_not_made(good: Certificate) -> None:
    """It may be anything, as it says nothing."""
    nonsense: list[Any] = [[], [len(good.nodes) + 7], "x", None]
    more = replace(good, nodes=[*good.nodes, *nonsense])
    assert check(more, None, SPEC).conclusion == Fulfils(good.statement)


def _changes(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all parts of a value, itself included."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list | tuple):
        inside = list(enumerate(value))
    return [path, *[found for key, part in inside for found in _changes(part, (*path, key))]]


def _changed(value: Any, path: tuple[Any, ...], new: object) -> Any:
    """A copy of the value that has something else at the end of the path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(copy[path[0]], path[1:], new)
    return copy


FIELDS = ("code", "slots", "operators", "nodes", "lemmas", "uses", "refutations")


@pytest.mark.parametrize("field", FIELDS)
def test_nonsense_inside_a_field(good: Certificate, field: str) -> None:
    """Is refused, or changes nothing that matters: it raises nothing else and takes no time."""
    original = json.loads(json.dumps(getattr(good, field)))
    paths = [path for path in _changes(original) if path]
    source = random.Random(field)
    for _ in range(40):
        changed = _changed(original, source.choice(paths), source.choice(NONSENSE))
        start = time.process_time()
        try:
            theorem = check(replace(good, **{field: changed}), None, SPEC)
            assert theorem.conclusion == Fulfils(good.statement)
        except ArmsymError as error:
            assert error.code in ("certificate-refused", "bad-certificate"), error
        assert time.process_time() - start < SECONDS, changed


@pytest.mark.parametrize("steps", [-1, 0, STEPS - 1, -(10**30)])
def test_too_few_steps(good: Certificate, steps: int) -> None:
    assert "limit" in refused(document(good, steps=steps), "certificate-refused")


def test_a_routine_that_does_not_end(good: Certificate) -> None:
    forever = [[CODE, (0x14000000).to_bytes(4, "little").hex(), True]]
    refused(document(good, code=forever, steps=1000), "certificate-refused")


def test_no_code_is_run(good: Certificate, tmp_path: Path) -> None:
    """A name is looked up, never imported or opened."""
    proof_file = tmp_path / "evil.py"
    proof_file.write_text(f"open({str(tmp_path / 'was run')!r}, 'w')\n")
    for name in (
        str(proof_file),
        "evil",
        "../evil",
        f"__import__('os').mkdir('{tmp_path}/was run')",
    ):
        refused(document(good, contract=name), "certificate-refused")
        refused(document(good, symbol=name, entry=0), "certificate-refused")
    assert not (tmp_path / "was run").exists()


# Certificates of something else.


def against(changed: Certificate, binary: Image | None = None) -> str:
    """The message with which a certificate is refused for a binary."""
    with pytest.raises(Refused) as error:
        check(changed, binary or image(), SPEC)
    return error.value.message


def test_a_binary_with_one_instruction_changed(good: Certificate) -> None:
    for at in range(CODE, CODE + 4 * len(LINES)):
        assert f"{at:#x}" in against(good, image().patched(at, b"\xff"))


def test_a_binary_with_another_constant(good: Certificate) -> None:
    assert f"{DATA:#x}" in against(good, image().patched(DATA, b"\x08"))


def test_a_binary_with_another_slot(good: Certificate) -> None:
    code, data = image().segments
    slots = {8: replace(data.slots[8], addend=DATA + 1)}
    against(good, replace(image(), segments=(code, replace(data, slots=slots))))


def test_a_binary_whose_constants_are_writable(good: Certificate) -> None:
    code, data = image().segments
    unknown = replace(data, constant=False, writable=True, slots={})
    against(good, replace(image(), segments=(code, unknown)))


def test_a_binary_that_ends_earlier(good: Certificate) -> None:
    code, data = image().segments
    shorter = replace(data, data=data.data[:8], slots={})
    assert "not in one segment" in against(good, replace(image(), segments=(code, shorter)))


def test_a_binary_with_other_bytes_elsewhere_is_as_good(good: Certificate) -> None:
    assert check(good, image().patched(DATA + 1, b"\x08"), SPEC)


def test_another_routine(good: Certificate) -> None:
    assert "twin" in against(replace(good, symbol="twin"))
    against(replace(good, symbol="twin", entry=CODE + 4))
    with pytest.raises(ArmsymError) as error:
        check(replace(good, symbol="none"), image(), SPEC)
    assert error.value.code == "missing-symbol"


def test_another_contract(good: Certificate) -> None:
    assert "no contract" in against(replace(good, contract="sha512_block_data_order_hw"))
    assert "says something else" in against(replace(good, statement=good.statement + "."))
    with pytest.raises(Refused, match="no contract"):
        check(good, image())


def test_code_that_overlaps(good: Certificate) -> None:
    with pytest.raises(Refused, match="overlap"):
        recorded_image(replace(good, code=[*good.code, [CODE + 4, "00", True]]))
