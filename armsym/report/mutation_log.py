"""A file of the mutants tried, a JSON line each: an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from armsym.errors import ArmsymError
from armsym.prove.mutation import Tried
from armsym.report.files import write_whole


@dataclass(frozen=True)
class MutationLog:
    """The lines of a file that are about one routine of one binary and one seed; others stay."""

    path: Path
    routine: str
    binary_sha256: str
    seed: int

    def read(self) -> dict[int, Tried]:
        """The mutants tried before, by number; a last line that was cut short is removed.

        Raises ArmsymError `bad-log`, `unreadable-file`.
        """
        try:
            text = self.path.read_text() if self.path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise ArmsymError("unreadable-file", f"{self.path}: {error}") from error
        whole = text[: text.rfind("\n") + 1]
        found = {}
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                fields = json.loads(line)
                if fields.pop("about") == self._about:
                    tried = Tried.from_json(fields)
                    found[tried.number] = tried
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                message = f"{self.path}:{number} is no line of `armsym mutate --log`"
                raise ArmsymError("bad-log", message, "give the name of another file") from error
        if whole != text:
            write_whole(self.path, whole.encode())
        return found

    def append(self, tried: Tried) -> None:
        """Adds a mutant.  Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps({"about": self._about, **tried.to_json()}) + "\n")

    @property
    def _about(self) -> list[str | int]:
        return [self.routine, self.binary_sha256, self.seed]
