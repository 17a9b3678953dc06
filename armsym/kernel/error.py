"""The one error of the kernel."""

from __future__ import annotations


class KernelError(Exception):
    """A rule does not apply; the text names the rule and the reason."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(f"{rule}: {reason}")
        self.rule = rule
