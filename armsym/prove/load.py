from armsym.contract.load import find, load, own_proof_files

__all__ = ["find", "load", "own_proof_files"]
