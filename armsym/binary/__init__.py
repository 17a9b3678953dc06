"""Binaries: ELF images, their symbols and relocations, static archives and the pinned wheel."""
