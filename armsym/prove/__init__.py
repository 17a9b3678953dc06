"""The prover: loads proof files, runs routines under their contracts, and gives a verdict."""
