"""Conformance: isa's clauses against an oracle, on test cases drawn from their own patterns."""
