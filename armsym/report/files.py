"""Files that reports are written to: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from urllib.parse import quote


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file, and the folders above it; whoever reads it meanwhile sees the old or the new.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def file_name(name: str, suffix: str) -> str:
    """A name as that of a file in one folder: characters that lead elsewhere are escaped."""
    return quote(name, safe="[]") + suffix


def _umask() -> int:
    """The permissions that new files don't get; it can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
