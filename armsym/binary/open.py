"""Opening a binary by what the user calls it: a path, an archive's member, or a pinned name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from armsym.binary import archive, elf
from armsym.binary.elf import ElfFile
from armsym.binary.image import Image
from armsym.binary.linked import linked_image
from armsym.binary.relocatable import relocatable_image
from armsym.binary.symbols import is_place, symbol_table
from armsym.binary.wheel import PINNED, fetch
from armsym.errors import ArmsymError

LOADERS = {
    elf.ET_REL: relocatable_image,
    elf.ET_EXEC: linked_image,
    elf.ET_DYN: linked_image,
}


def open_image(
    spec: str, symbol: str | None = None, progress: Callable[[str], None] = lambda line: None
) -> Image:
    """The image of a binary.

    `spec` is the name of a pinned binary ("aws-lc", fetched when first used), the path of an ELF
    file, "lib.a:member.o", or "lib.a", where `symbol` picks the member that defines it.  `progress`
    is told, a line at a time, what takes long.  Raises ArmsymError: what `fetch`, `ElfFile` and the
    loaders raise, no-such-file, unreadable-file, no-such-member, missing-symbol, ambiguous-symbol.
    """
    path, member, data = _file(spec, progress)
    if _is_archive(data):
        member, data = _member(path, data, member, symbol)
        spec = f"{path}:{member}"
    elif member:
        raise ArmsymError("no-such-member", f"{path}: not an archive, so it has no {member!r}")
    return load(spec, data)


def open_all(
    spec: str, progress: Callable[[str], None] = lambda line: None
) -> Iterator[tuple[str, Image]]:
    """The images of a binary: of all members of an archive that are ELF files, with their names.

    Where `spec` names one image, that alone, without a name.  Members that can't be loaded are left
    out; `progress` is told why.  Raises as `open_image` does.
    """
    path, member, data = _file(spec, progress)
    if member or not _is_archive(data):
        yield "", open_image(spec, None, progress)
        return
    for name, body in archive.members(path, data):
        try:
            if body.startswith(elf.MAGIC):
                yield name, load(f"{path}:{name}", body)
        except ArmsymError as error:
            progress(f"left out: {error.message}")


def _file(spec: str, progress: Callable[[str], None]) -> tuple[str, str, bytes]:
    """The path of a binary, the archive's member that is asked for, if one is, and the bytes."""
    if spec in PINNED:
        return spec, "", _read(fetch(spec, progress))
    archive_path, colon, member = spec.partition(".a:")
    path = archive_path + ".a" if colon else spec
    return path, member, _read(Path(path))


def _is_archive(data: bytes) -> bool:
    return data.startswith((archive.MAGIC, archive.THIN_MAGIC))


def load(path: str, data: bytes) -> Image:
    """The image of an ELF file's bytes; `path` names it in errors."""
    file = ElfFile(path, data)
    if file.type not in LOADERS:
        raise ArmsymError("unsupported-elf", f"{path}: neither an executable nor an object file")
    return LOADERS[file.type](file)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        known = ", ".join(PINNED)
        hint = f"give the path of an ELF file or archive, or one of: {known}"
        raise ArmsymError("no-such-file", f"{path}: no such file", hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArmsymError("unreadable-file", f"{path}: {reason}") from error


def _member(path: str, data: bytes, name: str, symbol: str | None) -> tuple[str, bytes]:
    """The name and bytes of the member that is asked for by name, or else by symbol."""
    if not name and symbol is None:
        hint = f"name one, as {path}:member.o, or a symbol; `armsym symbols` lists them"
        raise ArmsymError("no-such-member", f"{path}: an archive of many members", hint)
    found = [
        (n, body)
        for n, body in archive.members(path, data)
        if (n == name if name else _defines(f"{path}:{n}", body, str(symbol)))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(n for n, _ in found)
        what = f"{name or symbol!r} is in several members: {names}"
        raise ArmsymError("no-such-member" if name else "ambiguous-symbol", f"{path}: {what}")
    if name:
        raise ArmsymError(
            "no-such-member", f"{path}: no member {name!r}", "`armsym symbols` lists them"
        )
    raise ArmsymError("missing-symbol", f"{path}: no member defines {symbol!r}")


def _defines(path: str, data: bytes, symbol: str) -> bool:
    """Whether a member defines a symbol; most are ruled out by not holding its name at all."""
    if symbol.encode() not in data or not data.startswith(elf.MAGIC):
        return False
    return any(s.name == symbol and is_place(s) for s in symbol_table(ElfFile(path, data)))
