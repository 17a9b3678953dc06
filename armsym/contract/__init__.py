"""Contracts: what a routine is given, what it must do, and the run that shows whether it does."""

from armsym.contract.language import Buffer, Contract, Proof, contract

__all__ = ["Buffer", "Contract", "Proof", "contract"]
