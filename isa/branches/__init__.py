"""Branches, hints and barriers."""
