"""The command line: one module per verb, or a few close ones; arguments in, calls, printing."""
