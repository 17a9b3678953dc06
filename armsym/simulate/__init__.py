"""The symbolic simulator: an image in memory, one step, a run to the return address."""
