"""The pinned library."""

from tests.proofs.conftest import aws_lc

__all__ = ["aws_lc"]
