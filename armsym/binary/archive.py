"""Static archives in the GNU `ar` format."""

from __future__ import annotations

from collections.abc import Iterator

from armsym.errors import ArmsymError

MAGIC = b"!<arch>\n"
THIN_MAGIC = b"!<thin>\n"
HEADER_SIZE = 60


def members(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each member, in the archive's order.

    Raises archive-truncated, and unsupported-archive for a thin archive, which holds no members.
    """
    if data.startswith(THIN_MAGIC):
        raise ArmsymError("unsupported-archive", f"{path}: a thin archive", "name the object file")
    long_names = b""
    position = len(MAGIC)
    while position < len(data):
        name, size = _header(path, data[position : position + HEADER_SIZE])
        start = position + HEADER_SIZE
        body = data[start : start + size]
        if len(body) < size:
            raise _truncated(path, f"member {name!r} ends behind the file")
        if name == "//":
            long_names = body
        elif name not in ("/", "/SYM64/"):
            yield _full_name(path, name, long_names), body
        position = start + size + size % 2


def _header(path: str, header: bytes) -> tuple[str, int]:
    size = header[48:58].strip()
    if header[58:] != b"`\n" or not size.isdigit():
        raise _truncated(path, "a member without a header")
    return header[:16].decode(errors="backslashreplace").rstrip(), int(size)


def _full_name(path: str, name: str, long_names: bytes) -> str:
    """A name as `ar t` prints it: `name/`, or `/N` for the name at N among the long ones."""
    if not name.startswith("/"):
        return name.removesuffix("/")
    start = int(name[1:]) if name[1:].isdecimal() else len(long_names)
    end = long_names.find(b"/\n", start)
    if end < 0:
        raise _truncated(path, f"no long name {name!r}")
    return long_names[start:end].decode(errors="backslashreplace")


def _truncated(path: str, what: str) -> ArmsymError:
    return ArmsymError("archive-truncated", f"{path}: truncated or corrupt: {what}")
