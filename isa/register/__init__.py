"""Data processing (register)."""
