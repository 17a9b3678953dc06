"""Reports: what commands found, as people read it in a terminal or a pipe."""
