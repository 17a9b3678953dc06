"""Where reports go: data to standard output, progress to standard error."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

SCHEMA = 1

# A row of cells, each plain or with a style of its own.
Row = Sequence[str | Text]


def print_lines(lines: Iterable[str | Text]) -> None:
    """Prints lines to standard output as they are; colour only where a terminal wants it."""
    console = _Output(highlight=False, emoji=False)
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)


def print_text(text: str) -> None:
    """Writes a document of some other language to standard output."""
    sys.stdout.write(text)


def print_json(document: Mapping[str, Any]) -> None:
    """Prints one JSON document to standard output, with the version of its schema."""
    json.dump({"schema": SCHEMA, **document}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def columns(rows: Iterable[Row], align: str) -> list[Text]:
    """Rows as lines whose cells stand in columns; `align` has "<" or ">" for each.

    Lines have no trailing blanks, and a long one is left to the terminal to wrap.
    """
    cells = [[c if isinstance(c, Text) else Text(c) for c in row] for row in rows]
    widths = [max(c.cell_len for c in column) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        line = Text("  ").join(
            Text(" " * (width - cell.cell_len)) + cell if side == ">" else _padded(cell, width)
            for cell, width, side in zip(row, widths, align, strict=True)
        )
        line.rstrip()
        lines.append(line)
    return lines


def _padded(cell: Text, width: int) -> Text:
    return cell + Text(" " * (width - cell.cell_len))


class _Output(Console):
    """Standard output, whose end by a closed pipe is left to the command line."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


class Progress:
    """What is being done, on standard error: one changing display in a terminal, else lines.

    It starts no thread and diverts no stream, so that processes can be forked meanwhile.
    """

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False)
        self._doing: dict[str, str] = {}
        self._live: Live | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, name: str, doing: str) -> None:
        """`name` is now doing this; "" says that it is done."""
        if self._quiet:
            return
        if not self._console.is_terminal:
            if doing:
                self._console.print(f"{name}: {doing}", soft_wrap=True, markup=False)
            return
        if self._live is None:
            self._live = Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._doing.pop(name, None)
        if doing:
            self._doing[name] = doing
        shown = "\n".join([f"{n}: {d}" for n, d in self._doing.items()])
        self._live.update(Text(shown, overflow="ellipsis", no_wrap=True), refresh=True)
