"""Bit-vector terms: a hash-consed DAG, the builders that make it, and what can be done with it."""
