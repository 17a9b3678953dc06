"""Data processing (immediate)."""
