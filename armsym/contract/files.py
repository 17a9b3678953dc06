"""Files of a user with contracts or specifications: loaded by path, under a name of their own."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from armsym.errors import ArmsymError


def load_module(path: Path) -> ModuleType:
    """The module in a file, named after the file's contents: equal files have equal names.

    Raises ArmsymError `no-such-file`, `bad-proof-file`.
    """
    if not path.is_file():
        raise ArmsymError("no-such-file", f"{path}: no such file")
    name = f"file_{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ArmsymError("bad-proof-file", f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ArmsymError:
        raise
    except Exception as error:  # whatever a user's file raises is the file's fault
        raise ArmsymError("bad-proof-file", f"{path}: {type(error).__name__}: {error}") from error
    sys.modules[name] = module
    return module
