"""Fixtures of the audit's tests."""

from tests.cli.conftest import armsym

__all__ = ["armsym"]
