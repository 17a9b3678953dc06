"""An oracle on a real processor or QEMU: a program of armsym's own executes the instructions."""

from armsym.oracle.harness.oracle import Harness, native, qemu

__all__ = ["Harness", "native", "qemu"]
