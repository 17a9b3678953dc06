"""What a user may call a binary: paths, archives and their members; and the errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from armsym.binary import archive
from armsym.binary.open import open_all, open_image
from armsym.errors import ArmsymError
from tests.binary.elf_builder import NOP, Elf, Section, Symbol

LONG = "a-rather-long-name-of-a-member.o"


def member(*names: str) -> bytes:
    symbols = [Symbol(name, 1) for name in names] + [Symbol("undefined")]
    return Elf(1, [Section(".text", NOP)], symbols).build()


def header(name: str, size: int) -> bytes:
    return f"{name:16}{0:<12}{0:<6}{0:<6}{644:<8}{size:<10}`\n".encode()


def library_of(*members: tuple[str, bytes]) -> bytes:
    """An archive as GNU ar writes it: a symbol index (unread), the long names, the members."""
    parts = [("/", b"\0\0\0\0"), ("//", f"{LONG}/\nanother-rather-long-name.o/\n".encode())]
    data = b"!<arch>\n"
    for name, body in [*parts, *members]:
        data += header(name, len(body)) + body + b"\n" * (len(body) % 2)
    return data


LIBRARY = library_of(
    ("sha.o/", member("sha", "twice")),
    ("notes.txt/", b"odd"),
    ("/0", member("aes", "twice")),
    ("/34", member("gcm")),
)


@pytest.fixture
def library(tmp_path: Path) -> str:
    path = tmp_path / "lib.a"
    path.write_bytes(LIBRARY)
    return str(path)


@pytest.mark.parametrize(
    ("symbol", "name"),
    [("sha", "sha.o"), ("aes", LONG), ("gcm", "another-rather-long-name.o")],
)
def test_a_member_by_name_or_by_symbol(library: str, symbol: str, name: str) -> None:
    by_symbol = open_image(library, symbol)
    assert by_symbol.path == f"{library}:{name}"
    assert by_symbol.symbol(symbol).address == 0
    assert open_image(by_symbol.path) == by_symbol


def test_all_members(tmp_path: Path) -> None:
    path = tmp_path / "lib.a"
    cut = member("cut")[:100]
    path.write_bytes(library_of(("sha.o/", member("sha")), ("cut.o/", cut), ("/0", member("aes"))))
    said: list[str] = []
    found = [(name, image.find("^(sha|aes)$")) for name, image in open_all(str(path), said.append)]
    assert [(name, [s.name for s in symbols]) for name, symbols in found] == [
        ("sha.o", ["sha"]),
        (LONG, ["aes"]),
    ]
    (left_out,) = said
    assert "cut.o: truncated" in left_out
    ((name, image),) = open_all(f"{path}:sha.o")
    assert (name, image.path) == ("", f"{path}:sha.o")


@pytest.mark.parametrize(
    ("suffix", "symbol", "code"),
    [
        ("", None, "no-such-member"),
        (":none.o", None, "no-such-member"),
        ("", "none", "missing-symbol"),
        ("", "undefined", "missing-symbol"),
        ("", "twice", "ambiguous-symbol"),
        (":notes.txt", None, "not-an-elf"),
    ],
)
def test_errors_of_archives(library: str, suffix: str, symbol: str | None, code: str) -> None:
    with pytest.raises(ArmsymError) as error:
        open_image(library + suffix, symbol)
    assert error.value.code == code


def test_an_archive_cut_off_anywhere() -> None:
    whole = list(archive.members("t", LIBRARY))
    for length in range(len(archive.MAGIC), len(LIBRARY)):
        try:
            found = list(archive.members("t", LIBRARY[:length]))
        except ArmsymError as error:
            assert error.code == "archive-truncated"
        else:  # cut between two members
            assert found == whole[: len(found)] and len(found) < len(whole)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"!<thin>\n", "unsupported-archive"),
        (b"!<arch>\n" + header("/7", 0), "archive-truncated"),
        (b"!<arch>\n" + header("/x", 0), "archive-truncated"),
        (b"!<arch>\n" + b" " * 58 + b"`\n", "archive-truncated"),
    ],
)
def test_bad_archives(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "bad.a"
    path.write_bytes(data)
    with pytest.raises(ArmsymError) as error:
        open_image(str(path), "x")
    assert error.value.code == code


def test_an_object_file(tmp_path: Path) -> None:
    path = tmp_path / "sha.o"
    path.write_bytes(member("sha"))
    assert open_image(str(path)).path == str(path)


def test_a_member_of_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "lib.a").write_bytes(member("sha"))
    with pytest.raises(ArmsymError) as error:
        open_image(f"{tmp_path / 'lib.a'}:sha.o")
    assert error.value.code == "no-such-member"


@pytest.mark.parametrize(
    ("name", "code"),
    [("none", "no-such-file"), ("none.a:x.o", "no-such-file"), (".", "unreadable-file")],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(ArmsymError) as error:
        open_image(str(tmp_path / name))
    assert error.value.code == code


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(ArmsymError) as error:
        open_image("a\0b")
    assert error.value.code == "unreadable-file"
