"""Audits: what the fast engine does, proved by the kernel at each width at which proofs use it."""
