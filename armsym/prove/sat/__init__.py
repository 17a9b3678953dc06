"""Equality of terms by SAT: a proof that the kernel checks, or a counterexample."""

from armsym.prove.sat.equality import Counterexample, Undecided, prove_equal

__all__ = ["Counterexample", "Undecided", "prove_equal"]
