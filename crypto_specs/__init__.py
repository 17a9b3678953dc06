"""The cipher standards, executable: one module per standard, with the standard's own names.

A definition runs on the terms of any builder, so that what is checked against the standard's
examples is, line for line, what machine code is proved against.
"""
