"""Errors that a user sees: a stable code, a message with the place, and a hint."""

from __future__ import annotations


class ArmsymError(Exception):
    """Anything that ends a command with exit status 2.

    `code` is stable and made for scripts (`elf-truncated`); `message` says what is wrong and where;
    `hint` says what to do next, or is empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)  # what unpickling calls it with
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"error[{self.code}]: {self.message}" + (
            f"\n\nhint: {self.hint}" if self.hint else ""
        )
